"""Drawings to write on, and writing: the demo's strokes, and fonts where there are any."""

import math
from pathlib import Path

import numpy as np
import pytest
import skia
from PIL import Image, ImageDraw, ImageFont

from framematch.demo import ink
from framematch.demo.dice import Dice
from framematch.demo.lettering import text_width, write

Box = tuple[float, float, float, float]

_CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def drawing(width: int = 960, height: int = 600, seed: int = 1) -> np.ndarray:
    """Draw a figure of strokes with hair, eyes, folds, hatching and leaves: no letter anywhere."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), (250, 248, 243))
    pen = ImageDraw.Draw(image)
    grey = (50, 48, 54)
    x, y, size = width * 0.5, height * 0.4, height * 0.2
    pen.ellipse((x - size, y - size, x + size, y + size), outline=grey, width=3)
    for side in (-1, 1):
        ex = x + side * size * 0.4
        pen.ellipse((ex - 20, y - 14, ex + 20, y + 14), outline=grey, width=2)
        pen.ellipse((ex - 8, y - 9, ex + 8, y + 9), fill=grey)
        pen.arc((ex - 30, y - 50, ex + 30, y - 10), 200, 340, grey, 3)
    for _ in range(60):
        turn = rng.uniform(math.pi, 2 * math.pi)
        root = (x + size * math.cos(turn), y + size * math.sin(turn))
        pen.line((*root, root[0] + rng.normal(0, 18), root[1] - rng.uniform(10, 50)), grey, 2)
    for k in range(18):
        left = width * 0.1 + 9 * k
        pen.line((left, height * 0.8, left + 14, height * 0.72), grey, 1)
    for _ in range(50):
        lx, ly = rng.uniform(width * 0.7, width * 0.95), rng.uniform(height * 0.1, height * 0.9)
        reach = rng.uniform(6, 16)
        pen.arc((lx - reach, ly - reach / 2, lx + reach, ly + reach / 2), 180, 360, grey, 2)
        pen.arc((lx - reach, ly - reach / 2, lx + reach, ly + reach / 2), 0, 180, grey, 2)
    pen.line((x, y + size, x, height * 0.95), grey, 3)
    pen.line((x, height * 0.7, x - 90, height * 0.86), grey, 3)
    return np.asarray(image)


def handwritten(
    pixels: np.ndarray, text: str, x: float, y: float, size: float, colour: int = 0xC23A34
) -> tuple[np.ndarray, Box]:
    """Write a line with the demo's own strokes; return the picture and the box as shares."""
    height, width = pixels.shape[:2]
    opaque = np.dstack([pixels, np.full((height, width, 1), 255, np.uint8)])
    surface = ink.blank(width, height)
    canvas = surface.getCanvas()
    canvas.drawImage(skia.Image.fromarray(opaque, skia.kRGBA_8888_ColorType), 0, 0)
    for shape in write(text, x, y, size, colour, size * 0.085, Dice(5, text)):
        canvas.drawPath(shape.path, ink.pen_paint(colour, shape.pen))
    box = (x / width, y / height, text_width(text, size) / width, size / height)
    return ink.pixels(surface), box


def printed(
    pixels: np.ndarray, text: str, x: int, y: int, size: int, colour: tuple[int, int, int]
) -> tuple[np.ndarray, Box]:
    """Write a line in a font of the system; skip where there is none."""
    if not _CJK.exists():
        pytest.skip("wants a font with Chinese, Japanese and Korean: Debian's fonts-noto-cjk")
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(_CJK), size)
    pen.text((x, y), text, fill=colour, font=font)
    left, top, right, lower = pen.textbbox((x, y), text, font=font)
    box = (left / width, top / height, (right - left) / width, (lower - top) / height)
    return np.asarray(image), box


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
