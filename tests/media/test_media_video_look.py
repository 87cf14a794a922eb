from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from framematch.media import open_media

WriteVideo = Callable[..., Path]
Pixels = npt.NDArray[np.uint8]


def first(path: Path) -> Pixels:
    with open_media(path) as media:
        frame = next(media.frames())
        assert media.info.width / media.info.height == pytest.approx(
            frame.pixels.shape[1] / frame.pixels.shape[0], rel=0.01
        )
        return frame.pixels


def block_centre(pixels: Pixels) -> tuple[float, float]:
    """Return x and y, as shares of 1, of the red block."""
    rows, columns = np.nonzero(pixels[..., 1] < 100)
    return float(columns.mean() / pixels.shape[1]), float(rows.mean() / pixels.shape[0])


@pytest.mark.parametrize(
    ("degrees", "mirrored", "place"),
    [
        (0, False, (0.15, 0.28)),
        (90, False, (0.28, 0.85)),
        (180, False, (0.85, 0.72)),
        (-90, False, (0.72, 0.15)),
        (0, True, (0.85, 0.28)),
        (180, True, (0.15, 0.72)),
        (90, True, (0.72, 0.85)),
        (-90, True, (0.28, 0.15)),
    ],
)
def test_display_matrix_turns_the_picture_upright(
    write_video: WriteVideo, degrees: int, mirrored: bool, place: tuple[float, float]
) -> None:
    # The block lies at (0.15, 0.28); turns are counter-clockwise, the mirror swaps left and right
    # after.
    path = write_video("a.mp4", 1, codec="libx264", rotation=(degrees, mirrored))
    assert block_centre(first(path)) == pytest.approx(place, abs=0.03)


