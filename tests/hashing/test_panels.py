"""Borders and pictures inside pictures: found where they are, and nowhere else."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from PIL import Image, ImageDraw

from framematch.hashing.panels import (
    WHOLE,
    Box,
    find_panels,
    is_sheet,
    overlap,
    trim_borders,
)
from framematch.hashing.preprocess import luma

Pixels = npt.NDArray[np.uint8]

SEEDS = (1, 4, 6)


def web_page(picture: Pixels, ground: int) -> tuple[Pixels, Box]:
    """Return a page with lines of text and a player, and where the player is."""
    page = Image.new("RGB", (1000, 700), (ground,) * 3)
    pen = ImageDraw.Draw(page)
    for line in range(9):
        pen.rectangle((40, 60 + line * 60, 140 + line * 37 % 90, 70 + line * 60), fill=(90, 90, 90))
    for line in range(3):
        right = 630 + line * 80
        pen.rectangle((330, 520 + line * 40, right, 532 + line * 40), fill=(120, 120, 120))
    pen.rectangle((0, 0, 1000, 30), fill=(50, 70, 120))
    page_pixels = inside(resized(picture, 560, 315), np.asarray(page), 330, 120)
    return page_pixels, (0.33, 120 / 700, 0.56, 315 / 700)


def layout_sheet(picture: Pixels) -> tuple[Pixels, Box]:
    """Return a sheet with a framed drawing and notes, and where the frame is."""
    blank = np.full((850, 1200, 3), (250, 248, 240), dtype=np.uint8)
    sheet = Image.fromarray(inside(resized(picture, 800, 450), blank, 200, 220))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((200, 220, 1000, 670), outline=(20, 20, 20), width=4)
    pen.text((210, 60), "sc 045  layout  cut 12", fill=(0, 0, 0))
    pen.line((210, 760, 700, 762), fill=(60, 60, 60), width=2)
    return np.asarray(sheet), (200 / 1200, 220 / 850, 800 / 1200, 450 / 850)


def barred(picture: Pixels, ground: int, bars: tuple[int, int, int, int]) -> Pixels:
    """Return a picture with bars of so many pixels left, top, right and below."""
    left, top, right, below = bars
    height, width = picture.shape[:2]
    canvas = np.full((height + top + below, width + left + right, 3), ground, dtype=np.uint8)
    return inside(picture, canvas, left, top)


@pytest.mark.parametrize("ground", [0, 16, 255])
@pytest.mark.parametrize(
    "bars",
    [(0, 40, 0, 40), (70, 0, 70, 0), (30, 20, 60, 50), (0, 25, 0, 0)],
    ids=["letterbox", "pillarbox", "uneven", "one"],
)
def test_trim_borders_finds_the_picture_within_two_pixels(
    ground: int, bars: tuple[int, int, int, int]
) -> None:
    picture = drawing(2)
    grey = luma(barred(picture, ground, bars))
    height, width = grey.shape
    x, y, across, down = trim_borders(grey)
    assert (x * width, y * height) == pytest.approx(bars[:2], abs=2)
    assert (across * width, down * height) == pytest.approx((512, 288), abs=2)


def test_trim_borders_ignores_noise_in_the_bars() -> None:
    picture = barred(drawing(2), 16, (0, 40, 0, 40)).astype(np.int16)
    picture += np.random.default_rng(3).integers(-6, 7, picture.shape, dtype=np.int16)
    _, top, _, down = trim_borders(luma(np.clip(picture, 0, 255).astype(np.uint8)))
    assert (top * 368, down * 368) == pytest.approx((40, 288), abs=2)


def test_trim_borders_of_a_picture_that_reaches_its_edges_is_the_whole() -> None:
    picture = drawing(2).astype(np.int16)
    # Grain, as in any painted background: no row of it is flat.
    picture += np.random.default_rng(1).integers(-30, 31, picture.shape, dtype=np.int16)
    assert trim_borders(luma(np.clip(picture, 0, 255).astype(np.uint8))) == WHOLE


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_trim_borders_of_flat_picture_is_the_whole(grey: int) -> None:
    assert trim_borders(np.full((90, 160), grey, dtype=np.float32)) == WHOLE


def test_trim_borders_leaves_a_sliver_alone() -> None:
    thin = np.zeros((200, 300, 3), dtype=np.uint8)
    assert trim_borders(luma(inside(resized(drawing(1), 20, 200), thin, 140, 0))) == WHOLE
    assert trim_borders(luma(barred(drawing(1), 0, (0, 3, 0, 3)))) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ground", [20, 245], ids=["dark", "light"])
def test_find_panels_finds_the_player_in_a_web_page(seed: int, ground: int) -> None:
    page, player = web_page(drawing(seed), ground)
    assert max(overlap(player, box) for box in find_panels(luma(page))) > 0.8


@pytest.mark.parametrize("stage", ["final", "lines", "figure"])
@pytest.mark.parametrize("seed", SEEDS)
def test_find_panels_finds_the_framed_drawing_on_a_sheet(seed: int, stage: str) -> None:
    sheet, frame = layout_sheet(drawing(seed, stage))
    assert max(overlap(frame, box) for box in find_panels(luma(sheet))) > 0.8


def test_find_panels_finds_every_drawing_that_stands_alone() -> None:
    sheet = np.full((600, 1200, 3), 255, dtype=np.uint8)
    places = [(30, 60), (620, 200)]
    for seed, (left, top) in zip((1, 2), places, strict=True):
        sheet = inside(resized(drawing(seed), 520, 293), sheet, left, top)
    boxes = find_panels(luma(sheet))
    for left, top in places:
        wanted = (left / 1200, top / 600, 520 / 1200, 293 / 600)
        assert max(overlap(wanted, box) for box in boxes) > 0.8


def test_find_panels_are_few_inside_and_the_largest_first() -> None:
    for seed in range(12):
        boxes = find_panels(luma(drawing(seed)))
        assert len(boxes) <= 5
        sizes = [box[2] * box[3] for box in boxes]
        assert sizes == sorted(sizes, reverse=True)
        for x, y, width, height in boxes:
            assert min(x, y) >= 0
            assert max(x + width, y + height) <= 1 + 1e-9
        assert all(overlap(a, b) < 0.75 for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (8, 8)])
def test_find_panels_of_tiny_or_flat_picture_is_empty(shape: tuple[int, int]) -> None:
    assert find_panels(np.full(shape, 99, dtype=np.float32)) == ()


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0.0, 0.0, 0.5, 1.0), (0.25, 0.0, 0.5, 1.0)) == pytest.approx(1 / 3)
    assert overlap((0.1, 0.2, 0.3, 0.4), (0.1, 0.2, 0.3, 0.4)) == pytest.approx(1)
    assert overlap((0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5)) == 0


def test_is_sheet_tells_drawings_on_paper_from_frames() -> None:
    assert is_sheet(luma(layout_sheet(drawing(1))[0]))
    assert is_sheet(luma(drawing(1, "figure")))
    assert not is_sheet(luma(drawing(1)))
