import io
import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import ExifTags, Image, ImageCms

from framematch.errors import UnreadableMediaError
from framematch.media import open_media
from framematch.records import Frame

Pixels = npt.NDArray[np.uint8]


def read(path: Path) -> Pixels:
    with open_media(path) as media:
        (frame,) = media.frames()
        assert media.info.kind == "image"
        assert (frame.timestamp_s, frame.duration_s) == (0.0, 0.0)
        assert media.warning is None
        return frame.pixels


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, None, **options)
    return path


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(values)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_with_exif_orientation_comes_out_upright(
    tmp_path: Path, scene: Callable[..., Pixels], orientation: int
) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    upright = Image.fromarray(scene())
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    for name in ("a.png", "a.jpg", "a.tif", "a.webp"):
        options = {"lossless": True} if name == "a.webp" else {}
        path = saved(tmp_path / name, stored, exif=exif, **options)
        with open_media(path) as media:
            assert (media.info.width, media.info.height) == (64, 48)
        tolerance = 5 if name == "a.jpg" else 0
        assert np.abs(read(path).astype(int) - np.asarray(upright)).mean() <= tolerance


def test_picture_with_broken_exif_is_read_as_stored(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", noise(20, 10), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert np.array_equal(read(path), np.asarray(noise(20, 10)))


def test_icc_profile_moves_colours_to_srgb(tmp_path: Path) -> None:
    # A profile whose red is Lab's: the same numbers mean another colour than in sRGB.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    lab = Image.new("LAB", (8, 8), (128, 128 + 60, 128))
    path = saved(tmp_path / "a.tif", lab, icc_profile=profile)
    red, green, blue = read(path)[4, 4].tolist()
    assert red > green + 80
    assert red > blue + 50


def wide_profile() -> bytes:
    """Return a matrix profile with swapped red and green primaries, built from sRGB's own."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = data.index(b"rXYZ"), data.index(b"gXYZ")
    data[red + 4 : red + 8], data[green + 4 : green + 8] = (
        data[green + 4 : green + 8],
        data[red + 4 : red + 8],
    )
    return bytes(data)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
def test_embedded_profile_decides_what_the_numbers_mean(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, Image.new("RGB", (16, 16), "red"), icc_profile=wide_profile())
    red, green, _ = read(path)[8, 8].tolist()
    assert green > 200
    assert red < 60


def test_broken_profile_is_ignored(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("RGB", (8, 8), "red"), icc_profile=b"no profile")
    assert read(path)[0, 0].tolist() == [255, 0, 0]


def test_profile_of_another_colour_model_is_ignored(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("L", (8, 8), 90), icc_profile=wide_profile())
    assert read(path)[0, 0].tolist() == [90, 90, 90]


def line_on_nothing(mode: str) -> Image.Image:
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (4, 0, 6, 16))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.png", "RGBA"), ("a.png", "LA"), ("a.tif", "RGBA"), ("a.tga", "RGBA"),
        ("a.webp", "RGBA"), ("a.jp2", "RGBA"), ("a.tif", "LA"),
    ],
)  # fmt: skip
def test_black_line_on_transparent_lies_over_white(tmp_path: Path, name: str, mode: str) -> None:
    options = {"lossless": True} if name == "a.webp" else {}
    pixels = read(saved(tmp_path / name, line_on_nothing(mode), **options))
    assert pixels[8, 12].tolist() == [255, 255, 255]
    assert pixels[8, 4].tolist() == [0, 0, 0]


def test_half_transparent_black_over_white_is_grey(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("RGBA", (4, 4), (0, 0, 0, 128)))
    assert read(path)[0, 0].tolist() == [127, 127, 127]


def test_palette_with_transparency_lies_over_white(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (0, 0, 4, 8))
    pixels = read(saved(tmp_path / "a.png", image, transparency=0))
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[0, 7].tolist() == [255, 255, 255]


def test_grey_with_a_transparent_value_lies_over_white(tmp_path: Path) -> None:
    image = Image.new("L", (8, 8), 0)
    image.paste(90, (0, 0, 4, 8))
    pixels = read(saved(tmp_path / "a.png", image, transparency=0))
    assert pixels[0, 0].tolist() == [90, 90, 90]
    assert pixels[0, 7].tolist() == [255, 255, 255]


@pytest.mark.parametrize("name", ["a.tga", "a.bmp"])
def test_alpha_that_the_writer_left_at_zero_is_ignored(tmp_path: Path, name: str) -> None:
    image = noise(8, 8)
    image.putalpha(0)
    assert np.array_equal(read(saved(tmp_path / name, image)), np.asarray(noise(8, 8)))


def test_cmyk_jpeg_of_adobe_is_not_a_negative(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", Image.new("CMYK", (16, 16), (0, 255, 255, 0)), quality=95)
    assert b"Adobe" in path.read_bytes()[:200]
    red, green, blue = read(path)[8, 8].tolist()
    assert red > 200
    assert max(green, blue) < 80


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16"])
def test_tiff_of_every_mode_opens_as_three_channels(tmp_path: Path, mode: str) -> None:
    grey = Image.new("RGB", (12, 9), (180, 180, 180))
    if mode == "I;16":
        image = Image.fromarray(np.full((9, 12), 180 * 257, np.uint16))
    else:
        image = grey.convert("RGB").convert(mode)
    pixels = read(saved(tmp_path / "a.tif", image))
    assert pixels.shape == (9, 12, 3)
    assert pixels.dtype == np.uint8
    assert abs(float(pixels.mean()) - 180) < (80 if mode == "1" else 6)


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bit_grey_keeps_its_scale(tmp_path: Path, name: str) -> None:
    ramp = np.arange(0, 65536, 257, np.uint16)[None, :].repeat(4, axis=0)
    pixels = read(saved(tmp_path / name, Image.fromarray(ramp)))
    assert np.array_equal(pixels[0, :, 0], np.arange(256))


def test_dark_16_bit_grey_stays_dark(tmp_path: Path) -> None:
    dark = Image.fromarray(np.full((4, 4), 2570, np.uint16))
    assert read(saved(tmp_path / "a.png", dark)).max() == 10


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 200.0], [0, 100, 200]),
        ([0.0, 257.0, 25700.0], [0, 1, 100]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([0.0, float("nan"), 1.0], [0, 0, 255]),
        ([0.0, float("inf"), 1.0], [0, 255, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_floating_point_grey_follows_the_documented_scale(
    tmp_path: Path, values: list[float], expected: list[int]
) -> None:
    image = Image.fromarray(np.array([values], np.float32))
    assert read(saved(tmp_path / "a.tif", image))[0, :, 0].tolist() == expected


def test_32_bit_integer_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 100_000, 200_000]], np.int32))
    assert read(saved(tmp_path / "a.tif", image))[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_colour_png_keeps_its_scale(tmp_path: Path) -> None:
    # Pillow writes no 16-bit colour; this is the smallest such file, one pixel, by the PNG rules.
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\x00" + struct.pack(">3H", 65535, 32896, 0)
    path = tmp_path / "a.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row))
        + chunk(b"IEND", b"")
    )
    assert read(path)[0, 0].tolist() == [255, 128, 0]


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("a.bmp", True), ("a.tga", True), ("a.ppm", True), ("a.png", True), ("a.tif", True),
        ("a.jp2", True), ("a.avif", False), ("a.webp", False), ("a.jpg", False),
    ],
)  # fmt: skip
def test_picture_of_every_format_opens(
    tmp_path: Path, scene: Callable[..., Pixels], name: str, exact: bool
) -> None:
    pixels = read(saved(tmp_path / name, Image.fromarray(scene())))
    difference = np.abs(pixels.astype(int) - scene())
    assert difference.mean() <= (0 if exact else 4)


def test_layered_psd_gives_its_composite(tmp_path: Path) -> None:
    # A PSD without layers, by Adobe's specification: header, three empty sections, raw planes.
    size = (3).to_bytes(4, "big") + (5).to_bytes(4, "big")
    head = b"8BPS\x00\x01" + bytes(6) + b"\x00\x03" + size + b"\x00\x08\x00\x03"
    planes = b"".join(bytes([value]) * 15 for value in (10, 20, 30))
    (tmp_path / "a.psd").write_bytes(head + bytes(12) + b"\x00\x00" + planes)
    pixels = read(tmp_path / "a.psd")
    assert pixels.shape == (3, 5, 3)
    assert pixels[1, 1].tolist() == [10, 20, 30]


def test_tiff_with_several_pages_is_its_first_page(tmp_path: Path) -> None:
    pages = [Image.new("L", (8, 8), value) for value in (50, 200)]
    path = saved(tmp_path / "a.tif", pages[0], save_all=True, append_images=pages[1:])
    assert read(path).max() == 50


def test_large_picture_is_scaled_to_working_size_and_small_one_is_not(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("RGB", (2000, 500), "red"))
    with open_media(path) as media:
        assert (media.info.width, media.info.height) == (2000, 500)
    assert read(path).shape == (256, 1024, 3)
    assert read(saved(tmp_path / "b.png", Image.new("L", (3, 1)))).shape == (1, 3, 3)


@pytest.mark.parametrize("progressive", [False, True])
def test_truncated_jpeg_keeps_what_is_there_and_warns(tmp_path: Path, progressive: bool) -> None:
    data = io.BytesIO()
    picture = noise(160, 160)
    picture.save(data, "JPEG", progressive=progressive, quality=90)
    path = tmp_path / "a.jpg"
    path.write_bytes(data.getvalue()[: len(data.getvalue()) * 6 // 10])
    whole = np.asarray(Image.open(data).convert("RGB"))
    with open_media(path) as media:
        (frame,) = media.frames()
        assert media.warning is not None
        assert "only part of the picture" in media.warning
    top = np.abs(frame.pixels[:64].astype(int) - whole[:64]).mean()
    assert top < (45 if progressive else 1)


def test_truncated_png_keeps_its_upper_part_and_warns(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", noise(64, 64))
    path.write_bytes(path.read_bytes()[:8000])
    with open_media(path) as media:
        (frame,) = media.frames()
        assert "only part of the picture" in str(media.warning)
    assert np.array_equal(frame.pixels[:30], np.asarray(noise(64, 64))[:30])


def test_jpeg_without_any_picture_data_is_unreadable(tmp_path: Path) -> None:
    data = io.BytesIO()
    noise(256, 256).save(data, "JPEG")
    path = tmp_path / "a.jpg"
    path.write_bytes(data.getvalue()[: data.getvalue().index(b"\xff\xda") + 14])
    with open_media(path) as media, pytest.raises(UnreadableMediaError, match=r"a\.jpg: damaged"):
        list(media.frames())


def moving(path: Path, durations: list[int]) -> list[Frame]:
    frames = [Image.new("RGB", (16, 12), (60 * k, 255 - 60 * k, 0)) for k in range(len(durations))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    with open_media(path) as media:
        assert media.info.kind == "animation"
        return list(media.frames())


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.avif"])
def test_animation_has_its_own_frame_times(tmp_path: Path, name: str) -> None:
    frames = moving(tmp_path / name, [100, 250, 400])
    assert [frame.timestamp_s for frame in frames] == pytest.approx([0.0, 0.1, 0.35])
    assert [frame.duration_s for frame in frames] == pytest.approx([0.1, 0.25, 0.4])
    assert abs(int(frames[2].pixels[5, 5, 0]) - 120) < 8


def test_animation_frames_without_a_duration_stand_as_viewers_show_them(tmp_path: Path) -> None:
    frames = moving(tmp_path / "a.gif", [0, 10, 20])
    assert [frame.duration_s for frame in frames] == pytest.approx([0.1, 0.1, 0.02])


def test_animation_sampled_at_ticks_gives_the_frame_on_screen(tmp_path: Path) -> None:
    moving(tmp_path / "a.gif", [100, 250, 400])
    with open_media(tmp_path / "a.gif") as media:
        frames = list(media.frames(Fraction(5)))
    assert [frame.timestamp_s for frame in frames] == pytest.approx([0.0, 0.1, 0.35])
    with open_media(tmp_path / "a.gif") as media:
        frames = list(media.frames(Fraction(2)))
    assert [frame.timestamp_s for frame in frames] == pytest.approx([0.0, 0.35])
    assert [frame.duration_s for frame in frames] == pytest.approx([0.35, 0.4])


def test_gif_frame_that_paints_a_part_is_laid_over_the_one_before(tmp_path: Path) -> None:
    first = Image.new("RGB", (16, 16), "white")
    second = first.copy()
    second.paste((0, 0, 255), (0, 0, 4, 4))
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second], duration=100)
    with open_media(tmp_path / "a.gif") as media:
        frames = list(media.frames())
    assert frames[1].pixels[0, 0].tolist() == [0, 0, 255]
    assert frames[1].pixels[10, 10].tolist() == [255, 255, 255]


def test_apng_default_picture_is_not_part_of_the_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(
        tmp_path / "a.png", save_all=True, append_images=frames[1:], duration=200,
        default_image=True,
    )  # fmt: skip
    with open_media(tmp_path / "a.png") as media:
        shown = list(media.frames())
    assert [frame.pixels[0, 0].tolist() for frame in shown] == [[0, 255, 0], [0, 0, 255]]


def test_gif_with_one_frame_is_a_still(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.gif", Image.new("L", (8, 8), 90)))[0, 0].tolist() == [90] * 3


def test_truncated_gif_gives_the_frames_before_the_break(tmp_path: Path) -> None:
    frames = [noise(32, 32).rotate(90 * k) for k in range(4)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    path = tmp_path / "a.gif"
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with open_media(path) as media:
        shown = list(media.frames())
        assert 1 <= len(shown) < 4
        assert "damaged from 0." in str(media.warning)


def test_frames_can_be_read_twice(tmp_path: Path) -> None:
    moving(tmp_path / "a.webp", [100, 100])
    with open_media(tmp_path / "a.webp") as media:
        first, second = list(media.frames()), list(media.frames())
    assert [a.pixels.tobytes() for a in first] == [b.pixels.tobytes() for b in second]
