"""What chance gives a query: the verified leads that show something else."""

import numpy as np
import numpy.typing as npt
import pytest
from stand_in import random_features

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.align import Alignment
from framematch.matching.chance import level_of
from framematch.matching.confidence import TYPICAL, Level


class Rows:
    """Features of rows; the first `n_alike` show one picture."""

    def __init__(self, n: int, n_alike: int = 1) -> None:
        self._features = random_features(n)
        self._features[:n_alike] = self._features[0]

    def features(self, rows: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        return self._features[np.asarray(rows)]


def level(index: Rows, sharpness: list[float]) -> Level:
    """Return the level over rows 0, 1, ...; agreement is a hundredth of the sharpness."""
    aligned = [
        Alignment(value / 100, value, 5.0, 0.5, 100.0, View(WHOLE, mirrored=False))
        for value in sharpness
    ]
    return level_of(index, range(len(sharpness)), aligned)  # type: ignore[arg-type]


def test_level_is_near_the_best_of_the_strangers_and_leaves_out_the_sharpest() -> None:
    strangers = [float(value) for value in range(10, 18)]
    found = level(Rows(9), [60.0, *strangers])
    assert found.sharpness == pytest.approx(np.quantile(strangers, 0.75))
    assert found.agreement == pytest.approx(found.sharpness / 100)


def test_level_leaves_out_all_rows_that_show_the_same_picture() -> None:
    # An opening in seven episodes, one copy blurred, and six strangers.
    found = level(Rows(13, n_alike=7), [50.0] * 6 + [20.0] + [8.0] * 6)
    assert found == Level(8.0, 0.08)


def test_level_of_too_few_strangers_is_typical() -> None:
    assert level(Rows(10, n_alike=7), [9.0] * 10) == TYPICAL
    assert level(Rows(4), [50.0, 9.0, 9.0, 9.0]) == TYPICAL
    assert level(Rows(1), []) == TYPICAL
