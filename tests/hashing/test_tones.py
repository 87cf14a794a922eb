"""Appearance codes of windows: those that the windows' own pictures have, or nearly."""

import tracemalloc

import numpy as np
import pytest
from drawings import drawing

from framematch.hashing import appearance
from framematch.hashing.panels import Box
from framematch.hashing.preprocess import luma, shrink
from framematch.hashing.tones import encode_windows

FLIP = appearance.DIHEDRAL.index("flip-y")


def bits_apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ other).sum())


@pytest.mark.parametrize("box", [(0.0, 0.0, 1.0, 1.0), (0.1, 0.2, 0.7, 0.7), (0.5, 0.0, 0.5, 1.0)])
def test_encode_windows_is_near_the_code_of_the_cut_out_picture(box: Box) -> None:
    pixels = drawing(3)
    height, width = pixels.shape[:2]
    top, left = round(box[1] * height), round(box[0] * width)
    part = np.ascontiguousarray(
        pixels[top : top + round(box[3] * height), left : left + round(box[2] * width)]
    )
    # At a size at which PDQ's filter does not shift the picture.
    own = shrink(part[None], 288, 320)
    codes = encode_windows(luma(pixels), [box])
    assert codes.shape == (1, 8, 32)
    assert bits_apart(codes[0, 0], appearance.encode(own)[0][0]) <= 8
    mirrored = np.ascontiguousarray(own[:, :, ::-1])
    assert bits_apart(codes[0, FLIP], appearance.encode(mirrored)[0][0]) <= 8


def test_encode_windows_each_is_coded_as_alone() -> None:
    grey = luma(drawing(5))
    boxes: list[Box] = [(0.0, 0.0, 1.0, 1.0), (0.2, 0.1, 0.6, 0.6), (-0.2, -0.2, 1.4, 1.4)]
    together = encode_windows(grey, boxes)
    for number, box in enumerate(boxes):
        np.testing.assert_array_equal(together[number], encode_windows(grey, [box])[0])


def test_encode_windows_of_none_is_empty() -> None:
    assert encode_windows(luma(drawing(5)), []).shape == (0, 8, 32)


def test_encode_windows_beyond_the_picture_sees_its_border_repeated() -> None:
    grey = luma(drawing(4))
    height, width = grey.shape
    grown = np.pad(grey, ((height // 4, height // 4), (width // 4, width // 4)), mode="edge")
    outside = encode_windows(grey, [(-0.25, -0.25, 1.5, 1.5)])
    inside = encode_windows(grown, [(0.0, 0.0, 1.0, 1.0)])
    assert bits_apart(outside[0, 0], inside[0, 0]) <= 8


def test_encode_windows_of_many_pictures_keeps_little_of_them() -> None:
    rng = np.random.default_rng(3)
    grey = rng.uniform(0, 255, (576, 1024)).astype(np.float32)
    tracemalloc.start()
    try:
        for _ in range(12):
            boxes = [tuple(rng.uniform(0.1, 0.5, 4).tolist()) for _ in range(30)]
            encode_windows(grey, boxes)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Every box is another window: what is kept of them for the next picture has a bound.
    assert held < 60e6
