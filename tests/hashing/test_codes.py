"""Both codes of a picture at once."""

import numpy as np
import pytest
from drawings import drawing

from framematch.errors import ConfigError
from framematch.hashing import SPECS, appearance, encode, structure
from framematch.hashing.information import information


def test_encode_gives_what_each_code_gives_alone() -> None:
    pixels = np.stack([drawing(1), drawing(2, "lines"), np.zeros_like(drawing(1))])
    codes = encode(pixels)
    tones, quality = appearance.encode(pixels)
    np.testing.assert_array_equal(codes.appearance, tones)
    np.testing.assert_array_equal(codes.quality, quality)
    np.testing.assert_array_equal(codes.structure, structure.encode(pixels))
    np.testing.assert_array_equal(
        codes.features, structure.pack_features(structure.cells_of(pixels))
    )
    np.testing.assert_array_equal(codes.information, information(pixels))
    assert codes.information[2] == 0


def test_encode_of_another_size_than_the_codes_is_the_same_for_all_parts() -> None:
    # The picture is made small once for the structure code and the gate.
    pixels = np.random.default_rng(4).integers(0, 256, (3, 51, 83, 3), dtype=np.uint8)
    codes = encode(pixels)
    np.testing.assert_array_equal(codes.structure, structure.encode(pixels))
    np.testing.assert_array_equal(codes.information, information(pixels))


def test_encode_widths_and_types_are_those_of_the_specifications() -> None:
    codes = encode(drawing(1)[None])
    assert codes.appearance.shape == (1, SPECS["appearance"].n_bytes)
    assert codes.structure.shape == (1, SPECS["structure"].n_bytes)
    assert codes.features.shape == (1, structure.FEATURE_BYTES)
    for column in (codes.appearance, codes.structure, codes.features):
        assert column.dtype == np.uint8
    for column in (codes.quality, codes.information):
        assert column.dtype == np.uint8


def test_encode_empty_batch_gives_empty_codes() -> None:
    codes = encode(np.zeros((0, 30, 40, 3), dtype=np.uint8))
    assert [len(c) for c in (codes.appearance, codes.structure, codes.features)] == [0, 0, 0]
    assert [len(c) for c in (codes.quality, codes.information)] == [0, 0]


def test_encode_of_another_dtype_is_refused() -> None:
    with pytest.raises(ConfigError, match="uint8"):
        encode(np.zeros((1, 30, 40, 3), dtype=np.float32))
