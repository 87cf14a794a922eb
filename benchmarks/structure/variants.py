"""Ways to compare structure features that could replace or follow the shipped code.

Each is a score of Q questions against N references, and what it stores per reference row. What is
fitted is fitted on `samples.FIT`. Knows nothing of truth and ranking.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.structure.fitted import (
    Matrix,
    discriminant,
    orthonormal,
    principal,
    rotated_to_signs,
)
from benchmarks.structure.samples import PLAIN, Samples
from framematch.hashing import structure
from framematch.hashing.projection import mean_features, projections

Scores = npt.NDArray[np.float32]

# Rows that the shipped code passes on where a score only puts them in a new order.
_KEPT = 256
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


def partial_features(cells: npt.NDArray[np.float32]) -> Matrix:
    """Return what `structure.encode_partial` projects, float32 (N, 1152), of (N, 8, 9, 16)."""
    energy = cells.sum(axis=1, keepdims=True)
    drawn = np.broadcast_to(np.minimum(energy / structure._DRAWN, 1.0), cells.shape)
    drawn = drawn.reshape(len(cells), structure.N_FEATURES)
    relative = structure._relative(cells) / structure._TYPICAL_LENGTH
    apart = (relative - mean_features()) * drawn
    level = (apart * drawn).sum(axis=1) / np.maximum((drawn * drawn).sum(axis=1), 1e-3)
    return np.asarray(apart - level[:, None] * drawn, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Pictures with their structure features.

    Attributes
    ----------
    samples : Samples
        The N pictures.
    plain : float32 (N, 1152)
        Features minus the shipped mean.
    partial : float32 (N, 1152)
        The same as of partial drawings, where empty cells say nothing.
    """

    samples: Samples
    plain: Matrix
    partial: Matrix

    @classmethod
    def of(cls, samples: Samples) -> "Material":
        """Return pictures with their features."""
        cells = samples.cells()
        return cls(samples, structure.features(cells) - mean_features(), partial_features(cells))


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to score.

    Attributes
    ----------
    name : str
        As printed.
    row_bytes : int
        Stored per reference row, the shipped code included where it picks the rows.
    score : callable
        Float32 (Q, N) of questions and references; higher is nearer.
    """

    name: str
    row_bytes: int
    score: Callable[[Material, Material], Scores]


def unit(vectors: Matrix) -> Matrix:
    """Return float32 (N, D) vectors at length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)


def signs(vectors: Matrix) -> Matrix:
    """Return -1 and 1, float32, of what is not positive and of what is."""
    return np.where(vectors > 0, np.float32(1), np.float32(-1))


def in_bytes(vectors: Matrix) -> Matrix:
    """Return unit vectors as an int8 row holds them: in steps, each row at its own scale."""
    steps = 127 / np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-6)
    return unit(np.rint(vectors * steps).astype(np.float32))


def _better(
    questions: Material, score: Callable[[Matrix], Scores], *, partial: bool = True
) -> Scores:
    """Return the score of plain features; of drawings the better one of plain and partial."""
    scores = score(questions.plain)
    drawn = questions.samples.drawn
    if partial and drawn.any():
        scores[drawn] = np.maximum(scores[drawn], score(questions.partial[drawn]))
    return scores


def _by_signs(matrix: Matrix, *, partial: bool = True) -> Callable[[Material, Material], Scores]:
    """Return the score by Hamming distance of signs."""

    def score(questions: Material, references: Material) -> Scores:
        stored = signs(references.plain @ matrix.T)
        return _better(questions, lambda asked: signs(asked @ matrix.T) @ stored.T, partial=partial)

    return score


def _asymmetric(matrix: Matrix) -> Callable[[Material, Material], Scores]:
    """Return the score of floats against signs.

    As asymmetric distances for binary codes have it (Gordo, Perronnin, Gong and Lazebnik, IEEE
    TPAMI 2014): only the stored side is cut down to bits.
    """

    def score(questions: Material, references: Material) -> Scores:
        stored = signs(references.plain @ matrix.T)
        return _better(questions, lambda asked: unit(asked @ matrix.T) @ stored.T)

    return score


