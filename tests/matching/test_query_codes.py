"""A query's picture and the codes of its views."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside

from framematch.hashing import appearance, encode, structure
from framematch.hashing.field import StrokeField
from framematch.hashing.panels import WHOLE
from framematch.hashing.preprocess import luma
from framematch.hashing.strokes import ORIENTATIONS
from framematch.hashing.views import View
from framematch.matching.query import Picture, code_given, code_views

Pixels = npt.NDArray[np.uint8]

WHOLE_VIEW = View(WHOLE, mirrored=False)


def bits(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def test_picture_of_frame_and_of_drawing() -> None:
    frame, lines = Picture.of(drawing(2)), Picture.of(drawing(2, "lines"))
    assert (frame.drawn, lines.drawn) == (False, True)
    np.testing.assert_array_equal(frame.grey, luma(drawing(2)))
    for picture in (frame, lines):
        # The field is of the luma that is coded, without coloured notes.
        expected = StrokeField(picture.grey).cells(WHOLE_VIEW, 9, 16)
        np.testing.assert_array_equal(picture.field.cells(WHOLE_VIEW, 9, 16), expected)


@pytest.mark.parametrize("mirrored", [False, True])
def test_code_given_whole_view_is_near_the_reference_code(mirrored: bool) -> None:
    pixels = drawing(2)[:, ::-1] if mirrored else drawing(2)
    known = encode(np.ascontiguousarray(drawing(2))[None])
    codes = code_given(Picture.of(pixels), (View(WHOLE, mirrored),))
    assert bits(codes.structure[0], known.structure[0]) <= 12
    assert bits(codes.appearance[0], known.appearance[0]) <= 20
    # And so are the vectors to what an index would keep of that picture.
    alike = structure.likeness(codes.apart, codes.known, structure.unpack_features(known.features))
    assert alike[0, 0] > 0.98


def test_code_given_mirrored_view_has_the_codes_of_the_mirrored_picture() -> None:
    box = (0.1, 0.05, 0.8, 0.9)
    by_view = code_given(Picture.of(drawing(4)), (View(box, mirrored=True),))
    flipped_box = (1 - box[0] - box[2], *box[1:])
    turned = Picture.of(np.ascontiguousarray(drawing(4)[:, ::-1]))
    by_picture = code_given(turned, (View(flipped_box, mirrored=False),))
    assert bits(by_view.structure[0], by_picture.structure[0]) <= 4
    assert bits(by_view.appearance[0], by_picture.appearance[0]) <= 31


def test_code_given_does_not_depend_on_the_other_views() -> None:
    picture = Picture.of(drawing(4))
    views = tuple(View((0.1, 0.1, size, size), flag) for size in (0.5, 0.8) for flag in (0, 1))
    views = tuple(replace(view, mirrored=bool(view.mirrored)) for view in views)
    together = code_given(picture, views)
    assert together.views == views
    for number, view in enumerate(views):
        # Of a picture made again: what earlier views left in its field must not matter either.
        alone = code_given(Picture.of(drawing(4)), (view,))
        assert bits(alone.structure[0], together.structure[number]) <= 2
        np.testing.assert_array_equal(alone.appearance[0], together.appearance[number])


def test_code_given_leaves_out_views_that_show_next_to_nothing() -> None:
    half = np.full((288, 512, 3), 128, dtype=np.uint8)
    half[:, :256] = drawing(2)[:, :256]
    picture = Picture.of(half)
    telling, empty = View((0.0, 0.0, 0.5, 1.0), False), View((0.6, 0.0, 0.4, 1.0), False)
    assert code_given(picture, (empty, telling)).views == (telling,)
    # Something has to be asked: of nothing but empty views the first stays.
    assert code_given(picture, (empty, replace(empty, mirrored=True))).views == (empty,)


def test_code_given_of_a_drawing_has_every_view_inside_twice() -> None:
    picture = Picture.of(drawing(2, "figure"))
    views = (WHOLE_VIEW, View(WHOLE, mirrored=True))
    codes = code_given(picture, views)
    assert picture.drawn
    assert codes.views == views * 2
    assert len(codes) == len(codes.structure) == len(codes.appearance) == len(codes.apart) == 4
    np.testing.assert_array_equal(codes.appearance[:2], codes.appearance[2:])
    plain = encode(drawing(2, "figure")[None])
    assert bits(codes.structure[0], plain.structure[0]) <= 12
    assert bits(codes.structure[2], plain.structure[0]) > 20
    # The plain code is of the whole picture, the other one of what is drawn.
    assert codes.known[:2].min() == 1
    assert codes.known[2].min() < 0.001
    assert 0.1 < codes.known[2].mean() < 0.6
    np.testing.assert_allclose(codes.known[3], codes.known[2][:, ::-1], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(codes.apart, axis=1), 1, atol=1e-4)


def test_code_given_frame_reaching_outside_says_nothing_of_what_is_not_there() -> None:
    # The picture is the right half of the view.
    beyond, within = View((-1.0, 0.0, 2.0, 1.0), mirrored=False), WHOLE_VIEW
    codes = code_given(Picture.of(drawing(2)), (beyond, within))
    assert codes.views == (within, beyond)
    np.testing.assert_allclose(codes.known[1, :, :8], 0, atol=1e-5)
    np.testing.assert_allclose(codes.known[1, :, 8:], 1, atol=1e-5)
    apart = codes.apart[1].reshape(ORIENTATIONS, structure.ROWS, structure.COLUMNS)
    assert np.abs(apart[..., :8]).max() == 0
    assert codes.known[0].min() == 1


def test_code_given_crop_is_more_like_its_frame_than_the_plain_code_says() -> None:
    # What the crop lacks says nothing; squashed into a whole frame it would claim emptiness.
    frames = np.stack([drawing(seed) for seed in range(12)])
    known = structure.unpack_features(encode(frames).features)
    crop = np.ascontiguousarray(drawing(2)[:, 154:])
    laid = View((-154 / 358, 0.0, 512 / 358, 1.0), mirrored=False)
    codes = code_given(Picture.of(crop), (laid,))
    (alike,) = structure.likeness(codes.apart, codes.known, known)
    assert alike.argmax() == 2
    assert alike[2] > 0.85
    assert alike[2] > np.delete(alike, 2).max() + 0.3


def test_code_views_of_a_drawing_include_partial_codes_and_of_a_frame_do_not() -> None:
    frame = code_views(Picture.of(drawing(2)), "still")
    lines = code_views(Picture.of(drawing(2, "lines")), "still")
    assert len(set(frame.views)) == len(frame.views) - 1
    within = {view for view in lines.views if is_inside(view)}
    assert 0 < len(within) < len(set(lines.views))
    assert len(lines.views) == len(set(lines.views)) + len(within) + 1
    for codes in (frame, lines):
        assert codes.views[-1] == codes.views[0]
        assert codes.apart.shape == (len(codes), structure.N_FEATURES)
        assert codes.known.shape == (len(codes), structure.ROWS, structure.COLUMNS)
        assert codes.structure.shape == (len(codes.views), structure.SPEC.n_bytes)
        assert codes.appearance.shape == (len(codes.views), appearance.SPEC.n_bytes)


@pytest.mark.parametrize("effort", ["still", "clip"])
@pytest.mark.parametrize(("left", "top"), [(0, 50), (84, 0)])
def test_code_views_of_a_barred_frame_begin_with_the_code_of_the_frame(
    left: int, top: int, effort: Literal["still", "clip"]
) -> None:
    bars = np.zeros((288 + 2 * top, 512 + 2 * left, 3), dtype=np.uint8)
    codes = code_views(Picture.of(inside(drawing(3), bars, left, top)), effort)
    known = encode(drawing(3)[None])
    # The bars' edges are as strong as any line: they must not be in the code.
    assert bits(codes.structure[0], known.structure[0]) <= 40


def is_inside(view: View) -> bool:
    x, y, width, height = view.box
    return min(x, y) >= 0 and max(x + width, y + height) <= 1.0001


def test_code_views_negative_picture_has_the_appearance_code_of_the_positive() -> None:
    known = code_given(Picture.of(drawing(2)), (WHOLE_VIEW,)).appearance[0]
    codes = code_views(Picture.of(255 - drawing(2)), "still")
    assert bits(codes.appearance[-1], known) <= 20
    assert min(bits(code, known) for code in codes.appearance[:-1]) > 60
