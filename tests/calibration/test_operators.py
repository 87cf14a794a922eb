import numpy as np
import numpy.typing as npt
import pytest

from framematch.calibration.operators import FINISHED, LINE_ART, Operator
from framematch.hashing.information import MINIMUM, information

HEIGHT, WIDTH = 144, 256
ALL = {**FINISHED, **LINE_ART}
# These put the picture elsewhere, turn it round or leave parts out.
MOVED = ("line-mirror", "line-crop-20", "sheet-70", "part")


def scene(brightness: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return a house, a sun and a hill, drawn as flat areas."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    levels = np.full((HEIGHT, WIDTH, 3), (150, 190, 230), dtype=np.float64)
    levels[np.hypot(rows - 35, columns - 200) < 20] = (250, 220, 90)
    levels[rows > 105 + 12 * np.sin(columns / 30)] = (90, 150, 70)
    levels[(rows > 60) & (rows < 120) & (columns > 60) & (columns < 130)] = (200, 90, 70)
    levels[(rows > 80) & (rows < 120) & (columns > 85) & (columns < 100)] = (60, 40, 30)
    return np.rint(levels * brightness).astype(np.uint8)


def apply(
    operator: Operator, pixels: npt.NDArray[np.uint8], seed: int = 5
) -> npt.NDArray[np.uint8]:
    return operator(pixels, np.random.default_rng(seed))


def ink(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return what is clearly darker than the paper."""
    grey = pixels.mean(axis=2)
    return grey < np.median(grey) - 30


@pytest.mark.parametrize("name", ALL)
def test_operator_of_the_same_seed_gives_the_same_picture_and_leaves_its_input(name: str) -> None:
    given = scene()
    one = apply(ALL[name], given)
    other = apply(ALL[name], given)
    assert one.dtype == np.uint8
    assert one.ndim == 3
    assert one.shape[2] == 3
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(given, scene())


@pytest.mark.parametrize("name", ALL)
def test_operator_changes_the_picture_and_leaves_something_to_see(name: str) -> None:
    given = scene()
    made = apply(ALL[name], given)
    assert made.shape != given.shape or (made != given).any()
    assert information(made[None])[0] >= MINIMUM


@pytest.mark.parametrize("brightness", [1.0, 0.25])
@pytest.mark.parametrize("name", [name for name in LINE_ART if name != "white-on-black"])
def test_line_art_of_any_brightness_is_dark_lines_on_light_paper(
    name: str, brightness: float
) -> None:
    made = apply(LINE_ART[name], scene(brightness))
    assert np.median(made) > (150 if name == "pencil" else 230)
    assert 0.005 < ink(made).mean() < 0.35


@pytest.mark.parametrize("name", [name for name in LINE_ART if name not in MOVED])
def test_line_art_draws_where_the_frame_has_edges(name: str) -> None:
    made = apply(LINE_ART[name], scene())
    lines = ink(255 - made) if name == "white-on-black" else ink(made)
    wall = lines[64:116, 52:70].any(axis=1).mean()
    sky = lines[2:14, 4:100].mean()
    assert wall > 0.15
    assert sky < 0.1


def test_white_on_black_is_light_lines_on_dark_ground() -> None:
    made = apply(LINE_ART["white-on-black"], scene())
    assert np.median(made) < 20
    assert 0.005 < (made > 100).mean() < 0.3


def test_line_mirror_is_the_mirror_of_the_plain_drawing() -> None:
    np.testing.assert_array_equal(
        apply(LINE_ART["line-mirror"], scene()), apply(LINE_ART["xdog"], scene())[:, ::-1]
    )


def test_erased_drawing_has_about_four_tenths_of_its_ground_empty() -> None:
    whole = ink(apply(LINE_ART["xdog"], scene()))
    left = ink(apply(LINE_ART["erased-40"], scene()))
    assert not (left & ~whole).any()
    assert left.sum() < 0.9 * whole.sum()


def test_sheet_is_larger_than_the_frame_and_coloured_notes_lie_on_it() -> None:
    made = apply(LINE_ART["sheet-70"], scene()).astype(np.int16)
    assert made.shape == (round(1.25 * HEIGHT), WIDTH, 3)
    assert ((made.max(axis=2) - made.min(axis=2)) > 60).mean() > 0.001


@pytest.mark.parametrize(
    ("name", "height", "width"),
    [
        ("crop-10", round(0.9 * HEIGHT), round(0.9 * WIDTH)),
        ("crop-30", round(0.7 * HEIGHT), round(0.7 * WIDTH)),
        ("letterbox", round(1.33 * HEIGHT), WIDTH),
        ("padding", round(1.2 * HEIGHT), round(1.2 * WIDTH)),
        ("small-160", 90, 160),
        ("squeezed", HEIGHT, 192),
    ],
)
def test_edit_that_resizes_has_the_size_that_its_name_says(
    name: str, height: int, width: int
) -> None:
    assert apply(FINISHED[name], scene()).shape == (height, width, 3)


def test_letterbox_adds_black_bars_around_an_untouched_picture() -> None:
    made = apply(FINISHED["letterbox"], scene())
    bar = (len(made) - HEIGHT) // 2
    assert not made[:bar].any()
    np.testing.assert_array_equal(made[bar : bar + HEIGHT], scene())


def test_other_seed_gives_another_photo_of_the_screen() -> None:
    screen = FINISHED["screen-photo"]
    assert (apply(screen, scene(), 1) != apply(screen, scene(), 2)).any()
