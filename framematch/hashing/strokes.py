"""The strokes of a picture: where its lines and edges run, in which of eight directions.

Gradients of a slightly blurred picture, relative to the contrast of their surroundings, so that a
faint pencil line and the hard edge of a finished frame count alike. Pure functions on arrays; must
not import the code that is made of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_matrix

ORIENTATIONS = 8

_LINE_SIGMA = 1.0
_CONTRAST_SIGMA = 12.0
_CONTRAST_STEP = 4
_CONTRAST_FLOOR = 0.04
_STROKE_FLOOR, _STROKE_CEILING = 0.5, 2.0

# Lines of an axis that are made together: few, so that most of the matrix is no zeros.
_ROWS_AT_ONCE, _COLUMNS_AT_ONCE = 24, 32

#: What a hash specification says of them.
STROKE_PARAMETERS = (
    ("orientations", str(ORIENTATIONS)),
    ("line_sigma_px", str(_LINE_SIGMA)),
    ("contrast_sigma_px", str(_CONTRAST_SIGMA)),
    ("contrast_step_px", str(_CONTRAST_STEP)),
    ("contrast_floor", str(_CONTRAST_FLOOR)),
    ("stroke_floor", str(_STROKE_FLOOR)),
    ("stroke_ceiling", str(_STROKE_CEILING)),
)


@lru_cache(maxsize=32)
def blur_matrix(size: int, sigma: float) -> npt.NDArray[np.float32]:
    """Return the float32 (size, size) Gaussian blur along one axis, mirrored at its ends."""
    return _precise_blur(size, sigma).astype(np.float32)


def _precise_blur(size: int, sigma: float) -> npt.NDArray[np.float64]:
    radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    weights /= weights.sum()
    matrix = np.zeros((size, size))
    for offset, weight in zip(offsets, weights, strict=True):
        position = (np.arange(size) + offset) % (2 * size)
        position = np.where(position < size, position, 2 * size - 1 - position)
        np.add.at(matrix, (np.arange(size), position), weight)
    return matrix


def strokes(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return how much of each orientation stands at each place, relative to its surroundings.

    Parameters
    ----------
    grey : float32 (N, H, W)
        Luma, 0 to 255; both sides even.

    Returns
    -------
    float32 (N, 8, H / 2, W / 2)
        Means over two by two pixels, 0 to 1.5 summed over the orientations; orientation k is the
        direction of the gradient around k times 22.5 degrees, modulo 180.
    """
    n, height, width = grey.shape
    shared = np.empty((n, ORIENTATIONS, height // 2, width // 2), dtype=np.float32)
    # One picture at a time: its planes stay in the processor's cache.
    for picture, planes in zip(grey, shared, strict=True):
        across, down = _gradient(picture)
        planes[:] = _shared_out(across, down, _strength(across, down))
    return shared


def stroke_ramps(grey: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float32]]:
    """Yield strokes as sums from an orientation on, at every pixel: cheaper to make and to pool.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255; both sides even.

    Yields
    ------
    float32 (H, W)
        Nine planes, each overwritten by the next. The first is all that stands at a pixel. Plane
        k + 1 is the share of it that has passed from orientation k to those behind it. So
        orientation k holds plane k less plane k + 1, and the first one gets back what has passed
        through all: `strokes` but for its means, which commute with every further sum.
    """
    across, down = _gradient(grey)
    amount = _strength(across, down)
    yield amount
    passed = _turn(across, down)
    passed *= amount
    # Of the same shape: numpy compares with a single number three times as slowly.
    nothing = np.zeros_like(amount)
    ramp = across
    for _ in range(ORIENTATIONS):
        np.minimum(passed, amount, out=ramp)
        np.maximum(ramp, nothing, out=ramp)
        yield ramp
        passed -= amount


# Odd polynomial nearest to the arc tangent from 0 to 1 (Chebyshev nodes), in steps of 22.5 degrees,
# within 6e-5.
_ARC_TANGENT = tuple(
    np.float32(factor) for factor in (2.5464009, -0.8446108, 0.4713608, -0.2336355, 0.0605428)
)


def _turn(
    across: npt.NDArray[np.float32], down: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return the direction of the gradient in steps of 22.5 degrees, 0 to 8, modulo 180 degrees.

    Sums, products and quotients only, so that no machine's arc tangent decides a bit.
    """
    flat, steep = np.abs(across), np.abs(down)
    longer = np.maximum(flat, steep)
    longer += np.float32(1e-30)
    slope = np.minimum(flat, steep)
    slope /= longer
    square = slope * slope
    turn = square * _ARC_TANGENT[-1]
    for factor in _ARC_TANGENT[-2:0:-1]:
        turn += factor
        turn *= square
    turn += _ARC_TANGENT[0]
    turn *= slope
    # Beyond half a right angle what is missing to a whole one counts, and likewise beyond a right
    # one: reflections, by the sign of one picture set on another.
    np.subtract(flat, steep, out=longer)
    turn = _reflected(turn, longer, ORIENTATIONS / 4)
    np.multiply(across, down, out=longer)
    return _reflected(turn, longer, ORIENTATIONS / 2)


def _reflected(
    values: npt.NDArray[np.float32], by: npt.NDArray[np.float32], middle: float
) -> npt.NDArray[np.float32]:
    """Return values from 0 to `middle`, those where `by` is negative mirrored about the middle."""
    rest = np.float32(middle) - values
    signs = by.view(np.uint32) & np.uint32(1 << 31)
    rest.view(np.uint32)[:] ^= signs
    np.subtract(np.float32(middle), rest, out=rest)
    return rest


def _gradient(
    grey: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return Sobel's differences of a blurred picture, 0 to 1, along and down: float32 (H, W).

    Blur, difference and weighted sum of an axis are one narrow matrix, which is multiplied a few
    lines at a time.
    """
    height, width = grey.shape
    upright = np.empty((2, height, width), dtype=np.float32)
    for band in _bands(height, _ROWS_AT_ONCE):
        np.matmul(band.weights, grey[band.samples], out=upright[:, band.lines])
    sums, steps = upright
    across, down = np.empty((2, height, width), dtype=np.float32)
    for band in _bands(width, _COLUMNS_AT_ONCE):
        summing, stepping = band.weights
        np.matmul(sums[:, band.samples], stepping.T, out=across[:, band.lines])
        np.matmul(steps[:, band.samples], summing.T, out=down[:, band.lines])
    return across, down


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """Neighbouring lines of an axis, and how they are made from samples of it.

    `weights` is float32 (2, lines, samples): Sobel's sums, then his differences.
    """

    lines: slice
    samples: slice
    weights: npt.NDArray[np.float32]


@lru_cache(maxsize=128)
def _bands(length: int, n_lines: int) -> tuple[_Band, ...]:
    """Return the way along an axis, mirrored at its ends, from the picture to Sobel's terms.

    Both axes in turn bring 0 to 255 to 0 to 1.
    """
    blur = _precise_blur(length, _LINE_SIGMA) / np.sqrt(255.0)
    # One sample more on each side, for the differences.
    padded = np.concatenate([blur[:1], blur, blur[-1:]])
    sums = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    both = np.stack([sums, padded[2:] - padded[:-2]])
    bands = []
    for start in range(0, length, n_lines):
        lines = slice(start, min(start + n_lines, length))
        used = np.flatnonzero(both[:, lines].any(axis=(0, 1)))
        samples = slice(int(used[0]), int(used[-1]) + 1)
        weights = np.ascontiguousarray(both[:, lines, samples], dtype=np.float32)
        bands.append(_Band(lines, samples, weights))
    return tuple(bands)


def _strength(
    across: npt.NDArray[np.float32], down: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return how far the gradient stands out from its surroundings, float32 (H, W), 0 to 1.5."""
    height, width = across.shape
    strength: npt.NDArray[np.float32] = across * across
    strength += down * down
    pool_y, spread_y = _surroundings(height)
    pool_x, spread_x = _surroundings(width)
    energy = np.maximum(pool_y @ strength @ pool_x.T, 0.0)
    inverse = 1 / (np.sqrt(energy) + np.float32(_CONTRAST_FLOOR))
    np.sqrt(strength, out=strength)
    strength *= spread_y @ (inverse @ spread_x.T)
    strength -= np.float32(_STROKE_FLOOR)
    np.clip(strength, 0, np.float32(_STROKE_CEILING - _STROKE_FLOOR), out=strength)
    return strength


@lru_cache(maxsize=64)
def _surroundings(size: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the means of an axis' surroundings at every fourth pixel, and the way back.

    Float32 (n, size), a Gaussian blur of areas; and float32 (size, n), linear in between. The blur
    is so wide that what lies between is not missed.
    """
    n = max(1, size // _CONTRAST_STEP)
    pooled = blur_matrix(n, _CONTRAST_SIGMA * n / size) @ area_matrix(size, n)
    place = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    before = np.minimum(place.astype(np.int64), max(n - 2, 0))
    share = place - before
    spread = np.zeros((size, n), dtype=np.float32)
    spread[np.arange(size), before] = 1 - share
    spread[np.arange(size), np.minimum(before + 1, n - 1)] += share
    return np.ascontiguousarray(pooled, dtype=np.float32), spread


@lru_cache(maxsize=64)
def _quarters(height: int, width: int) -> npt.NDArray[np.int64]:
    """Return the place of each pixel's two by two square among all, int64 (H * W,)."""
    rows, columns = np.arange(height) // 2, np.arange(width) // 2
    return (rows[:, None] * (width // 2) + columns[None, :]).ravel()


def _shared_out(
    across: npt.NDArray[np.float32],
    down: npt.NDArray[np.float32],
    strength: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Return strengths shared by the two orientations next to each, float32 (8, H / 2, W / 2)."""
    height, width = strength.shape
    # Most pixels hold no stroke.
    there = np.flatnonzero(strength)
    amount = strength.ravel()[there]
    turn = np.arctan2(down.ravel()[there], across.ravel()[there])
    turn *= np.float32(ORIENTATIONS / np.pi)
    # Unsigned: from 0 to 8, which is 0 again.
    turn += (turn < 0) * np.float32(ORIENTATIONS)
    first = turn.astype(np.int64)
    turn -= first
    n = (height // 2) * (width // 2)
    place = _quarters(height, width)[there]
    second = (first + 1) % ORIENTATIONS * n + place
    first = first % ORIENTATIONS * n + place
    turn *= amount
    amount -= turn
    total = np.bincount(
        np.concatenate([first, second]), np.concatenate([amount, turn]), ORIENTATIONS * n
    )
    planes = total.reshape(ORIENTATIONS, height // 2, width // 2).astype(np.float32)
    planes *= np.float32(0.25)
    return planes
