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

UPRIGHT = View(WHOLE, mirrored=False)


class Rows:
    """Features of rows; the first `n_alike` show one picture."""

    def __init__(self, n: int, n_alike: int = 1) -> None:
        self._features = random_features(n)
        self._features[:n_alike] = self._features[0]

    def features(self, rows: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        return self._features[np.asarray(rows)]


def level(index: Rows, sharpness: list[float]) -> Level:
    """Return the level over rows 0, 1, ...; agreement is a hundredth of the sharpness."""
    aligned = [Alignment(value / 100, value, 5.0, 0.5, 100.0, UPRIGHT) for value in sharpness]
    return level_of(index, [list(enumerate(aligned))])  # type: ignore[arg-type]


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


def test_level_of_a_clip_leaves_out_what_each_of_its_frames_shows() -> None:
    # Five frames of five scenes, each with its own right row and two weak strangers.
    strangers = [6.0, 7.0]
    frames = [
        [
            (3 * scene + place, Alignment(value / 100, value, 5.0, 0.5, 100.0, UPRIGHT))
            for place, value in enumerate([50.0, *strangers])
        ]
        for scene in range(5)
    ]
    found = level_of(Rows(15), frames)  # type: ignore[arg-type]
    assert found == Level(7.0, 0.07)
    assert level_of(Rows(15), [[], frames[0]]) == TYPICAL  # type: ignore[arg-type]
