"""Decoding only what is needed gives what decoding everything gives, bit for bit."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from framematch.config import DecoderSettings
from framematch.media import open_media
from framematch.media import video as video_module
from framematch.media.sparing import Planner
from framematch.media.ticks import Pace

WriteVideo = Callable[..., Path]
Pixels = npt.NDArray[np.uint8]
Outcome = tuple[list[tuple[float, float, bytes]], str | None]
MILLI = Fraction(1, 1000)


def moving(count: int) -> list[Pixels]:
    """Return blocks of noise that drift, so that every picture is predicted from others."""
    values = np.random.default_rng(7).integers(40, 210, (14, 18, 3), np.uint8)
    wide = np.kron(values, np.ones((12, 12, 1), np.uint8))
    return [np.ascontiguousarray(np.roll(wide, 3 * k, axis=1)[:96, :128]) for k in range(count)]


def outcome(path: Path, fps: Fraction, *, spare: bool) -> Outcome:
    with open_media(path, decoder=DecoderSettings(spare=spare)) as media:
        frames = [(f.timestamp_s, f.duration_s, f.pixels.tobytes()) for f in media.frames(fps)]
        return frames, media.warning


def decoded_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Tell whether sparing gave up on a file and decoded all of it."""
    begun: list[bool] = []
    real = video_module.VideoMedia._timed

    def counted(media: video_module.VideoMedia) -> object:
        begun.append(True)
        return real(media)

    monkeypatch.setenv("FRAMEMATCH_SANDBOX", "off")
    monkeypatch.setattr(video_module.VideoMedia, "_timed", counted)
    outcome(path, Fraction(4), spare=True)
    monkeypatch.undo()
    # Once for the first frame, which tells what the file is.
    return len(begun) > 1


X264 = "libx264"
FAST = {"movflags": "faststart"}
STREAMS = [
    ("a.mp4", X264, {"bf": "3", "g": "24"}),
    ("a.mkv", X264, {"bf": "0", "g": "24"}),
    ("a.mp4", X264, {"bf": "3", "g": "24", "x264-params": "open-gop=1:b-pyramid=normal"}),
    ("a.mkv", X264, {"bf": "2", "g": "250", "x264-params": "slices=4:b-pyramid=none"}),
    ("a.mp4", X264, {"bf": "16", "g": "48", "x264-params": "b-adapt=0"}),
    ("a.mp4", X264, {"g": "9999", "x264-params": "intra-refresh=1"}),
    ("a.mp4", "libx265", {"x265-params": "bframes=4:keyint=24:log-level=none"}),
    ("a.mkv", "libx265", {"x265-params": "bframes=3:keyint=20:open-gop=1:log-level=none"}),
    ("a.webm", "libvpx", {"auto-alt-ref": "1", "lag-in-frames": "12", "g": "24"}),
    ("a.webm", "libvpx-vp9", {"auto-alt-ref": "1", "lag-in-frames": "12", "g": "24"}),
    ("a.mp4", "mpeg4", {"bf": "2", "g": "12"}),
    ("a.mov", "prores_ks", {}),
    ("a.avi", "mpeg4", {"g": "12"}),
    ("a.ts", X264, {"bf": "3", "g": "24"}),
]


@pytest.mark.parametrize(("name", "codec", "options"), STREAMS)
@pytest.mark.parametrize("fps", [Fraction(1), Fraction(4), Fraction(7)])
def test_spared_decoding_gives_the_frames_times_and_lengths_of_whole_decoding(
    write_video: WriteVideo, name: str, codec: str, options: dict[str, str], fps: Fraction
) -> None:
    chosen = "yuv422p10le" if codec == "prores_ks" else None
    path = write_video(name, moving(90), codec=codec, codec_options=options, pixel_format=chosen)
    assert outcome(path, fps, spare=True) == outcome(path, fps, spare=False)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", X264, {"bf": "3", "g": "24"}),
        ("a.mkv", "libx265", {"x265-params": "bframes=4:keyint=24:log-level=none"}),
        ("a.webm", "libvpx-vp9", {"g": "24"}),
        ("a.mp4", "mpeg4", {"bf": "0", "g": "12"}),
    ],
)
def test_spared_decoding_leaves_packets_out(
    write_video: WriteVideo,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    codec: str,
    options: dict[str, str],
) -> None:
    path = write_video(name, moving(90), codec=codec, codec_options=options)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        plan = Planner(stream, Pace(Fraction(1)), Fraction(1, 25))
        needed = [packet for step in plan.steps(packets) for packet in step.packets]
    assert len(needed) < 0.7 * len(packets)
    assert not decoded_whole(path, monkeypatch)


