from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, resized
from PIL import Image

from framematch.hashing import Codes, encode, encode_luma
from framematch.hashing.appearance import encode_luma as encode_appearance
from framematch.media import Look, decode_thumbnail, open_media, thumbnail_of
from framematch.records import Frame

WriteVideo = Callable[..., Path]
Pixels = npt.NDArray[np.uint8]

#: Flat drawings have many coefficients next to the median: film frames differ by 2 bits.
_FEW_BITS = 12


def bits(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> list[int]:
    return [int(each) for each in np.bitwise_count(one ^ other).sum(axis=1)]


def both_ways(path: Path) -> tuple[list[Frame], list[Look]]:
    with open_media(path) as media:
        return list(media.frames(Fraction(5))), list(media.looks(Fraction(5)))


def codes_of(looks: list[Look]) -> Codes:
    return encode_luma(np.stack([look.luma for look in looks]), looks[0].size)


@pytest.mark.parametrize(
    ("context", "size"),
    [
        ({}, (640, 360)),
        ({}, (1280, 720)),
        ({"colorspace": 1, "color_range": 1}, (640, 360)),
        ({"color_range": 2}, (640, 360)),
        ({"color_trc": 16, "color_primaries": 9, "colorspace": 9}, (640, 360)),
        ({"rotation": (90, False)}, (640, 360)),
        ({}, (200, 120)),
    ],
)
def test_codes_of_looks_are_those_of_whole_frames(
    write_video: WriteVideo, context: dict[str, object], size: tuple[int, int]
) -> None:
    pictures = [resized(drawing(seed), *size) for seed in range(6)]
    path = write_video("a.mp4", pictures, codec="libx264", codec_options={"crf": "20"}, **context)
    frames, looks = both_ways(path)
    assert [look.timestamp_s for look in looks] == [frame.timestamp_s for frame in frames]
    whole = encode(np.stack([frame.pixels for frame in frames]))
    small = codes_of(looks)
    assert max(bits(small.appearance, whole.appearance)) <= _FEW_BITS
    assert max(bits(small.structure, whole.structure)) <= 16
    assert np.abs(small.information.astype(int) - whole.information).max() <= 2


@pytest.mark.parametrize("matrix", [1, 5])
def test_thumbnail_of_a_look_has_the_colours_of_the_frame(
    write_video: WriteVideo, matrix: int
) -> None:
    pictures = [resized(drawing(seed), 640, 360) for seed in range(3)]
    path = write_video("a.mp4", pictures, codec="libx264", colorspace=matrix)
    frames, looks = both_ways(path)
    for frame, look in zip(frames, looks, strict=True):
        seen = decode_thumbnail(thumbnail_of(look)).astype(int)
        expected = resized(frame.pixels, 256, 144).astype(int)
        assert np.abs(seen - expected).mean() < 6
        assert np.abs((seen - expected).mean(axis=(0, 1))).max() < 1.5


@pytest.mark.parametrize("size", [(1031, 583), (1153, 649), (2049, 1153), (8193, 4609)])
def test_jpeg_with_sides_that_are_no_multiple_of_the_scale_is_not_stretched(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    # Waves: a shift by a part of a pixel is seen.
    width, height = size
    wave = np.sin(np.arange(width) * (16 * np.pi / width))[None, :] + np.zeros((height, 1))
    wave += np.sin(np.arange(height) * (9 * np.pi / height))[:, None]
    picture = Image.fromarray((128 + 60 * wave).astype(np.uint8)).convert("RGB")
    path = tmp_path / "a.jpg"
    picture.save(path, quality=95)
    with open_media(path) as media:
        look, (luma, _) = next(media.looks()), media.luma()
        frame = next(media.frames())
    for found in (look.luma, luma, frame.pixels[..., 1]):
        expected = picture.getchannel(1).resize(found.shape[::-1], Image.Resampling.HAMMING)
        assert np.abs(found.astype(int) - np.asarray(expected)).mean() < 0.5


def test_looks_of_an_animation_are_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    first, *others = (Image.fromarray(drawing(seed)) for seed in range(3))
    first.save(path, save_all=True, append_images=others, duration=500)
    frames, looks = both_ways(path)
    assert [(look.timestamp_s, look.duration_s) for look in looks] == [
        (frame.timestamp_s, frame.duration_s) for frame in frames
    ]


def photo(path: Path, size: tuple[int, int], **how: object) -> Path:
    image = Image.fromarray(resized(drawing(4), *size))
    image.convert(str(how.pop("mode", "RGB"))).save(path, quality=90, **how)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080), (3000, 2000), (300, 150)])
@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"mode": "L"}, {"mode": "CMYK"}])
def test_jpeg_decoded_small_has_the_codes_of_the_whole(
    tmp_path: Path, size: tuple[int, int], how: dict[str, object]
) -> None:
    with open_media(photo(tmp_path / "a.jpg", size, **how)) as media:
        whole = encode(next(iter(media.frames())).pixels[np.newaxis])
        small = codes_of(list(media.looks()))
        luma, seen_at = media.luma()
    assert bits(small.appearance, whole.appearance)[0] <= _FEW_BITS
    assert bits(small.structure, whole.structure)[0] <= 24
    assert bits(encode_appearance(luma[np.newaxis], seen_at)[0], whole.appearance)[0] <= _FEW_BITS


def test_turned_jpeg_is_upright_when_small(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with open_media(photo(tmp_path / "a.jpg", (800, 500), exif=exif)) as media:
        whole = encode(next(iter(media.frames())).pixels[np.newaxis])
        small = codes_of(list(media.looks()))
    assert bits(small.structure, whole.structure)[0] <= 8


def test_damaged_jpeg_is_kept_and_noted_when_small(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", (800, 500))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with open_media(path) as media:
        assert len(list(media.looks())) == 1
        assert "damaged" in str(media.warning)
