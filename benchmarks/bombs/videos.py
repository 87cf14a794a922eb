"""Videos whose tables, sizes, clocks or references claim more than there is."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

from benchmarks.bombs.bomb import Bomb, of_bytes

_PACKED = {"preset": "ultrafast", "crf": "51", "g": "100000"}


def _video(
    path: Path,
    width: int,
    height: int,
    n_frames: int,
    *,
    codec: str = "libx264",
    rate: int = 25,
    kind: str | None = None,
) -> None:
    """Write a video of one grey picture that never changes."""
    picture = av.VideoFrame.from_ndarray(np.full((height * 3 // 2, width), 90, np.uint8), "yuv420p")
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, options=_PACKED)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} is no codec of videos")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(n_frames):
            picture.pts = number
            picture.time_base = Fraction(1, rate)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def _long_8k(path: Path) -> None:
    _video(path, 7680, 4320, 500)


def _stream_of(path: Path) -> bytes:
    return path.read_bytes()


def _growing(path: Path) -> None:
    """Write a stream that begins small and goes on as large as its codec can say."""
    small, large = path.with_suffix(".small"), path.with_suffix(".large")
    _video(small, 64, 64, 10, kind="h264")
    _video(large, 16_000, 8_000, 10, kind="h264")
    path.write_bytes(small.read_bytes() + large.read_bytes() + small.read_bytes())
    small.unlink()
    large.unlink()


def _restless(path: Path) -> None:
    """Write a stream whose size changes every few frames."""
    pieces = []
    for number in range(300):
        part = path.with_suffix(".part")
        _video(part, 64 + 16 * (number % 40), 64, 2, kind="h264")
        pieces.append(part.read_bytes())
        part.unlink()
    path.write_bytes(b"".join(pieces))


def _many_frames(path: Path) -> None:
    """Write an endless stream: the same packet again and again."""
    one = path.with_suffix(".one")
    _video(one, 64, 64, 50, kind="mpegts", codec="mpeg2video")
    path.write_bytes(one.read_bytes() * 4000)
    one.unlink()


def _mp4(n_frames: int = 4) -> bytearray:
    out = io.BytesIO()
    picture = av.VideoFrame.from_ndarray(np.full((96, 64), 90, np.uint8), "yuv420p")
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(n_frames):
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return bytearray(out.getvalue())


def _mp4_table(size: int, count: int) -> bytes:
    """Return an MP4 file that says that it has so many samples of one size, in one chunk."""
    data = _mp4()
    place = data.index(b"stsz") + 8
    struct.pack_into(">II", data, place, size, count)
    at = data.index(b"stsc") + 8
    struct.pack_into(">IIII", data, at, 1, 1, count, 1)
    at = data.index(b"stts") + 8
    struct.pack_into(">III", data, at, 1, count, 1)
    return bytes(data)


def _mp4_entries(table: bytes) -> bytes:
    """Return an MP4 file one of whose tables says that it has 4,000 million entries."""
    data = _mp4()
    place = data.index(table) + (12 if table == b"stsz" else 8)
    struct.pack_into(">I", data, place, 0xFFFFFFFF)
    if table == b"stsz":
        struct.pack_into(">I", data, place - 4, 0)
    return bytes(data)


def _mp4_clock() -> bytes:
    """Return an MP4 file with a clock of 4,000 million ticks a second."""
    data = _mp4()
    place = data.index(b"mdhd")
    struct.pack_into(">II", data, place + 16, 0xFFFFFFFF, 0xFFFFFFFF)
    return bytes(data)


def _atom(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def _reference_movie() -> bytes:
    """Return a movie that only says where the movie is."""
    link = b"\0\0\0\0url " + struct.pack(">I", 19) + b"file:///etc/passwd\0"
    described = _atom(b"rmda", _atom(b"rdrf", link))
    brand = _atom(b"ftyp", b"qt  \0\0\0\0qt  ")
    return brand + _atom(b"moov", _atom(b"rmra", described))


def _data_elsewhere() -> bytes:
    """Return a movie whose frames lie in another file, by its data reference."""
    data = _mp4()
    place = data.index(b"dref")
    # The size of everything around it would change: the entry is given another kind and flag.
    struct.pack_into(">I", data, place + 16 + 4, 0)
    data[place + 16 : place + 20] = b"alis"
    return bytes(data)


def _number(value: int) -> bytes:
    return struct.pack(">Q", 1 << 56 | value)


def _element(kind: bytes, data: bytes, claimed: int | None = None) -> bytes:
    return kind + _number(len(data) if claimed is None else claimed) + data


def _matroska(*elements: bytes) -> bytes:
    head = _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"matroska"))
    return head + _element(b"\x18\x53\x80\x67", b"".join(elements))


def _mkv_sizes() -> bytes:
    """Return a Matroska file with a private part of 2 to the 55th bytes."""
    entry = (
        _element(b"\xd7", b"\1") + _element(b"\x83", b"\1") + _element(b"\x86", b"V_MPEG4/ISO/ASP")
    )
    entry += _element(b"\x63\xa2", bytes(100), 1 << 55)
    return _matroska(_element(b"\x16\x54\xae\x6b", _element(b"\xae", entry)))


def _mkv_deep() -> bytes:
    """Return tags within tags, as deep as a megabyte allows."""
    tag = b"\x67\xc8" + _number((1 << 56) - 2)
    return _matroska(_element(b"\x12\x54\xc3\x67", tag * 60_000))


def _avi_claims() -> bytes:
    """Return an AVI file whose header claims everything."""
    header = struct.pack(
        "<IIIIIIIIII", 1, 0xFFFFFFFF, 0, 0x10, 0xFFFFFFFF, 0, 0xFFFF, 0xFFFFFFFF, 0xFFFFFF, 0xFFFFFF
    ) + bytes(16)
    body = b"AVI LIST" + struct.pack("<I", 0x7FFFFFFF) + b"hdrlavih"
    body += struct.pack("<I", len(header)) + header + b"LIST" + struct.pack("<I", 0x7FFFFF00)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + body + b"strl" + bytes(200)


def _y4m(width: int, height: int) -> bytes:
    return b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420\nFRAME\n" % (width, height) + bytes(100)


VIDEOS = (
    Bomb("h264-long-8k", "500 frames of 33 million pixels in some kilobytes", ".mp4", _long_8k),
    Bomb("h264-growing", "64 pixels a side, then 16,000 x 8,000", ".264", _growing),
    Bomb("h264-restless", "300 changes of size", ".264", _restless),
    Bomb("ts-endless", "200,000 frames whose clock starts again", ".ts", _many_frames),
    Bomb(
        "mp4-samples",
        "4,000 million samples of one byte",
        ".mp4",
        of_bytes(lambda: _mp4_table(1, 0xFFFFFFFF)),
        quick=True,
    ),
    Bomb(
        "mp4-samples-100m",
        "100 million samples of one byte",
        ".mp4",
        of_bytes(lambda: _mp4_table(1, 100_000_000)),
        quick=True,
    ),
    *(
        Bomb(
            f"mp4-{name}",
            f"4,000 million entries in {name}",
            ".mp4",
            of_bytes(partial(_mp4_entries, name.encode())),
            quick=True,
        )
        for name in ("stsz", "stts", "stsc", "stco")
    ),
    Bomb(
        "mp4-clock",
        "a clock of 4,000 million ticks a second",
        ".mp4",
        of_bytes(_mp4_clock),
        quick=True,
    ),
    Bomb(
        "mov-reference",
        "a movie that lies elsewhere (rmra)",
        ".mov",
        of_bytes(_reference_movie),
        quick=True,
    ),
    Bomb(
        "mov-data-elsewhere",
        "frames in another file (dref)",
        ".mov",
        of_bytes(_data_elsewhere),
        quick=True,
    ),
    Bomb("mkv-sizes", "a part of 2 to the 55th bytes", ".mkv", of_bytes(_mkv_sizes), quick=True),
    Bomb("mkv-deep", "60,000 tags within tags", ".mkv", of_bytes(_mkv_deep), quick=True),
    Bomb(
        "avi-claims", "4,000 million frames and streams", ".avi", of_bytes(_avi_claims), quick=True
    ),
    Bomb(
        "y4m-claims",
        "100,000 x 100,000 pixels",
        ".y4m",
        of_bytes(lambda: _y4m(100_000, 100_000)),
        quick=True,
    ),
)
