import numpy as np
import pytest

from benchmarks.accuracy.ablation import STEPS, ablation_of, ablation_table
from benchmarks.accuracy.crowds import askable, crowd_table, honesty
from benchmarks.accuracy.engine import Answer
from benchmarks.accuracy.outcomes import Asked, Run
from benchmarks.accuracy.queries import Query


def asked(group: str, show: str | None, confidence: float) -> Asked:
    answer = Answer(show, confidence, "match", confidence, 0.0, None, "", 0.0, 0.0, "final", 0.5)
    known = "Show" if group != "U" else None
    return Asked(group, "x", "x", "Show", known, (), "final", "", (), answer, {})


def run() -> Run:
    known = [asked("C", "Show", 0.95), asked("C", "Show", 0.95), asked("C", "Other", 0.9)]
    return Run({"distractors": 100}, {}, [*known, asked("U", "Other", 0.85), asked("U", None, 0)])


def test_honesty_counts_wrong_shows_and_strangers_against_the_confidence() -> None:
    found = honesty(run())
    assert found["right_of_sure"] == pytest.approx(2 / 3)
    assert found["found_at_match"] == pytest.approx(2 / 3)
    assert found["wrong_at_match"] == pytest.approx(1 / 3)
    assert found["unknown_at_match"] == pytest.approx(1 / 2)
    assert found["at_1_pct"]["C"] == pytest.approx(2 / 3)
    assert "100" in crowd_table([found])


def test_queries_from_films_that_distractors_are_cut_from_are_not_asked() -> None:
    pixels = np.zeros((9, 16, 3), dtype=np.uint8)
    given = [Query(pixels, "U", "plain", name, "", None) for name in ("videos", "photos")]
    assert [one.family for one in askable(given)] == ["photos"]


def test_ablation_compares_steps_by_their_own_scores() -> None:
    right, wrong = ("Show", 0.6), ("Other", 0.7)
    per_step = [
        [right, wrong, wrong, right],
        [wrong, right, wrong, right],
        [wrong, wrong, right, right],
        [wrong, wrong, wrong, ("Other", 0.1)],
        [wrong, wrong, wrong, ("Other", 0.1)],
    ]
    found = ablation_of(run(), per_step)["C"]
    assert [found[name]["rank_1"] for name in STEPS[:4]] == pytest.approx([1 / 3] * 3 + [1.0])
    # The strangers of the first steps are as sure as anything: nothing passes them.
    assert [found[name]["at_1_pct"] for name in STEPS[:4]] == pytest.approx([0.0] * 3 + [1.0])
    assert found[STEPS[-1]]["at_1_pct"] == pytest.approx(2 / 3)
    assert "+ views" in ablation_table({"C": found})
