"""Which comparison of structure features is best, on titles that nothing was fitted on."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure.ranking import Ranking, Truth
from benchmarks.structure.samples import FIT, PLAIN, TEST, Samples, gather
from benchmarks.structure.variants import Material, Pairs, variants

#: Edits after which the whole picture shows the scene where it was, or nearly: without views,
#: scores of the others are chance.
_NEEDS_VIEWS = ("mirror", "line-mirror", "web-page", "sheet-70", "drawn layout-sheet")
_HARD = (
    "part",
    "erased-40",
    "rough",
    "marker",
    "crop-30",
    "line-crop-20",
    "drawn rough",
    "drawn line-art",
)
_COLUMNS = "first    in 24   in 48     area     1 %"


def split_up(samples: Samples) -> tuple[Samples, Samples]:
    """Return the references and the questions of a split."""
    return samples[samples.question < 0], samples[samples.question >= 0]


def _groups(questions: Samples) -> dict[str, npt.NDArray[np.bool_]]:
    edited = ~np.isin(questions.kind, (*_NEEDS_VIEWS, PLAIN))
    return {"all": edited, "hard": np.isin(questions.kind, _HARD)}


def choose(media: Path) -> Iterator[str]:
    """Yield the lines of the report: figures of every variant, then per kind of question."""
    material = {}
    for name, split in (("fit", FIT), ("test", TEST)):
        references, questions = split_up(gather(media, split))
        material[name] = Material.of(references), Material.of(questions)
        yield f"{name}: {len(references)} references, {len(questions)} questions"
    references, questions = material["test"]
    truth = Truth.of(questions.samples, references.samples)
    groups = _groups(questions.samples)
    yield f"{'':34}" + "".join(f"{name + ': ' + _COLUMNS:>46}" for name in groups)
    rankings = {}
    for variant in variants(Pairs.of(*material["fit"])):
        begin = time.process_time()
        ranking = Ranking.of(variant.score(questions, references), truth)
        spent_ms = (time.process_time() - begin) * 1e3 / len(questions.samples)
        cells = "  |".join(ranking.cells(chosen) for chosen in groups.values())
        yield f"{variant.name:28}{variant.row_bytes:6}{cells}  {spent_ms:5.1f} ms"
        rankings[variant.name] = ranking
    yield from _by_kind(questions.samples, rankings)


def _by_kind(questions: Samples, rankings: dict[str, Ranking]) -> Iterator[str]:
    """Yield the share among the first 24 scenes of every kind of question, by every variant."""
    yield "right scene among the first 24, by kind of question"
    kinds = sorted(set(questions.kind.tolist()))
    for number, name in enumerate(rankings):
        yield f"({number}) {name}"
    yield f"{'':26}" + "".join(f"{f'({number})':>6}" for number in range(len(rankings)))
    for kind in kinds:
        chosen = questions.kind == kind
        shares = (ranking.within(24, chosen) for ranking in rankings.values())
        yield f"{kind:26}" + "".join(f"{share:6.2f}" for share in shares)
