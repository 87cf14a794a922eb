"""The structure code: where lines run and in which direction, whatever their colour.

A drawn line and the edge that it becomes in the finished frame have the same unsigned orientation.
So the picture is reduced to how much of each of eight orientations stands in each cell of a 16 by 9
grid, relative to its surroundings (a histogram of oriented gradients: Dalal and Triggs, CVPR 2005,
with local contrast normalisation), and the signs of 512 fixed projections of that vector are the
code (random hyperplanes: Charikar, STOC 2002). Pure functions on arrays; knows no files, no index.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_matrix, check_pixels, luma, shrink
from framematch.hashing.projection import MEAN_VERSION, mean_features, projections
from framematch.records import HashSpec

WIDTH, HEIGHT = 256, 144
COLUMNS, ROWS = 16, 9
FINE_COLUMNS, FINE_ROWS = 64, 36
ORIENTATIONS = 8
N_FEATURES = COLUMNS * ROWS * ORIENTATIONS
BITS = 512

_LINE_SIGMA = 1.0
_CONTRAST_SIGMA = 12.0
_CONTRAST_FLOOR = 0.04
_STROKE_FLOOR, _STROKE_CEILING = 0.5, 2.0
CELL_BLUR = 0.5
_ENERGY_BLUR = 1.5
_ENERGY_FLOOR = 0.02

# For partial drawings: a cell counts as drawn from this much stroke on, and how long the vector of
# a finished frame is before it is brought to unit length (median over the generated studio).
_DRAWN = 0.06
_TYPICAL_LENGTH = 6.4

SPEC = HashSpec(
    algorithm="gradient",
    bits=BITS,
    version=1,
    parameters=(
        ("picture", f"{WIDTH}x{HEIGHT} area, BT.601 luma"),
        ("cells", f"{COLUMNS}x{ROWS}"),
        ("orientations", str(ORIENTATIONS)),
        ("line_sigma_px", str(_LINE_SIGMA)),
        ("contrast_sigma_px", str(_CONTRAST_SIGMA)),
        ("contrast_floor", str(_CONTRAST_FLOOR)),
        ("stroke_floor", str(_STROKE_FLOOR)),
        ("stroke_ceiling", str(_STROKE_CEILING)),
        ("cell_blur_cells", str(CELL_BLUR)),
        ("energy_blur_cells", str(_ENERGY_BLUR)),
        ("energy_floor", str(_ENERGY_FLOOR)),
        ("mean", MEAN_VERSION),
    ),
)

# One frame needs about 3 MB of intermediate arrays: batches larger than this are worked off in
# turn.
_CHUNK = 16


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


@lru_cache(maxsize=32)
def _derivative_matrices(
    size: int, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return Sobel's smoothing and difference along one axis, each after a Gaussian blur."""
    blur = blur_matrix(size, sigma)
    before = np.maximum(np.arange(size) - 1, 0)
    after = np.minimum(np.arange(size) + 1, size - 1)
    return blur[before] + 2 * blur + blur[after], blur[after] - blur[before]


@lru_cache(maxsize=32)
def _pool_matrix(size: int, cells: int) -> npt.NDArray[np.float32]:
    """Return the float32 (cells, size) blur by half a cell and average over each cell."""
    pooled: npt.NDArray[np.float32] = area_matrix(size, cells) @ blur_matrix(
        size, CELL_BLUR * size / cells
    )
    return pooled


