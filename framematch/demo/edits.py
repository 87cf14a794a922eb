"""What happens to a finished picture before it leaks: crop, bars, mirror, marks, size."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import skia
from PIL import Image

from framematch.demo import ink
from framematch.demo.dice import Dice
from framematch.demo.lettering import text_width, write
from framematch.demo.shapes import Shape, affine, box, placed

Picture = npt.NDArray[np.uint8]


def apply(picture: Picture, edits: Sequence[str], dice: Dice, clock: str = "") -> Picture:
    """Return `picture`, uint8 (H, W, 3), with `edits` applied in a fixed order.

    Known edits: cropped, mirrored, darkened, watermark, timecode, letterboxed, small. Others (such
    as ``reencoded``) concern the file and leave the pixels alone. `clock` is the text of
    ``timecode``.
    """
    height, width = picture.shape[:2]
    if "cropped" in edits:
        cut = dice.between(0.04, 0.1)
        left, top = round(width * cut * dice.unit()), round(height * cut * dice.unit())
        right, bottom = round(width * (1 - cut)) + left, round(height * (1 - cut)) + top
        picture = resized(picture[top:bottom, left:right], width, height)
    if "mirrored" in edits:
        picture = np.ascontiguousarray(picture[:, ::-1])
    if "darkened" in edits:
        curve = (np.linspace(0, 1, 256) ** dice.between(1.15, 1.5) * 255).round().astype(np.uint8)
        picture = curve[picture]
    if "watermark" in edits:
        picture = marked(picture, _watermark(dice), 0.45)
    if "timecode" in edits:
        picture = marked(picture, _clock(clock), 1.0)
    if "letterboxed" in edits:
        bar = round(height * dice.between(0.08, 0.16))
        picture = np.pad(picture, ((bar, bar), (0, 0), (0, 0)))
    if "small" in edits:
        share = dice.between(0.35, 0.55)
        size = (round(picture.shape[1] * share / 2) * 2, round(picture.shape[0] * share / 2) * 2)
        picture = resized(picture, *size)
    return picture


def resized(picture: Picture, width: int, height: int) -> Picture:
    """Return `picture` at another size, area-averaged."""
    image = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.uint8)


def marked(picture: Picture, shapes: Sequence[Shape], alpha: float) -> Picture:
    """Return `picture` with `shapes` over it; their units are of a frame 360 high."""
    height, width = picture.shape[:2]
    opaque = np.dstack([picture, np.full((height, width, 1), 255, np.uint8)])
    surface = ink.blank(width, height)
    canvas = surface.getCanvas()
    canvas.drawImage(skia.Image.fromarray(opaque, skia.kRGBA_8888_ColorType), 0, 0)
    canvas.scale(height / 360, height / 360)
    for shape in shapes:
        if shape.fill is not None:
            canvas.drawPath(shape.path, ink.fill_paint(shape.fill, alpha))
        if shape.pen:
            canvas.drawPath(shape.path, ink.pen_paint(shape.ink_colour or 0, shape.pen, alpha))
    return ink.pixels(surface)


def _watermark(dice: Dice) -> list[Shape]:
    text = dice.pick(("PREVIEW COPY", "CONFIDENTIAL", "FOR REVIEW ONLY", "SAMPLE 0417"))
    shapes = write(text, -text_width(text, 40) / 2, -20, 40, 0xFFFFFF, 4.5)
    large = placed(shapes, affine(320, 180, 1.0, dice.pick((-24, 0, 18))))
    corner = write("STUDIO OSKAR", 486, 14, 13, 0xFFFFFF, 1.8)
    return [*large, *corner] if dice.chance(0.7) else corner


def _clock(text: str) -> list[Shape]:
    width = text_width(text, 18) + 20
    plate = Shape(box(320 - width / 2, 322, width, 28), 0x0C0C0C, ink=0)
    return [plate, *write(text, 330 - width / 2, 327, 18, 0xF4F4F4, 1.9)]
