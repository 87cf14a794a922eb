"""The same questions with distractors in the index, which shows whether confidence stays honest."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.engine import Where, ask
from benchmarks.accuracy.figures import calibration_error, reliability
from benchmarks.accuracy.library import Library
from benchmarks.accuracy.outcomes import OURS, Asked, Run
from benchmarks.accuracy.queries import Query
from benchmarks.accuracy.report import TARGETS
from benchmarks.distractors import with_distractors
from framematch.index import Index

#: Indexed titles, of which nothing may be among the distractors.
EXCLUDE = ("big-buck-bunny", "penny-and-chip")
# Films that distractors are cut from: their frames would rightly be found.
_CUT_FROM = ("other animation", "videos")
_MATCH, _SURE = 0.8, 0.9


def askable(queries: Sequence[Query]) -> list[Query]:
    """Return the queries that no distractor can answer."""
    return [query for query in queries if query.family not in _CUT_FROM]


def run_with(
    empty: Run,
    library: Library,
    queries: Sequence[Query],
    n: int,
    scratch: Path,
    workers: int,
) -> Run:
    """Ask everything of an index with `n` distractors more; `empty` is a run without answers."""
    with Index.open(library.indexes[""]) as index:
        # Made once here: the processes that ask only read it.
        with_distractors(index, n, scratch / "distractors", library.media, EXCLUDE)
    where = Where(library.indexes, n, scratch / "distractors", library.media, EXCLUDE)
    answers = ask(where, queries, workers)
    asked = [Asked.of(query, answer, {}) for query, answer in zip(queries, answers, strict=True)]
    return Run({**empty.about, "distractors": n}, empty.order, asked)


def honesty(run: Run) -> dict[str, Any]:
    """Return recall, reliability and cost of a run."""
    ranked = run.ranked(OURS)
    bins = reliability(ranked.score, ranked.right)
    everything = np.ones(len(run.asked), dtype=np.bool_)
    sure = ranked.score >= _SURE
    seconds = [one.answer.seconds for one in run.asked]
    present = {one.group for one in run.asked}
    return {
        "distractors": run.about["distractors"],
        "n": len(run.asked),
        "expected_error": calibration_error(bins),
        "bins": [[one.n, one.claimed, one.right] for one in bins],
        "right_of_sure": float(ranked.right[sure].mean()) if sure.any() else None,
        "found_at_match": ranked.recall(_MATCH, everything),
        "wrong_at_match": ranked.wrong(_MATCH, everything),
        "unknown_at_match": ranked.attributed(_MATCH, everything),
        "unknown_highest": float(ranked.score[~ranked.known].max(initial=0.0)),
        "at_1_pct": {
            group: ranked.recall(ranked.threshold(0.01), run.group(group))
            for group in TARGETS
            if group in present
        },
        "seconds_mean": float(np.mean(seconds)),
    }


def crowd_table(found: Sequence[dict[str, Any]]) -> str:
    """Return a line for every number of distractors."""
    lines = [
        f"{'distractors':>11} {'n':>5} {'ECE':>6} {'>=.9 right':>10} {'found>=.8':>9}"
        f" {'wrong':>6} {'unknown':>8} {'highest':>8} {'s':>6}  at 1 % of the unknown"
    ]
    for one in found:
        groups = " ".join(f"{group} {value:.2f}" for group, value in one["at_1_pct"].items())
        sure = one["right_of_sure"]
        lines.append(
            f"{one['distractors']:11} {one['n']:5} {one['expected_error']:6.3f}"
            f" {sure if sure is None else format(sure, '10.3f')} {one['found_at_match']:9.3f}"
            f" {one['wrong_at_match']:6.3f} {one['unknown_at_match']:8.4f}"
            f" {one['unknown_highest']:8.3f} {one['seconds_mean']:6.2f}  {groups}"
        )
    return "\n".join(lines)
