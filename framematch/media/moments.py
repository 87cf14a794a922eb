"""The frame of a file around one moment that comes closest to something, found by seeking.

For holding a picture against the released frame: of a film only what leads up to the moment is
decoded, and only the frames that are given are converted. Times are those of `Media.frames` where a
file's clock runs on without a break; where it does not they may be off, and the caller has to see
to it that the frames are the ones it wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.config import MediaLimits
from framematch.errors import UnreadableMediaError
from framematch.media.closest import SKETCH_SIZE, Closest, Distances, Shown, Sketch
from framematch.media.opening import open_media
from framematch.media.video import VideoMedia
from framematch.media.video_picture import is_plain, to_pixels
from framematch.records import Frame

# Frames that are left out on the way to a moment are those that no other one needs, up to so long
# before it.
_RUN_UP_S = 0.1


def closest_moments(
    path: Path,
    start_s: float,
    end_s: float,
    distances: Distances,
    *,
    limits: MediaLimits | None = None,
    most: int = 600,
) -> list[Closest]:
    """Return the closest frames; see `framematch.media.guarded.closest_moments`."""
    with open_media(path, limits) as media:
        if isinstance(media, VideoMedia):
            return _closest(_moving(media, start_s, end_s, most), distances)
        return _closest(map(_still, media.frames()), distances)


def _sketched(pixels: npt.NDArray[np.uint8]) -> Sketch:
    image = Image.fromarray(pixels).convert("L")
    return np.asarray(image.resize(SKETCH_SIZE, Image.Resampling.BOX))


def _still(frame: Frame) -> Shown:
    return Shown(_sketched(frame.pixels), frame.timestamp_s, lambda: frame)


def _closest(shown: Iterable[Shown], distances: Distances) -> list[Closest]:
    """Return the closest frames; no more frames are held than these, those around and the last."""
    best: list[Closest] = []
    before: Shown | None = None
    for each in shown:
        found = distances(each.sketch)
        best = best or [Closest(np.inf, each, ()) for _ in found]
        for number, distance in enumerate(found):
            known = best[number]
            if distance < known.distance:
                best[number] = Closest(distance, each, () if before is None else (before,))
            elif known.shown is before:
                known.around = (*known.around, each)
        before = each
    return best


def _moving(media: VideoMedia, start_s: float, end_s: float, most: int) -> Iterator[Shown]:
    """Yield the frames of a stretch, decoding from the key frame before it on."""
    container, stream, aspect = media.opened()
    base = stream.time_base or Fraction(1, 1000)
    zero_s = (stream.start_time or 0) * base
    given = False
    try:
        target = int((Fraction(start_s) + zero_s) / base)
        container.seek(max(target, stream.start_time or 0), stream=stream, backward=True)
        for packet in container.demux(stream):
            if packet.pts is not None:
                early = float(packet.pts * base - zero_s) < start_s - _RUN_UP_S
                stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
            for frame in packet.decode():
                most -= 1
                if frame.pts is None or most < 0:
                    return
                shown_s = float(frame.pts * base - zero_s)
                if shown_s > end_s:
                    return
                length_s = float((frame.duration or 0) * base)
                if shown_s + length_s >= start_s:
                    given = True
                    yield _of_video(frame, shown_s, length_s, aspect)
    except (av.FFmpegError, OSError, ValueError) as error:
        if not given:
            raise UnreadableMediaError(
                f"{media.path}: no frame can be looked up at {start_s:.3f} s ({error});"
                " check that it plays"
            ) from error


def _of_video(
    frame: av.VideoFrame, shown_s: float, length_s: float, aspect: Fraction | None
) -> Shown:
    def converted() -> Frame:
        return Frame(to_pixels(frame, aspect), shown_s, length_s)

    if not is_plain(frame):
        whole = converted()
        return Shown(_sketched(whole.pixels), shown_s, lambda: whole)
    width, height = SKETCH_SIZE
    small = frame.reformat(width=width, height=height, format="gray", interpolation="AREA")
    return Shown(small.to_ndarray().astype(np.uint8, copy=False), shown_s, converted)
