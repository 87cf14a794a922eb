"""Decoded video frames to looks.

Owns which frames the short way is right for; the others take the long one, by way of RGB pixels of
working size. Must not read files or keep time.
"""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from framematch.config import THUMBNAIL_SIZE
from framematch.media.downscale import working_size
from framematch.media.look import Look, look_of_pixels, luma_of
from framematch.media.video_picture import (
    display_size,
    has_alpha,
    is_plain,
    luma_weights,
    to_pixels,
)

#: Exact area averages in integers; without the last two the bytes depend on the processor.
_SCALER = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


class Looker:
    """Turns the frames of one video into looks; keeps swscale's tables from one to the next."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def look(
        self,
        frame: VideoFrame,
        sample_aspect: Fraction | None,
        timestamp_s: float,
        duration_s: float,
    ) -> Look:
        """Return the look of a frame."""
        weights = luma_weights(frame)
        if weights is None or not _is_short_way_right(frame):
            return look_of_pixels(to_pixels(frame, sample_aspect), timestamp_s, duration_s)
        full = frame.format.name.startswith("yuvj") or frame.color_range == ColorRange.JPEG
        small = self._scaler.reformat(
            frame,
            *THUMBNAIL_SIZE,
            format="yuv444p",
            interpolation=_SCALER,
            # The same on both sides: the matrix is applied to what comes out.
            src_colorspace=Colorspace.ITU601,
            dst_colorspace=Colorspace.ITU601,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        y, blue, red = (_values(plane) for plane in small.planes)
        width, height = working_size(*display_size(frame, sample_aspect))
        planes = (y, blue, red)
        return Look(
            luma_of(planes, weights), (height, width), timestamp_s, duration_s, planes, weights
        )


def _is_short_way_right(frame: VideoFrame) -> bool:
    """Tell whether a frame is upright, opaque Y'CbCr of standard range and large enough."""
    return (
        frame.width >= THUMBNAIL_SIZE[0]
        and frame.height >= THUMBNAIL_SIZE[1]
        and frame.format.name.startswith("yuv")
        and is_plain(frame)
        and not has_alpha(frame)
    )


def _values(plane: object) -> npt.NDArray[np.uint8]:
    width, height = THUMBNAIL_SIZE
    rows = np.frombuffer(memoryview(plane), np.uint8)  # type: ignore[arg-type]
    return rows.reshape(height, -1)[:, :width]
