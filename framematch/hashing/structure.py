"""The structure code: where lines run and in which direction, whatever their colour.

A drawn line and the edge that it becomes in the finished frame have the same unsigned orientation.
So the picture is reduced to how much of each of eight orientations stands in each cell of a 16 by 9
grid, relative to its surroundings (a histogram of oriented gradients: Dalal and Triggs, CVPR 2005,
with local contrast normalisation), and the signs of 512 learned projections of that vector are the
code (LDAHash: Strecha and others, IEEE TPAMI 2012). Pure functions on arrays; knows no files, no
index.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_matrix, check_pixels, luma, shrink
from framematch.hashing.projection import (
    MEAN_VERSION,
    PROJECTIONS_VERSION,
    mean_features,
    projections,
)
from framematch.hashing.strokes import (
    ORIENTATIONS,
    STROKE_PARAMETERS,
    blur_matrix,
    stroke_ramps,
    strokes,
)
from framematch.records import HashSpec

WIDTH, HEIGHT = 256, 144
COLUMNS, ROWS = 16, 9
FINE_COLUMNS, FINE_ROWS = 64, 36
N_FEATURES = COLUMNS * ROWS * ORIENTATIONS
BITS = 512

CELL_BLUR = 0.5
_ENERGY_BLUR = 1.5
_ENERGY_FLOOR = 0.02

# For partial drawings: a cell counts as drawn from this much stroke on, and how long the vector of
# a finished frame is before it is brought to unit length (median over the generated studio).
_DRAWN = 0.06
_TYPICAL_LENGTH = 6.4

#: Bytes of the features that the index keeps of a row.
FEATURE_BYTES = N_FEATURES // 2
# Their step: .45 of their deviation over the footage and a generated studio.
_FEATURE_STEP = 0.0115
# Below this much of a reference in the known cells, nothing can be said.
_LEAST_ENERGY = 0.05

SPEC = HashSpec(
    algorithm="gradient",
    bits=BITS,
    version=3,
    parameters=(
        ("picture", f"{WIDTH}x{HEIGHT} area, BT.601 luma"),
        ("cells", f"{COLUMNS}x{ROWS}"),
        *STROKE_PARAMETERS,
        ("cell_blur_cells", str(CELL_BLUR)),
        ("energy_blur_cells", str(_ENERGY_BLUR)),
        ("energy_floor", str(_ENERGY_FLOOR)),
        ("mean", MEAN_VERSION),
        ("projections", PROJECTIONS_VERSION),
        ("feature_step", str(_FEATURE_STEP)),
    ),
)

# One frame needs about 3 MB of intermediate arrays: batches larger than this are worked off in
# turn.
_CHUNK = 16


@lru_cache(maxsize=32)
def _pool_matrix(size: int, cells: int) -> npt.NDArray[np.float32]:
    """Return the float32 (cells, size) blur by half a cell and average over each cell."""
    pooled: npt.NDArray[np.float32] = area_matrix(size, cells) @ blur_matrix(
        size, CELL_BLUR * size / cells
    )
    return pooled


@lru_cache(maxsize=4)
def _pool_halves(size: int, cells: int) -> npt.NDArray[np.float32]:
    """Return the way from an axis at full size by means over two pixels to `_pool_matrix`."""
    matrix = np.repeat(_pool_matrix(size // 2, cells), 2, axis=1) * np.float32(0.5)
    return np.ascontiguousarray(matrix if size == HEIGHT else matrix.T)


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


def cells_of_luma(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what `cells_of` does, of luma, uint8 (N, 144, 256)."""
    cells = np.empty((len(grey), ORIENTATIONS, ROWS, COLUMNS), dtype=np.float32)
    upright, level = (_pool_halves(*axis) for axis in ((HEIGHT, ROWS), (WIDTH, COLUMNS)))
    tall = np.empty((ORIENTATIONS + 1, ROWS, WIDTH), dtype=np.float32)
    for picture, into in zip(grey, cells, strict=True):
        # Each plane is pooled while it is in the processor's cache.
        for ramp, rows in zip(stroke_ramps(picture.astype(np.float32)), tall, strict=True):
            np.matmul(upright, ramp, out=rows)
        pooled = tall @ level
        into[0] = pooled[0] - pooled[1] + pooled[ORIENTATIONS]
        into[1:] = pooled[1:ORIENTATIONS] - pooled[2:]
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
    return sign_code(apart_from_mean(cells))


