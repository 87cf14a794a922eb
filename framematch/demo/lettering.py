"""Handwriting and title lettering from the studio's own strokes; no font is ever loaded.

Owns the layout of a line of text. Knows Latin capitals, digits, some punctuation, the Han
characters of `han` and every Hangul syllable; other characters leave a gap.
"""

from framematch.demo.dice import Dice
from framematch.demo.han import HAN, LATIN
from framematch.demo.hangul import Stroke
from framematch.demo.hangul import strokes as hangul_strokes
from framematch.demo.shapes import Shape, polygon, smooth


def glyph(character: str) -> tuple[list[Stroke], float]:
    """Return the strokes of `character` in a square of side 1 and its advance in that unit."""
    if "가" <= character <= "힣":
        return hangul_strokes(character), 1.12
    if character in HAN:
        return _parsed(HAN[character]), 1.12
    found = LATIN.get(character.upper())
    return ([], 0.5) if found is None else (_parsed(found), 0.82)


def text_width(text: str, size: float) -> float:
    """Return the width of a line in units."""
    return sum(glyph(character)[1] for character in text) * size


def write(
    text: str,
    x: float,
    y: float,
    size: float,
    colour: int,
    pen: float = 0.0,
    dice: Dice | None = None,
) -> list[Shape]:
    """Return the strokes of one line whose upper left corner is (x, y).

    Parameters
    ----------
    text : str
        One line.
    x, y, size : float
        Place and height in units.
    colour : int
        Ink, 0xRRGGBB.
    pen : float
        Stroke width in units; 0 for a tenth of `size`.
    dice : Dice or None
        Makes it handwriting: unsteady strokes and size. ``None`` letters cleanly.
    """
    shapes = []
    for character in text:
        found, advance = glyph(character)
        wobble = 0.0 if dice is None else 0.03
        lift = 0.0 if dice is None else dice.between(-0.06, 0.06)
        slant = 0.0 if dice is None else 0.12
        for stroke in found:
            points = []
            for px, py in stroke:
                dx = 0.0 if dice is None else dice.between(-wobble, wobble)
                dy = 0.0 if dice is None else dice.between(-wobble, wobble)
                points.append(
                    (x + (px + dx + (0.5 - py) * slant) * size, y + (py + dy + lift) * size)
                )
            path = polygon(points, closed=False) if dice is None else smooth(points, closed=False)
            shapes.append(Shape(path, pen=pen or size * 0.1, ink_colour=colour))
        x += advance * size
    return shapes


def _parsed(runs: str) -> list[Stroke]:
    return [
        [((int(run[i]) + 0.5) / 10, (int(run[i + 1]) + 0.5) / 10) for i in range(0, len(run), 2)]
        for run in runs.split()
    ]
