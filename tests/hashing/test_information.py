"""How much there is to see: what is searched for, and what is not."""

import json

import make_goldens
import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing
from PIL import Image, ImageDraw

from framematch.errors import ConfigError
from framematch.hashing.information import MINIMUM, information

Pixels = npt.NDArray[np.uint8]


def of(picture: Pixels) -> int:
    return int(information(picture[None])[0])


def ramp() -> Pixels:
    row = np.linspace(60, 140, 320).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (180, 320, 3)))


def title_card() -> Pixels:
    card = Image.new("RGB", (640, 360))
    ImageDraw.Draw(card).text((300, 175), "the end", fill=(255, 255, 255))
    return np.asarray(card)


@pytest.mark.parametrize("case", make_goldens.STRUCTURE_CASES, ids=lambda case: case.name)
def test_information_of_drawn_scene_is_the_golden_figure(case: make_goldens.Case) -> None:
    kept = json.loads(make_goldens.STRUCTURE.read_text(encoding="utf-8"))[case.name]
    # A cell on the edge of the threshold may fall on either side on another machine.
    assert abs(of(case.draw()) - kept["information"]) <= 1


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((90, 160, 3), dtype=np.uint8),
        np.full((90, 160, 3), 255, dtype=np.uint8),
        np.full((1, 1, 3), 77, dtype=np.uint8),
    ],
    ids=["black", "white", "one-pixel"],
)
def test_information_of_flat_picture_is_zero(picture: Pixels) -> None:
    assert of(picture) == 0


def test_information_of_soft_ramp_and_small_title_is_below_the_gate() -> None:
    assert of(ramp()) < MINIMUM
    assert of(title_card()) < MINIMUM


@pytest.mark.parametrize("stage", ["final", "lines", "figure"])
def test_information_of_scene_and_drawing_is_above_the_gate(stage: str) -> None:
    assert of(drawing(1, stage)) > 2 * MINIMUM


def test_information_of_noise_is_full() -> None:
    assert of(make_goldens.checks(36, 64)) == 100


def test_information_does_not_depend_on_size() -> None:
    small = Image.fromarray(drawing(2)).resize((256, 144), Image.Resampling.HAMMING)
    assert abs(of(drawing(2)) - of(np.asarray(small))) <= 4


def test_information_batch_gives_the_figures_of_its_pictures() -> None:
    batch = np.stack([drawing(1), drawing(1, "figure"), np.zeros_like(drawing(1))])
    figures = information(batch)
    assert figures.dtype == np.uint8
    assert figures.tolist() == [of(picture) for picture in batch]


def test_information_of_empty_batch_is_empty() -> None:
    assert information(np.zeros((0, 9, 16, 3), dtype=np.uint8)).shape == (0,)


def test_information_of_another_dtype_is_refused() -> None:
    with pytest.raises(ConfigError, match="uint8"):
        information(np.zeros((1, 9, 16, 3), dtype=np.float64))
