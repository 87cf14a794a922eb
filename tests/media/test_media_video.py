import gc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av import VideoFrame

from framematch.config import DecoderSettings
from framematch.errors import ConfigError, UnreadableMediaError, UnsupportedFormatError
from framematch.media import open_media
from framematch.media import video as video_module
from framematch.records import Frame

WriteVideo = Callable[..., Path]
Pixels = npt.NDArray[np.uint8]
Opened = tuple[av.container.InputContainer, av.VideoStream]
MILLI = Fraction(1, 1000)


def read(path: Path, fps: Fraction | None = None) -> list[Frame]:
    with open_media(path) as media:
        frames = list(media.frames(fps))
        assert media.warning is None
        return frames


def times(frames: list[Frame]) -> list[float]:
    return [round(frame.timestamp_s, 3) for frame in frames]


def lengths(frames: list[Frame]) -> list[float]:
    return [round(frame.duration_s, 3) for frame in frames]


def test_info_of_a_video_says_what_it_is(write_video: WriteVideo) -> None:
    with open_media(write_video("a.mp4", 50, codec="libx264")) as media:
        info = media.info
    assert (info.kind, info.container, info.codec) == ("video", "mov", "h264")
    assert (info.width, info.height) == (64, 48)
    assert info.duration_s == pytest.approx(2.0)
    assert info.fps == 25


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.mp4", "libx264", None), ("a.mov", "prores_ks", None), ("a.mkv", "ffv1", None),
        ("a.webm", "libvpx", None), ("a.webm", "libvpx-vp9", None), ("a.avi", "mpeg4", None),
        ("a.flv", "libx264", None), ("a.ts", "mpeg2video", None), ("a.mpg", "mpeg2video", None),
        ("a.mxf", "mpeg2video", None), ("a.wmv", "msmpeg4", None), ("a.nut", "ffv1", None),
        ("a.h264", "libx264", None), ("a.m2v", "mpeg2video", None), ("a.ogv", "libvpx", "ogg"),
        ("a.y4m", "wrapped_avframe", None), ("a.ivf", "libvpx", None), ("a.mkv", "libx265", None),
    ],
)  # fmt: skip
def test_container_on_the_allow_list_gives_every_frame_at_its_time(
    write_video: WriteVideo, name: str, codec: str, container: str | None
) -> None:
    chosen = "yuv422p10le" if codec == "prores_ks" else None
    path = write_video(name, 8, codec=codec, container=container, pixel_format=chosen)
    frames = read(path)
    assert times(frames) == [round(k / 25, 3) for k in range(8)]
    red = frames[3].pixels[14, 12].astype(int)
    assert red[0] > red[1] + 80
    assert frames[3].pixels[40, 50].tolist() == pytest.approx([200] * 3, abs=8)


def test_variable_frame_rate_keeps_real_times(write_video: WriteVideo) -> None:
    frames = read(write_video("a.mkv", 4, pts=[0, 40, 1000, 1500], time_base=MILLI))
    assert times(frames) == [0.0, 0.04, 1.0, 1.5]
    assert lengths(frames)[:3] == [0.04, 0.96, 0.5]


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "ffv1"), ("a.ts", "mpeg2video")])
def test_start_offset_is_subtracted(write_video: WriteVideo, name: str, codec: str) -> None:
    path = write_video(name, 4, codec=codec, pts=[250, 251, 252, 253])
    with open_media(path) as media:
        assert media.info.duration_s == pytest.approx(0.16, abs=0.01)
        frames = list(media.frames())
        assert media.warning is None
    assert times(frames) == [0.0, 0.04, 0.08, 0.12]


def test_reordered_frames_come_in_order_of_presentation(
    write_video: WriteVideo, scene: Callable[..., Pixels]
) -> None:
    options = {"bf": "3", "g": "12"}
    frames = read(write_video("a.mp4", 24, codec="libx264", codec_options=options))
    assert times(frames) == [round(k / 25, 3) for k in range(24)]
    starts = [int(np.argmax(frame.pixels[14, :, 1] < 110)) for frame in frames]
    expected = [int(np.argmax(scene(k)[14, :, 1] < 110)) for k in range(24)]
    assert np.abs(np.subtract(starts, expected)).max() <= 1


def test_sampling_gives_the_frame_on_screen_at_each_tick(write_video: WriteVideo) -> None:
    frames = read(write_video("a.mkv", 50), Fraction(2))
    assert times(frames) == [0.0, 0.48, 1.0, 1.48]
    assert lengths(frames) == [0.48, 0.52, 0.48, 0.52]


def test_sampling_gives_a_held_frame_once(write_video: WriteVideo) -> None:
    path = write_video("a.mkv", 3, pts=[0, 100, 2100], time_base=MILLI)
    frames = read(path, Fraction(4))
    assert times(frames) == [0.0, 0.1, 2.1] or times(frames) == [0.0, 0.1]
    assert frames[1].duration_s >= 2.0