@pytest.mark.parametrize(
    "pts",
    [
        [0, 40, 90, 1000, 1010, 1500, 2750, 2800, 2801, 4000],
        [250, 300, 900, 1100, 1101, 1102, 3000, 3040, 3080, 3500],
    ],
)
def test_spared_decoding_of_variable_frame_rate_keeps_real_times(
    write_video: WriteVideo, pts: list[int]
) -> None:
    path = write_video(
        "a.mkv", moving(10), codec=X264, codec_options={"bf": "2"}, pts=pts, time_base=MILLI
    )
    assert outcome(path, Fraction(4), spare=True) == outcome(path, Fraction(4), spare=False)


def cut_by_copying(source: Path, start_s: float, target: Path) -> Path:
    """Copy the packets of a file from a time on; MP4 then takes the first ones off by edit list."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        stream = whole.streams.video[0]
        copied = part.add_stream_from_template(stream)
        whole.seek(int(start_s / (stream.time_base or 1)), stream=stream)
        for packet in whole.demux(stream):
            if packet.dts is None or packet.pts is None:
                continue
            shift = int(start_s / (stream.time_base or 1))
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = copied
            part.mux(packet)
    return target


@pytest.mark.parametrize("name", ["b.mp4", "b.mkv"])
def test_spared_decoding_of_a_stream_that_begins_before_its_start_gives_the_same(
    write_video: WriteVideo, tmp_path: Path, name: str
) -> None:
    source = write_video("a.mp4", moving(90), codec=X264, codec_options={"bf": "3", "g": "50"})
    path = cut_by_copying(source, 0.5, tmp_path / name)
    assert outcome(path, Fraction(4), spare=True) == outcome(path, Fraction(4), spare=False)


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("mpeg4", {"bf": "0", "g": "12"}),
        ("mpeg4", {"bf": "2", "g": "12"}),
        (X264, {"bf": "2", "g": "12"}),
        ("libx265", {"x265-params": "bframes=2:keyint=24:log-level=none"}),
        ("libvpx-vp9", {"g": "12"}),
        ("libsvtav1", {"preset": "10", "g": "24"}),
    ],
)
def test_spared_decoding_of_a_file_that_marks_every_packet_as_key_gives_the_same(
    write_video: WriteVideo, codec: str, options: dict[str, str]
) -> None:
    path = write_video("a.mp4", moving(60), codec=codec, codec_options=options)
    data = path.read_bytes()
    assert b"stss" in data
    path.write_bytes(data.replace(b"stss", b"free"))
    assert outcome(path, Fraction(1), spare=True) == outcome(path, Fraction(1), spare=False)


def from_second_key_frame(source: Path, target: Path) -> Path:
    """Copy the packets of a file from its second key frame on, with what leads it."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        stream = whole.streams.video[0]
        copied = part.add_stream_from_template(stream)
        keys = 0
        for packet in whole.demux(stream):
            keys += packet.is_keyframe
            if packet.size and keys > 1:
                packet.stream = copied
                part.mux(packet)
    return target


@pytest.mark.parametrize("name", ["b.mp4", "b.mkv"])
@pytest.mark.parametrize(
    "params", ["open-gop=0:radl=3:bframes=4", "open-gop=1:bframes=3:b-adapt=0"]
)
def test_spared_decoding_of_a_stream_that_begins_with_leading_pictures_gives_the_same(
    write_video: WriteVideo, tmp_path: Path, name: str, params: str
) -> None:
    fixed = "keyint=20:min-keyint=20:scenecut=0:log-level=none"
    options = {"x265-params": f"{params}:{fixed}"}
    source = write_video("a.mkv", moving(75), codec="libx265", codec_options=options)
    path = from_second_key_frame(source, tmp_path / name)
    assert outcome(path, Fraction(25), spare=True) == outcome(path, Fraction(25), spare=False)


