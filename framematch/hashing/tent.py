"""PDQ's way from a picture to 64x64: luma, two box filters, and every (side / 64)th sample.

All three are linear, so that the small picture is a matrix product from the left and one from the
right. Both matrices are narrow bands, multiplied a few rows at a time. Must not import the codes.

Source: the Jarosz filter of ThreatExchange, pdq/cpp/downscaling, edges included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

#: Pixels a side of the small picture.
SIDE = 64

_WINDOW_DIVISOR = 128
_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Neighbouring rows of a blur matrix, cut to the samples that they weigh.

    Attributes
    ----------
    samples : slice
        What is weighed, in elements of one axis of the picture.
    rows : slice
        Where the sums belong on the 64x64 grid.
    weights : float64
        (rows, samples) for the vertical axis, (samples, rows) for the horizontal one.
    """

    samples: slice
    rows: slice
    weights: npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def vertical_bands(height: int, original: int) -> tuple[Band, ...]:
    """Return the matrix of the vertical axis in bands, to multiply from the left.

    Parameters
    ----------
    height : int
        Of the picture at hand, in pixels.
    original : int
        Of the picture that it was made from, at least `height`.
    """
    return tuple(
        Band(slice(start, stop), rows, _read_only(weights))
        for start, stop, rows, weights in _cut(_matrix(height, original), 4)
    )


@lru_cache(maxsize=64)
def horizontal_bands(width: int, original: int) -> tuple[Band, ...]:
    """Return the same for the horizontal axis, to multiply interleaved colours from the right."""
    bands = []
    for start, stop, rows, weights in _cut(_matrix(width, original), 8):
        coloured = (weights[:, :, None] * _LUMA).reshape(len(weights), -1)
        bands.append(Band(slice(3 * start, 3 * stop), rows, _read_only(coloured.T.copy())))
    return tuple(bands)


@lru_cache(maxsize=64)
def grey_bands(side: int, original: int) -> tuple[Band, ...]:
    """Return the matrix of an axis of grey pictures in bands, to multiply from the left.

    Parameters
    ----------
    side : int
        Of the picture at hand, in pixels; may be larger than `original`: then it was stretched.
    original : int
        Of the picture that it was made from.
    """
    return tuple(
        Band(slice(start, stop), rows, _read_only(weights))
        for start, stop, rows, weights in _cut(_matrix(side, original), 16)
    )


def _cut(
    matrix: npt.NDArray[np.float64], n_rows: int
) -> Iterator[tuple[int, int, slice, npt.NDArray[np.float64]]]:
    """Yield start and stop sample, rows and weights of each band of `n_rows` rows of a matrix."""
    for first in range(0, len(matrix), n_rows):
        rows = slice(first, first + n_rows)
        used = np.flatnonzero(matrix[rows].any(axis=0))
        start, stop = int(used[0]), int(used[-1]) + 1
        yield start, stop, rows, matrix[rows, start:stop].copy()


def _matrix(side: int, original: int) -> npt.NDArray[np.float64]:
    """Return the float64 (64, side) matrix that blurs and samples an axis as if it were larger.

    The samples of the larger axis are interpolated linearly between the centres of those at hand.
    """
    larger = blur_matrix(original)
    if side == original:
        return larger
    place = (np.arange(original) + 0.5) * side / original - 0.5
    before = np.floor(place).astype(np.int64)
    share = place - before
    matrix = np.zeros((side, SIDE))
    np.add.at(matrix, np.clip(before, 0, side - 1), (larger * (1.0 - share)).T)
    np.add.at(matrix, np.clip(before + 1, 0, side - 1), (larger * share).T)
    return matrix.T


def blur_matrix(side: int) -> npt.NDArray[np.float64]:
    """Return the float64 (64, side) matrix of two box passes, at the 64 samples that are kept.

    Parameters
    ----------
    side : int
        Length of the axis, in pixels.
    """
    window = -(-side // _WINDOW_DIVISOR)
    # The reference's window leans to the right where its length is even, and is cut at the edges.
    ahead = (window + 2) // 2
    behind = window - ahead
    position = np.arange(side)
    first, last = np.maximum(position - behind, 0), np.minimum(position + ahead, side)
    length = last - first
    kept = ((np.arange(SIDE) + 0.5) * side / SIDE).astype(np.int64)[:, None]
    second_pass = (position >= first[kept]) & (position < last[kept])
    shares = second_pass / (length[kept] * length)
    matrix = np.zeros((SIDE, side))
    for offset in range(-behind, ahead):
        low, high = max(0, -offset), min(side, side - offset)
        matrix[:, low + offset : high + offset] += shares[:, low:high]
    return matrix


def _read_only(array: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return an array that is about to be cached, locked against writing."""
    array.setflags(write=False)
    return array
