"""Small scenes and the files that the media tests read, drawn when they are needed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.priority import kept_priority

Pixels = npt.NDArray[np.uint8]
WriteVideo = Callable[..., Path]


def scene(number: int = 0, width: int = 64, height: int = 48) -> Pixels:
    """Return light grey with a red block at the upper left that moves to the right."""
    picture = np.full((height, width, 3), 200, np.uint8)
    left = 4 + number % (width // 2)
    picture[8:20, left : left + 12] = (200, 30, 30)
    return picture


@pytest.fixture(name="scene")
def _scene() -> Callable[..., Pixels]:
    return scene


@pytest.fixture
def decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files decoded in this process, for a test that changes or counts what decoders do."""
    monkeypatch.setenv("FRAMEMATCH_SANDBOX", "off")


@pytest.fixture
def write_video(tmp_path: Path) -> WriteVideo:
    """Return a function that encodes frames losslessly enough to be told apart."""

    def write(
        name: str,
        frames: Sequence[npt.NDArray[Any]] | int,
        *,
        codec: str = "ffv1",
        pixel_format: str | None = None,
        source: str = "rgb24",
        pts: Sequence[int] | None = None,
        time_base: Fraction = Fraction(1, 25),
        container: str | None = None,
        container_options: dict[str, str] | None = None,
        codec_options: dict[str, str] | None = None,
        rotation: tuple[float, bool] | None = None,
        **context: object,
    ) -> Path:
        pictures = [scene(k) for k in range(frames)] if isinstance(frames, int) else list(frames)
        path = tmp_path / name
        chosen = pixel_format or {"ffv1": "bgr0", "libx264rgb": "rgb24"}.get(codec, "yuv420p")
        with (
            kept_priority(),
            av.open(str(path), "w", format=container, options=container_options or {}) as output,
        ):
            stream = output.add_stream(codec, rate=25)
            stream.width, stream.height = _size(pictures[0], source)
            stream.pix_fmt = chosen
            stream.codec_context.options = codec_options or {}
            stream.codec_context.time_base = time_base
            for key, value in context.items():
                setattr(stream.codec_context, key, value)
            if rotation is not None:
                stream.set_display_rotation(rotation[0], hflip=rotation[1])
            for number, picture in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(picture, format=source)
                if source != chosen:
                    frame = frame.reformat(format=chosen)
                frame.pts = number if pts is None else pts[number]
                frame.time_base = time_base
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return write


def _size(picture: npt.NDArray[Any], source: str) -> tuple[int, int]:
    height, width = picture.shape[:2]
    return width, height * 2 // 3 if source.startswith("yuv420p") else height
