"""What is computed of pictures before any variant scores them. Knows nothing of truth."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from benchmarks.structure.fitted import Matrix
from benchmarks.structure.samples import PLAIN, Samples
from benchmarks.structure.selfsimilarity import self_similarity
from framematch.hashing import structure

# Edits after which the picture lies elsewhere: their features say nothing about the same place.
_MOVED = (
    "mirror",
    "line-mirror",
    "web-page",
    "sheet-70",
    "letterbox",
    "padding",
    "screen-photo",
    "crop-30",
    "line-crop-20",
    "drawn layout-sheet",
)
_CHUNK = 64
# A masked picture shows a box of at least this share of each side.
_LEAST_SIDE = 0.55


@dataclass(frozen=True, eq=False)
class Material:
    """Pictures with their structure features.

    Attributes
    ----------
    samples : Samples
        The N pictures.
    cells : float32 (N, 8, 9, 16)
        Pooled strokes.
    plain : float32 (N, 1152)
        What whole pictures are coded from: unit vectors.
    partial : float32 (N, 1152)
        What partial drawings are coded from, where empty cells say nothing: unit vectors.
    """

    samples: Samples
    cells: Matrix
    plain: Matrix
    partial: Matrix

    @classmethod
    def of(cls, samples: Samples) -> "Material":
        """Return pictures with their features."""
        cells = samples.cells()
        return cls(
            samples,
            cells,
            structure.apart_from_mean(cells),
            structure.apart_from_mean(cells, structure.drawn_share(cells)),
        )

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Material":
        """Return some of the pictures."""
        picked = (self.cells[chosen], self.plain[chosen], self.partial[chosen])
        return Material(self.samples[chosen], *picked)

    @cached_property
    def alike(self) -> Matrix:
        """Self-similarity, unit vectors, float32 (N, 3456)."""
        lumas = self.samples.lumas
        starts = range(0, len(lumas), _CHUNK)
        return np.concatenate([self_similarity(lumas[start : start + _CHUNK]) for start in starts])


def frame_rows(asked: Samples) -> npt.NDArray[np.int64]:
    """Return the row of every question's unedited frame, int64 (Q,)."""
    names = np.char.add(np.char.add(asked.title, " "), asked.question.astype(str)).tolist()
    plain = {names[row]: row for row in np.flatnonzero(asked.kind == PLAIN).tolist()}
    return np.array([plain[name] for name in names], dtype=np.int64)


def in_place(asked: Samples) -> npt.NDArray[np.bool_]:
    """Say which questions are edits that leave the picture where it is, bool (Q,)."""
    return ~np.isin(asked.kind, (*_MOVED, PLAIN))


def masked(cells: Matrix, seed: int) -> Matrix:
    """Return what pictures are coded from of which only a box is known, float32 (N, 1152).

    Parameters
    ----------
    cells : float32 (N, 8, 9, 16)
        Pooled strokes.
    seed : int
        Of the boxes: .55 to 1 of each side, anywhere.
    """
    generator = np.random.default_rng(seed)
    sides = generator.uniform(_LEAST_SIDE, 1.0, (len(cells), 2))
    starts = generator.random((len(cells), 2)) * (1 - sides)
    known = np.ones((len(cells), structure.ROWS, structure.COLUMNS), dtype=np.float32)
    for axis, count in ((0, structure.ROWS), (1, structure.COLUMNS)):
        edges = np.arange(count)[None]
        first, last = starts[:, axis, None] * count, (starts + sides)[:, axis, None] * count
        share = np.clip(np.minimum(last, edges + 1) - np.maximum(first, edges), 0, 1)
        known *= share[:, :, None] if axis == 0 else share[:, None]
    return structure.apart_from_mean(cells * known[:, None], known.astype(np.float32))
