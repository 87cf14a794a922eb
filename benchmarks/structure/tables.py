"""The tables of the comparison of variants: titles that nothing was fitted on."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import numpy.typing as npt

from benchmarks.structure.crossfit import Fitting, view_scores
from benchmarks.structure.fitted import Matrix
from benchmarks.structure.hadamard import random_signs
from benchmarks.structure.learned import CHOSEN, in_steps
from benchmarks.structure.material import Material
from benchmarks.structure.pairs import Pairs
from benchmarks.structure.ranking import Ranking, Truth
from benchmarks.structure.samples import DRAWN, PLAIN
from benchmarks.structure.variants import (
    Scores,
    Variant,
    alike_variants,
    by_signs,
    in_bytes,
    linear,
    signs,
    variants,
)
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.hashing import structure

Chosen = npt.NDArray[np.bool_]

# Directions of features that are small enough to keep, and variants shown title by title.
_FEW = 256
_CHOSEN = f"chosen: {CHOSEN.name}"
_BY_TITLE = ("random signs", _CHOSEN, "network, 512 signs")
_TIMED_FRAMES, _TIMED_ROUNDS = 16, 7
_HEADER = f"{'':44}{'bytes':>7}{'ms':>7}" + "".join(
    f"{name:>8}" for name in ("rank 1", "in 24", "in 48", "AUC", "at 1 %")
)


def groups(kind: npt.NDArray[np.str_]) -> dict[str, Chosen]:
    """Return which questions, by kind, str (Q,), belong to what is reported by itself."""
    stages = [f"drawn {stage}" for stage in DRAWN]
    return {
        "all questions": np.ones(len(kind), dtype=np.bool_),
        "finished edits": np.isin(kind, (*FINISHED, PLAIN)),
        "line art": np.isin(kind, list(LINE_ART)),
        "drawn stages": np.isin(kind, stages),
    }


def milliseconds(variant: Variant, material: Material) -> float:
    """Return the processor time in which a variant describes a luma, in ms; of a batch of 16."""
    lumas = material.samples.lumas[:_TIMED_FRAMES]
    variant.describe(lumas)
    taken = []
    for _ in range(_TIMED_ROUNDS):
        start = time.process_time()
        variant.describe(lumas)
        taken.append(time.process_time() - start)
    return 1e3 * median(taken) / len(lumas)


def by_left_out(fitting: Fitting, questions: Material, references: Material) -> Scores:
    """Return scores by the chosen recipe, fitted without the operators that a question is of.

    Operators and stages are taken by turns into two halves.
    """
    kinds = np.unique(questions.samples.kind)
    scores = np.zeros((len(questions.samples), len(references.samples)), dtype=np.float32)
    for half in (0, 1):
        left_out = kinds[half::2]
        used = ~np.isin(fitting.questions.samples.kind, left_out)
        pairs = Pairs.of(fitting.references, fitting.questions, fitting.views, kinds=used)
        asked = np.isin(questions.samples.kind, left_out)
        score = by_signs(CHOSEN.fitted(pairs))
        scores[asked] = score(questions[asked], references)
    return scores


def compared(fitting: Fitting, test: Fitting, more: Sequence[Variant] = ()) -> Iterator[str]:
    """Yield the lines of the report.

    Parameters
    ----------
    fitting, test : Fitting
        Titles that are fitted on, and those that are measured on.
    more : sequence of Variant
        Compared as well, fitted beforehand.
    """
    questions, references = test.questions, test.references
    truth = Truth.of(questions.samples, references.samples)
    pairs = fitting.pairs()
    chosen = CHOSEN.fitted(pairs)
    listed = [
        *variants(pairs),
        linear(_CHOSEN, 64, chosen, by_signs(chosen)),
        linear("the same in int8", 64, chosen, by_signs(in_steps(chosen))),
        linear(
            "the same, operators left out of the fit",
            64,
            chosen,
            lambda asked, known: by_left_out(fitting, asked, known),
        ),
        *alike_variants(fitting.references, fitting.questions),
        *more,
    ]
    rows = []
    for variant in listed:
        ranking = Ranking.of(variant.score(questions, references), truth)
        rows.append((variant, milliseconds(variant, references), ranking))
    yield f"{len(references.samples)} references, {len(questions.samples)} questions"
    for name, asked in groups(questions.samples.kind).items():
        yield ""
        yield f"{name}: {int(asked.sum())}"
        yield _HEADER
        for variant, ms, ranking in rows:
            yield f"{variant.name:44}{variant.row_bytes:7}{ms:7.1f}{ranking.cells(asked)}"
    yield from _with_views(test, truth, pairs)
    shown = {variant.name: ranking for variant, _, ranking in rows if variant.name in _BY_TITLE}
    yield from _by_title(questions, shown)


def _with_views(test: Fitting, truth: Truth, pairs: Pairs) -> Iterator[str]:
    """Yield what the best of all views of a still gives, for the questions that have views."""
    asked = np.unique(test.views.row)
    size = structure.N_FEATURES
    fewer = replace(CHOSEN, directions=_FEW, bits=_FEW).fitted(pairs)
    compared_ways: dict[str, tuple[int, Matrix, Callable[[Matrix], Matrix]]] = {
        "random signs": (64, random_signs(), signs),
        "chosen signs, in int8": (64, in_steps(CHOSEN.fitted(pairs)), signs),
        "1152 int8 alone": (size, np.eye(size, dtype=np.float32), in_bytes),
        f"{_FEW} int8 of the chosen recipe alone": (_FEW, fewer, in_bytes),
    }
    kinds = groups(test.questions.samples.kind[asked])
    found = {
        name: (
            row_bytes,
            Ranking.of(view_scores(matrix, test.views, test.references, kept), truth[asked]),
        )
        for name, (row_bytes, matrix, kept) in compared_ways.items()
    }
    for group, chosen in kinds.items():
        yield ""
        yield f"{group}, best of all views: {int(chosen.sum())}"
        yield _HEADER
        for name, (row_bytes, ranking) in found.items():
            yield f"{name:44}{row_bytes:7}{'':7}{ranking.cells(chosen)}"


def _by_title(questions: Material, rankings: dict[str, Ranking]) -> Iterator[str]:
    """Yield the figures of each title."""
    for title in np.unique(questions.samples.title).tolist():
        chosen = questions.samples.title == title
        yield ""
        yield f"{title}: {int(chosen.sum())}"
        yield _HEADER
        for name, ranking in rankings.items():
            yield f"{name:44}{'':14}{ranking.cells(chosen)}"
