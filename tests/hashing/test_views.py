"""What of a query is looked at: boxes that mean what they say, cut as they say."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framematch.hashing.panels import WHOLE, Box, overlap
from framematch.hashing.preprocess import luma, shrink
from framematch.hashing.views import (
    View,
    cut,
    inner_box,
    query_views,
    reference_boxes,
    window_matrix,
)

Grey = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def grey() -> Grey:
    return luma(drawing(3))


def boxes_of(views: tuple[View, ...]) -> set[Box]:
    return {view.box for view in views}


@settings(max_examples=80, deadline=None)
@given(
    left=st.integers(-6, 11),
    top=st.integers(-6, 7),
    width=st.integers(1, 20),
    height=st.integers(1, 20),
    turns=st.integers(0, 3),
)
def test_view_box_on_picture_covers_the_pixels_that_the_view_shows(
    left: int, top: int, width: int, height: int, turns: int
) -> None:
    # A picture of 12 by 8 whose pixels are numbered; the box is of whole pixels of the turned one.
    numbers = np.arange(96).reshape(8, 12)
    turned = np.rot90(numbers, turns)
    rows, columns = turned.shape
    shown = turned[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    view = View((left / columns, top / rows, width / columns, height / rows), False, turns)
    x, y, across, down = view.box_on_picture()
    if shown.size == 0:
        assert across * down == pytest.approx(0)
        return
    covered = numbers[
        round(y * 8) : round((y + down) * 8), round(x * 12) : round((x + across) * 12)
    ]
    assert set(covered.ravel().tolist()) == set(shown.ravel().tolist())


def test_inner_box_is_given_in_what_the_outer_is_given_in() -> None:
    assert inner_box((0.2, 0.1, 0.5, 0.4), (0.5, 0.25, 0.5, 0.5)) == pytest.approx(
        (0.45, 0.2, 0.25, 0.2)
    )
    assert inner_box((0.2, 0.1, 0.5, 0.4), WHOLE) == pytest.approx((0.2, 0.1, 0.5, 0.4))


def shrunk(grey: Grey, height: int, width: int) -> Grey:
    """What becomes of a reference, but for its rounding to bytes."""
    image = Image.fromarray(np.ascontiguousarray(grey))
    return np.asarray(image.resize((width, height), Image.Resampling.HAMMING))


def test_cut_of_the_whole_is_what_a_reference_is_shrunk_to(grey: Grey) -> None:
    seen = cut(grey, View(WHOLE, mirrored=False), 36, 64)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen, shrunk(grey, 36, 64))
    pixels = np.repeat(np.rint(grey).astype(np.uint8)[None, ..., None], 3, axis=3)
    np.testing.assert_allclose(seen, shrink(pixels, 36, 64)[0, ..., 0], atol=1.01)


def test_cut_of_a_part_is_that_part_shrunk(grey: Grey) -> None:
    seen = cut(grey, View((0.25, 0.5, 0.5, 0.25), mirrored=False), 18, 32)
    np.testing.assert_allclose(seen, shrunk(grey[144:216, 128:384], 18, 32), atol=1e-3)


def test_cut_outside_repeats_the_border(grey: Grey) -> None:
    height, width = grey.shape
    view = View((-0.25, -0.5, 1.5, 2.0), mirrored=False)
    padded = np.pad(grey, ((height // 2,) * 2, (width // 4,) * 2), mode="edge")
    np.testing.assert_allclose(cut(grey, view, 40, 60), shrunk(padded, 40, 60), atol=1e-3)


def test_cut_wholly_outside_shows_the_nearest_pixel() -> None:
    corners = np.array([[1, 2], [3, 4]], dtype=np.float32)
    beyond = cut(corners, View((2.0, 1.5, 0.5, 0.5), mirrored=False), 3, 3)
    np.testing.assert_allclose(beyond, np.full((3, 3), 4.0))


def test_cut_mirrored_is_the_same_box_turned_left_to_right(grey: Grey) -> None:
    box = (0.1, 0.2, 0.5, 0.6)
    plain, mirrored = (cut(grey, View(box, flag), 20, 30) for flag in (False, True))
    np.testing.assert_array_equal(mirrored, plain[:, ::-1])


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_cut_turned_is_counterclockwise(grey: Grey, turns: int) -> None:
    seen = cut(grey, View(WHOLE, mirrored=False, quarter_turns=turns), 36, 48)
    np.testing.assert_allclose(seen, shrunk(np.rot90(grey, turns), 36, 48), atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(
    source=st.integers(1, 40),
    start=st.floats(-60, 60),
    size=st.floats(0.01, 120),
    target=st.integers(1, 30),
)
def test_window_matrix_averages_sum_to_one(
    source: int, start: float, size: float, target: int
) -> None:
    matrix = window_matrix(source, start, size, target)
    assert matrix.shape == (target, source)
    assert matrix.min() >= 0
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-4)


def test_query_views_begin_with_the_whole_and_show_everything_mirrored_too(grey: Grey) -> None:
    views = query_views(grey)
    assert views[0] == View(WHOLE, mirrored=False)
    assert len(set(views)) == len(views)
    upright = {view.box for view in views if not view.mirrored and not view.quarter_turns}
    assert upright == {view.box for view in views if view.mirrored}
    assert any(view.quarter_turns == 2 for view in views)


def test_query_views_of_letterboxed_picture_begin_with_what_is_inside_the_bars() -> None:
    canvas = np.zeros((384, 512, 3), dtype=np.uint8)
    views = query_views(luma(inside(drawing(2), canvas, 0, 48)))
    assert overlap(views[0].box, (0.0, 0.125, 1.0, 0.75)) > 0.98
    assert WHOLE in boxes_of(views)


def test_query_views_hold_crops_and_the_frames_that_a_crop_came_from(grey: Grey) -> None:
    boxes = boxes_of(query_views(grey))
    assert any(overlap(box, (0.1, 0.1, 0.8, 0.8)) > 0.99 for box in boxes)
    assert any(box[0] < 0 and box[1] < 0 and box[2] > 1 and box[3] > 1 for box in boxes)


def test_query_views_of_upright_picture_are_turned_both_ways() -> None:
    lying = query_views(luma(np.rot90(drawing(2))))
    assert {1, 2, 3} <= {view.quarter_turns for view in lying}


def test_query_views_of_a_clip_are_few(grey: Grey) -> None:
    few, many = query_views(grey, "clip"), query_views(grey, "still")
    assert few[0].box == WHOLE
    assert len(few) < len(many) / 4
    assert any(view.mirrored for view in few)


def test_query_views_are_the_same_again(grey: Grey) -> None:
    assert query_views(grey) == query_views(grey.copy())


def test_reference_boxes_of_a_frame_are_the_whole_only() -> None:
    assert reference_boxes(drawing(2)) == (WHOLE,)


def test_reference_boxes_of_a_model_sheet_hold_its_drawings() -> None:
    sheet = np.full((600, 1200, 3), 255, dtype=np.uint8)
    for number, left in enumerate((60, 640)):
        sheet = inside(resized(drawing(number, "final"), 500, 281), sheet, left, 160)
    boxes = reference_boxes(sheet)
    assert boxes[0] == WHOLE
    assert len(set(boxes)) == len(boxes)
    for left in (60, 640):
        wanted = (left / 1200, 160 / 600, 500 / 1200, 281 / 600)
        assert max(overlap(wanted, box) for box in boxes) > 0.8


@pytest.mark.parametrize(
    ("box", "share"),
    [
        (WHOLE, 1.0),
        ((0.25, 0.25, 0.5, 0.5), 0.25),
        ((-0.5, 0.0, 2.0, 1.0), 0.5),
        ((0.5, 0.0, 1.0, 1.0), 0.25),
        ((1.5, 0.0, 1.0, 1.0), 0.0),
    ],
)
def test_overlap_is_the_share_of_the_picture_times_the_share_of_the_box(
    box: tuple[float, float, float, float], share: float
) -> None:
    assert View(box, mirrored=False).overlap() == pytest.approx(share)