def strokes(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return how much of each orientation stands at each pixel, relative to its surroundings.

    Parameters
    ----------
    grey : float32 (N, H, W)
        Luma, 0 to 255.

    Returns
    -------
    float32 (N, 8, H, W)
        0 to 1.5 summed over the orientations; orientation k is the direction of the gradient around
        k times 22.5 degrees, modulo 180.
    """
    height, width = grey.shape[-2:]
    smooth_y, differ_y = _derivative_matrices(height, _LINE_SIGMA)
    smooth_x, differ_x = _derivative_matrices(width, _LINE_SIGMA)
    grey = grey * np.float32(1 / 255)
    across = smooth_y @ grey @ differ_x.T
    down = differ_y @ grey @ smooth_x.T
    energy = across * across + down * down
    spread_y = blur_matrix(height, _CONTRAST_SIGMA)
    spread_x = blur_matrix(width, _CONTRAST_SIGMA)
    contrast = np.sqrt(np.maximum(spread_y @ energy @ spread_x.T, 0.0)) + np.float32(
        _CONTRAST_FLOOR
    )
    strength = np.clip(np.sqrt(energy) / contrast, None, _STROKE_CEILING)
    strength = np.maximum(strength - np.float32(_STROKE_FLOOR), 0.0)
    position = np.arctan2(down, across) * np.float32(ORIENTATIONS / np.pi)
    shared = np.empty((len(grey), ORIENTATIONS, height, width), dtype=np.float32)
    for orientation in range(ORIENTATIONS):
        turn = np.abs(position - np.float32(orientation))
        turn = np.minimum(turn, np.abs(turn - ORIENTATIONS))
        turn = np.minimum(turn, np.abs(turn - ORIENTATIONS))
        np.multiply(np.maximum(1 - turn, 0.0), strength, out=shared[:, orientation])
    return shared


def pool(shared: npt.NDArray[np.float32], rows: int, columns: int) -> npt.NDArray[np.float32]:
    """Return `strokes` blurred by half a cell, averaged per cell: float32 (N, 8, rows, columns)."""
    height, width = shared.shape[-2:]
    cells = _pool_matrix(height, rows) @ shared @ _pool_matrix(width, columns).T
    return cells.astype(np.float32, copy=False)


def cells_of(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the pooled strokes that codes are made of.

    Parameters
    ----------
    pixels : uint8 (N, H, W, 3)
        sRGB; every picture is squashed to 256 by 144, whatever its aspect.

    Returns
    -------
    float32 (N, 8, 9, 16)
        How much of each orientation stands in each cell.

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    check_pixels(pixels)
    cells = np.zeros((len(pixels), ORIENTATIONS, ROWS, COLUMNS), dtype=np.float32)
    for start in range(0, len(pixels), _CHUNK):
        part = pixels[start : start + _CHUNK]
        grey = luma(shrink(part, HEIGHT, WIDTH))
        cells[start : start + len(part)] = pool(strokes(grey), ROWS, COLUMNS)
    return cells


def mirror_cells(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the cells, float32 (N, 8, R, C), of the same pictures mirrored left to right."""
    turned = -np.arange(ORIENTATIONS) % ORIENTATIONS
    return cells[:, turned, :, ::-1]


def features(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return unit vectors, float32 (N, 1152), of cells, float32 (N, 8, 9, 16).

    All zero for a picture without any stroke.
    """
    vectors = _relative(cells)
    vectors -= vectors.mean(axis=1, keepdims=True)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = vectors / np.maximum(length, np.float32(1e-6))
    return unit


def _relative(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return pooled strokes relative to the energy around them, float32 (N, 1152)."""
    energy = cells.sum(axis=1, keepdims=True)
    spread = blur_matrix(ROWS, _ENERGY_BLUR) @ energy @ blur_matrix(COLUMNS, _ENERGY_BLUR).T
    relative = np.sqrt(cells / (spread + np.float32(_ENERGY_FLOOR)))
    return np.asarray(relative.reshape(len(cells), N_FEATURES), dtype=np.float32)


def encode_cells(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return codes, uint8 (N, 64), of cells, float32 (N, 8, 9, 16)."""
    return np.packbits((features(cells) - mean_features()) @ projections().T > 0, axis=1)


def encode_partial(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return codes of drawings on paper, uint8 (N, 64), in which empty cells say nothing.

    A figure without its background leaves most cells empty. In the plain code they claim that the
    frame is empty there too; here they count as average, so that only the drawn cells decide.
    Comparable with plain codes, at a greater distance.

    Parameters
    ----------
    cells : float32 (N, 8, 9, 16)
        From `cells_of`.
    """
    energy = cells.sum(axis=1, keepdims=True)
    drawn = np.broadcast_to(np.minimum(energy / np.float32(_DRAWN), 1.0), cells.shape)
    drawn = drawn.reshape(len(cells), N_FEATURES)
    apart = (_relative(cells) / np.float32(_TYPICAL_LENGTH) - mean_features()) * drawn
    # Plain vectors have no constant part, so the drawn cells must not bring one in.
    level = (apart * drawn).sum(axis=1) / np.maximum((drawn * drawn).sum(axis=1), 1e-3)
    apart -= level[:, np.newaxis] * drawn
    return np.packbits(apart @ projections().T > 0, axis=1)


def encode(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return structure codes, uint8 (N, 64), of pictures, uint8 (N, H, W, 3).

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    return encode_cells(cells_of(pixels))
