"""Poor re-encodes: what years of re-posting leave of a video. Owns the encoder settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of being encoded badly.

    Attributes
    ----------
    codec, pixel_format : str
        As libav names them.
    width, height : int
        In pixels, whatever the shape of the picture was.
    fps : int
        Frames per second.
    bit_rate : int
        Bits per second, 0 where the options say how good it is.
    options : mapping
        Of the encoder.
    """

    codec: str
    pixel_format: str
    width: int
    height: int
    fps: int
    bit_rate: int
    options: Mapping[str, str]


KINDS: dict[str, Kind] = {
    "mpeg4-160": Kind("mpeg4", "yuv420p", 160, 90, 10, 40_000, {}),
    "mjpeg-128": Kind("mjpeg", "yuvj420p", 128, 72, 8, 0, {"qmin": "24", "qmax": "24"}),
    "x264-crf42": Kind("libx264", "yuv420p", 320, 180, 15, 0, {"crf": "42", "preset": "veryfast"}),
    "mpeg1-4:3": Kind("mpeg1video", "yuv420p", 176, 144, 25, 120_000, {}),
}


def reencode(source: Path, made: Path, kind: str, start_s: float, length_s: float) -> float:
    """Encode a stretch of a video anew, unless `made` is there, and return where it starts.

    Parameters
    ----------
    source, made : Path
        The video, and the Matroska file to write.
    kind : str
        Key of `KINDS`.
    start_s, length_s : float
        Stretch of the source, in seconds.

    Returns
    -------
    float
        Time of the source's frame that is the first of `made`, in seconds: `start_s` at most one
        frame later.
    """
    marker = made.with_suffix(".start")
    if not marker.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text(repr(_encode(source, made, KINDS[kind], start_s, length_s)))
    return float(marker.read_text())


def _encode(source: Path, made: Path, kind: Kind, start_s: float, length_s: float) -> float:
    first_s: float | None = None
    with av.open(str(source)) as given, av.open(str(made), "w") as out:
        video = given.streams.video[0]
        base = video.time_base or Fraction(1, 1000)
        origin = video.start_time or 0
        given.seek(origin + int(start_s / base), stream=video)
        stream = out.add_stream(kind.codec, rate=kind.fps, options=dict(kind.options))
        if not isinstance(stream, av.VideoStream):
            raise TypeError(f"{kind.codec} is no video codec")
        stream.width, stream.height, stream.pix_fmt = kind.width, kind.height, kind.pixel_format
        stream.thread_count = 1
        if kind.bit_rate:
            stream.bit_rate = kind.bit_rate
        written = 0
        for frame in given.decode(video):
            time_s = float(((frame.pts or 0) - origin) * base)
            if time_s < start_s:
                continue
            first_s = time_s if first_s is None else first_s
            if time_s >= first_s + length_s:
                break
            image = Image.fromarray(frame.to_ndarray(format="rgb24"))
            small = image.resize((kind.width, kind.height), Image.Resampling.BOX)
            while written / kind.fps <= time_s - first_s + 1e-6:
                picture = av.VideoFrame.from_ndarray(np.asarray(small), format="rgb24")
                picture = picture.reformat(format=kind.pixel_format)
                picture.pts = written
                out.mux(stream.encode(picture))
                written += 1
        out.mux(stream.encode(None))
    if first_s is None:
        raise SystemExit(f"{source}: nothing to see at {start_s} s")
    return first_s
