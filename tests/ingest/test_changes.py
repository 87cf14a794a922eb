import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing

from framematch.ingest.changes import Changes
from framematch.media import Look
from framematch.media.look import look_of_pixels

Pixels = npt.NDArray[np.uint8]


def look(pixels: Pixels, at_s: float) -> Look:
    return look_of_pixels(pixels, at_s, 0.25)


def new(pictures: list[Pixels], step_s: float = 0.25) -> list[float]:
    changes = Changes(0.5)
    looks = [look(picture, step_s * number) for number, picture in enumerate(pictures)]
    return [each.timestamp_s for each in looks if changes.is_new(each)]


def shifted(pixels: Pixels, by: int) -> Pixels:
    return np.roll(pixels, by, axis=1)


def test_held_drawing_is_new_once() -> None:
    assert new([drawing(1)] * 9) == [0.0]


@pytest.mark.parametrize("level", [1, 4])
def test_noise_of_coding_is_nothing_new(level: int) -> None:
    dice = np.random.default_rng(3)
    still = drawing(1).astype(np.int16)
    noisy = [
        np.clip(still + dice.integers(-level, level + 1, still.shape), 0, 255).astype(np.uint8)
        for _ in range(8)
    ]
    assert new(noisy) == [0.0]


def test_slow_motion_is_new_once_a_period() -> None:
    assert new([shifted(drawing(1), number) for number in range(8)]) == [0.0, 0.5, 1.0, 1.5]


def test_cut_is_new_at_once() -> None:
    assert new([drawing(1)] * 3 + [drawing(2)] * 3) == [0.0, 0.75]


def test_fast_motion_is_new_at_every_look() -> None:
    assert new([drawing(number) for number in range(6)]) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


def test_dark_noise_is_no_motion() -> None:
    dice = np.random.default_rng(5)
    dark = [dice.integers(0, 3, (288, 512, 3), dtype=np.uint8) for _ in range(4)]
    assert new(dark) == [0.0]
