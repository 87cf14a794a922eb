"""Drawings on paper: told from frames, and freed of coloured notes."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage

from framematch.hashing import structure
from framematch.hashing.ink import grown, ink_luma, layers, opened
from framematch.hashing.preprocess import luma

Pixels = npt.NDArray[np.uint8]
Grey = npt.NDArray[np.float32]

RED, BLUE = (220, 30, 30), (40, 60, 230)


def annotated(picture: Pixels) -> Pixels:
    """Return a drawing with red and blue strokes over it."""
    noted = Image.fromarray(picture)
    pen = ImageDraw.Draw(noted)
    pen.line((20, 20, 140, 250), fill=RED, width=3)
    pen.ellipse((380, 150, 470, 260), outline=RED, width=3)
    pen.line((400, 30, 500, 250), fill=BLUE, width=3)
    return np.asarray(noted)


def in_ink(picture: Pixels, colour: tuple[int, int, int]) -> Pixels:
    """Return a drawing whose black lines are of another colour."""
    drawn = picture.copy()
    drawn[luma(picture) < 100] = colour
    return drawn


def code_of(grey: Grey) -> npt.NDArray[np.uint8]:
    pixels = np.repeat(np.clip(np.rint(grey), 0, 255)[None, ..., None], 3, axis=3)
    return structure.encode(pixels.astype(np.uint8))[0]


def apart(one: Grey, other: Grey) -> int:
    return int(np.bitwise_count(code_of(one) ^ code_of(other)).sum())


@pytest.mark.parametrize("seed", [1, 3, 8])
def test_ink_luma_takes_red_and_blue_strokes_off_a_drawing(seed: int) -> None:
    clean = drawing(seed, "figure")
    noted = annotated(clean)
    grey, drawn = ink_luma(noted)
    assert drawn
    assert apart(luma(noted), luma(clean)) > 80
    assert apart(grey, luma(clean)) <= 30
    strokes = (noted != clean).any(axis=2) & (luma(clean) > 200)
    assert grey[strokes].min() > 230


@pytest.mark.parametrize("colour", [RED, BLUE])
def test_ink_luma_keeps_a_drawing_that_is_coloured_throughout(
    colour: tuple[int, int, int],
) -> None:
    picture = in_ink(drawing(3, "lines"), colour)
    grey, drawn = ink_luma(picture)
    assert drawn
    np.testing.assert_array_equal(grey, luma(picture))


def test_ink_luma_of_a_plain_drawing_changes_nothing() -> None:
    picture = drawing(3, "lines")
    grey, drawn = ink_luma(picture)
    assert drawn
    np.testing.assert_array_equal(grey, luma(picture))


@pytest.mark.parametrize("seed", [1, 3, 8])
def test_ink_luma_of_a_finished_frame_is_its_luma_and_no_drawing(seed: int) -> None:
    picture = annotated(drawing(seed))
    grey, drawn = ink_luma(picture)
    assert not drawn
    np.testing.assert_array_equal(grey, luma(picture))


def test_ink_luma_on_grey_paper_works_as_on_white() -> None:
    clean = (drawing(3, "figure") * 0.75).astype(np.uint8)
    grey, drawn = ink_luma(annotated(clean))
    assert drawn
    assert apart(grey, luma(clean)) <= 16


def test_ink_luma_leaves_its_input_as_it_was() -> None:
    picture = annotated(drawing(3, "figure")).copy()
    before = picture.copy()
    ink_luma(picture)
    np.testing.assert_array_equal(picture, before)


def test_layers_belong_to_paper_ink_and_fill() -> None:
    picture = Image.new("RGB", (200, 120), (240, 240, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 60, 60), fill=RED)
    pen.line((100, 10, 100, 110), fill=(0, 0, 0), width=3)
    pen.line((150, 10, 150, 110), fill=BLUE, width=3)
    seen = layers(np.asarray(picture))
    assert seen.ground == pytest.approx(240, abs=8)
    assert seen.paper[100, 20]
    assert seen.filled[40, 40]
    assert not seen.filled[40, 150]
    assert seen.coloured[40, 150]
    assert seen.strokes[40, 100]
    assert not (seen.strokes & (seen.paper | seen.filled)).any()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_ink_luma_of_flat_picture_is_flat(grey: int) -> None:
    flat = np.full((40, 60, 3), grey, dtype=np.uint8)
    assert np.ptp(ink_luma(flat)[0]) == 0


def test_layers_of_a_picture_without_any_neutral_pixel_have_no_paper() -> None:
    assert not layers(np.full((20, 20, 3), RED, dtype=np.uint8)).paper.any()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), size=st.sampled_from([1, 3, 5, 7]))
def test_grown_and_opened_agree_with_scipy(seed: int, size: int) -> None:
    mask = np.random.default_rng(seed).random((17, 23)) < 0.6
    square = np.ones((size, size), dtype=bool)
    np.testing.assert_array_equal(grown(mask, size), ndimage.binary_dilation(mask, square))
    eroded = ndimage.binary_erosion(mask, square, border_value=1)
    np.testing.assert_array_equal(opened(mask, size), ndimage.binary_dilation(eroded, square))
