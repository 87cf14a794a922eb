"""The strokes of a picture: where its lines and edges run, in which of eight directions.

Gradients of a slightly blurred picture, relative to the contrast of their surroundings, so that a
faint pencil line and the hard edge of a finished frame count alike. Pure functions on arrays; must
not import the code that is made of them.
"""

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
    radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    weights /= weights.sum()
    matrix = np.zeros((size, size))
    for offset, weight in zip(offsets, weights, strict=True):
        position = (np.arange(size) + offset) % (2 * size)
        position = np.where(position < size, position, 2 * size - 1 - position)
        np.add.at(matrix, (np.arange(size), position), weight)
    return matrix.astype(np.float32)


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


def _gradient(
    grey: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return Sobel's differences of a blurred picture, 0 to 1, along and down: float32 (H, W)."""
    height, width = grey.shape
    # One pixel more on each side, for the differences.
    smooth = np.empty((height + 2, width + 2), dtype=np.float32)
    smooth[1:-1, 1:-1] = _blurred(_blurred(grey).T).T
    smooth[0], smooth[-1] = smooth[1], smooth[-2]
    smooth[:, 0], smooth[:, -1] = smooth[:, 1], smooth[:, -2]
    sideways = smooth[:, 2:] - smooth[:, :-2]
    across = sideways[:-2] + sideways[2:]
    across += 2 * sideways[1:-1]
    upright = smooth[2:] - smooth[:-2]
    down = upright[:, :-2] + upright[:, 2:]
    down += 2 * upright[:, 1:-1]
    return across, down


def _blurred(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a picture blurred along its first axis, mirrored at its ends, and brought to 0 to 1.

    Both axes in turn bring 0 to 255 to 0 to 1.
    """
    weights = _line_weights()
    reach = len(weights) - 1
    length = len(grey)
    padded = np.ascontiguousarray(grey)[_mirrored_ends(length, reach)]
    total: npt.NDArray[np.float32] = padded[reach : reach + length] * weights[0]
    pair = np.empty_like(total)
    for offset in range(1, reach + 1):
        before = padded[reach - offset : reach - offset + length]
        np.add(before, padded[reach + offset : reach + offset + length], out=pair)
        pair *= weights[offset]
        total += pair
    return total


@lru_cache(maxsize=64)
def _mirrored_ends(length: int, reach: int) -> npt.NDArray[np.int64]:
    """Return the places of an axis with `reach` more of it on both sides, int64 (length + 2r,)."""
    return np.pad(np.arange(length), reach, mode="symmetric")


@lru_cache(maxsize=1)
def _line_weights() -> npt.NDArray[np.float32]:
    """Return the weights of a pixel and of its neighbours on one side, float32 (5,)."""
    weights = np.exp(-0.5 * (np.arange(int(4 * _LINE_SIGMA + 0.5) + 1) / _LINE_SIGMA) ** 2)
    weights /= 2 * weights.sum() - weights[0]
    return np.asarray(weights / np.sqrt(255.0), dtype=np.float32)


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
    strength *= spread_y @ inverse @ spread_x.T
    np.minimum(strength, np.float32(_STROKE_CEILING), out=strength)
    strength -= np.float32(_STROKE_FLOOR)
    np.maximum(strength, np.float32(0), out=strength)
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
