"""A picture and its halves: small enough to be fast, large enough for what is asked."""

import numpy as np
import pytest

from framematch.hashing.preprocess import area_resize
from framematch.hashing.sizes import Sizes


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(0, 255, (height, width)).astype(np.float32)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((720, 1280), (720, 1280)),
        ((361, 640), (720, 1280)),
        ((360, 640), (360, 640)),
        ((200, 640), (360, 640)),
        ((90, 160), (90, 160)),
        ((2000, 10), (720, 1280)),
    ],
)
def test_at_least_is_the_smallest_half_that_has_enough(
    asked: tuple[int, int], given: tuple[int, int]
) -> None:
    assert Sizes(picture(720, 1280)).at_least(*asked).shape == given


def test_at_least_of_even_sides_is_the_exact_mean() -> None:
    grey = picture(48, 64)
    np.testing.assert_allclose(Sizes(grey).at_least(12, 16), area_resize(grey, 12, 16), rtol=1e-5)


def test_at_least_of_odd_sides_keeps_the_mean() -> None:
    grey = picture(31, 47)
    half = Sizes(grey).at_least(10, 10)
    assert half.shape == (15, 23)
    assert half.mean() == pytest.approx(grey.mean(), rel=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (3, 2)])
def test_at_least_of_tiny_picture_ends(shape: tuple[int, int]) -> None:
    assert min(Sizes(picture(*shape)).at_least(0.1, 0.1).shape) >= 1
