"""Everything with big letters: logo, title cards, credits; and the burst behind a hero."""

import math
from collections.abc import Sequence

from framematch.demo.colours import WHITE, darker, hsv, lighter
from framematch.demo.dice import Dice
from framematch.demo.lettering import text_width, write
from framematch.demo.shapes import Shape, box, ellipse, polygon
from framematch.demo.styles import Style

_VIEW = box(-400, -80, 1440, 520)


def burst(style: Style, number: int, turn: float) -> list[Shape]:
    """Return rays from the middle, turned by `turn` degrees."""
    ground = hsv(style.hue + 0.37 * number, 0.65, 0.9)
    shapes = [Shape(_VIEW, ground, ink=0, level=0)]
    for i in range(12):
        a = math.radians(30 * i + turn)
        b = a + math.radians(13)
        ray = [(320.0, 190.0)] + [
            (320 + 620 * math.cos(k), 190 + 620 * math.sin(k)) for k in (a, b)
        ]
        shapes.append(Shape(polygon(ray), lighter(ground, 0.35), ink=0.4, level=0))
    return [*shapes, Shape(ellipse(320, 190, 130, 130), lighter(ground, 0.6), ink=0.6, level=0)]


def lettered(
    text: str, style: Style, middle: float, top: float, size: float, width: float = 560.0
) -> list[Shape]:
    """Return bold centred letters with a border, no wider than `width` units."""
    size = min(size, size * width / max(text_width(text, size), 1.0))
    x = middle - text_width(text, size) / 2
    border = darker(hsv(style.hue + 0.6, 0.8, 0.5), 0.4)
    face = lighter(hsv(style.hue + 0.1, 0.5, 1.0), 0.35)
    return [
        *write(text, x, top, size, border, size * 0.34),
        *write(text, x, top, size, face, size * 0.17),
    ]


def logo(text: str, style: Style) -> list[Shape]:
    """Return the name of the show, over the upper part of the frame."""
    return lettered(text, style, 320, 26, 62)


def title(text: str, style: Style, seed: int) -> list[Shape]:
    """Return a title card: a pattern that depends on the text, and the text."""
    dice = Dice(seed, "title-card", text)
    ground = darker(hsv(style.hue + dice.unit(), 0.6, 0.6), 0.2)
    shapes = [Shape(_VIEW, ground, ink=0, level=0)]
    for _ in range(26):
        x, y, size = dice.between(-60, 700), dice.between(-20, 380), dice.between(8, 52)
        tone = lighter(ground, dice.between(0.05, 0.25))
        blob = (
            ellipse(x, y, size, size) if dice.chance(0.6) else box(x, y, size * 2, size, size / 4)
        )
        shapes.append(Shape(blob, tone, ink=0, level=0))
    shapes.append(Shape(box(40, 118, 560, 124, 22), darker(ground, 0.45), ink=1, level=0))
    return [*shapes, *lettered(text, style, 320, 154, 52, 500)]


def rolling(lines: Sequence[str], seconds: float) -> list[Shape]:
    """Return credits that roll up over black."""
    shapes = [Shape(_VIEW, 0x08080A, ink=0, level=0)]
    for i, line in enumerate(lines):
        y = 300 + i * 40 - seconds * 70
        if -30 < y < 380:
            shapes += write(line, 320 - text_width(line, 17) / 2, y, 17, WHITE, 1.7)
    return shapes
