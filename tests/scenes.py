"""Small drawn scenes and files made of them, for the tests of the faces and of ingest."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Pixels = npt.NDArray[np.uint8]

SIZE = (256, 144)
FPS = 8


def scene(seed: int) -> Pixels:
    """Draw a busy flat-colour scene, uint8 (H, W, 3); another seed gives quite another one."""
    dice = np.random.default_rng(seed)
    width, height = SIZE
    picture = Image.new("RGB", SIZE, tuple(int(c) for c in dice.integers(60, 200, 3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = (int(n) for n in dice.integers(-20, (width, height)))
        w, h = (int(n) for n in dice.integers(20, 110, 2))
        colour = tuple(int(c) for c in dice.integers(0, 256, 3))
        if dice.random() < 0.5:
            draw.ellipse((x, y, x + w, y + h), fill=colour, outline=(0, 0, 0), width=2)
        else:
            corners = [(int(x + dx), int(y + dy)) for dx, dy in dice.integers(0, 100, (4, 2))]
            draw.polygon(corners, fill=colour, outline=(0, 0, 0), width=2)
    return np.asarray(picture, dtype=np.uint8).copy()


def write_image(path: Path, pixels: Pixels) -> Path:
    """Save a picture in the format that the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write_video(
    path: Path, scenes: Sequence[Pixels], *, each_s: float = 2.0, codec: str = "mpeg4"
) -> Path:
    """Encode scenes one after another, each held for `each_s` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options={"qscale": "3"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        for pixels in scenes:
            for _ in range(round(each_s * FPS)):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path


def write_library(root: Path) -> Path:
    """Write two shows of two episodes; the openings of a show are alike, the rest is unique.

    Alpha owns scenes 100 (opening), 1, 2 in S01E01 and 3, 4 in S01E02; Beta 200, 11, 12 and 13, 14.
    """
    for name, opening, first in (("Alpha", 100, 1), ("Beta", 200, 11)):
        for episode in (1, 2):
            scenes = [
                scene(opening),
                scene(first + 2 * episode - 2),
                scene(first + 2 * episode - 1),
            ]
            write_video(
                root / name / "Season 01" / f"{name} - S01E{episode:02d} - Title.mp4", scenes
            )
    return root
