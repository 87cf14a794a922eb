"""A query's picture and the codes of its views."""

from dataclasses import replace

import numpy as np
import pytest
from drawings import drawing

from framematch.hashing import appearance, encode, structure
from framematch.hashing.panels import WHOLE
from framematch.hashing.preprocess import luma
from framematch.hashing.views import View
from framematch.matching.query import Picture, code_given, code_views


def bits(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def test_picture_of_frame_and_of_drawing() -> None:
    frame, lines = Picture.of(drawing(2)), Picture.of(drawing(2, "lines"))
    assert (frame.drawn, lines.drawn) == (False, True)
    np.testing.assert_array_equal(frame.grey, luma(drawing(2)))
    assert (frame.planes.dtype, frame.planes.shape) == (np.float32, (3, 144, 256))
    # Red, green and blue, in this order.
    tinted = np.zeros((40, 60, 3), dtype=np.uint8)
    tinted[...] = (200, 100, 50)
    assert Picture.of(tinted).planes.mean(axis=(1, 2)).tolist() == [200, 100, 50]


@pytest.mark.parametrize("mirrored", [False, True])
def test_code_given_whole_view_is_near_the_reference_code(mirrored: bool) -> None:
    pixels = drawing(2)[:, ::-1] if mirrored else drawing(2)
    known = encode(np.ascontiguousarray(drawing(2))[None])
    codes = code_given(Picture.of(pixels).grey, (View(WHOLE, mirrored),))
    assert bits(codes.structure[0], known.structure[0]) <= 40
    assert bits(codes.appearance[0], known.appearance[0]) <= 20


def test_code_given_mirrored_view_has_the_codes_of_the_mirrored_picture() -> None:
    grey = Picture.of(drawing(4)).grey
    box = (0.1, 0.05, 0.8, 0.9)
    by_view = code_given(grey, (View(box, mirrored=True),))
    flipped_box = (1 - box[0] - box[2], *box[1:])
    by_picture = code_given(grey[:, ::-1], (View(flipped_box, mirrored=False),))
    assert bits(by_view.structure[0], by_picture.structure[0]) <= 4
    assert bits(by_view.appearance[0], by_picture.appearance[0]) <= 31


def test_code_given_does_not_depend_on_the_other_views() -> None:
    grey = Picture.of(drawing(4)).grey
    views = tuple(View((0.1, 0.1, size, size), flag) for size in (0.5, 0.8) for flag in (0, 1))
    views = tuple(replace(view, mirrored=bool(view.mirrored)) for view in views)
    together = code_given(grey, views)
    assert together.views == views
    for number, view in enumerate(views):
        alone = code_given(grey, (view,))
        assert bits(alone.structure[0], together.structure[number]) <= 2
        np.testing.assert_array_equal(alone.appearance[0], together.appearance[number])


def test_code_given_leaves_out_views_that_show_next_to_nothing() -> None:
    half = np.full((288, 512, 3), 128, dtype=np.uint8)
    half[:, :256] = drawing(2)[:, :256]
    grey = luma(half)
    telling, empty = View((0.0, 0.0, 0.5, 1.0), False), View((0.6, 0.0, 0.4, 1.0), False)
    assert code_given(grey, (empty, telling)).views == (telling,)
    # Something has to be asked: of nothing but empty views the first stays.
    assert code_given(grey, (empty, replace(empty, mirrored=True))).views == (empty,)


def test_code_given_partial_has_every_view_twice() -> None:
    grey = Picture.of(drawing(2, "figure")).grey
    views = (View(WHOLE, mirrored=False), View(WHOLE, mirrored=True))
    codes = code_given(grey, views, partial=True)
    assert codes.views == views * 2
    assert len(codes.structure) == len(codes.appearance) == 4
    np.testing.assert_array_equal(codes.appearance[:2], codes.appearance[2:])
    plain = code_given(grey, views)
    np.testing.assert_array_equal(codes.structure[:2], plain.structure)
    assert bits(codes.structure[2], plain.structure[0]) > 20


def test_code_views_of_a_drawing_include_partial_codes_and_of_a_frame_do_not() -> None:
    frame = code_views(Picture.of(drawing(2)), "still")
    lines = code_views(Picture.of(drawing(2, "lines")), "still")
    assert len(set(frame.views)) == len(frame.views) - 1
    assert len(lines.views) == 2 * len(set(lines.views)) + 1
    for codes in (frame, lines):
        assert codes.structure.shape == (len(codes.views), structure.SPEC.n_bytes)
        assert codes.appearance.shape == (len(codes.views), appearance.SPEC.n_bytes)


def test_code_views_negative_picture_has_the_appearance_code_of_the_positive() -> None:
    known = code_given(Picture.of(drawing(2)).grey, (View(WHOLE, mirrored=False),)).appearance[0]
    codes = code_views(Picture.of(255 - drawing(2)), "still")
    assert bits(codes.appearance[-1], known) <= 20
    assert min(bits(code, known) for code in codes.appearance[:-1]) > 60
