"""Ways to compare structure features that could replace or follow signs of random projections.

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
    product_codes,
    rotated_to_signs,
)
from benchmarks.structure.hadamard import random_signs
from benchmarks.structure.learned import Recipe
from benchmarks.structure.material import Material
from benchmarks.structure.pairs import Pairs, joined_differences
from benchmarks.structure.selfsimilarity import self_similarity
from framematch.hashing import structure
from framematch.hashing.strokes import strokes

Scores = npt.NDArray[np.float32]
Lumas = npt.NDArray[np.uint8]
Score = Callable[[Material, Material], Scores]

# Rows that random signs pass on where a score only puts them in a new order.
_KEPT = 256
# Directions of self-similarity that a discriminant is fitted in.
_ALIKE_DIRECTIONS = 768


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to score.

    Attributes
    ----------
    name : str
        As printed.
    row_bytes : int
        Stored per reference row, the random signs included where they pick the rows.
    score : callable
        Float32 (Q, N) of questions and references; higher is nearer.
    describe : callable
        What is computed of uint8 (N, 144, 256) lumas before they are stored: for its time.
    """

    name: str
    row_bytes: int
    score: Score
    describe: Callable[[Lumas], object]


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


def better(
    questions: Material, score: Callable[[Matrix], Scores], *, partial: bool = True
) -> Scores:
    """Return the score of plain features; of drawings the better one of plain and partial."""
    scores = score(questions.plain)
    drawn = questions.samples.drawn
    if partial and drawn.any():
        scores[drawn] = np.maximum(scores[drawn], score(questions.partial[drawn]))
    return scores


def by_signs(matrix: Matrix, *, partial: bool = True) -> Score:
    """Return the score by Hamming distance of the signs of (B, 1152) projections."""

    def score(questions: Material, references: Material) -> Scores:
        stored = signs(references.plain @ matrix.T)
        return better(questions, lambda asked: signs(asked @ matrix.T) @ stored.T, partial=partial)

    return score


def _by_products(matrix: Matrix) -> Score:
    """Return the score by signs of products of two projections each, (2 B, 1152) in all."""

    def bits(vectors: Matrix) -> Matrix:
        found = signs(vectors @ matrix.T)
        return found[:, ::2] * found[:, 1::2]

    def score(questions: Material, references: Material) -> Scores:
        stored = bits(references.plain)
        return better(questions, lambda asked: bits(asked) @ stored.T)

    return score


def _asymmetric(matrix: Matrix) -> Score:
    """Return the score of floats against signs.

    As asymmetric distances for binary codes have it (Gordo, Perronnin, Gong and Lazebnik, IEEE
    TPAMI 2014): only the stored side is cut down to bits.
    """

    def score(questions: Material, references: Material) -> Scores:
        stored = signs(references.plain @ matrix.T)
        return better(questions, lambda asked: unit(asked @ matrix.T) @ stored.T)

    return score


def _floats(matrix: Matrix | None, *, steps: bool) -> Score:
    """Return the score by cosine of projected features, the stored ones in int8 if `steps`."""

    def score(questions: Material, references: Material) -> Scores:
        stored = references.plain if matrix is None else references.plain @ matrix.T
        stored = in_bytes(stored) if steps else unit(stored)
        return better(
            questions,
            lambda asked: unit(asked if matrix is None else asked @ matrix.T) @ stored.T,
        )

    return score


def _product(matrix: Matrix, frames: Matrix) -> Score:
    """Return the score of floats against a product code: one byte for each pair of directions."""
    kept = product_codes(unit(frames @ matrix.T), seed=1)

    def score(questions: Material, references: Material) -> Scores:
        stored = unit(kept(unit(references.plain @ matrix.T)))
        return better(questions, lambda asked: unit(asked @ matrix.T) @ stored.T)

    return score


def after_code(second: Score) -> Score:
    """Return a score that orders only what random signs rank first."""

    def score(questions: Material, references: Material) -> Scores:
        first = by_signs(random_signs())(questions, references)
        scores = second(questions, references)
        kept = min(_KEPT, first.shape[1])
        places = np.argpartition(-first, kept - 1, axis=1)[:, :kept]
        behind: npt.NDArray[np.float32] = np.asarray(
            scores.min() - 1 + np.minimum(first, 0) / structure.BITS, dtype=np.float32
        )
        np.put_along_axis(behind, places, np.take_along_axis(scores, places, axis=1), axis=1)
        return behind

    return score


def _by_alike(matrix: Matrix, centre: Matrix, joined: bool) -> Score:
    """Return the score by signs of self-similarity, with the orientations after it if `joined`.

    Self-similarity has no form for partial drawings: joined to their orientations is the whole one.
    """

    def vectors(material: Material, orientations: Matrix) -> Matrix:
        apart = material.alike - centre
        return np.concatenate([apart, orientations], axis=1) if joined else apart

    def score(questions: Material, references: Material) -> Scores:
        stored = signs(vectors(references, references.plain) @ matrix.T)
        scores: Scores = signs(vectors(questions, questions.plain) @ matrix.T) @ stored.T
        if joined:
            partial = signs(vectors(questions, questions.partial) @ matrix.T) @ stored.T
            drawn = questions.samples.drawn
            scores[drawn] = np.maximum(scores, partial)[drawn]
        return scores

    return score


