"""Lines through points of two timelines: offset and speed, and what chance may not do."""

import numpy as np
import pytest

from framematch.matching.lines import MOST_DRIFT, Points, best_line

Row = tuple[float, float, float, float]


def run(
    rate: float, offset_s: float, length_s: float, *, step_s: float = 0.5, noise_s: float = 0.2
) -> list[Row]:
    """Return points seen every `step_s` on a line, sampled every half second at the reference."""
    dice = np.random.default_rng(5)
    rows: list[Row] = []
    for query_s in np.arange(0.0, length_s, step_s):
        true_s = rate * query_s + offset_s + dice.uniform(-noise_s, noise_s)
        start_s = float(np.round(true_s * 2) / 2)
        rows.append((float(query_s), start_s, start_s + 0.5, 0.8))
    return rows


def points(rows: list[Row]) -> Points:
    return Points.of(sorted(rows))


@pytest.mark.parametrize("length_s", [2.0, 8.0, 40.0])
def test_best_line_at_its_own_speed_keeps_it(length_s: float) -> None:
    line = best_line(points(run(1.0, 33.3, length_s)), (1.0, -1.0))
    assert line.rate == 1.0
    assert line.offset_s == pytest.approx(33.3, abs=0.2)
    assert len(line.members) == 2 * length_s


@pytest.mark.parametrize("rate", [0.95, 1 / 1.05, 25 / 24, 1.05])
@pytest.mark.parametrize(("length_s", "step_s"), [(20.0, 0.5), (60.0, 0.5), (1200.0, 10.0)])
def test_best_line_of_another_speed_is_followed_to_both_ends(
    rate: float, length_s: float, step_s: float
) -> None:
    line = best_line(points(run(rate, 33.3, length_s, step_s=step_s)), (1.0, -1.0))
    assert len(line.members) == len(np.arange(0.0, length_s, step_s))
    for query_s in (0.0, length_s):
        assert line.rate * query_s + line.offset_s == pytest.approx(rate * query_s + 33.3, abs=0.5)


def test_best_line_follows_no_speed_beyond_what_is_tried() -> None:
    line = best_line(points(run(1.2, 10.0, 60.0)), (1.0,))
    assert abs(line.rate - 1.0) <= MOST_DRIFT + 1e-9
    assert len(line.members) < 60


def test_best_line_backwards_is_found_and_forwards_preferred() -> None:
    backwards = best_line(points(run(-1.0, 90.0, 8.0)), (1.0, -1.0))
    assert backwards.rate == pytest.approx(-1.0)
    assert len(backwards.members) == 16
    # One held picture runs both ways.
    held = [(query_s, 10.0, 20.0, 0.8) for query_s in (0.0, 0.5, 1.0, 1.5)]
    assert best_line(points(held), (1.0, -1.0)).rate == 1.0


def test_best_line_of_drawings_on_twos_is_told_from_numbers_as_frames() -> None:
    # Drawings numbered one after another, each of which stands a twelfth of a second.
    line = best_line(points(run(2.0, 5.0, 6.0)), (1.0, 2.0, 3.0))
    assert line.rate == pytest.approx(2.0, abs=0.05)
    assert len(line.members) == 12


def test_best_line_takes_one_point_per_query_time_the_heaviest_then_the_nearest() -> None:
    rows = run(1.0, 20.0, 4.0, noise_s=0.0)
    twins = [(row[0], row[1] + 0.5, row[2] + 0.5, 0.3) for row in rows]
    mixed = points(rows + twins)
    line = best_line(mixed, (1.0,))
    assert len(line.members) == 8
    assert mixed.weight[list(line.members)].tolist() == [0.8] * 8


def test_points_miss_a_line_by_nothing_while_the_picture_stands() -> None:
    one = points([(0.0, 20.0, 20.5, 1.0)])
    misses = one.misses(1.0, np.array([20.0, 20.5, 19.5, 21.5]))
    assert misses[:, 0].tolist() == pytest.approx([0.0, 0.0, 0.5, 1.0])


@pytest.mark.parametrize(("away_s", "n"), [(0.75, 3), (0.76, 2)])
def test_points_support_reaches_to_the_tolerance_inclusive(away_s: float, n: int) -> None:
    rows = [(0.0, 20.0, 20.0, 1.0), (1.0, 21.0, 21.0, 1.0), (2.0, 22.0 + away_s, 22.0 + away_s, 1)]
    three = points(rows)
    assert three.support(three.misses(1.0, np.array([20.0]))).tolist() == [n]
