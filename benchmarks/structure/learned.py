"""Recipes for learned projections: how they are fitted, and which is chosen without test titles."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure.fitted import (
    Matrix,
    covariance,
    directions_between,
    orthonormal,
    rotated_to_signs,
)
from benchmarks.structure.pairs import Pairs
from framematch.hashing import structure


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit projections to pairs.

    Attributes
    ----------
    shrinkage : float
        As in `fitted.discriminant`.
    directions : int
        How many of the strongest directions are kept, at most 1152.
    bits : int
        Number of projections.
    masked, viewed : float
        Weight of differences of masked pictures, and of views, beside those of whole pictures at 1.
    power : float
        Each direction is scaled by its ratio of variances to this power: 0 for whitening alone.
    rotation : {"random", "itq"}
        What makes projections out of directions.
    """

    shrinkage: float
    directions: int = structure.N_FEATURES
    bits: int = structure.BITS
    masked: float = 0.0
    viewed: float = 0.0
    power: float = 0.0
    rotation: str = "random"

    @property
    def name(self) -> str:
        """As printed."""
        parts = [f"LDA {self.shrinkage}"]
        parts += [f"{self.directions} directions"] if self.directions < structure.N_FEATURES else []
        parts += [f"masked {self.masked}"] if self.masked else []
        parts += [f"views {self.viewed}"] if self.viewed else []
        parts += [f"power {self.power}"] if self.power else []
        return ", ".join(parts + ([self.rotation] if self.rotation != "random" else []))

    def fitted(self, pairs: Pairs) -> Matrix:
        """Return projections of unit length, float32 (bits, 1152)."""
        within = np.zeros((pairs.frames.shape[1],) * 2)
        parts = ((1.0, pairs.whole), (self.masked, pairs.masked), (self.viewed, pairs.viewed))
        total = sum(weight for weight, part in parts if len(part))
        for weight, part in parts:
            if weight and len(part):
                within += weight / total * (part.astype(np.float64).T @ part / len(part))
        chosen, ratio = directions_between(
            within, covariance(pairs.frames), self.directions, self.shrinkage
        )
        stretch = np.maximum(ratio, np.float32(1e-9)) ** np.float32(self.power)
        chosen = np.asarray(chosen * stretch[:, None], dtype=np.float32)
        if self.rotation == "itq":
            turn = rotated_to_signs(pairs.frames @ chosen[: self.bits].T, 1)
            matrix = turn @ chosen[: self.bits]
        else:
            matrix = orthonormal(self.bits, len(chosen), 1) @ chosen
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.asarray(matrix / lengths, dtype=np.float32)


#: What came first when every fitted title was held out once (`crossfit`).
CHOSEN = Recipe(0.3, masked=1.0, viewed=1.0)


def quantised(matrix: Matrix) -> tuple[npt.NDArray[np.int8], Matrix]:
    """Return projections as int8 (B, D), and the float32 (B,) worth of a step in each row."""
    steps = np.abs(matrix).max(axis=1) / np.float32(127)
    levels = np.rint(matrix / steps[:, None]).astype(np.int8)
    return levels, steps.astype(np.float32)


def in_steps(matrix: Matrix) -> Matrix:
    """Return projections as `quantised` keeps them, float32 (B, D)."""
    levels, steps = quantised(matrix)
    return levels.astype(np.float32) * steps[:, None]


def written(path: Path, matrix: Matrix) -> Iterator[str]:
    """Write the file that ships, int8 (B, D) row by row; yield what was written.

    A row's scale is left out: codes are signs.
    """
    levels, _ = quantised(matrix)
    path.write_bytes(levels.tobytes())
    digest = hashlib.sha256(levels.tobytes()).hexdigest()
    apart = np.abs(matrix - in_steps(matrix)).max() / np.abs(matrix).max()
    yield f"{path}: {CHOSEN.name}, int8 {levels.shape}, SHA-256 {digest}"
    yield f"steps move a weight by {apart:.4f} of the largest"
