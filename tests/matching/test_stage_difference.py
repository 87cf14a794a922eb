"""What tells a picture from its frame once it lies on it: colour, shade, lines, figures."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, resized
from PIL import Image, ImageDraw, ImageFilter

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.difference import DIFFERENCE, Difference, Matched, difference
from framematch.matching.stage_evidence import in_words

Pixels = npt.NDArray[np.uint8]

SEEDS = (1, 3, 8)
ON_IT = View(WHOLE, mirrored=False)


def against(picture: Pixels, frame: Pixels, view: View = ON_IT) -> Difference:
    return difference(picture, Matched(view, resized(frame, 256, 144)))


def lit(picture: Pixels) -> Pixels:
    """Return a frame with light that falls off softly from the left."""
    light = np.linspace(1.0, 0.55, picture.shape[1])[None, :, None]
    return np.rint(picture * light).astype(np.uint8)


def without_figure(picture: Pixels) -> Pixels:
    """Return a frame whose middle is plain wall."""
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).rectangle((150, 60, 370, 240), fill=(120, 150, 170))
    return np.asarray(image)


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_of_a_frame_and_itself_is_next_to_none(seed: int) -> None:
    found = against(drawing(seed), drawing(seed))
    assert abs(found.colour_missing) < 0.02
    for name in ("shade_missing", "shade_extra", "lines_missing", "lines_extra", "empty", "hole"):
        assert getattr(found, name) < 0.02, name
    assert found.alike > 0.97
    assert found.inside == 1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_of_a_line_drawing_lacks_colour_but_no_lines(seed: int) -> None:
    found = against(drawing(seed, "lines"), drawing(seed))
    assert found.colour_missing > 0.95
    assert found.lines_missing < 0.1
    assert found.alike < 0.6


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_of_a_figure_alone_lacks_the_background(seed: int) -> None:
    whole = against(drawing(seed, "lines"), drawing(seed))
    found = against(drawing(seed, "figure"), drawing(seed))
    assert found.empty > whole.empty + 0.1
    assert found.lines_missing > found.empty
    assert found.lines_extra < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_of_flat_colour_lacks_shade_and_the_other_way_round(seed: int) -> None:
    flat, shaded = drawing(seed), lit(drawing(seed))
    found = against(flat, shaded)
    assert found.shade_missing > 0.6
    assert found.shade_extra < 0.1
    assert abs(found.colour_missing) < 0.3
    back = against(shaded, flat)
    assert back.shade_extra > 0.6
    assert back.shade_missing < 0.1


def test_difference_of_a_background_is_one_hole_where_the_figure_was() -> None:
    frame = drawing(4)
    found = against(without_figure(frame), frame)
    assert 0.05 < found.hole < 0.5
    assert found.alike > 0.5
    assert found.alike + found.hole < 1.05


@pytest.mark.parametrize("seed", SEEDS)
def test_difference_sees_through_brightness_and_tint(seed: int) -> None:
    frame = drawing(seed)
    dim = np.clip(frame * np.array([0.8, 0.65, 0.5]), 0, 255).astype(np.uint8)
    found = against(dim, frame)
    assert found.alike > 0.95
    assert found.tone > 0.95


def test_difference_of_a_mirrored_picture_is_that_of_the_picture() -> None:
    frame = drawing(3)
    turned = np.ascontiguousarray(frame[:, ::-1])
    upright, mirrored = against(frame, frame), against(turned, frame, View(WHOLE, mirrored=True))
    np.testing.assert_allclose(upright.vector(), mirrored.vector(), atol=0.01)


def test_difference_of_a_crop_says_how_much_it_covers() -> None:
    frame = drawing(3)
    crop = frame[29:259, 51:461]
    found = against(crop, frame, View((-0.125, -0.125, 1.25, 1.25), mirrored=False))
    assert found.inside == pytest.approx(0.64, abs=0.02)
    assert found.alike > 0.9


def test_difference_survives_blur_and_a_view_beside_the_picture() -> None:
    frame = drawing(3)
    soft = np.asarray(Image.fromarray(frame).filter(ImageFilter.GaussianBlur(4)))
    assert against(soft, frame).lines_extra < 0.1
    beside = against(frame, frame, View((2.0, 2.0, 1.0, 1.0), mirrored=False))
    assert np.isfinite(beside.vector()).all()
    assert len(beside.vector()) == len(DIFFERENCE)


def test_in_words_names_what_is_missing_and_nothing_where_nothing_is() -> None:
    frame = lit(drawing(3))
    assert in_words(against(frame, frame)) == ()
    (line,) = in_words(against(drawing(3), frame))
    assert line.startswith("shading missing: ")
    figure = " ".join(in_words(against(drawing(3, "figure"), frame)))
    assert "colour missing" in figure
    assert "background missing" in figure
    other = " ".join(in_words(against(drawing(6, "lines"), drawing(3))))
    assert "drawing differs" in other
