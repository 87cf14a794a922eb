"""What each step adds: the same queries with steps taken away.

1. the structure code of the whole picture, nearest row;
2. of every view, nearest row;
3. both codes of every view: the strongest lead;
4. leads aligned and verified, the sharpest one counts, nothing fitted;
5. the whole matcher, its confidence calibrated.

Beside it the matcher's log odds of the right and of the best wrong show, neither shared out nor cut
off: the margin between true and impostor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.figures import Ranked
from benchmarks.accuracy.outcomes import OURS, Run
from benchmarks.accuracy.queries import Query
from benchmarks.accuracy.report import TARGETS
from framematch.hashing import SPECS
from framematch.hashing.information import MINIMUM, information
from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matcher import Matcher
from framematch.matching.leads import find_leads
from framematch.matching.query import Picture, ViewCodes, code_given, code_views
from framematch.matching.stills import _DRAWN_LEADS, _LEADS
from framematch.matching.verify import align_leads

STEPS = ("whole view", "+ views", "+ both codes", "+ verification", "+ calibration")
_NOTHING = ("", -1.0)

#: First show and score after each step but the last.
Steps = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Margin:
    """Log odds of a query's right show and of the best other; -inf where it was not sighted."""

    right: float
    wrong: float


@lru_cache(maxsize=3)
def _matcher(index: Path) -> Matcher:
    return Matcher.open(index)


def _nearest(matcher: Matcher, codes: ViewCodes) -> tuple[str, float]:
    """Return the show of the row nearest to any view, and how near it is, 0 to 1."""
    hits = matcher.index.search_nearest("structure", codes.structure, 1)
    best = int(hits.distance.argmin())
    near = 1 - float(hits.distance[best]) / SPECS["structure"].bits
    return _show(matcher, int(hits.row[best])), near


def _show(matcher: Matcher, row: int) -> str:
    return matcher.index.references()[int(matcher.index.rows.reference[row])].show


def steps_of(matcher: Matcher, query: Query) -> Steps:
    """Return the first show and its score after each step but the last."""
    pixels = query.picture()
    if int(information(pixels[None])[0]) < MINIMUM:
        return [_NOTHING] * (len(STEPS) - 1)
    picture = Picture.of(pixels)
    whole = code_given(picture, (View(WHOLE, mirrored=False),))
    views = code_views(picture, "still")
    leads = find_leads(matcher.index, views, _DRAWN_LEADS if picture.drawn else _LEADS)
    found = [_nearest(matcher, whole), _nearest(matcher, views)]
    if not leads:
        return [*found, _NOTHING, _NOTHING]
    found.append((_show(matcher, leads[0].row), leads[0].strength))
    aligned = align_leads(picture, leads, matcher._thumbnails)
    lead, alignment = max(aligned, key=lambda pair: pair[1].sharpness)
    return [*found, (_show(matcher, lead.row), float(np.log(max(alignment.sharpness, 1.0))))]


def margin_of(matcher: Matcher, query: Query) -> Margin:
    """Return the log odds of the best sightings of the right show and of any other."""
    pixels = query.picture()
    right = wrong = -np.inf
    if int(information(pixels[None])[0]) < MINIMUM:
        return Margin(right, wrong)
    sightings, _ = matcher.sight(Picture.of(pixels), thorough=True)
    for sighting in sightings:
        if _show(matcher, sighting.lead.row) == query.show:
            right = max(right, sighting.log_odds)
        else:
            wrong = max(wrong, sighting.log_odds)
    return Margin(right, wrong)


def _ask(task: tuple[Path, Query]) -> tuple[Steps, Margin]:
    index, query = task
    matcher = _matcher(index)
    return steps_of(matcher, query), margin_of(matcher, query)


def ask_steps(
    indexes: dict[str, Path], queries: Iterable[Query], workers: int
) -> list[tuple[Steps, Margin]]:
    """Return the answers of every step but the last to every query, and its margin."""
    tasks = ((indexes[query.without], query) for query in queries)
    with get_context("spawn").Pool(workers) as pool:
        return list(pool.imap(_ask, tasks, chunksize=2))


def ablation_of(run: Run, steps: Sequence[Steps]) -> dict[str, Any]:
    """Return rank 1 and recall at 1 % unknown files, for every group and step."""
    shows = np.array([one.show or "" for one in run.asked])
    known = shows != ""
    ranked: dict[str, Ranked] = {}
    for number, name in enumerate(STEPS[:-1]):
        firsts = np.array([step[number][0] for step in steps])
        scores = np.array([step[number][1] for step in steps])
        ranked[name] = Ranked(known, known & (firsts == shows), scores)
    ranked[STEPS[-1]] = run.ranked(OURS)
    groups = [group for group in (*TARGETS, "S") if run.group(group).any()]
    return {
        group: {
            name: {
                "rank_1": one.recall(-np.inf, run.group(group)),
                "at_1_pct": one.recall(one.threshold(0.01), run.group(group)),
            }
            for name, one in ranked.items()
        }
        for group in groups
    }


def ablation_table(found: dict[str, Any]) -> str:
    """Return a line for every group, a column for every step."""
    lines = [f"{'at 1 % unknown (rank 1)':24}" + "".join(f"{name:>16}" for name in STEPS)]
    for group, steps in found.items():
        cells = "".join(
            f"{steps[name]['at_1_pct']:9.2f} ({steps[name]['rank_1']:4.2f})" for name in STEPS
        )
        lines.append(f"{group:24}{cells}")
    return "\n".join(lines)
