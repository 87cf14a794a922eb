"""Production stages and flags, from the picture alone and with the frame it matches."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.looks import LOOKS, look_at
from framematch.matching.stage import Matched, judge

Pixels = npt.NDArray[np.uint8]

SEEDS = (1, 2, 5, 9)


def shaded(picture: Pixels) -> Pixels:
    """Return a frame as it is finished: with light falling off, grain and soft edges."""
    soft = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.2)), np.float32)
    light = np.linspace(0.5, 1.2, picture.shape[1])[None, :, None]
    light = light * np.linspace(1.1, 0.6, picture.shape[0])[:, None, None]
    grain = np.random.default_rng(1).normal(0, 5, picture.shape)
    return np.clip(soft * light + grain, 0, 255).astype(np.uint8)


def marked(picture: Pixels) -> Pixels:
    """Return a picture with a ring and a line on it, in colour."""
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    pen.ellipse((380, 150, 480, 270), outline=(220, 30, 30), width=4)
    pen.line((20, 20, 140, 250), fill=(40, 60, 230), width=4)
    return np.asarray(image)


def noted(picture: Pixels) -> Pixels:
    """Return a picture with the same, and a remark."""
    image = Image.fromarray(marked(picture))
    pen = ImageDraw.Draw(image)
    pen.text((12, 12), "MAKE HANDS BIGGER", fill=(220, 30, 30), font=ImageFont.load_default(22))
    return np.asarray(image)


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_finished_frame_is_final(seed: int) -> None:
    stage = judge(shaded(drawing(seed)))
    assert (stage.label, stage.flags) == ("final", ())


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_areas_of_one_colour_each_are_painted(seed: int) -> None:
    # Of a flat-shaded show the finished frame looks so too: which of the two only the frame tells.
    assert judge(drawing(seed)).label in ("flat-colour", "final")


@pytest.mark.parametrize("stage", ["lines", "figure"])
@pytest.mark.parametrize("seed", SEEDS)
def test_judge_drawing_on_white_is_line_art(seed: int, stage: str) -> None:
    found = judge(drawing(seed, stage))
    assert (found.label, found.flags) == ("line-art", ())


def test_judge_drawing_on_grey_paper_says_so() -> None:
    found = judge((drawing(2, "figure") * 0.85).astype(np.uint8))
    assert (found.label, found.flags) == ("line-art", ("paper",))


def test_judge_remark_on_a_drawing_is_annotations() -> None:
    found = judge(noted(drawing(2, "figure")))
    assert (found.label, found.flags) == ("line-art", ("annotations",))


def test_judge_coloured_strokes_without_writing_are_no_annotations() -> None:
    found = judge(marked(drawing(2, "figure")))
    assert (found.label, found.flags) == ("line-art", ())


def test_judge_writing_on_a_frame_is_no_annotations() -> None:
    assert judge(noted(drawing(2))).flags == ()


@pytest.mark.xfail(reason="clean line drawings in frames, without notes, are taken for line art")
def test_judge_several_framed_drawings_on_a_sheet_are_a_storyboard() -> None:
    sheet = np.full((700, 1000, 3), 255, dtype=np.uint8)
    for number, (left, top) in enumerate([(40, 40), (530, 40), (40, 380), (530, 380)]):
        sheet = inside(resized(drawing(number, "lines"), 430, 242), sheet, left, top)
    image = Image.fromarray(sheet)
    pen = ImageDraw.Draw(image)
    for left, top in [(40, 40), (530, 40), (40, 380), (530, 380)]:
        pen.rectangle((left, top, left + 430, top + 242), outline=(0, 0, 0), width=3)
    assert judge(np.asarray(image)).label == "storyboard"


def test_judge_painted_figures_without_a_background_are_flat_colour() -> None:
    sheet = np.full((600, 1100, 3), 255, dtype=np.uint8)
    for number, left in enumerate((60, 560)):
        sheet = inside(resized(drawing(number), 300, 169), sheet, left, 180)
    assert judge(sheet).label == "flat-colour"


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_judge_flat_picture_is_unknown_without_confidence(grey: int) -> None:
    found = judge(np.full((90, 160, 3), grey, dtype=np.uint8))
    assert (found.label, found.confidence) == ("unknown", 0.0)


def test_judge_mirrored_is_told_in_alphabetical_order() -> None:
    paper = (noted(drawing(2, "figure")) * 0.85).astype(np.uint8)
    assert judge(paper, mirrored=True).flags == ("annotations", "mirrored", "paper")


@pytest.mark.parametrize("factor", [0.6, 2.5])
def test_judge_does_not_depend_on_size(factor: float) -> None:
    for stage, labels in (("final", ("flat-colour", "final")), ("lines", ("line-art",))):
        size = (round(512 * factor), round(288 * factor))
        picture = Image.fromarray(drawing(2, stage)).resize(size, Image.Resampling.NEAREST)
        assert judge(np.asarray(picture)).label in labels


@pytest.mark.parametrize("picture", [drawing(1), drawing(1, "lines"), noted(drawing(1, "figure"))])
def test_look_at_gives_shares(picture: Pixels) -> None:
    looks = look_at(picture)
    for name in ("ground", "thick", "thin", "soft", "blank", "clean", "shaded", "dark", "largest"):
        assert 0 <= getattr(looks, name) <= 1, name
    assert looks.ground + looks.thick + looks.thin == pytest.approx(1)
    assert looks.thick_colour <= looks.thick
    assert len(looks.vector()) == len(LOOKS)


def test_look_at_tells_ground_strokes_and_areas() -> None:
    image = Image.new("RGB", (500, 300), (240, 240, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((100, 100, 199, 199), fill=(200, 30, 30))
    pen.line((300, 20, 300, 280), fill=(0, 0, 0), width=3)
    looks = look_at(np.asarray(image))
    assert looks.ground_grey == pytest.approx(240 / 255, abs=0.01)
    assert looks.thick == pytest.approx(100 * 100 / (500 * 300), rel=0.05)
    assert looks.thick_colour == pytest.approx(looks.thick, rel=0.05)
    assert looks.thin == pytest.approx(3 * 260 / (500 * 300), rel=0.1)
    assert looks.colours < np.log1p(3)


@pytest.mark.parametrize("shape", [(1, 64), (64, 1), (2, 640)])
def test_judge_very_thin_picture_does_not_warn(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert judge(noise).label


ON_IT = View(WHOLE, mirrored=False)


def matched(frame: Pixels, view: View = ON_IT) -> Matched:
    return Matched(view, resized(frame, 256, 144))


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_flat_frame_of_a_flat_show_is_final_with_its_frame(seed: int) -> None:
    found = judge(drawing(seed), matched(drawing(seed)))
    assert (found.label, found.flags) == ("final", ())


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_flat_colour_of_a_shaded_frame_is_flat_colour(seed: int) -> None:
    assert judge(drawing(seed), matched(shaded(drawing(seed)))).label == "flat-colour"


@pytest.mark.parametrize("stage", ["lines", "figure"])
@pytest.mark.parametrize("seed", SEEDS)
def test_judge_line_drawing_stays_one_with_its_frame(seed: int, stage: str) -> None:
    assert judge(drawing(seed, stage), matched(shaded(drawing(seed)))).label == "line-art"


def test_judge_mirrored_and_cropped_follow_from_how_the_picture_lies() -> None:
    frame = shaded(drawing(3))
    turned = np.ascontiguousarray(frame[:, ::-1])
    assert judge(turned, matched(frame, View(WHOLE, mirrored=True))).flags == ("mirrored",)
    part = View((-0.125, -0.125, 1.25, 1.25), mirrored=False)
    assert judge(frame[29:259, 51:461], matched(frame, part)).flags == ("cropped",)


def test_judge_says_what_decided_and_keeps_it_out_of_the_contract() -> None:
    found = judge(drawing(2, "lines"), matched(shaded(drawing(2))))
    assert found.reasons
    assert all(isinstance(reason, str) for reason in found.reasons)
    assert list(found.to_dict()) == ["label", "confidence", "flags"]


def test_judge_time_code_is_flagged() -> None:
    image = Image.fromarray(shaded(drawing(2)))
    pen = ImageDraw.Draw(image)
    pen.rectangle((170, 252, 350, 280), fill=(0, 0, 0))
    pen.text((180, 256), "01:23:45:06", fill=(255, 255, 255), font=ImageFont.load_default(18))
    assert judge(np.asarray(image)).flags == ("timecode",)
