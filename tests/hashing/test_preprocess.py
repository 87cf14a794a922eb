"""Luma and area averages."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framematch.errors import ConfigError
from framematch.hashing.preprocess import area_matrix, area_resize, check_pixels, luma, shrink

Pixels = npt.NDArray[np.uint8]


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (2, height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 4, 4, 3), dtype=np.float32),
        np.zeros((4, 4, 3), dtype=np.uint8),
        np.zeros((1, 4, 4, 4), dtype=np.uint8),
        np.zeros((1, 4, 0, 3), dtype=np.uint8),
    ],
    ids=["float", "no-batch", "alpha", "no-columns"],
)
def test_check_pixels_of_another_array_says_what_is_wanted(pixels: Pixels) -> None:
    with pytest.raises(ConfigError, match=r"must be uint8 \(N, H, W, 3\)"):
        check_pixels(pixels)


def test_check_pixels_of_an_empty_batch_passes() -> None:
    check_pixels(np.zeros((0, 4, 4, 3), dtype=np.uint8))


def test_luma_agrees_with_pillow() -> None:
    picture = noise(20, 30)[0]
    expected = np.asarray(Image.fromarray(picture).convert("L"), dtype=np.float32)
    grey = luma(picture)
    assert grey.dtype == np.float32
    np.testing.assert_allclose(grey, expected, atol=1.0)


def test_luma_of_white_and_of_one_channel() -> None:
    colours = np.array([[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], dtype=np.uint8)
    np.testing.assert_allclose(luma(colours[None]), [[255, 76.245, 149.685, 29.07]], atol=1e-3)


def test_luma_leaves_its_input_as_it_was() -> None:
    picture = noise(4, 5)
    before = picture.copy()
    luma(picture)
    np.testing.assert_array_equal(picture, before)


@settings(max_examples=60, deadline=None)
@given(source=st.integers(1, 90), target=st.integers(1, 90))
def test_area_matrix_cells_are_the_means_of_their_intervals(source: int, target: int) -> None:
    # The integral of a step function over each cell, by its running sum.
    values = np.random.default_rng(source * 91 + target).random(source)
    running = np.concatenate([[0.0], np.cumsum(values)])
    edges = np.arange(target + 1) * source / target
    integral = np.interp(edges, np.arange(source + 1), running)
    expected = [(b - a) * target / source for a, b in pairwise(integral)]
    np.testing.assert_allclose(area_matrix(source, target) @ values, expected, atol=2e-5)


def test_area_resize_by_whole_factors_is_the_mean_of_blocks() -> None:
    grey = np.random.default_rng(3).random((2, 12, 20)).astype(np.float32)
    blocks = grey.reshape(2, 4, 3, 5, 4).mean(axis=(2, 4))
    np.testing.assert_allclose(area_resize(grey, 4, 5), blocks, atol=1e-6)


def test_area_resize_growing_repeats_samples() -> None:
    grey = np.array([[1.0, 5.0]], dtype=np.float32)
    np.testing.assert_allclose(area_resize(grey, 2, 4), [[1, 1, 5, 5]] * 2)


def test_shrink_to_the_same_size_changes_nothing() -> None:
    pictures = noise(9, 16)
    np.testing.assert_array_equal(shrink(pictures, 9, 16), pictures)


def test_shrink_batch_gives_its_pictures_and_drops_no_column() -> None:
    pictures = noise(60, 100)
    small = shrink(pictures, 9, 16)
    assert small.shape == (2, 9, 16, 3)
    np.testing.assert_array_equal(small[1], shrink(pictures[1:], 9, 16)[0])
    for column in range(100):
        bright = np.zeros((1, 60, 100, 3), dtype=np.uint8)
        bright[:, :, column] = 255
        assert shrink(bright, 9, 16).max() > 10, column


def test_shrink_of_a_mirrored_view_is_the_mirrored_answer() -> None:
    pictures = noise(48, 64)
    np.testing.assert_array_equal(
        shrink(pictures[:, :, ::-1], 24, 32), shrink(pictures, 24, 32)[:, :, ::-1]
    )