def encoded(frames: list[Pixels], params: str) -> list[list[bytes]]:
    """Return the H.264 units of every frame; parameter sets stand before key frames."""
    context = av.CodecContext.create(X264, "w")
    context.width, context.height, context.pix_fmt = 128, 96, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    context.options = {"g": "4", "bf": "0", "x264-params": f"annexb=1:repeat-headers=1:{params}"}
    packets = []
    for number, frame in enumerate(frames):
        picture = av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(format="yuv420p")
        picture.pts = number
        packets += context.encode(picture)
    packets += context.encode(None)
    return [re.split(b"\0?\0\0\1", bytes(packet))[1:] for packet in packets]


def kind_of(unit: bytes) -> int:
    return unit[0] & 31


def test_spared_decoding_keeps_parameter_sets_in_packets_that_nothing_else_needs(
    write_video: WriteVideo, tmp_path: Path
) -> None:
    one, other = encoded(moving(31), "qp=20"), encoded(moving(31), "qp=20:chroma-qp-offset=8")
    sps, pps = (next(unit for unit in one[0] if kind_of(unit) == kind) for kind in (7, 8))
    record = b"\1" + sps[1:4] + b"\xff\xe1" + len(sps).to_bytes(2, "big") + sps
    record += b"\1" + len(pps).to_bytes(2, "big") + pps
    template = write_video("a.mp4", moving(4), codec=X264, codec_options={"bf": "0"})
    path = tmp_path / "b.mkv"
    with av.open(str(template)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        stream.codec_context.extradata = record
        spliced = target.add_stream_from_template(stream)
        spliced.codec_context.extradata = record
        for number, units in enumerate(one + other):
            # Only the second stream's first key frame comes with its parameter sets.
            kept = [u for u in units if kind_of(u) in (1, 5) or number == len(one)]
            packet = av.Packet(b"".join(len(unit).to_bytes(4, "big") + unit for unit in kept))
            packet.pts = packet.dts = 40 * number
            packet.duration, packet.time_base = 40, MILLI
            packet.is_keyframe = any(kind_of(unit) == 5 for unit in units)
            packet.stream = spliced
            target.mux(packet)
    assert outcome(path, Fraction(1), spare=True) == outcome(path, Fraction(1), spare=False)


@pytest.mark.parametrize("place", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("bf", ["0", "3"])
def test_damage_in_a_needed_packet_is_noticed_by_spared_decoding_as_by_whole(
    write_video: WriteVideo, place: float, bf: str
) -> None:
    options = {"g": "12", "bf": bf}
    path = write_video(
        "a.mp4", moving(90), codec=X264, codec_options=options, container_options=FAST
    )
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    middle = start + int((len(data) - start) * place)
    data[middle : middle + 800] = bytes(len(data[middle : middle + 800]))
    path.write_bytes(data)
    spared, whole = (
        outcome(path, Fraction(25), spare=True),
        outcome(path, Fraction(25), spare=False),
    )
    assert spared == whole
    assert spared[1] is not None


def test_stream_cut_short_is_noticed_by_spared_decoding(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", moving(90), codec=X264, container_options=FAST)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    spared, whole = outcome(path, Fraction(4), spare=True), outcome(path, Fraction(4), spare=False)
    assert spared == whole
    assert spared[1] is not None


def test_skipped_loop_filter_gives_the_same_times_and_other_pixels(write_video: WriteVideo) -> None:
    path = write_video("a.mp4", moving(50), codec=X264, codec_options={"crf": "38"})
    frames = {}
    for skip in (False, True):
        settings = DecoderSettings(spare=True, skip_loop_filter=skip)
        with open_media(path, decoder=settings) as media:
            frames[skip] = list(media.frames(Fraction(4)))
    assert [f.timestamp_s for f in frames[True]] == [f.timestamp_s for f in frames[False]]
    pairs = zip(frames[True], frames[False], strict=True)
    assert any((one.pixels != other.pixels).any() for one, other in pairs)