def _floats(matrix: Matrix | None, *, steps: bool) -> Callable[[Material, Material], Scores]:
    """Return the score by cosine of projected features, the stored ones in int8 if `steps`."""

    def score(questions: Material, references: Material) -> Scores:
        stored = references.plain if matrix is None else references.plain @ matrix.T
        stored = in_bytes(stored) if steps else unit(stored)
        return _better(
            questions,
            lambda asked: unit(asked if matrix is None else asked @ matrix.T) @ stored.T,
        )

    return score


def after_code(
    second: Callable[[Material, Material], Scores],
) -> Callable[[Material, Material], Scores]:
    """Return a score that orders only what the shipped code ranks first."""

    def score(questions: Material, references: Material) -> Scores:
        first = _by_signs(projections())(questions, references)
        scores = second(questions, references)
        kept = min(_KEPT, first.shape[1])
        places = np.argpartition(-first, kept - 1, axis=1)[:, :kept]
        behind: npt.NDArray[np.float32] = np.asarray(
            scores.min() - 1 + np.minimum(first, 0) / structure.BITS, dtype=np.float32
        )
        np.put_along_axis(behind, places, np.take_along_axis(scores, places, axis=1), axis=1)
        return behind

    return score


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What projections are fitted to: frames, and how edits and drawings differ from theirs."""

    frames: Matrix
    differences: Matrix

    @classmethod
    def of(cls, references: Material, questions: Material) -> "Pairs":
        """Return the pairs of questions that leave the picture where it is."""
        asked = questions.samples
        names = np.char.add(np.char.add(asked.title, " "), asked.question.astype(str)).tolist()
        plain = {names[row]: row for row in np.flatnonzero(asked.kind == PLAIN).tolist()}
        frame = np.array([plain[name] for name in names])
        chosen = ~np.isin(asked.kind, (*_MOVED, PLAIN))
        return cls(references.plain, (questions.plain - questions.plain[frame])[chosen])


def variants(pairs: Pairs) -> Iterator[Variant]:
    """Yield what is compared, the shipped code first."""
    width = structure.N_FEATURES
    yield Variant("shipped 512 signs, whole only", 64, _by_signs(projections(), partial=False))
    yield Variant("shipped 512 signs", 64, _by_signs(projections()))
    for bits in (256, 512, 1024):
        matrix = orthonormal(bits, width, 1)
        yield Variant(f"{bits} signs, orthonormal", bits // 8, _by_signs(matrix))
    for bits in (256, 512):
        chosen = principal(pairs.frames, bits)
        turn = rotated_to_signs(pairs.frames @ chosen.T, 1)
        yield Variant(f"{bits} signs, ITQ", bits // 8, _by_signs(turn @ chosen))
    for shrinkage in (1.0, 0.3, 0.1):
        whole = discriminant(pairs.frames, pairs.differences, width, shrinkage)
        for bits in (256, 512):
            matrix = orthonormal(bits, width, 1) @ whole
            yield Variant(f"{bits} signs, LDA {shrinkage}", bits // 8, _by_signs(matrix))
    yield Variant("then floats against signs", 64, after_code(_asymmetric(projections())))
    yield Variant("then 1152 floats", 64 + 4 * width, after_code(_floats(None, steps=False)))
    yield Variant("then 1152 int8", 64 + width, after_code(_floats(None, steps=True)))
    for size in (128, 256):
        chosen = principal(pairs.frames, size)
        yield Variant(f"then {size} int8, PCA", 64 + size, after_code(_floats(chosen, steps=True)))
        chosen = discriminant(pairs.frames, pairs.differences, size, 1.0)
        yield Variant(f"then {size} int8, LDA", 64 + size, after_code(_floats(chosen, steps=True)))
