"""Local self-similarity, pooled per cell: a feature to compare the shipped orientations with.

What a drawing and its finished frame may share is not how bright a place is but where around it
the picture looks the same: along a line, inside an area (Shechtman and Irani, Matching Local
Self-Similarities across Images and Videos, CVPR 2007). Pure functions on arrays.
"""

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_matrix
from framematch.hashing.strokes import blur_matrix
from framematch.hashing.structure import COLUMNS, ROWS

Matrix = npt.NDArray[np.float32]

_WIDTH, _HEIGHT = 128, 72
_RADII_PX = ((2, 3), (5, 7), (10, 13))
_DIRECTIONS = 8
_PATCH_SIGMA_PX = 1.0
_CONTRAST_SIGMA_PX = 12.0
_CONTRAST_FLOOR = 6.0
# Squared difference, in local contrasts, that counts as noise.
_NOISE = 0.15
_EMPTY = 0.02
#: Length of the vectors.
N_FEATURES = len(_RADII_PX) * _DIRECTIONS * ROWS * COLUMNS


def _blurred(planes: Matrix, sigma: float) -> Matrix:
    rows, columns = blur_matrix(planes.shape[-2], sigma), blur_matrix(planes.shape[-1], sigma)
    return np.asarray(rows @ planes @ columns.T, dtype=np.float32)


def _shifted(planes: Matrix, down: int, across: int) -> Matrix:
    """Return planes moved so that each pixel holds another; beyond an end the end repeats."""
    rows = np.clip(np.arange(planes.shape[1]) + down, 0, planes.shape[1] - 1)
    columns = np.clip(np.arange(planes.shape[2]) + across, 0, planes.shape[2] - 1)
    return planes[:, rows[:, None], columns[None]]


def _alike(relative: Matrix, radii_px: tuple[int, ...], direction: int) -> Matrix:
    """Return how much each place is like the most alike one in a direction, 0 to 1."""
    angle = 2 * np.pi * direction / _DIRECTIONS
    best = np.zeros_like(relative)
    for radius in radii_px:
        other = _shifted(relative, round(radius * np.sin(angle)), round(radius * np.cos(angle)))
        apart = _blurred((relative - other) ** 2, _PATCH_SIGMA_PX)
        np.maximum(best, np.exp(-apart / np.float32(_NOISE)), out=best)
    return best


def self_similarity(lumas: npt.NDArray[np.uint8]) -> Matrix:
    """Return unit vectors, float32 (N, 3456), of lumas, uint8 (N, 144, 256).

    Places that are like everything around them, such as paper and flat areas, count for nothing.
    """
    small = area_matrix(lumas.shape[1], _HEIGHT) @ lumas.astype(np.float32)
    small = small @ area_matrix(lumas.shape[2], _WIDTH).T
    apart = small - _blurred(small, _CONTRAST_SIGMA_PX)
    contrast = np.sqrt(np.maximum(_blurred(apart * apart, _CONTRAST_SIGMA_PX), 0))
    relative = (apart / (contrast + np.float32(_CONTRAST_FLOOR))).astype(np.float32)
    bins = np.stack(
        [_alike(relative, radii, turn) for radii in _RADII_PX for turn in range(_DIRECTIONS)],
        axis=1,
    )
    told = 1 - bins.min(axis=1, keepdims=True)
    pool_rows, pool_columns = area_matrix(_HEIGHT, ROWS), area_matrix(_WIDTH, COLUMNS)
    weight = pool_rows @ told @ pool_columns.T
    cells = (pool_rows @ (bins * told) @ pool_columns.T) / (weight + np.float32(_EMPTY))
    # Within a cell only which direction is more alike than the others counts, and by how much
    # there is anything to tell.
    cells -= cells.mean(axis=1, keepdims=True)
    vectors = (cells * np.sqrt(weight)).reshape(len(lumas), N_FEATURES)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)
