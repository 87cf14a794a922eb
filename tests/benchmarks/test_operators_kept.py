import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.operators.kept import FINISHED_TEST, LINE_ART_TEST
from benchmarks.operators.tools import BY_OTHERS, filtered
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.hashing.information import MINIMUM, information

ALL = {**FINISHED_TEST, **LINE_ART_TEST, **BY_OTHERS}
DARK_GROUND = ("ffmpeg-wires",)


def scene() -> npt.NDArray[np.uint8]:
    """Return a house, a sun and a hill, drawn as flat areas."""
    rows, columns = np.mgrid[0:144, 0:256]
    levels = np.full((144, 256, 3), (150, 190, 230), dtype=np.uint8)
    levels[np.hypot(rows - 35, columns - 200) < 20] = (250, 220, 90)
    levels[rows > 105 + 12 * np.sin(columns / 30)] = (90, 150, 70)
    levels[(rows > 60) & (rows < 120) & (columns > 60) & (columns < 130)] = (200, 90, 70)
    levels[(rows > 80) & (rows < 120) & (columns > 85) & (columns < 100)] = (60, 40, 30)
    return levels


def apply(name: str, seed: int = 5) -> npt.NDArray[np.uint8]:
    return ALL[name](scene(), np.random.default_rng(seed))


def ink(made: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return what stands out against the ground, lighter or darker."""
    grey = made.mean(axis=2)
    return np.abs(grey - np.median(grey)) > 20


@pytest.mark.parametrize("name", ALL)
def test_operator_of_the_same_seed_gives_the_same_picture_and_leaves_its_input(name: str) -> None:
    given = scene()
    one = ALL[name](given, np.random.default_rng(5))
    np.testing.assert_array_equal(one, apply(name))
    np.testing.assert_array_equal(given, scene())
    assert one.dtype == np.uint8
    assert one.ndim == 3
    assert one.shape[2] == 3


@pytest.mark.parametrize("name", ALL)
def test_operator_leaves_something_to_see(name: str) -> None:
    assert information(apply(name)[None])[0] >= MINIMUM


@pytest.mark.parametrize("name", [*LINE_ART_TEST, *BY_OTHERS])
def test_line_art_is_thin_on_an_even_ground(name: str) -> None:
    made = apply(name)
    assert 0.003 < ink(made).mean() < 0.45
    middle = np.median(made)
    assert middle < 30 if name in DARK_GROUND else middle > 130


# Unevenly lit, so that the sky too differs from the middle grey.
EVEN = [name for name in (*LINE_ART_TEST, *BY_OTHERS) if name != "coloured-paper"]


@pytest.mark.parametrize("name", EVEN)
def test_line_art_draws_the_house_and_leaves_the_sky(name: str) -> None:
    made = apply(name)
    scale = made.shape[0] / 144
    lines = ink(made)

    def share(top: int, bottom: int, left: int, right: int) -> float:
        rows = slice(round(scale * top), round(scale * bottom))
        return float(lines[rows, round(scale * left) : round(scale * right)].mean())

    house, sky = share(56, 124, 56, 134), share(4, 14, 4, 100)
    assert house > 0.005
    assert house > 4 * sky


def test_kept_operators_are_in_no_other_registry() -> None:
    assert not {*FINISHED, *LINE_ART} & set(ALL)
    assert len(ALL) == len(FINISHED_TEST) + len(LINE_ART_TEST) + len(BY_OTHERS)


def test_broken_lines_have_less_ink_than_whole_ones() -> None:
    assert ink(apply("broken")).mean() < 0.8 * ink(apply("brush")).mean()


def test_crop_corner_keeps_four_fifths_from_a_corner() -> None:
    made = apply("crop-corner")
    height, width = made.shape[:2]
    assert (height, width) == (115, 205)
    corners = [scene()[:height, :width], scene()[-height:, -width:]]
    corners += [scene()[:height, -width:], scene()[-height:, :width]]
    assert any((made == corner).all() for corner in corners)


def test_inset_covers_one_corner_and_nothing_else() -> None:
    changed = (apply("inset") != scene()).any(axis=2)
    assert 0.05 < changed.mean() < 0.15
    rows, columns = np.nonzero(changed)
    assert rows.max() - rows.min() < 50
    assert columns.max() - columns.min() < 90


def test_posterise_leaves_four_levels() -> None:
    assert set(np.unique(apply("posterise"))) <= {0, 85, 170, 255}


def test_filter_chain_of_ffmpeg_does_what_it_says() -> None:
    np.testing.assert_array_equal(filtered(scene(), "negate"), 255 - scene())
