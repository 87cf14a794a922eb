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
from framematch.demo.writing import Writing, Written, mirrored, moved
from framematch.demo.writing import marked as with_marks

Picture = npt.NDArray[np.uint8]


def apply(picture: Picture, edits: Sequence[str], dice: Dice, clock: str = "") -> Picture:
    """Return `picture`, uint8 (H, W, 3), with `edits` applied in a fixed order.

    Known edits: cropped, mirrored, darkened, watermark, timecode, letterboxed, small. Others (such
    as ``reencoded``) concern the file and leave the pixels alone. `clock` is the text of
    ``timecode``.
    """
    return apply_written(picture, (), edits, dice, clock)[0]


def apply_written(
    picture: Picture, lines: tuple[Written, ...], edits: Sequence[str], dice: Dice, clock: str = ""
) -> tuple[Picture, tuple[Written, ...]]:
    """Return `picture` as `apply` does, and the lines written on it where they are then."""
    height, width = picture.shape[:2]
    if "cropped" in edits:
        cut = dice.between(0.04, 0.1)
        left, top = round(width * cut * dice.unit()), round(height * cut * dice.unit())
        right, bottom = round(width * (1 - cut)) + left, round(height * (1 - cut)) + top
        picture = resized(picture[top:bottom, left:right], width, height)
        size = (min(right, width) - left) / width, (min(bottom, height) - top) / height
        lines = moved(lines, left / width, top / height, *size)
    if "mirrored" in edits:
        picture, lines = np.ascontiguousarray(picture[:, ::-1]), mirrored(lines)
    if "darkened" in edits:
        curve = (np.linspace(0, 1, 256) ** dice.between(1.15, 1.5) * 255).round().astype(np.uint8)
        picture = curve[picture]
    for mark, alpha in (("watermark", 0.45), ("timecode", 1.0)):
        if mark in edits:
            writing = Writing()
            shapes = _watermark(dice, writing) if mark == "watermark" else _clock(clock, writing)
            picture = marked(picture, shapes, alpha)
            lines = with_marks(lines, writing.on_page(360 * width / height, 360))
    if "letterboxed" in edits:
        bar = round(height * dice.between(0.08, 0.16))
        picture = np.pad(picture, ((bar, bar), (0, 0), (0, 0)))
        lines = moved(lines, 0, -bar / height, 1, 1 + 2 * bar / height)
    if "small" in edits:
        share = dice.between(0.35, 0.55)
        size_px = [round(side * share / 2) * 2 for side in picture.shape[1::-1]]
        picture = resized(picture, *size_px)
    return picture, lines


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


def _watermark(dice: Dice, writing: Writing) -> list[Shape]:
    text = dice.pick(("PREVIEW COPY", "CONFIDENTIAL", "FOR REVIEW ONLY", "SAMPLE 0417"))
    shapes = write(text, -text_width(text, 40) / 2, -20, 40, 0xFFFFFF, 4.5)
    large = placed(shapes, affine(320, 180, 1.0, dice.pick((-24, 0, 18))))
    corner = write("STUDIO OSKAR", 486, 14, 13, 0xFFFFFF, 1.8)
    writing.add(corner, "mark", "STUDIO OSKAR")
    return [*writing.add(large, "mark", text), *corner] if dice.chance(0.7) else corner


def _clock(text: str, writing: Writing) -> list[Shape]:
    width = text_width(text, 18) + 20
    plate = Shape(box(320 - width / 2, 322, width, 28), 0x0C0C0C, ink=0)
    letters = write(text, 330 - width / 2, 327, 18, 0xF4F4F4, 1.9)
    return [plate, *writing.add(letters, "mark", text)]