def apart_from_mean(
    cells: npt.NDArray[np.float32], known: npt.NDArray[np.float32] | None = None
) -> npt.NDArray[np.float32]:
    """Return how a picture differs from the mean picture: unit vectors, float32 (N, 1152).

    Parameters
    ----------
    cells : float32 (N, 8, 9, 16)
        From `cells_of`.
    known : float32 (N, 9, 16), optional
        How much each cell says, 0 to 1; everything by default. A figure without its background
        leaves most cells empty, and a crop laid over a whole frame leaves its surroundings open.
        In the plain code such cells claim that the frame is empty there too; here they count as
        average, so that only the known cells decide. Comparable with plain codes, at a greater
        distance.
    """
    if known is None:
        apart = features(cells) - mean_features()
    else:
        share = np.broadcast_to(known[:, np.newaxis], cells.shape).reshape(len(cells), N_FEATURES)
        apart = (_relative(cells) / np.float32(_TYPICAL_LENGTH) - mean_features()) * share
        # Plain vectors have no constant part, so the known cells must not bring one in.
        level = (apart * share).sum(axis=1) / np.maximum((share * share).sum(axis=1), 1e-3)
        apart -= level[:, np.newaxis] * share
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), np.float32(1e-6))
    return np.asarray(apart, dtype=np.float32)


def pack_features(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return the features that the index keeps, uint8 (N, 576): two of four bits in each byte.

    In steps of .0115 around the mean picture's; the even feature in the upper half of the byte. A
    code of 512 bits says how alike two whole pictures are; where only a part of the query is known,
    these say how alike that part is.

    Parameters
    ----------
    cells : float32 (N, 8, 9, 16)
        From `cells_of`.
    """
    apart = features(cells) - mean_features()
    levels = (np.clip(np.rint(apart / np.float32(_FEATURE_STEP)), -8, 7) + 8).astype(np.uint8)
    packed: npt.NDArray[np.uint8] = levels[:, ::2] << 4 | levels[:, 1::2]
    return packed


def unpack_features(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what `pack_features` kept, float32 (N, 1152), of uint8 (N, 576)."""
    apart = np.empty((len(packed), N_FEATURES), dtype=np.float32)
    apart[:, ::2] = packed >> 4
    apart[:, 1::2] = packed & 15
    apart -= np.float32(8)
    apart *= np.float32(_FEATURE_STEP)
    return apart


def likeness(
    queries: npt.NDArray[np.float32],
    known: npt.NDArray[np.float32],
    references: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """Return how alike queries and references are where the queries are known, float32 (V, M).

    The cosine of both vectors within the known cells, -1 to about 1.

    Parameters
    ----------
    queries : float32 (V, 1152)
        From `apart_from_mean`.
    known : float32 (V, 9, 16)
        How much each cell of each query says, 0 to 1.
    references : float32 (M, 1152)
        From `unpack_features`.
    """
    squares = (references * references).reshape(-1, ORIENTATIONS, ROWS * COLUMNS).sum(axis=1)
    weight = known.reshape(-1, ROWS * COLUMNS)
    energy = (weight * weight) @ squares.T
    alike: npt.NDArray[np.float32] = queries @ references.T
    alike /= np.sqrt(np.maximum(energy, np.float32(_LEAST_ENERGY)))
    return alike


def drawn_share(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return how far each cell holds any stroke, float32 (N, 9, 16), 0 to 1."""
    share: npt.NDArray[np.float32] = np.minimum(cells.sum(axis=1) / np.float32(_DRAWN), 1.0)
    return share


def sign_code(apart: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return codes, uint8 (N, 64), of vectors, float32 (N, 1152): the signs of 512 projections."""
    return np.packbits(apart @ projections().T > 0, axis=1)


def encode_partial(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return codes of drawings on paper, uint8 (N, 64), in which empty cells say nothing.

    Parameters
    ----------
    cells : float32 (N, 8, 9, 16)
        From `cells_of`.
    """
    return sign_code(apart_from_mean(cells, drawn_share(cells)))


def encode(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return structure codes, uint8 (N, 64), of pictures, uint8 (N, H, W, 3).

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    return encode_cells(cells_of(pixels))