def test_sample_aspect_ratio_gives_square_pixels(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", 1, codec="libx264", sample_aspect_ratio=Fraction(16, 11))
    with open_media(path) as media:
        assert (media.info.width, media.info.height) == (93, 48)
        assert next(media.frames()).pixels.shape == (48, 93, 3)


def test_sample_aspect_ratio_and_rotation_go_together(write_video: WriteVideo) -> None:
    path = write_video(
        "a.mp4", 1, codec="libx264", sample_aspect_ratio=Fraction(2), rotation=(90, False)
    )
    assert first(path).shape == (128, 48, 3)


def test_absurd_sample_aspect_ratio_is_ignored(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", 1, codec="libx264", sample_aspect_ratio=Fraction(200, 3))
    assert first(path).shape == (48, 64, 3)


def yuv(luma: int, blue: int = 128, red: int = 128) -> Pixels:
    """Return a flat 64 x 48 picture as planar 4:2:0."""
    planes = np.full((72, 64), luma, np.uint8)
    planes[48:60], planes[60:] = blue, red
    return planes


def flat(write_video: WriteVideo, picture: Pixels, **context: int) -> list[int]:
    path = write_video("a.mkv", [picture], pixel_format="yuv420p", source="yuv420p", **context)
    pixels = first(path)
    assert np.ptp(pixels.reshape(-1, 3), axis=0).max() == 0
    return pixels[0, 0].tolist()


LIMITED, FULL = 1, 2
BT709, BT601, BT2020 = 1, 6, 9


def test_limited_range_reaches_black_and_white(write_video: WriteVideo) -> None:
    assert flat(write_video, yuv(235), color_range=LIMITED) == [255, 255, 255]
    assert flat(write_video, yuv(16), color_range=LIMITED) == [0, 0, 0]
    assert flat(write_video, yuv(235)) == [255, 255, 255]


def test_full_range_is_not_stretched(write_video: WriteVideo) -> None:
    assert flat(write_video, yuv(235), color_range=FULL) == [235, 235, 235]
    assert flat(write_video, yuv(16), color_range=FULL) == [16, 16, 16]


@pytest.mark.parametrize(
    ("matrix", "kr", "kb"),
    [(BT709, 0.2126, 0.0722), (BT601, 0.299, 0.114), (BT2020, 0.2627, 0.0593)],
)
def test_matrix_of_the_stream_is_used(
    write_video: WriteVideo, matrix: int, kr: float, kb: float
) -> None:
    y, u, v = (120 - 16) / 219, (90 - 128) / 224, (170 - 128) / 224
    red, blue = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    expected = [255 * red, 255 * green, 255 * blue]
    got = flat(write_video, yuv(120, 90, 170), color_range=LIMITED, colorspace=matrix)
    assert got == pytest.approx(expected, abs=1)


def test_matrix_that_is_not_said_goes_by_size(write_video: WriteVideo) -> None:
    small = flat(write_video, yuv(120, 90, 170))
    planes = np.full((1080, 1280), 120, np.uint8)
    planes[720:900], planes[900:] = 90, 170
    large = flat(write_video, planes)
    assert small == flat(write_video, yuv(120, 90, 170), colorspace=BT601)
    assert large == flat(write_video, yuv(120, 90, 170), colorspace=BT709)
    assert small != large


def ten_bit_grey(signal: float) -> npt.NDArray[np.uint16]:
    planes = np.full((72, 64), 512, np.uint16)
    planes[:48] = round(64 + 876 * signal)
    return planes


PQ, HLG, SDR = 16, 18, 1


def hdr_grey(write_video: WriteVideo, signal: float, transfer: int) -> int:
    path = write_video(
        "a.mkv", [ten_bit_grey(signal)], pixel_format="yuv420p10le", source="yuv420p10le",
        color_trc=transfer, color_primaries=BT2020, colorspace=BT2020, color_range=LIMITED,
    )  # fmt: skip
    red, green, blue = first(path)[0, 0].tolist()
    assert max(red, green, blue) - min(red, green, blue) <= 2
    return int(green)


@pytest.mark.parametrize(
    ("signal", "transfer", "low", "high"),
    [
        # ITU-R BT.2408, table 1: graphics white is 203 cd/m2, 58 % PQ and 75 % HLG; 18 % grey is 38
        # % both.
        (0.58, PQ, 220, 240),
        (0.75, HLG, 220, 240),
        (0.38, PQ, 95, 130),
        (0.38, HLG, 95, 130),
        (0.0, PQ, 0, 1),
        (0.0, HLG, 0, 1),
        (1.0, PQ, 254, 255),
        (1.0, HLG, 254, 255),
    ],
)
def test_hdr_grey_is_as_bright_as_in_an_sdr_picture(
    write_video: WriteVideo, signal: float, transfer: int, low: int, high: int
) -> None:
    assert low <= hdr_grey(write_video, signal, transfer) <= high


def test_wide_gamut_without_hdr_keeps_greys(write_video: WriteVideo) -> None:
    assert hdr_grey(write_video, 0.5, SDR) == pytest.approx(128, abs=1)


def test_wide_gamut_colour_becomes_stronger_in_srgb(write_video: WriteVideo) -> None:
    colours = {"color_range": LIMITED, "colorspace": BT2020}
    wide = flat(write_video, yuv(120, 110, 160), color_primaries=BT2020, **colours)
    narrow = flat(write_video, yuv(120, 110, 160), color_primaries=BT709, **colours)
    assert wide[0] - wide[1] > narrow[0] - narrow[1] + 10


def combed(width: int = 64, height: int = 48) -> list[Pixels]:
    """Return interlaced frames of a bar that moves 4 pixels from field to field."""
    frames = []
    for number in range(6):
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        planes[:height] = 40
        for field in range(2):
            left = 8 + 8 * number + 4 * field
            planes[field:height:2, left : left + 8] = 220
        frames.append(planes)
    return frames


def comb_strength(pixels: Pixels) -> float:
    grey = pixels.mean(axis=2)
    return float(np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).mean())


def test_frames_flagged_as_interlaced_lose_their_combs(write_video: WriteVideo) -> None:
    strengths = {}
    for kind, flags in (("interlaced", "+ildct+ilme"), ("progressive", "0")):
        path = write_video(
            f"{kind}.mkv", combed(), codec="mpeg2video", source="yuv420p",
            codec_options={"flags": flags, "qmin": "1", "qmax": "1", "g": "1"},
        )  # fmt: skip
        with open_media(path) as media:
            frames = list(media.frames())
        assert [round(frame.timestamp_s, 3) for frame in frames] == [0, 0.04, 0.08, 0.12, 0.16, 0.2]
        strengths[kind] = comb_strength(frames[3].pixels)
        bright = np.nonzero(frames[3].pixels.mean(axis=(0, 2)) > 100)[0]
        assert 28 <= bright.min() <= bright.max() <= 46
    assert strengths["progressive"] > 10
    assert strengths["interlaced"] < strengths["progressive"] / 3


@pytest.mark.parametrize(
    ("codec", "pixel_format", "size"),
    [
        ("ffv1", "yuv420p10le", (64, 48)), ("ffv1", "yuv444p", (64, 48)),
        ("ffv1", "gray", (64, 48)), ("ffv1", "yuv444p", (63, 47)),
        ("libvpx-vp9", "yuv420p", (63, 47)), ("ffv1", "bgra", (64, 48)),
        ("ffv1", "gray10le", (64, 48)), ("ffv1", "yuv422p12le", (64, 48)),
        ("ffv1", "yuva420p", (64, 48)), ("ffv1", "yuv410p", (64, 48)),
        ("png", "rgb24", (64, 48)), ("libx264rgb", "rgb24", (64, 48)),
        ("qtrle", "argb", (64, 48)), ("prores_ks", "yuva444p10le", (64, 48)),
    ],
)  # fmt: skip
def test_pixel_format_of_every_kind_keeps_its_levels(
    write_video: WriteVideo, codec: str, pixel_format: str, size: tuple[int, int]
) -> None:
    picture = np.full((size[1], size[0], 3), 60, np.uint8)
    picture[:, size[0] // 2 :] = 200
    name = "a.mov" if codec in ("png", "qtrle", "prores_ks") else "a.mkv"
    pixels = first(write_video(name, [picture], codec=codec, pixel_format=pixel_format))
    assert pixels.shape == picture.shape
    assert pixels[10, 5].tolist() == pytest.approx([60] * 3, abs=5)
    assert pixels[10, -5].tolist() == pytest.approx([200] * 3, abs=5)


def test_transparent_video_lies_over_white(write_video: WriteVideo) -> None:
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[:, :8, 3] = 255
    pixels = first(write_video("a.mkv", [picture], pixel_format="bgra", source="rgba"))
    assert pixels[20, 4].tolist() == [0, 0, 0]
    assert pixels[20, 40].tolist() == [255, 255, 255]


def test_large_video_is_scaled_to_working_size(write_video: WriteVideo) -> None:
    picture = np.full((270, 2048, 3), 200, np.uint8)
    path = write_video("a.mkv", [picture])
    with open_media(path) as media:
        assert (media.info.width, media.info.height) == (2048, 270)
        assert next(media.frames()).pixels.shape == (135, 1024, 3)


def test_still_and_video_of_one_picture_are_scaled_alike(
    write_video: WriteVideo, tmp_path: Path
) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (300, 1500, 3), np.uint8)
    Image.fromarray(picture).save(tmp_path / "a.png")
    with open_media(tmp_path / "a.png") as media:
        still = next(media.frames()).pixels
    assert np.array_equal(still, first(write_video("a.mkv", [picture])))
