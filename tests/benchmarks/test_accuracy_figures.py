import math

import numpy as np
import pytest

from benchmarks.accuracy.figures import (
    Ranked,
    calibration_error,
    check_range,
    half_unknown,
    reliability,
    seconds_off,
)

ORDER = ["S01E01", "S01E02", "S01E03", "S01E04"]


def ranked() -> Ranked:
    """Return six known queries, five of them right, and four unknown ones."""
    known = np.array([True] * 6 + [False] * 4)
    right = np.array([True, True, True, True, True, False] + [False] * 4)
    score = np.array([0.9, 0.8, 0.6, 0.4, 0.2, 0.95, 0.7, 0.3, 0.3, 0.1])
    return Ranked(known, right, score)


def everything(n: int = 10) -> np.ndarray:
    return np.ones(n, dtype=bool)


@pytest.mark.parametrize(("share", "attributed"), [(0.0, 0), (0.24, 0), (0.25, 1), (0.75, 1)])
def test_threshold_lets_at_most_the_share_of_unknown_pass(share: float, attributed: int) -> None:
    # At .75 three could pass, but two of them score alike with the next: all or none.
    found = ranked()
    least = found.threshold(share)
    passed = (found.score[~found.known] >= least).sum()
    assert passed <= share * 4
    if share < 0.5:
        assert passed == attributed


def test_threshold_of_the_whole_share_lets_everything_pass() -> None:
    assert ranked().threshold(1.0) == -math.inf


def test_threshold_is_the_loosest_one_of_its_share() -> None:
    found = ranked()
    assert found.threshold(0.25) == np.nextafter(0.3, np.inf)


def test_recall_counts_right_answers_only_and_known_queries_only() -> None:
    found = ranked()
    assert found.recall(0.5, everything()) == pytest.approx(3 / 6)
    assert found.recall(-math.inf, everything()) == pytest.approx(5 / 6)
    assert found.wrong(0.5, everything()) == pytest.approx(1 / 6)


def test_recall_of_a_group_without_known_queries_is_not_a_number() -> None:
    chosen = np.array([False] * 6 + [True] * 4)
    assert math.isnan(ranked().recall(0.5, chosen))


def test_attributed_is_the_share_of_unknown_that_reach_the_score() -> None:
    assert ranked().attributed(0.3, everything()) == pytest.approx(3 / 4)


def test_curve_rises_from_no_false_positive_to_rank_one() -> None:
    rates, recalls = ranked().curve(everything())
    assert rates.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert (np.diff(recalls) >= 0).all()
    assert recalls[0] == pytest.approx(2 / 6)
    assert recalls[-1] == pytest.approx(5 / 6)


def test_calibration_error_of_honest_confidence_is_zero() -> None:
    confidence = np.array([0.75] * 4 + [0.25] * 4)
    right = np.array([True, True, True, False, True, False, False, False])
    assert calibration_error(reliability(confidence, right)) == pytest.approx(0.0)


def test_calibration_error_weighs_bins_by_their_queries() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.05])
    right = np.array([True, False, False, False])
    assert calibration_error(reliability(confidence, right)) == pytest.approx(
        3 / 4 * (0.95 - 1 / 3) + 1 / 4 * 0.05
    )


def test_reliability_puts_full_confidence_into_the_last_bin() -> None:
    bins = reliability(np.array([1.0]), np.array([True]))
    assert bins[-1].n == 1
    assert sum(one.n for one in bins) == 1


def test_half_unknown_gives_both_kinds_the_same_weight() -> None:
    known = np.array([True] * 9 + [False])
    weight = half_unknown(known)
    assert weight[known].sum() == pytest.approx(weight[~known].sum())
    assert weight.sum() == pytest.approx(10)


def test_range_of_a_single_episode_is_right_only_for_that_episode() -> None:
    right = check_range("S01E02", "S01E02", ["S01E02"], ORDER)
    wrong = check_range("S01E03", "S01E03", ["S01E02"], ORDER)
    assert (right.inside, right.no_wider) == (True, True)
    assert (wrong.inside, wrong.no_wider) == (False, True)


def test_range_of_the_season_is_too_wide_for_one_episode_but_right_for_an_opening() -> None:
    one = check_range("S01E01", "S01E04", ["S01E02"], ORDER)
    opening = check_range("S01E01", "S01E04", ["S01E02", "S01E01", "S01E03", "S01E04"], ORDER)
    assert (one.inside, one.no_wider, one.width, one.true_width) == (True, False, 4, 1)
    assert (opening.inside, opening.no_wider) == (True, True)


@pytest.mark.parametrize(
    ("file", "start_s", "end_s", "away_s"),
    [("a", 4.0, 6.0, 0.0), ("a", 7.0, 8.0, 2.0), ("a", 1.0, 2.0, 3.0), ("b", 5.0, 6.0, math.inf)],
)
def test_seconds_off_measures_to_the_stretch_of_the_same_file(
    file: str, start_s: float, end_s: float, away_s: float
) -> None:
    assert seconds_off(file, start_s, end_s, [("a", 5.0)]) == away_s
