"""Files of no show: photographs of a sort, charts, screenshots, text, sketches, empty frames.

Owns their drawing. Everything is computed: no photograph or font is read.
"""

import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.demo import ink
from framematch.demo.colours import hsv, lighter
from framematch.demo.dice import Dice
from framematch.demo.lettering import write
from framematch.demo.shapes import Point, Shape, box, ellipse, polygon, smooth
from framematch.demo.styles import Style, style_of

#: In the order in which a studio gets them, over and over.
KINDS = (
    *(
        "unknown final",
        "landscape photo",
        "unknown line art",
        "chart",
        "text page",
        "unknown layout",
    ),
    *("screenshot", "black frame", "sketch", "unknown clip", "texture photo", "unknown rough"),
    *("unknown flat", "flat frame", "unknown storyboard", "portrait photo"),
)
#: Kinds that are drawings of a show outside the library.
DRAWN = {
    "unknown final": "final",
    "unknown line art": "line-art",
    "unknown layout": "layout-sheet",
    "unknown clip": "clip",
    "unknown rough": "rough",
    "unknown flat": "flat-colour",
    "unknown storyboard": "storyboard",
}
#: Kinds that are full of letters.
LETTERED = ("chart", "screenshot", "text page")
FORMATS = {
    "landscape photo": ("jpg",),
    "texture photo": ("jpg",),
    "portrait photo": ("jpg", "webp"),
    "chart": ("png", "webp"),
    "screenshot": ("png",),
    "text page": ("tiff", "png"),
    "sketch": ("png", "jpg"),
    "black frame": ("png", "jpg"),
    "flat frame": ("png", "tga"),
}


def draw(kind: str, dice: Dice) -> npt.NDArray[np.uint8]:
    """Return a picture of `kind`, one of `FORMATS`, uint8 (H, W, 3)."""
    if kind == "landscape photo":
        return _landscape(dice)
    if kind == "texture photo":
        return _texture(dice)
    if kind == "portrait photo":
        return _portrait(dice)
    if kind in ("black frame", "flat frame"):
        colour = 0 if kind == "black frame" else hsv(dice.unit(), 0.4, 0.7)
        return np.full((360, 640, 3), [colour >> 16, colour >> 8 & 255, colour & 255], np.uint8)
    width, height = (560, 760) if kind == "text page" else (800, 500)
    surface = ink.blank(width, height)
    canvas = surface.getCanvas()
    ink.paper_sheet(
        canvas, 0xFFFFFF if kind != "sketch" else dice.pick((0xF6F2E6, 0xFFFFFF, 0xECECEA))
    )
    style = style_of(0, 0)
    if kind == "sketch":
        ink.rough(canvas, _vase(dice), dice, 1.8, 0xF6F2E6, 2.4)
    else:
        shapes = {"chart": _chart, "screenshot": _screenshot, "text page": _text}[kind](dice)
        _plain(canvas, shapes, style)
    return ink.pixels(surface)


def _plain(canvas: object, shapes: list[Shape], style: Style) -> None:
    ink.finished(canvas, shapes, style, 0.0)


def noise(
    dice: Dice, height: int, width: int, octaves: int, first: int = 2
) -> npt.NDArray[np.float64]:
    """Return fractal value noise, float (height, width), 0 to 1."""
    random = np.random.default_rng(dice.bits())
    out = np.zeros((height, width))
    for octave in range(octaves):
        n = first << octave
        grid = random.random((n + 1, n + 1)).astype(np.float32)
        layer = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)
        out += np.asarray(layer) / (1 << octave)
    low, high = float(out.min()), float(out.max())
    return (out - low) / ((high - low) or 1.0)


def _rgb(colour: int) -> npt.NDArray[np.float64]:
    return np.array([colour >> 16, colour >> 8 & 255, colour & 255], np.float64)


def _grained(picture: npt.NDArray[np.float64], dice: Dice) -> npt.NDArray[np.uint8]:
    grain = np.random.default_rng(dice.bits()).normal(0, 5, picture.shape[:2])
    return np.clip(picture + grain[:, :, None], 0, 255).astype(np.uint8)


def _landscape(dice: Dice) -> npt.NDArray[np.uint8]:
    height, width = 480, 720
    rows = np.arange(height)[:, None]
    upper, lower = (
        _rgb(hsv(dice.between(0.53, 0.62), 0.5, 0.8)),
        _rgb(hsv(dice.between(0.05, 0.15), 0.2, 0.95)),
    )
    share = (rows / height)[:, :, None]
    picture = upper + (lower - upper) * np.broadcast_to(share, (height, width, 1))
    picture = picture + 50 * (noise(dice, height, width, 5) - 0.4)[:, :, None].clip(0)
    for i in range(4):
        line = height * (0.35 + 0.14 * i) + 110 / (i + 1) * (noise(dice, 1, width, 6)[0] - 0.5)
        ground = _rgb(hsv(0.3 - 0.02 * i, 0.25 + 0.1 * i, 0.6 - 0.12 * i))
        rough = 70 * (noise(dice, height, width, 6, 6) - 0.5)[:, :, None]
        picture = np.where((rows > line)[:, :, None], ground + rough, picture)
    return _grained(picture, dice)


