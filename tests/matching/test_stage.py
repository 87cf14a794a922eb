"""Production stages, judged from the picture alone."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from PIL import Image, ImageDraw, ImageFilter

from framematch.matching.stage import judge, look_at

Pixels = npt.NDArray[np.uint8]

SEEDS = (1, 2, 5, 9)


def shaded(picture: Pixels) -> Pixels:
    """Return a frame as it is finished: with light falling off, grain and soft edges."""
    soft = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.2)), np.float32)
    light = np.linspace(0.5, 1.2, picture.shape[1])[None, :, None]
    light = light * np.linspace(1.1, 0.6, picture.shape[0])[:, None, None]
    grain = np.random.default_rng(1).normal(0, 5, picture.shape)
    return np.clip(soft * light + grain, 0, 255).astype(np.uint8)


def noted(picture: Pixels) -> Pixels:
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    pen.ellipse((380, 150, 480, 270), outline=(220, 30, 30), width=4)
    pen.line((20, 20, 140, 250), fill=(40, 60, 230), width=4)
    return np.asarray(image)


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_finished_frame_is_final(seed: int) -> None:
    stage = judge(shaded(drawing(seed)))
    assert (stage.label, stage.flags) == ("final", ())


@pytest.mark.parametrize("seed", SEEDS)
def test_judge_areas_of_one_colour_each_are_flat_colour(seed: int) -> None:
    assert judge(drawing(seed)).label == "flat-colour"


@pytest.mark.parametrize("stage", ["lines", "figure"])
@pytest.mark.parametrize("seed", SEEDS)
def test_judge_drawing_on_white_is_line_art(seed: int, stage: str) -> None:
    found = judge(drawing(seed, stage))
    assert (found.label, found.flags) == ("line-art", ())


def test_judge_drawing_on_grey_paper_says_so() -> None:
    found = judge((drawing(2, "figure") * 0.85).astype(np.uint8))
    assert (found.label, found.flags) == ("line-art", ("paper",))


def test_judge_coloured_notes_on_a_drawing_are_annotations() -> None:
    found = judge(noted(drawing(2, "figure")))
    assert (found.label, found.flags) == ("line-art", ("annotations",))


def test_judge_coloured_strokes_on_a_frame_are_no_annotations() -> None:
    assert judge(noted(drawing(2))).flags == ()


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
    for stage, label in (("final", "flat-colour"), ("lines", "line-art")):
        size = (round(512 * factor), round(288 * factor))
        picture = Image.fromarray(drawing(2, stage)).resize(size, Image.Resampling.NEAREST)
        assert judge(np.asarray(picture)).label == label


@pytest.mark.parametrize("picture", [drawing(1), drawing(1, "lines"), noted(drawing(1, "figure"))])
def test_look_at_gives_shares(picture: Pixels) -> None:
    looks = look_at(picture)
    for name in ("paper", "ink", "filled", "coloured_strokes", "flat", "soft"):
        assert 0 <= getattr(looks, name) <= 1, name


@pytest.mark.parametrize("shape", [(1, 64), (64, 1), (2, 640)])
def test_judge_very_thin_picture_does_not_warn(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert judge(noise).label
