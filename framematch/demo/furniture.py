"""Pieces that rooms are furnished with; owns outlines only."""

from framematch.demo.colours import darker
from framematch.demo.dice import Dice
from framematch.demo.scenery import Palette, area
from framematch.demo.shapes import Point, Shape, box, ellipse, polygon, smooth


def window(dice: Dice, palette: Palette, x: float, y: float, w: float, h: float) -> list[Shape]:
    """Return a window with a view."""
    upper, lower = palette.sky
    frame = palette.tone(0.09, 0.4, 1.05)
    glass = box(x, y, w, h, dice.pick((0, 0, 12)))
    hill = smooth(
        [
            (x - 10, y + h),
            (x, y + h * 0.7),
            (x + w * 0.4, y + h * 0.5),
            (x + w, y + h * 0.75),
            (x + w + 10, y + h),
        ]
    )
    return [
        area(box(x - 7, y - 7, w + 14, h + 14, 3), frame, form=True, level=0),
        area(glass, upper, down=lower, ink=0.7),
        Shape(hill, palette.tone(0.33, 0.7, 0.7), ink=0.5, clip=glass, level=2),
        area(box(x + w / 2 - 2, y, 4, h), frame, ink=0.5),
        area(box(x, y + h * 0.45, w, 4), frame, ink=0.5),
    ]


def shelf(dice: Dice, palette: Palette, x: float, y: float, w: float, h: float) -> list[Shape]:
    """Return a shelf full of books."""
    wood = palette.tone(0.07, 0.9, 0.55)
    shapes = [area(box(x, y, w, h), wood, form=True, level=0)]
    rows = max(int(h // 42), 1)
    for row in range(rows):
        top, tall = y + 5 + row * (h - 5) / rows, (h - 5) / rows - 6
        shapes.append(area(box(x + 5, top, w - 10, tall), darker(wood, 0.45), ink=0.6))
        at = x + 8
        while at < x + w - 14:
            book = dice.between(5, 12)
            high = tall * dice.between(0.55, 0.95)
            if dice.chance(0.14):
                shapes.append(
                    area(
                        ellipse(at + 8, top + tall - 8, 8, 8),
                        palette.own(0.5, 1.2),
                        form=True,
                        level=2,
                    )
                )
                at += 20
                continue
            shapes.append(
                area(
                    box(at, top + tall - high, book, high),
                    palette.tone(dice.unit(), 1.1, dice.between(0.5, 1)),
                    ink=0.5,
                    level=2,
                )
            )
            at += book + dice.pick((0.5, 0.5, 7.0))
    return shapes


def picture(dice: Dice, palette: Palette, x: float, y: float) -> list[Shape]:
    """Return a framed picture."""
    w, h = dice.between(38, 76), dice.between(34, 60)
    inner = box(x + 5, y + 5, w - 10, h - 10)
    shapes = [
        area(box(x, y, w, h), palette.tone(0.08, 0.8, 0.5), form=True),
        area(inner, palette.own(0.5, 0.4, 1), ink=0.5),
    ]
    blob = smooth([(x + dice.between(5, w - 5), y + dice.between(5, h - 5)) for _ in range(5)])
    return [*shapes, Shape(blob, palette.tone(dice.unit(), 1.1, 0.8), ink=0.5, clip=inner, level=2)]


def plant(dice: Dice, palette: Palette, x: float, y: float, s: float) -> list[Shape]:
    """Return a potted plant."""
    leaf = palette.tone(0.33, 1, 0.65)
    shapes = []
    for i in range(6):
        dx = (i - 2.5) * 14 * s
        blade: list[Point] = [
            (x - 3 * s, y - 26 * s),
            (x + dx * 0.7 - 6 * s, y - 62 * s),
            (x + dx, y - dice.between(80, 110) * s),
            (x + dx * 0.7 + 6 * s, y - 58 * s),
        ]
        shapes.append(area(smooth(blade), leaf, form=True))
    pot = polygon(
        [(x - 18 * s, y - 32 * s), (x + 18 * s, y - 32 * s), (x + 13 * s, y), (x - 13 * s, y)]
    )
    return [*shapes, area(pot, palette.tone(0.04, 1.1, 0.75), form=True, level=0)]


def table(palette: Palette, x: float, y: float, w: float, h: float) -> list[Shape]:
    """Return a table."""
    wood = palette.tone(0.08, 0.8, 0.7)
    legs = [area(box(x + k, y, 8, h), darker(wood, 0.25), ink=0.8) for k in (8, w - 16)]
    return [*legs, area(box(x, y - 8, w, 11, 3), wood, form=True, level=0)]


def sofa(palette: Palette, x: float, y: float, w: float) -> list[Shape]:
    """Return a sofa."""
    cloth = palette.own(0.45, 1.1, 0.75)
    shapes = [area(box(x, y - 74, w, 70, 18), darker(cloth, 0.12), form=True, level=0)]
    shapes += [
        area(box(x + 10 + i * (w - 20) / 2, y - 44, (w - 20) / 2, 26, 8), cloth, form=True)
        for i in range(2)
    ]
    shapes += [
        area(box(k, y - 54, 24, 52, 11), cloth, form=True, level=0) for k in (x - 8, x + w - 16)
    ]
    return shapes
