"""Each still asked several times of a warm matcher, the time split over the parts of the work.

Owns which function belongs to which part.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from benchmarks.cost.material import KINDS, Still
from benchmarks.cost.stopwatch import Clock, Stopwatch
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.leads import find_leads
from framematch.matching.query import Picture, code_views
from framematch.matching.stills import StillSearch
from framematch.matching.verify import align_leads
from framematch.records import Frame

#: Parts of the work, in order; the last is what the others leave over.
PARTS = (
    "coding",
    "structure search",
    "appearance search",
    "re-ranking",
    "verification",
    "look closer",
    "the rest",
)

#: What only distractors cost: their features are made when they are asked for. Not counted.
MADE_UP = "features of distractors"

_REST = PARTS[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """What stills of one kind cost.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    seconds : dict of str to float
        Median of each part over all runs.
    total : float
        Median of the sum of all parts, in seconds.
    worst : float
        The ninth tenth of it.
    made_up : float
        Median of what is not counted, in seconds.
    answers : tuple of str
        What was answered to each still.
    """

    kind: str
    seconds: dict[str, float]
    total: float
    worst: float
    made_up: float
    answers: tuple[str, ...]


def measure(index: Index, stills: Sequence[Still], n_runs: int, clock: Clock) -> list[Cost]:
    """Return the cost of each kind of still, each still asked `n_runs` times after a first one.

    The first time loads what is loaded once, and makes the thumbnails of distractors. The pictures
    that a matcher keeps decoded are forgotten in between: another still needs others.
    """
    watch = Stopwatch(clock)
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    answers: dict[str, list[str]] = {kind: [] for kind in KINDS}
    with _watched(watch, index):
        for still in stills:
            answers[still.kind].append(_ask(watch, index, still))
            for _ in range(n_runs):
                watch.reset()
                _ask(watch, index, still)
                runs[still.kind].append(dict(watch.seconds))
    return [_cost(kind, runs[kind], answers[kind]) for kind in KINDS if runs[kind]]


def _ask(watch: Stopwatch, index: Index, still: Still) -> str:
    """Ask one still of a new matcher; return the verdict and the show."""
    frame = Frame(pixels=still.pixels, timestamp_s=0.0, duration_s=0.0)
    matcher = Matcher(index)
    with watch.section(_REST):
        conclusion, _ = matcher.attribute_still(frame)
    return f"{conclusion.verdict} {conclusion.show or ''} {conclusion.confidence:.2f}"


@contextlib.contextmanager
def _watched(watch: Stopwatch, index: Index) -> Iterator[None]:
    """Measure what happens inside a block."""
    search = index.search_nearest

    def search_nearest(name: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        with watch.section(f"{name} search"):
            return search(name, *given, **named)  # type: ignore[arg-type]

    closer = watch.wrapped("look closer", StillSearch.look_closer, whole=True)
    work = "framematch.matching.stills."
    with (
        patch.object(index, "search_nearest", search_nearest),
        patch.object(index, "features", watch.wrapped(MADE_UP, index.features)),
        patch.object(Picture, "of", watch.wrapped("coding", Picture.of)),
        patch(work + "code_views", watch.wrapped("coding", code_views)),
        patch(work + "find_leads", watch.wrapped("re-ranking", find_leads)),
        patch(work + "align_leads", watch.wrapped("verification", align_leads)),
        # A plain function becomes a method where it stands on a class.
        patch.object(StillSearch, "look_closer", closer),
    ):
        yield


def _cost(kind: str, runs: list[dict[str, float]], answers: list[str]) -> Cost:
    table: dict[str, npt.NDArray[np.float64]] = {
        part: np.array([run.get(part, 0.0) for run in runs]) for part in (*PARTS, MADE_UP)
    }
    totals = np.sum([table[part] for part in PARTS], axis=0)
    return Cost(
        kind=kind,
        seconds={part: float(np.median(table[part])) for part in PARTS},
        total=float(np.median(totals)),
        worst=float(np.percentile(totals, 90)),
        made_up=float(np.median(table[MADE_UP])),
        answers=tuple(answers),
    )
