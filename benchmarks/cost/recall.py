"""What a search that looks at a part of the index misses, by distance, and what it saves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.cost.material import Still
from framematch.index import Index
from framematch.matching.query import Picture, code_views
from framematch.records import CodeName

# Rows asked for per view, as `framematch.matching.leads` does.
_NEAREST: dict[CodeName, int] = {"structure": 32, "appearance": 8}
#: Upper ends of the bins of distance, in bits, inclusive.
BINS: dict[CodeName, tuple[int, ...]] = {
    "structure": (90, 110, 130, 150, 170, 512),
    "appearance": (31, 50, 70, 90, 256),
}


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """What one code's search finds of what there is.

    Attributes
    ----------
    name : {"appearance", "structure"}
        The code.
    there, found : int64 (B,)
        Hits of the exact search in each bin of `BINS`, and those that the other search has too.
    first : float
        Share of the views whose nearest row is found.
    exact_s, other_s : float
        Seconds a view, without building.
    """

    name: CodeName
    there: npt.NDArray[np.int64]
    found: npt.NDArray[np.int64]
    first: float
    exact_s: float
    other_s: float


def recall_of(exact: Index, other: Index, stills: Sequence[Still]) -> list[Recall]:
    """Return what `other` finds of the nearest rows of every view that `exact` has."""
    codes = [code_views(Picture.of(still.pixels), "still") for still in stills]
    return [
        _recall(exact, other, name, [getattr(views, name) for views in codes])
        for name in ("structure", "appearance")
    ]


def _recall(
    exact: Index, other: Index, name: CodeName, asked: Sequence[npt.NDArray[np.uint8]]
) -> Recall:
    bins = np.array(BINS[name])
    there, found = np.zeros(len(bins), dtype=np.int64), np.zeros(len(bins), dtype=np.int64)
    firsts: list[bool] = []
    seconds = [0.0, 0.0]
    for index in (exact, other):
        # What is built once, at the first search, is not counted.
        index.search_nearest(name, asked[0][:1], 1)
    for codes in asked:
        answers = []
        for place, index in enumerate((exact, other)):
            began = time.perf_counter()
            answers.append(index.search_nearest(name, codes, _NEAREST[name]))
            seconds[place] += time.perf_counter() - began
        known = set(zip(answers[1].query.tolist(), answers[1].row.tolist(), strict=True))
        hits = list(zip(answers[0].query.tolist(), answers[0].row.tolist(), strict=True))
        kept = np.array([hit in known for hit in hits])
        number = np.searchsorted(bins, answers[0].distance)
        there += np.bincount(number, minlength=len(bins))
        found += np.bincount(number[kept], minlength=len(bins))
        nearest = np.flatnonzero(np.diff(answers[0].query, prepend=-1))
        firsts += kept[nearest].tolist()
    n_views = sum(len(codes) for codes in asked)
    return Recall(
        name, there, found, float(np.mean(firsts)), seconds[0] / n_views, seconds[1] / n_views
    )


def table(found: Sequence[Recall]) -> list[str]:
    """Return lines of Markdown."""
    lines = []
    for one in found:
        ends = BINS[one.name]
        lines.append(f"| {one.name}, bits up to | {' | '.join(map(str, ends))} | nearest |")
        lines.append("|---" * (len(ends) + 2) + "|")
        shares = [
            f"{hit / there:.3f} of {there}" if there else "-"
            for hit, there in zip(one.found.tolist(), one.there.tolist(), strict=True)
        ]
        lines.append(f"| found | {' | '.join(shares)} | {one.first:.3f} |")
        lines.append(
            f"\n{1000 * one.exact_s:.2f} ms a view when every row is compared,"
            f" {1000 * one.other_s:.2f} ms here: {one.exact_s / one.other_s:.1f} times as fast\n"
        )
    return lines
