"""What chance gives a query: how well it agrees with references that show something else.

Some pictures agree a little with everything: texture, crowds, a few strokes in the middle. Evidence
counts by how far it stands above what the same query gets from strangers, as scores of speakers and
of copies are normalised by a cohort (Auckenthaler, Carey and Lloyd-Thomas, Digital Signal
Processing 2000). The leads that were verified beside the one in question are that cohort, those
left out that show nearly the same picture. Pure functions on arrays; decodes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.hashing import structure
from framematch.index import Index
from framematch.matching.align import Alignment
from framematch.matching.confidence import TYPICAL, Level

# References whose features agree as much as this show the same picture, or nearly.
_ALIKE = 0.5
# Fewer strangers than this say nothing.
_LEAST = 4
# The level is what so many of the strangers stay below: near their best, and no single one's.
_QUANTILE = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """The verified leads of one query.

    Attributes
    ----------
    rows : int64 (N,)
        Rows of the index, each once.
    features : float32 (N, 1152)
        Of those rows, unit length.
    sharpness, agreement : float64 (N,)
        Of the best alignment of each.
    """

    rows: npt.NDArray[np.int64]
    features: npt.NDArray[np.float32]
    sharpness: npt.NDArray[np.float64]
    agreement: npt.NDArray[np.float64]

    @classmethod
    def of(cls, index: Index, rows: Sequence[int], alignments: Sequence[Alignment]) -> Self:
        """Return what was verified: rows of the index, and the alignment with each."""
        best: dict[int, Alignment] = {}
        for row, alignment in zip(rows, alignments, strict=True):
            if row not in best or alignment.sharpness > best[row].sharpness:
                best[row] = alignment
        kept = np.array(sorted(best), dtype=np.int64)
        return cls(
            rows=kept,
            features=_unit_features(index, kept),
            sharpness=np.array([best[row].sharpness for row in kept.tolist()]),
            agreement=np.array([best[row].agreement for row in kept.tolist()]),
        )

    def levels(self, index: Index, rows: Sequence[int]) -> list[Level]:
        """Return the level for each of some rows: that of the leads that show something else."""
        if len(self.rows) < _LEAST:
            return [TYPICAL] * len(rows)
        wanted = np.array(rows, dtype=np.int64)
        strangers = _unit_features(index, wanted) @ self.features.T < _ALIKE
        return [self._level(chosen) for chosen in strangers]

    def _level(self, chosen: npt.NDArray[np.bool_]) -> Level:
        if chosen.sum() < _LEAST:
            return TYPICAL
        return Level(
            sharpness=float(np.quantile(self.sharpness[chosen], _QUANTILE)),
            agreement=float(np.quantile(self.agreement[chosen], _QUANTILE)),
        )


def _unit_features(index: Index, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    features = structure.unpack_features(index.features(rows))
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = features / np.maximum(length, np.float32(1e-6))
    return unit
