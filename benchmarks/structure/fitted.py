"""Projections of the structure features that are fitted to pairs of frames and drawings.

All are plain linear maps, to be compared with the random ones that ship. Pure functions on arrays.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

_ITQ_ROUNDS = 50
_LLOYD_ROUNDS = 12
_CENTRES = 256


def orthonormal(rows: int, columns: int, seed: int) -> Matrix:
    """Return random rows of unit length, float32 (R, C), orthogonal in groups of C."""
    generator = np.random.default_rng(seed)
    turns = [
        np.linalg.qr(generator.normal(size=(columns, columns)))[0]
        for _ in range(-(-rows // columns))
    ]
    return np.concatenate(turns)[:rows].astype(np.float32)


def covariance(vectors: Matrix) -> npt.NDArray[np.float64]:
    """Return the second moments around the mean, float64 (D, D), of float32 (N, D)."""
    apart = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    moments: npt.NDArray[np.float64] = apart.T @ apart / len(apart)
    return moments


def principal(vectors: Matrix, size: int) -> Matrix:
    """Return the `size` strongest directions of float32 (N, D) vectors, float32 (size, D)."""
    _, directions = np.linalg.eigh(covariance(vectors))
    return np.asarray(directions[:, ::-1][:, :size].T, dtype=np.float32)


def discriminant(frames: Matrix, differences: Matrix, size: int, shrinkage: float) -> Matrix:
    """Return directions that vary much between frames, and little under edits and drawing.

    Linear discriminant analysis with a frame and everything made of it as one class, as LDAHash
    has it (Strecha, Bronstein, Bronstein and Fua, IEEE TPAMI 2012).

    Parameters
    ----------
    frames : float32 (N, D)
        Features of frames.
    differences : float32 (M, D)
        Features of edits and drawings minus those of the frame that they were made of.
    size : int
        Number of directions, at most D.
    shrinkage : float
        How much of a multiple of the identity is added to the covariance within classes, in units
        of its mean variance.

    Returns
    -------
    float32 (size, D)
        In them the variance within classes is about 1 each.
    """
    within = differences.astype(np.float64).T @ differences / len(differences)
    return directions_between(within, covariance(frames), size, shrinkage)[0]


def directions_between(
    within: npt.NDArray[np.float64], between: npt.NDArray[np.float64], size: int, shrinkage: float
) -> tuple[Matrix, Matrix]:
    """Return the directions of `discriminant` and their ratios of variances, strongest first.

    Parameters
    ----------
    within, between : float64 (D, D)
        Covariances of differences within classes, and of frames.
    size : int
        Number of directions, at most D.
    shrinkage : float
        As in `discriminant`.

    Returns
    -------
    float32 (size, D), float32 (size,)
        Directions, and the variance of frames in them in units of that within classes.
    """
    within = within + shrinkage * np.trace(within) / len(within) * np.eye(len(within))
    strength, axes = np.linalg.eigh(within)
    whiten = (axes / np.sqrt(strength)) @ axes.T
    ratio, directions = np.linalg.eigh(whiten @ between @ whiten)
    found = directions[:, ::-1][:, :size].T @ whiten
    return found.astype(np.float32), ratio[::-1][:size].astype(np.float32)


def product_codes(vectors: Matrix, seed: int) -> Callable[[Matrix], Matrix]:
    """Return what keeps of vectors one of 256 centres for each pair of numbers, a byte each.

    Product quantisation (Jegou, Douze and Schmid, IEEE TPAMI 2011), the centres fitted to float32
    (N, D) vectors, D even. The function returned takes and gives float32 (M, D).
    """
    generator = np.random.default_rng(seed)
    pairs = [vectors[:, place : place + 2] for place in range(0, vectors.shape[1], 2)]
    centres = [_centres(pair, generator) for pair in pairs]

    def kept(given: Matrix) -> Matrix:
        found = [
            book[_nearest(given[:, 2 * place : 2 * place + 2], book)]
            for place, book in enumerate(centres)
        ]
        return np.concatenate(found, axis=1)

    return kept


def _nearest(points: Matrix, centres: Matrix) -> npt.NDArray[np.int64]:
    apart = (centres * centres).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(apart.argmin(axis=1), dtype=np.int64)


def _centres(points: Matrix, generator: np.random.Generator) -> Matrix:
    """Return Lloyd's centres of float32 (N, 2) points, float32 (256, 2)."""
    centres = points[generator.choice(len(points), _CENTRES, replace=len(points) < _CENTRES)]
    for _ in range(_LLOYD_ROUNDS):
        nearest = _nearest(points, centres)
        counts = np.bincount(nearest, minlength=_CENTRES)[:, None]
        sums = np.stack(
            [np.bincount(nearest, points[:, axis], _CENTRES) for axis in range(2)], axis=1
        )
        moved = sums / np.maximum(counts, 1)
        centres = np.where(counts > 0, moved, centres).astype(np.float32)
    return centres


def rotated_to_signs(vectors: Matrix, seed: int) -> Matrix:
    """Return the rotation, float32 (D, D), after which signs lose least of float32 (N, D) vectors.

    Iterative quantisation (Gong and Lazebnik, CVPR 2011).
    """
    apart = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    turn = orthonormal(vectors.shape[1], vectors.shape[1], seed).astype(np.float64)
    for _ in range(_ITQ_ROUNDS):
        signs = np.where(apart @ turn.T > 0, 1.0, -1.0)
        left, _, right = np.linalg.svd(signs.T @ apart)
        turn = left @ right
    return turn.astype(np.float32)
