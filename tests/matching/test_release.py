"""A picture held against a frame: what is told apart, and what coding may do."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing
from PIL import Image, ImageDraw, ImageFont

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.laying import refined
from framematch.matching.release import Held, hold

Pixels = npt.NDArray[np.uint8]

AS_IT_IS = View(WHOLE, mirrored=False)


def held(picture: Pixels, frame: Pixels, view: View = AS_IT_IS) -> Held:
    return hold(picture, view, frame, exact=True)


def coded(picture: Pixels, quality: int = 70) -> Pixels:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data).convert("RGB"))


def with_ellipse(picture: Pixels, box: tuple[int, int, int, int], fill: tuple[int, ...]) -> Pixels:
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).ellipse(box, fill=fill, outline=(10, 10, 10), width=3)
    return np.asarray(image)


@pytest.mark.parametrize("seed", range(4))
def test_hold_copy_that_was_coded_scaled_and_darkened_is_the_same_picture(seed: int) -> None:
    frame = drawing(seed)
    smaller = np.asarray(Image.fromarray(frame).resize((360, 202), Image.Resampling.LANCZOS))
    darker = np.rint(smaller * 0.9 + 5).astype(np.uint8)
    for copy in (coded(frame, 50), coded(smaller), coded(darker)):
        found = held(copy, frame)
        assert (found.verdict, found.differs, found.regions) == ("same-picture", (), ())
        assert found.psnr_db is not None
        assert found.psnr_db > 25


def test_hold_identical_pictures_differ_in_nothing() -> None:
    found = held(drawing(1), drawing(1))
    assert (found.verdict, found.differing_share) == ("same-picture", 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_hold_element_missing_is_told_with_its_place(seed: int) -> None:
    bare = drawing(seed)
    finished = with_ellipse(bare, (380, 190, 440, 250), (250, 240, 20))
    found = held(coded(bare), coded(finished))
    assert found.verdict == "differs"
    assert "missing at the lower right" in found.differs[0]
    x, y, width, height = found.regions[0]
    assert x < 410 / 512 < x + width
    assert y < 220 / 288 < y + height
    assert width * height < 0.08


def test_hold_element_too_much_is_told() -> None:
    finished = np.full((288, 512, 3), (90, 130, 180), np.uint8)
    finished[:140] = drawing(2)[:140]
    found = held(coded(with_ellipse(finished, (60, 180, 110, 230), (250, 60, 20))), finished)
    assert found.verdict == "differs"
    assert "that the released frame has not" in found.differs[0]


def test_hold_costume_of_another_colour_is_told() -> None:
    blue = with_ellipse(drawing(3), (200, 100, 280, 180), (40, 80, 200))
    red = with_ellipse(drawing(3), (200, 100, 280, 180), (200, 60, 70))
    found = held(coded(red), coded(blue))
    assert found.verdict == "differs"
    assert "other colours in the middle" in found.differs[0]


def test_hold_small_figure_before_a_sky_keeps_its_colours() -> None:
    down = np.linspace(0, 1, 252)[:, None, None]
    sky = np.array([120.0, 190, 250]) + down * np.array([40.0, 25, 4])
    frame = np.broadcast_to(sky, (252, 448, 3)).astype(np.uint8)
    frame = with_ellipse(frame, (190, 80, 260, 170), (150, 110, 80))
    frame = with_ellipse(frame, (205, 95, 235, 125), (210, 60, 50))
    tinted = np.clip(frame * np.array([1.0, 0.99, 0.98]) + 1, 0, 255).astype(np.uint8)
    found = held(coded(tinted, 60), coded(frame, 85))
    assert (found.verdict, found.differs) == ("same-picture", ())


def test_hold_small_faint_patch_as_coding_makes_it_is_undetermined() -> None:
    frame = drawing(2)
    patch = frame.copy()
    place = patch[40:76, 60:96].astype(np.int16)
    patch[40:76, 60:96] = np.clip(place + 9, 0, 255)
    found = held(patch, frame)
    assert found.verdict == "undetermined"
    assert "coding may have made it" in found.differs[0]
    assert found.regions


def test_hold_other_background_is_told_as_most_of_it() -> None:
    found = held(drawing(4), np.where(drawing(4) == drawing(4, "figure"), drawing(5), drawing(4)))
    assert found.verdict in ("differs", "undetermined")
    assert found.differs


def test_hold_time_code_over_a_copy_leaves_it_the_same_picture() -> None:
    image = Image.fromarray(drawing(1))
    pen = ImageDraw.Draw(image)
    pen.rectangle((190, 258, 322, 280), fill=(10, 10, 10))
    pen.text((200, 259), "01:02:14:08", fill=(245, 245, 245), font=ImageFont.load_default(20))
    found = held(coded(np.asarray(image)), drawing(1))
    assert found.verdict == "same-picture"
    assert found.differs == ("something is laid over it at the bottom",)
    assert len(found.regions) == 1


def test_hold_picture_of_few_pixels_is_not_judged() -> None:
    small = np.asarray(Image.fromarray(drawing(1)).resize((96, 54)))
    found = held(small, drawing(1))
    assert found.verdict == "undetermined"
    assert "too small" in found.differs[0]


def test_hold_small_part_of_a_frame_is_not_judged() -> None:
    frame = drawing(1)
    part = frame[:144, :200]
    view = View((0.0, 0.0, 512 / 200, 2.0), mirrored=False)
    found = held(np.asarray(Image.fromarray(part).resize((400, 288))), frame, view)
    assert found.verdict == "undetermined"
    assert "of the released frame is on it" in found.differs[0]


def test_hold_between_two_pictures_of_a_moving_shot_is_no_other_picture() -> None:
    still = drawing(6)
    at = [with_ellipse(still, (x, 60, x + 90, 200), (240, 230, 60)) for x in (100, 112, 124)]
    before, own, after = at
    exact = hold(coded(own), AS_IT_IS, before, lambda: [own, after], exact=True)
    assert exact.verdict == "same-picture"
    assert hold(coded(own), AS_IT_IS, before, exact=True).verdict == "differs"
    small = hold(coded(own), AS_IT_IS, before, lambda: [own, after], exact=False)
    assert small.verdict == "undetermined"


@pytest.mark.parametrize("mirrored", [False, True])
def test_refined_view_comes_within_half_a_pixel(mirrored: bool) -> None:
    frame = drawing(7)
    picture = np.pad(frame, ((30, 20), (16, 40), (0, 0)), constant_values=128)
    height, width = picture.shape[:2]
    true = (16 / width, 30 / height, 512 / width, 288 / height)
    if mirrored:
        picture = np.ascontiguousarray(picture[:, ::-1])
        true = (40 / width, *true[1:])
    x, y, w, h = true
    off = View((x + 0.012, y - 0.01, w * 1.015, h * 0.985), mirrored)
    found = refined(picture, off, frame)
    assert np.abs((np.array(found.box) - true) * (width, height, width, height)).max() < 0.5
