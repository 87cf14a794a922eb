"""Marks on a picture: a burnt-in time code."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing
from PIL import Image, ImageDraw, ImageFont

from framematch.hashing.preprocess import luma
from framematch.matching.marks import find_timecode

Pixels = npt.NDArray[np.uint8]


def written(
    picture: Pixels,
    text: str,
    place: tuple[float, float] = (180, 260),
    size: float = 18,
    plate: bool = True,
) -> Pixels:
    image = Image.fromarray(picture)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    if plate:
        pen.rectangle((place[0] - 8, place[1] - 4, place[0] + 11 * size, place[1] + 1.3 * size), 0)
    pen.text(place, text, fill=(255, 255, 255), font=font)
    return np.asarray(image)


@pytest.mark.parametrize("seed", [1, 2, 5])
@pytest.mark.parametrize("text", ["01:23:45:06", "TDK 00:00:12:05", "10:08:00"])
def test_find_timecode_finds_digits_in_pairs_between_dots(seed: int, text: str) -> None:
    box = find_timecode(luma(written(drawing(seed), text)))
    assert box is not None
    x, y, width, height = box
    assert x == pytest.approx(180 / 512, abs=0.03)
    assert 0.85 < y < y + height <= 1
    assert 0.1 < width < 0.5


def test_find_timecode_finds_one_at_the_upper_edge_without_a_plate() -> None:
    dark = (drawing(2) * 0.3).astype(np.uint8)
    box = find_timecode(luma(written(dark, "01:23:45:06", (150, 6), plate=False)))
    assert box is not None
    assert box[1] < 0.1


@pytest.mark.parametrize("text", ["THE LAST FERRY", "12 345 678", "SC 045 CUT 12", "1:2"])
def test_find_timecode_leaves_other_writing(text: str) -> None:
    assert find_timecode(luma(written(drawing(2), text))) is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("stage", ["final", "lines"])
def test_find_timecode_finds_none_on_drawings(seed: int, stage: str) -> None:
    assert find_timecode(luma(drawing(seed, stage))) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(1, 1), (20, 600), (600, 20)])
def test_find_timecode_on_a_sliver_is_none(shape: tuple[int, int]) -> None:
    assert find_timecode(np.zeros(shape, dtype=np.float32)) is None