@pytest.mark.usefixtures("decoded_here")
def test_sampling_converts_only_the_frames_that_are_given(
    write_video: WriteVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video("a.mkv", 50)
    converted: list[int] = []
    real = video_module.to_pixels

    def counted(frame: av.VideoFrame, aspect: Fraction | None) -> Pixels:
        converted.append(1)
        return real(frame, aspect)

    monkeypatch.setattr(video_module, "to_pixels", counted)
    assert len(read(path, Fraction(2))) == len(converted) == 4


def test_sampling_rate_of_zero_is_refused(write_video: WriteVideo) -> None:
    with open_media(write_video("a.mkv", 2)) as media, pytest.raises(ConfigError):
        list(media.frames(Fraction(0)))


@pytest.mark.parametrize("fps", [None, Fraction(2)])
def test_video_of_one_frame_gives_that_frame(write_video: WriteVideo, fps: Fraction | None) -> None:
    frames = read(write_video("a.mp4", 1, codec="libx264"), fps)
    assert times(frames) == [0.0]
    assert lengths(frames) == [0.04]


def test_frames_can_be_read_twice_and_come_out_the_same(write_video: WriteVideo) -> None:
    with open_media(write_video("a.mp4", 10, codec="libx264")) as media:
        first, second = list(media.frames()), list(media.frames())
    assert times(first) == times(second)
    assert [a.pixels.tobytes() for a in first] == [b.pixels.tobytes() for b in second]


def test_sound_without_video_is_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(UnsupportedFormatError, match=r"a\.m4a: has no video stream"):
        open_media(path)


def test_cover_picture_is_not_a_video(tmp_path: Path, scene: Callable[..., Pixels]) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 320, 240, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        small = output.add_stream("libx264", rate=25)
        small.width, small.height, small.pix_fmt = 64, 48, "yuv420p"
        picture = av.VideoFrame.from_ndarray(scene(0, 320, 240))
        output.mux(cover.encode(picture.reformat(format="yuvj420p")))
        output.mux(cover.encode(None))
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(scene(number)).reformat(format="yuv420p")
            output.mux(small.encode(frame))
        output.mux(small.encode(None))
    with open_media(path) as media:
        assert (media.info.codec, media.info.width) == ("h264", 64)
        assert len(list(media.frames())) == 3


def noisy(count: int) -> list[Pixels]:
    values = np.random.default_rng(5)
    return [values.integers(60, 190, (96, 128, 3), np.uint8) for _ in range(count)]


FAST = {"movflags": "faststart"}


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [("a.mp4", "libx264", FAST), ("a.mkv", "ffv1", {}), ("a.avi", "mpeg4", {})],
)
def test_truncated_video_gives_the_frames_before_the_break_and_warns(
    write_video: WriteVideo, name: str, codec: str, options: dict[str, str]
) -> None:
    path = write_video(name, noisy(40), codec=codec, container_options=options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_media(path) as media:
        frames = list(media.frames())
        assert media.warning is not None
    assert 3 <= len(frames) < 38
    assert times(frames) == [round(k / 25, 3) for k in range(len(frames))]
    assert "damaged at 0." in media.warning or "cut short: the pictures end at 0." in media.warning


def test_damage_in_the_middle_costs_only_what_is_damaged(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", noisy(60), codec="libx264", codec_options={"g": "10", "bf": "0"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 6000] = bytes(6000)
    path.write_bytes(data)
    with open_media(path) as media:
        frames = list(media.frames())
        assert "damaged at 1." in str(media.warning)
    assert 40 <= len(frames) < 60
    assert frames[-1].timestamp_s == pytest.approx(59 / 25)


@pytest.mark.usefixtures("decoded_here")
@pytest.mark.parametrize("count", [1, 2, 5])
def test_damaged_video_comes_out_the_same_for_every_number_of_threads(
    write_video: WriteVideo, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    path = write_video("a.mp4", noisy(40), codec="libx264", container_options=FAST)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    def outcome() -> tuple[list[bytes], str | None]:
        with open_media(path) as media:
            return [frame.pixels.tobytes() for frame in media.frames()], media.warning

    expected = outcome()
    assert expected[1] is not None
    real = video_module.VideoMedia._open

    def limited(media: video_module.VideoMedia, *, threads: bool) -> Opened:
        container, stream = real(media, threads=threads)
        stream.thread_count = count if threads else 1
        return container, stream

    monkeypatch.setattr(video_module.VideoMedia, "_open", limited)
    assert outcome() == expected


def test_video_without_its_index_is_unreadable(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", noisy(5), codec="libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableMediaError, match="get another copy"):
        open_media(path)


def test_video_whose_pictures_are_all_lost_is_unreadable(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", noisy(5), codec="libx264", container_options=FAST)
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + bytes(len(data) - start))
    with pytest.raises(UnreadableMediaError, match="nothing could be decoded"):
        open_media(path)


@pytest.mark.usefixtures("decoded_here")
def test_undamaged_video_is_decoded_once(
    write_video: WriteVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []
    real = video_module.VideoMedia._open

    def counted(media: video_module.VideoMedia, *, threads: bool) -> Opened:
        opened.append(threads)
        return real(media, threads=threads)

    monkeypatch.setattr(video_module.VideoMedia, "_open", counted)
    for name, codec in (("a.mp4", "libx264"), ("b.webm", "libvpx-vp9"), ("c.ts", "mpeg2video")):
        opened.clear()
        read(write_video(name, 30, codec=codec))
        assert opened == [True]


def test_frames_are_let_go_of_without_a_collection_of_garbage(
    write_video: WriteVideo, scene: Callable[..., Pixels]
) -> None:
    path = write_video("a.mp4", [scene(number, 320, 192) for number in range(40)], codec="libx264")
    gc.collect()
    gc.disable()
    try:
        with open_media(path, decoder=DecoderSettings(spare=True)) as media:
            assert sum(1 for _ in media.looks(Fraction(25), 1)) > 20
        with open_media(path) as media:
            assert sum(1 for _ in media.frames()) == 40
        assert sum(isinstance(one, VideoFrame) for one in gc.get_objects()) <= 2
    finally:
        gc.enable()
