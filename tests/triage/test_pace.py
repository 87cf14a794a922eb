"""How long the rest takes."""

import pytest

from framematch.triage.pace import Pace, sort_by_name


def test_pace_says_nothing_before_it_knows_enough() -> None:
    pace = Pace(2)
    for _ in range(40):
        pace.add(".png")
    for _ in range(60):
        pace.add(".psd")
    assert (pace.left_s, pace.share) == (None, 0.0)
    for _ in range(30):
        pace.settle(".png", 1.0)
    assert pace.left_s is None  # most of the rest is of a sort that nobody has met
    assert pace.share == pytest.approx(0.3)


def test_pace_is_that_of_the_files_of_the_same_sort() -> None:
    pace = Pace(2)
    for _ in range(50):
        pace.add(".png")
        pace.add(".psd")
    for _ in range(40):
        pace.settle(".png", 1.0)
    for _ in range(10):
        pace.settle(".psd", 100.0)
    # 10 pictures of a second and 40 drawings of 100, by two processes: not 100 files of 20.8.
    assert pace.left_s == pytest.approx((10 * 1.0 + 40 * 100.0) / 2)
    assert pace.share == pytest.approx(1040 / (1040 + 4010))


def test_pace_of_finished_work_is_nothing() -> None:
    pace = Pace(1)
    pace.add(".png")
    pace.settle(".png", 0.0)
    assert (pace.left_s, pace.share) == (0.0, 1.0)


def test_sort_of_a_numbered_row_is_not_that_of_its_pictures() -> None:
    assert sort_by_name("a/B.PNG", 1) == ".png"
    assert sort_by_name("a/b.0001.png", 24) != ".png"
