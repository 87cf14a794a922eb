"""Received copies: finished frames as other hands encode, scale and frame them."""

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

#: Frames on both sides of the one that is encoded as video.
RUN_UP = 4


def _still(pixels: Pixels, kind: str, quality: int) -> Pixels:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, kind, quality=quality)
    return np.asarray(Image.open(data).convert("RGB"))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def _video(frames: Sequence[Pixels], crf: int, rows: int | None = None) -> Pixels:
    """Return the middle one of frames after a pass through x264."""
    height, width = frames[0].shape[:2]
    rows = (rows or height) // 2 * 2
    columns = round(width * rows / height) // 2 * 2
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = columns, rows, "yuv420p"
        stream.time_base = Fraction(1, 24)
        for pixels in frames:
            picture = _resized(pixels, columns, rows)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    data.seek(0)
    with av.open(data, "r") as source:
        decoded = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
    return np.asarray(decoded[len(frames) // 2])


def _levels(pixels: Pixels, gain: float, offset: float, gamma: float = 1.0) -> Pixels:
    light = (pixels / 255.0) ** gamma * 255.0 * gain + offset
    return np.clip(np.rint(light), 0, 255).astype(np.uint8)


def _letterboxed(pixels: Pixels) -> Pixels:
    bar = pixels.shape[0] // 8
    return np.pad(pixels, ((bar, bar), (0, 0), (0, 0)))


def _cropped(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    inner = pixels[round(0.06 * height) : round(0.95 * height), round(0.04 * width) :]
    return _resized(inner, width, height)


#: What may happen to a finished frame on its way, of a run of frames whose middle one it is.
COPIES: dict[str, Callable[[Sequence[Pixels]], Pixels]] = {
    "as it is": lambda run: run[len(run) // 2],
    "jpeg 95": lambda run: _still(run[len(run) // 2], "JPEG", 95),
    "jpeg 75": lambda run: _still(run[len(run) // 2], "JPEG", 75),
    "jpeg 50": lambda run: _still(run[len(run) // 2], "JPEG", 50),
    "webp 60": lambda run: _still(run[len(run) // 2], "WEBP", 60),
    "x264 crf 18": lambda run: _video(run, 18),
    "x264 crf 26": lambda run: _video(run, 26),
    "x264 crf 32": lambda run: _video(run, 32),
    "252 lines and back": lambda run: _resized(
        _video(run, 24, rows=252), run[0].shape[1], run[0].shape[0]
    ),
    "180 lines": lambda run: _video(run, 23, rows=180),
    "levels": lambda run: _still(_levels(run[len(run) // 2], 1.06, -8), "JPEG", 85),
    "limited range": lambda run: _still(_levels(run[len(run) // 2], 219 / 255, 16), "JPEG", 85),
    "gamma 1.15": lambda run: _still(_levels(run[len(run) // 2], 1, 0, 1.15), "JPEG", 85),
    "letterboxed": lambda run: _still(_letterboxed(run[len(run) // 2]), "JPEG", 85),
    "cropped": lambda run: _still(_cropped(run[len(run) // 2]), "JPEG", 85),
}


def save(pixels: Pixels, path: Path) -> None:
    """Write a picture without loss."""
    Image.fromarray(pixels).save(path)
