"""What chance gives a query: the verified leads that show something else."""

import numpy as np
import numpy.typing as npt
import pytest
from stand_in import random_features

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.align import Alignment
from framematch.matching.chance import Chance
from framematch.matching.confidence import TYPICAL


class Rows:
    """Features of rows; the first `n_alike` show one picture."""

    def __init__(self, n: int, n_alike: int = 1) -> None:
        self._features = random_features(n)
        self._features[:n_alike] = self._features[0]

    def features(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        return self._features[rows]


def aligned(sharpness: float, agreement: float = 0.2) -> Alignment:
    return Alignment(agreement, sharpness, 5.0, 0.5, 100.0, View(WHOLE, mirrored=False))


def test_levels_are_near_the_best_of_the_strangers_and_leave_out_the_row_itself() -> None:
    index = Rows(9)
    pairs = [aligned(60.0, 0.9), *(aligned(float(n), n / 100) for n in range(10, 18))]
    chance = Chance.of(index, range(9), pairs)  # type: ignore[arg-type]
    (level,) = chance.levels(index, [0])  # type: ignore[arg-type]
    assert level.sharpness == pytest.approx(np.quantile(range(10, 18), 0.75))
    assert level.agreement == pytest.approx(level.sharpness / 100)
    # For a stranger the true row is one of many others.
    (other,) = chance.levels(index, [5])  # type: ignore[arg-type]
    assert other.sharpness < 20


def test_levels_leave_out_all_rows_that_show_the_same_picture() -> None:
    # An opening in seven episodes, and six strangers.
    index = Rows(13, n_alike=7)
    pairs = [*(aligned(50.0) for _ in range(7)), *(aligned(8.0) for _ in range(6))]
    chance = Chance.of(index, range(13), pairs)  # type: ignore[arg-type]
    assert [level.sharpness for level in chance.levels(index, [0, 6])] == [8.0, 8.0]  # type: ignore[arg-type]


def test_levels_of_too_few_strangers_are_typical() -> None:
    index = Rows(10, n_alike=7)
    some = Chance.of(index, range(3), [aligned(9.0)] * 3)  # type: ignore[arg-type]
    assert some.levels(index, [0, 1]) == [TYPICAL, TYPICAL]  # type: ignore[arg-type]
    # Ten leads, but only three of them show something else.
    many = Chance.of(index, range(10), [aligned(9.0)] * 10)  # type: ignore[arg-type]
    assert many.levels(index, [0]) == [TYPICAL]  # type: ignore[arg-type]
    assert Chance.of(index, [], []).levels(index, []) == []  # type: ignore[arg-type]


def test_a_row_that_two_views_found_counts_once_with_its_best() -> None:
    index = Rows(6)
    rows = [1, 1, 2, 3, 4, 5]
    pairs = [aligned(value) for value in (3.0, 30.0, 10.0, 10.0, 10.0, 10.0)]
    chance = Chance.of(index, rows, pairs)  # type: ignore[arg-type]
    assert chance.rows.tolist() == [1, 2, 3, 4, 5]
    assert chance.sharpness.tolist() == [30.0, 10.0, 10.0, 10.0, 10.0]
