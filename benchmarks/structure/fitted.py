"""Projections of the structure features that are fitted to pairs of frames and drawings.

All are plain linear maps, to be compared with the random ones that ship. Pure functions on arrays.
"""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

_ITQ_ROUNDS = 50


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
    within += shrinkage * np.trace(within) / len(within) * np.eye(len(within))
    strength, axes = np.linalg.eigh(within)
    whiten = (axes / np.sqrt(strength)) @ axes.T
    _, directions = np.linalg.eigh(whiten @ covariance(frames) @ whiten)
    return np.asarray(directions[:, ::-1][:, :size].T @ whiten, dtype=np.float32)


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
