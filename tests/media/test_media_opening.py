import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from framematch.config import MediaLimits
from framematch.errors import (
    InputError,
    MediaTooLargeError,
    UnreadableMediaError,
    UnsupportedFormatError,
)
from framematch.media import open_media, sha256_of


def test_import_for_a_picture_leaves_the_video_library_alone(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    script = (
        "import sys; from pathlib import Path; from framematch.media import open_media;"
        "list(open_media(Path(sys.argv[1])).frames()); sys.exit('av' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.png")], check=False)
    assert done.returncode == 0


def test_missing_file_is_unreadable_and_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMediaError, match=r"gone\.png: there is no such file"):
        open_media(tmp_path / "gone.png")


def test_folder_is_unreadable_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMediaError, match="is a folder; name the files in it"):
        open_media(tmp_path)


def test_empty_file_is_unreadable_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with pytest.raises(UnreadableMediaError, match=r"a\.mp4: is empty"):
        open_media(tmp_path / "a.mp4")


def test_device_is_refused_without_reading_it() -> None:
    with pytest.raises(UnsupportedFormatError, match="device or pipe"):
        open_media(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"hello, this is a note about the shot\n", "is text"),
        ("\u7b2c\u4e09\u96c6 \u4fee\u6539".encode() * 700, "is text"),
        (b"#EXTM3U\n#EXTINF:10,\nother.ts\n", "playlist"),
        (b"ffconcat version 1.0\nfile other.mp4\n", "playlist"),
        (b'<?xml version="1.0"?>\n<MPD><BaseURL>x</BaseURL></MPD>', "playlist"),
        (b"%PDF-1.7\n", "pdf file, which holds pictures .* `framematch triage`"),
        (b"PK\x03\x04rest of an archive", "zip file, which holds pictures .* `framematch triage`"),
        (b"7z\xbc\xaf\x27\x1c rest", "7z file, which holds pictures .* `framematch triage`"),
        (b"Rar!\x1a\x07", "unpack it first"),
        (b"wOF2 and so on", "font"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "sound"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIF"),
        (bytes(range(128, 256)) * 4, "in no format that is read here"),
    ],
)
def test_file_that_is_no_picture_is_unsupported_and_told_what_to_do(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "shot.mp4"
    path.write_bytes(content)
    with pytest.raises(UnsupportedFormatError, match=words) as caught:
        open_media(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("length", [3, 12, 40])
def test_picture_cut_in_its_header_is_unreadable(tmp_path: Path, length: int) -> None:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(data.getvalue()[:length])
    with pytest.raises(UnreadableMediaError, match=r"a\.png"), open_media(path) as media:
        list(media.frames())


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_video_cut_in_its_header_is_unreadable(
    tmp_path: Path, write_video: Callable[..., Path], name: str
) -> None:
    path = write_video(name, 5, codec="mpeg4")
    path.write_bytes(path.read_bytes()[:90])
    with pytest.raises(UnreadableMediaError, match=rf"{name}.*get another copy"):
        open_media(path)


def test_format_is_judged_by_content_not_by_name(
    tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.bmp")
    (tmp_path / "a.bmp").rename(tmp_path / "a.mp4")
    with open_media(tmp_path / "a.mp4") as media:
        assert (media.info.kind, media.info.container) == ("image", "bmp")
    write_video("b.mkv", 2).rename(tmp_path / "b.jpg")
    with open_media(tmp_path / "b.jpg") as media:
        assert (media.info.kind, media.info.container) == ("video", "matroska")


def test_playlist_that_points_to_a_real_video_is_not_followed(
    tmp_path: Path, write_video: Callable[..., Path]
) -> None:
    write_video("real.ts", 3, codec="libx264")
    path = tmp_path / "fake.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnsupportedFormatError, match="playlist"):
        open_media(path)


def test_name_that_looks_like_an_address_is_a_local_file(
    tmp_path: Path, write_video: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_video("a.mkv", 2).rename(tmp_path / "concat:a|b")
    monkeypatch.chdir(tmp_path)
    with open_media(Path("concat:a|b")) as media:
        assert len(list(media.frames())) == 2


def test_picture_over_the_pixel_limit_is_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 50)).save(path)
    # Without its data the picture cannot be decoded: only its header says how large it is.
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(MediaTooLargeError, match=r"100 x 50 pixels exceed the limit of 4999"):
        open_media(path, MediaLimits(max_pixels=4999))


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp"])
def test_picture_beyond_pillows_own_limit_opens_under_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    Image.new("L", (100, 50), 90).save(tmp_path / name)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with open_media(tmp_path / name) as media:
        (frame,) = media.frames()
    assert frame.pixels.shape == (50, 100, 3)
    assert Image.MAX_IMAGE_PIXELS == 1000


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("name", ["a.tif", "a.webp"])
def test_picture_that_pillow_itself_refuses_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    Image.new("L", (100, 50), 90).save(tmp_path / name)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    path = tmp_path / name
    with (
        pytest.raises(MediaTooLargeError, match=rf"{name}.*5000 pixels"),
        open_media(path) as media,
    ):
        list(media.frames())


def test_video_over_the_pixel_limit_is_refused(write_video: Callable[..., Path]) -> None:
    path = write_video("a.mkv", 2)
    with pytest.raises(MediaTooLargeError, match="64 x 48 pixels"):
        open_media(path, MediaLimits(max_pixels=64 * 48 - 1))


def test_video_over_the_duration_limit_is_refused(write_video: Callable[..., Path]) -> None:
    path = write_video("a.mkv", 26)
    with pytest.raises(MediaTooLargeError, match="exceed the limit of 1 s"):
        open_media(path, MediaLimits(max_duration_s=1.0))


def test_video_that_hides_its_duration_is_stopped_at_the_limit(
    write_video: Callable[..., Path],
) -> None:
    path = write_video("a.h264", 40, codec="libx264")
    with open_media(path, MediaLimits(max_duration_s=1.0)) as media:
        assert media.info.duration_s is None
        frames = media.frames()
        with pytest.raises(MediaTooLargeError, match="exceed the limit of 1 s"):
            list(frames)


def test_animation_over_the_frame_limit_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("L", (8, 8), 40 * k) for k in range(5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(MediaTooLargeError, match="5 frames exceed the limit of 4"):
        open_media(tmp_path / "a.gif", MediaLimits(max_frames=4))


def test_random_bytes_behind_known_signatures_never_crash(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).integers(0, 256, 600, np.uint8).tobytes()
    starts = [
        b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\x00", b"8BPS\x00\x01", b"BM",
        b"RIFF\x00\x02\x00\x00WEBPVP8 ", b"P6 ", b"\x00\x00\x00\x0cjP  \r\n\x87\n",
        b"\x00\x00\x00\x1cftypavif", b"\x00\x00\x00\x1cftypisom", b"\x1a\x45\xdf\xa3", b"OggS",
        b"RIFF\x00\x02\x00\x00AVI LIST", b"FLV\x01", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3",
        b"YUV4MPEG2 W8 H8\n", b"DKIF", b"\x00\x00\x00\x01\x67", b"\x06\x0e\x2b\x34\x02\x05\x01\x01",
    ]  # fmt: skip
    for number, start in enumerate(starts):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(start + noise)
        with pytest.raises(InputError, match=rf"{number}\.bin"), open_media(path) as media:
            list(media.frames())


@pytest.mark.parametrize(
    "name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.tif", "a.jp2", "a.avif", "a.tga", "a.bmp"]
)
def test_picture_with_flipped_bytes_gives_a_picture_or_a_named_error(
    tmp_path: Path, name: str
) -> None:
    values = np.random.default_rng(11)
    Image.fromarray(values.integers(0, 256, (20, 30, 3), np.uint8)).save(tmp_path / name)
    flip_and_read(tmp_path / name, values)


@pytest.mark.parametrize("name", ["a.mkv", "a.ts", "a.avi", "a.mp4", "a.mxf", "a.flv", "a.mpg"])
def test_video_with_flipped_bytes_gives_frames_or_a_named_error(
    write_video: Callable[..., Path], name: str
) -> None:
    codec = "libx264" if name == "a.flv" else "mpeg2video"
    flip_and_read(write_video(name, 5, codec=codec), np.random.default_rng(12))


def flip_and_read(path: Path, values: np.random.Generator) -> None:
    whole = path.read_bytes()
    limits = MediaLimits(max_pixels=1_000_000, max_duration_s=60.0)
    messages = []
    for _ in range(25):
        data = bytearray(whole)
        for place in values.integers(0, min(len(data), 600), 4):
            data[place] = values.integers(0, 256)
        path.write_bytes(data)
        try:
            with open_media(path, limits) as media:
                times = [frame.timestamp_s for frame in media.frames()]
            assert times == sorted(set(times))
        except InputError as error:
            messages.append(str(error))
    assert all(path.name in message for message in messages)


def test_sha256_of_a_file_is_the_published_digest(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "abc") == expected


def test_sha256_of_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMediaError, match="gone"):
        sha256_of(tmp_path / "gone")
