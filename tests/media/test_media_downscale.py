import io

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from framematch.config import THUMBNAIL_SIZE
from framematch.errors import ConfigError, UnreadableMediaError
from framematch.media import decode_thumbnail, encode_thumbnail
from framematch.media.downscale import fit, resize_area, working_size


def lines(height: int, width: int) -> npt.NDArray[np.uint8]:
    """Return one-pixel black lines on white, 8 pixels apart."""
    picture = np.full((height, width, 3), 255, np.uint8)
    picture[:, ::8] = 0
    return picture


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_working_size_fits_keeps_the_aspect_and_never_grows(width: int, height: int) -> None:
    w, h = working_size(width, height, 1024)
    assert 1 <= w <= min(width, 1024)
    assert 1 <= h <= min(height, 1024)
    if max(width, height) > 1024:
        assert max(w, h) == 1024
        assert abs(w * height - h * width) <= max(width, height)


def test_small_picture_is_given_back_untouched() -> None:
    picture = lines(40, 50)
    assert fit(picture) is picture


def test_large_picture_is_averaged() -> None:
    checks = np.zeros((2048, 2048, 3), np.uint8)
    checks[::2, ::2] = checks[1::2, 1::2] = 255
    small = fit(checks)
    assert small.shape == (1024, 1024, 3)
    assert np.abs(small.astype(int) - 128).max() <= 1


def test_thin_lines_keep_equal_strength_at_odd_ratios() -> None:
    # A box filter drops or doubles whole columns at this ratio: some lines come out twice as dark.
    small = resize_area(lines(64, 1920), 1024, 64)[32, :, 0].astype(float)
    ink = (255 - small[: 1024 - 1024 % 64]).reshape(-1, 64).sum(axis=1)
    assert ink.std() / ink.mean() < 0.02


def test_resize_to_another_aspect_squashes() -> None:
    assert resize_area(lines(90, 120), 256, 144).shape == (144, 256, 3)


def test_downscaled_bytes_are_the_golden_ones() -> None:
    # Guards reference codes against a change of Pillow's arithmetic: indexes would have to be
    # rebuilt.
    across, down = np.meshgrid(np.arange(50), np.arange(30))
    grey = (across * down * 5 % 256).astype(np.uint8)
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    assert resize_area(picture, 17, 9)[4, :, 1].tolist() == GOLDEN


GOLDEN = [78, 115, 128, 132, 116, 116, 145, 114, 115, 132, 121, 123, 133, 136, 120, 109, 97]


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_array_that_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="uint8"):
        resize_area(np.zeros(shape, np.uint8), 2, 2)


def test_thumbnail_survives_its_encoding() -> None:
    picture = np.full((480, 640, 3), 230, np.uint8)
    picture[100:300, 200:400] = (180, 40, 40)
    data = encode_thumbnail(picture)
    assert data[:3] == b"\xff\xd8\xff"
    assert encode_thumbnail(picture) == data
    back = decode_thumbnail(data)
    assert back.dtype == np.uint8
    assert back.shape == (THUMBNAIL_SIZE[1], THUMBNAIL_SIZE[0], 3) == (144, 256, 3)
    assert np.abs(back.astype(int) - resize_area(picture, 256, 144)).mean() < 2


@pytest.mark.parametrize("keep", [0, 2, 100])
def test_damaged_thumbnail_is_unreadable(keep: int) -> None:
    data = encode_thumbnail(lines(144, 256))
    with pytest.raises(UnreadableMediaError, match="index verify"):
        decode_thumbnail(data[:keep])


def test_thumbnail_of_another_size_is_refused() -> None:
    data = io.BytesIO()
    Image.new("RGB", (20, 20)).save(data, "JPEG")
    with pytest.raises(UnreadableMediaError, match="instead of"):
        decode_thumbnail(data.getvalue())
