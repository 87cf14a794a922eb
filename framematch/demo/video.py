"""Pictures to video files with libx264; owns the encoder settings."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

Picture = npt.NDArray[np.uint8]


def encode(path: Path, pictures: Iterable[tuple[Picture, int]], fps: int, crf: int = 20) -> None:
    """Write an H.264 video, BT.709, 4:2:0, a key frame every four seconds at least.

    Parameters
    ----------
    path : Path
        File to write; its name ends in ``.mp4``.
    pictures : iterable of (uint8 (H, W, 3), int)
        Picture and the number of frames that it stands; every picture of one even size.
    fps : int
        Frames per second.
    crf : int
        Constant rate factor of x264: 0 is lossless, 51 worst.
    """
    # One thread and no stamps: the same pictures give the same bytes.
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = None
        at = 0
        converter = VideoReformatter()
        for picture, n in pictures:
            if stream is None:
                stream = container.add_stream("libx264", rate=fps)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.thread_count = 1
                context = stream.codec_context
                context.gop_size = 4 * fps
                context.color_primaries = context.color_trc = 1
                context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
                # Macroblock-tree rate control of x264 reads memory that it has not written for
                # widths that are no multiple of 128: its files differ from run to run.
                context.options = {
                    "preset": "veryfast",
                    "crf": str(crf),
                    "x264-params": "mbtree=0",
                }
            frame = converter.reformat(
                av.VideoFrame.from_ndarray(picture, format="rgb24"),
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            for _ in range(n):
                frame.pts = at
                at += 1
                container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