def _texture(dice: Dice) -> npt.NDArray[np.uint8]:
    height, width = 500, 500
    veins = np.abs(np.sin(12 * noise(dice, height, width, 6, 3) + np.linspace(0, 9, width)))
    first, second = _rgb(hsv(dice.unit(), 0.3, 0.85)), _rgb(hsv(dice.unit(), 0.4, 0.35))
    return _grained(first + (second - first) * veins[:, :, None], dice)


def _portrait(dice: Dice) -> npt.NDArray[np.uint8]:
    """Return soft blobs of light before a dark ground, as a lens out of focus gives."""
    height, width = 600, 450
    y, x = np.mgrid[0:height, 0:width]
    picture = np.full((height, width, 3), 24.0) + 40 * noise(dice, height, width, 4)[:, :, None]
    for _ in range(18):
        cx, cy, size = dice.between(0, width), dice.between(0, height), dice.between(20, 110)
        light = _rgb(hsv(dice.unit(), dice.between(0.2, 0.7), 1.0)) * dice.between(0.2, 0.7)
        distance = np.hypot(x - cx, y - cy)
        picture = picture + light * (1 / (1 + np.exp((distance - size) / 4)))[:, :, None]
    return _grained(picture, dice)


def _chart(dice: Dice) -> list[Shape]:
    shapes = write("REVENUE BY REGION", 60, 24, 24, 0x333333)
    for i in range(6):
        y = 440 - i * 64
        shapes.append(Shape(polygon([(60, y), (770, y)], closed=False), pen=1, ink_colour=0xCCCCCC))
        shapes += write(str(i * 20), 22, y - 8, 14, 0x666666)
    hue = dice.unit()
    for i in range(8):
        tall = dice.between(40, 330)
        shapes.append(
            Shape(box(84 + i * 84, 440 - tall, 50, tall), hsv(hue + i * 0.04, 0.6, 0.8), ink=0)
        )
        shapes += write(f"Q{i + 1}", 94 + i * 84, 452, 16, 0x555555)
    line: list[Point] = [(108 + i * 84, dice.between(120, 380)) for i in range(8)]
    return [*shapes, Shape(polygon(line, closed=False), pen=4, ink_colour=0xC0392B)]


def _screenshot(dice: Dice) -> list[Shape]:
    tone = hsv(dice.unit(), 0.25, 0.95)
    shapes = [
        Shape(box(0, 0, 800, 500), lighter(tone, 0.7), ink=0),
        Shape(box(0, 0, 800, 34), 0x3B4252, ink=0),
    ]
    shapes += [
        Shape(ellipse(20 + i * 22, 17, 7, 7), colour, ink=0)
        for i, colour in enumerate((0xE05050, 0xE0B050, 0x60B060))
    ]
    shapes += write("FILE  EDIT  VIEW  HELP", 110, 10, 14, 0xE5E9F0)
    shapes.append(Shape(box(0, 34, 180, 466), lighter(tone, 0.3), ink=0))
    for i in range(11):
        shapes += write(
            dice.pick(("INBOX", "DRAFTS", "SENT", "BILLING", "TEAM", "ARCHIVE")),
            24,
            56 + i * 36,
            13,
            0x2E3440,
        )
        shapes.append(
            Shape(box(200, 50 + i * 40, 580, 34, 5), 0xFFFFFF, pen=1, ink_colour=0xD0D0D8)
        )
        words = " ".join(
            dice.pick(("INVOICE", "RE:", "MEETING", "UPDATE", "Q3", "NOTES", "DELIVERY"))
            for _ in range(4)
        )
        shapes += write(words, 216, 60 + i * 40, 13, 0x4C566A)
    return shapes


def _text(dice: Dice) -> list[Shape]:
    words = (
        "THE",
        "HARBOUR",
        "COMMITTEE",
        "AGREED",
        "THAT",
        "ALL",
        "INVOICES",
        "OF",
        "MARCH",
        "ARE",
        "DUE",
        "WITHIN",
        "DAYS",
    )
    shapes = write("MINUTES OF THE MEETING", 60, 50, 22, 0x222222)
    for i in range(30):
        line = " ".join(dice.pick(words) for _ in range(7))[: dice.whole(24, 42)]
        shapes += write(line, 60, 100 + i * 21, 12, 0x333333)
    return shapes


def _vase(dice: Dice) -> list[Shape]:
    x = dice.between(280, 500)
    side = [(dice.between(24, 90), 440 - i * 40.0) for i in range(6)]
    outline = [(x + w, y) for w, y in side] + [(x - w, y) for w, y in side[::-1]]
    shapes = [Shape(smooth(outline)), Shape(polygon([(60, 440), (740, 430)], closed=False), pen=2)]
    for _ in range(5):
        turn, length = dice.between(-0.9, 0.9), dice.between(80, 150)
        tip = (x + length * math.sin(turn), 240 - length * math.cos(turn))
        shapes.append(Shape(smooth([(x, 240), (x + turn * 20, 200), tip], closed=False), pen=2))
        petals = [
            (tip[0] + r * math.cos(k * 0.63), tip[1] + r * math.sin(k * 0.63))
            for k in range(10)
            for r in ((34, 16)[k % 2],)
        ]
        shapes.append(Shape(smooth(petals)))
    return shapes