def _cells(lumas: Lumas) -> Matrix:
    drawn = strokes(lumas.astype(np.float32))
    cells = structure.pool(drawn, structure.ROWS, structure.COLUMNS)
    return structure.apart_from_mean(cells)


def linear(name: str, row_bytes: int, matrix: Matrix, score: Score) -> Variant:
    """Return a variant that stores projections of the orientations, by (B, 1152)."""
    return Variant(name, row_bytes, score, lambda lumas: _cells(lumas) @ matrix.T)


def variants(pairs: Pairs) -> Iterator[Variant]:
    """Yield what is compared of the orientations, random signs first."""
    width = structure.N_FEATURES
    random = random_signs()
    yield linear("random signs, whole only", 64, random, by_signs(random, partial=False))
    yield linear("random signs", 64, random, by_signs(random))
    for bits in (256, 512, 1024):
        matrix = orthonormal(bits, width, 1)
        yield linear(f"{bits} signs, orthonormal", bits // 8, matrix, by_signs(matrix))
    for bits in (256, 512):
        chosen = principal(pairs.frames, bits)
        matrix = rotated_to_signs(pairs.frames @ chosen.T, 1) @ chosen
        yield linear(f"{bits} signs, ITQ", bits // 8, matrix, by_signs(matrix))
    for shrinkage in (3.0, 1.0, 0.3, 0.1):
        for bits in (256, 512):
            recipe = Recipe(shrinkage=shrinkage, directions=width, bits=bits)
            matrix = recipe.fitted(pairs)
            yield linear(f"{bits} signs, LDA {shrinkage}", bits // 8, matrix, by_signs(matrix))
    matrix = orthonormal(1024, width, 1) @ discriminant(pairs.frames, pairs.whole, width, 1.0)
    yield linear("512 signs of products, LDA 1.0", 64, matrix, _by_products(matrix))
    chosen = discriminant(pairs.frames, pairs.whole, 128, 1.0)
    yield linear("64 pairs in a byte each, LDA 1.0", 64, chosen, _product(chosen, pairs.frames))
    yield linear("then floats against signs", 64, random, after_code(_asymmetric(random)))
    yield linear("then 1152 floats", 64 + 4 * width, random, after_code(_floats(None, steps=False)))
    yield linear("then 1152 int8", 64 + width, random, after_code(_floats(None, steps=True)))
    for size in (128, 256):
        chosen = principal(pairs.frames, size)
        score = after_code(_floats(chosen, steps=True))
        yield linear(f"then {size} int8, PCA", 64 + size, chosen, score)
        chosen = discriminant(pairs.frames, pairs.whole, size, 1.0)
        score = after_code(_floats(chosen, steps=True))
        yield linear(f"then {size} int8, LDA 1.0", 64 + size, chosen, score)
    yield linear("1152 floats alone", 4 * width, random, _floats(None, steps=False))


def alike_variants(references: Material, questions: Material) -> Iterator[Variant]:
    """Yield self-similarity alone and joined to the orientations, of fitted titles."""
    centre = references.alike.mean(axis=0)
    alike = references.alike - centre
    width = alike.shape[1]

    def variant(name: str, matrix: Matrix, joined: bool) -> Variant:
        def describe(lumas: Lumas) -> object:
            found = self_similarity(lumas)
            return np.concatenate([found, _cells(lumas)], axis=1) if joined else found

        return Variant(name, 64, _by_alike(matrix, centre, joined), describe)

    yield variant("self-similarity, orthonormal", orthonormal(structure.BITS, width, 1), False)
    both = orthonormal(structure.BITS, width + structure.N_FEATURES, 1)
    yield variant("self-similarity and orientations", both, True)
    # In the strongest directions only: all of them would take minutes and as many pairs more.
    chosen = principal(alike, _ALIKE_DIRECTIONS)
    reduced = np.zeros((_ALIKE_DIRECTIONS + structure.N_FEATURES, both.shape[1]), dtype=np.float32)
    reduced[:_ALIKE_DIRECTIONS, :width] = chosen
    reduced[_ALIKE_DIRECTIONS:, width:] = np.eye(structure.N_FEATURES, dtype=np.float32)
    frames = np.concatenate([alike, references.plain], axis=1) @ reduced.T
    differences = joined_differences(questions) @ reduced.T
    for joined, part in ((False, slice(0, _ALIKE_DIRECTIONS)), (True, slice(None))):
        size = len(reduced[part])
        whole = discriminant(frames[:, part], differences[:, part], size, 1.0) @ reduced[part]
        matrix = orthonormal(structure.BITS, size, 1) @ whole
        name = "self-similarity and orientations, LDA 1.0" if joined else "self-similarity, LDA 1.0"
        yield variant(name, matrix if joined else matrix[:, :width], joined)
