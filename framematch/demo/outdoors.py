"""Places in the country, and sky, ridges and trees for every place under the sky."""

import math

from framematch.demo.colours import darker, lighter, mix
from framematch.demo.dice import Dice
from framematch.demo.scenery import BOTTOM, LEFT, RIGHT, TOP, Layer, Palette, area
from framematch.demo.shapes import Point, Shape, box, ellipse, polygon, smooth


def sky(dice: Dice, palette: Palette, horizon: float = 260.0) -> list[Layer]:
    """Return sky with sun or moon, and clouds or stars."""
    upper, lower = palette.sky
    shapes = [area(box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP), upper, down=lower, ink=0, level=0)]
    x, y = dice.between(60, 580), dice.between(30, 110)
    disc = 0xFFF6D0 if palette.hour != "night" else 0xF0F2FF
    shapes.append(Shape(ellipse(x, y, 60, 60), disc, ink=0, alpha=0.25))
    shapes.append(area(ellipse(x, y, 26, 26), disc, ink=0.6, level=2))
    if palette.hour == "night":
        for _ in range(70):
            size = dice.between(0.6, 1.7)
            star = ellipse(dice.between(LEFT, RIGHT), dice.between(TOP, horizon - 40), size, size)
            shapes.append(area(star, 0xF4F4FF, ink=0, level=2))
    clouds = []
    for _ in range(dice.whole(5, 9)):
        clouds += _cloud(
            dice, dice.between(LEFT, RIGHT), dice.between(-20, horizon * 0.55), lighter(lower, 0.6)
        )
    return [Layer(0.08, (*shapes, *clouds))]


def _cloud(dice: Dice, x: float, y: float, colour: int) -> list[Shape]:
    width, n = dice.between(50, 150), dice.whole(3, 5)
    points: list[Point] = [(x - width / 2, y)]
    for i in range(n):
        points.append((x - width / 2 + width * (i + 0.5) / n, y - dice.between(20, 34)))
        points.append((x - width / 2 + width * (i + 1) / n, y - dice.between(10, 16)))
    points.append((x, y + 6))
    return [area(smooth(points), colour, ink=0.5, level=1)]


def ridge(
    dice: Dice, y: float, swing: float, step: float, colour: int, down: int, sharp: bool = False
) -> Shape:
    """Return a skyline of hills or peaks across the world."""
    points: list[Point] = [(LEFT, BOTTOM)]
    x = LEFT
    while x < RIGHT:
        points.append((x, y - dice.between(0, swing)))
        x += step * dice.between(0.6, 1.4)
        if sharp:
            points.append((x, y + dice.between(-0.3, 0.2) * swing))
            x += step * dice.between(0.3, 0.8)
    points += [(RIGHT, y), (RIGHT, BOTTOM)]
    if sharp:
        return area(polygon(points), colour, down=down, level=0)
    return area(
        smooth([(LEFT - 40, BOTTOM), *points[1:], (RIGHT + 40, BOTTOM)]), colour, down=down, level=0
    )


def tree(dice: Dice, palette: Palette, x: float, y: float, size: float) -> list[Shape]:
    """Return a round or pointed tree that stands on (x, y)."""
    bark = palette.tone(0.07, 0.9, 0.5)
    leaf = palette.tone(0.3 + dice.between(-0.05, 0.08), 1.1, dice.between(0.5, 0.8))
    lean = dice.between(-0.06, 0.06) * size
    trunk = polygon(
        [
            (x - size * 0.06, y),
            (x + size * 0.06, y),
            (x + lean + size * 0.03, y - size * 0.6),
            (x + lean - size * 0.03, y - size * 0.6),
        ]
    )
    shapes = [area(trunk, bark, form=True)]
    if dice.chance(0.4):
        for i in range(3):
            w, top = size * (0.3 - 0.06 * i), y - size * (0.6 + 0.22 * i)
            tier = polygon(
                [
                    (x + lean - w, top + size * 0.26),
                    (x + lean + w, top + size * 0.26),
                    (x + lean, top - size * 0.12),
                ]
            )
            shapes.append(area(tier, leaf, form=True, level=0))
        return shapes
    n = dice.whole(6, 9)
    crown: list[Point] = []
    for i in range(n):
        turn = 2 * math.pi * i / n
        reach = size * dice.between(0.26, 0.4)
        crown.append(
            (x + lean + reach * math.cos(turn), y - size * 0.78 + reach * 0.85 * math.sin(turn))
        )
    shapes.append(area(smooth(crown), leaf, form=True, level=0))
    for _ in range(4):
        cx, cy = x + lean + dice.between(-0.2, 0.2) * size, y - size * dice.between(0.65, 0.95)
        arc = smooth(
            [(cx - size * 0.07, cy), (cx, cy + size * 0.04), (cx + size * 0.07, cy)], closed=False
        )
        shapes.append(Shape(arc, ink=0.5, ink_colour=darker(leaf, 0.4), level=2))
    return shapes


def tufts(dice: Dice, palette: Palette, top: float, n: int, colour: int) -> list[Shape]:
    """Return `n` tufts of grass and stones below `top`."""
    shapes = []
    for _ in range(n):
        x, y = dice.between(LEFT, RIGHT), dice.between(top, 372)
        s = 0.5 + (y - top) / 90
        if dice.chance(0.25):
            stone = smooth(
                [(x - 8 * s, y), (x - 5 * s, y - 6 * s), (x + 4 * s, y - 7 * s), (x + 9 * s, y)]
            )
            shapes.append(area(stone, palette.tone(0.1, 0.2, 0.65), form=True, level=2))
        else:
            blades: list[Point] = [
                (x - 5 * s, y),
                (x - 4 * s, y - 9 * s),
                (x - s, y - 2 * s),
                (x + s, y - 12 * s),
            ]
            blades += [(x + 2 * s, y - 2 * s), (x + 6 * s, y - 8 * s), (x + 5 * s, y)]
            shapes.append(area(polygon(blades), darker(colour, 0.15), ink=0.4, level=2))
    return shapes


def forest(dice: Dice, palette: Palette) -> list[Layer]:
    """Return a clearing between rows of trees, with leaves hanging into the picture."""
    grass = palette.tone(0.3, 0.9, 0.7)
    _, haze = palette.sky
    layers = sky(dice, palette, 200)
    layers.append(Layer(0.2, (ridge(dice, 190, 70, 90, mix(grass, haze, 0.6), haze),)))
    for depth, y, n, size in ((0.4, 236, 16, 120), (0.65, 268, 11, 175)):
        row = [ridge(dice, y + 6, 12, 120, mix(grass, haze, 0.6 - depth * 0.6), grass)]
        for i in range(n):
            x = LEFT + (RIGHT - LEFT) * (i + dice.between(0.1, 0.9)) / n
            row += tree(dice, palette, x, y + 12, size * dice.between(0.75, 1.25))
        layers.append(Layer(depth, tuple(row)))
    ground = [
        ridge(dice, 300, 16, 160, grass, darker(grass, 0.3)),
        *tufts(dice, palette, 308, 46, grass),
    ]
    path = smooth(
        [
            (dice.between(100, 500), 300),
            (dice.between(200, 420), 330),
            (dice.between(80, 300), 440),
            (dice.between(420, 700), 440),
            (dice.between(380, 560), 330),
        ]
    )
    ground.insert(1, area(path, palette.tone(0.09, 0.5, 0.8), ink=0.6))
    layers.append(Layer(1.0, tuple(ground)))
    leaves = [
        area(
            smooth([(x - 70, TOP), (x + 70, TOP), (x + 40, y), (x, y + 16), (x - 44, y - 6)]),
            darker(grass, 0.45),
            ink=0.6,
            level=0,
        )
        for x, y in (
            (LEFT + i * 230 + dice.between(-60, 60), dice.between(0, 56)) for i in range(7)
        )
    ]
    layers.append(Layer(1.3, tuple(leaves)))
    return layers


def hills(dice: Dice, palette: Palette) -> list[Layer]:
    """Return meadows before mountains, with a fence, a windmill or a castle far off."""
    grass = palette.tone(0.28, 0.9, 0.85)
    _, haze = palette.sky
    peak = palette.own(0.05, 0.5, 0.75)
    mountains = ridge(dice, 200, 130, 120, mix(peak, haze, 0.3), haze, sharp=True)
    near = [ridge(dice, 236, 44, 190, mix(grass, haze, 0.3), grass)]
    x = dice.between(80, 560)
    stone = palette.own(0.5, 0.3, 0.9)
    if dice.chance(0.5):
        for i, h in enumerate((70, 110, 60, 90)):
            near.append(area(box(x + i * 26, 224 - h, 24, h + 10), stone, form=True))
            near.append(
                area(
                    polygon(
                        [
                            (x + i * 26 - 4, 224 - h),
                            (x + i * 26 + 12, 196 - h),
                            (x + i * 26 + 28, 224 - h),
                        ]
                    ),
                    palette.own(0.0, 1.1, 0.6),
                    form=True,
                )
            )
    else:
        near.append(
            area(
                polygon([(x - 18, 228), (x + 18, 228), (x + 11, 140), (x - 11, 140)]),
                stone,
                form=True,
            )
        )
        for i in range(4):
            turn = i * math.pi / 2 + 0.4
            tip, side = (
                (x + 62 * math.cos(turn), 140 + 62 * math.sin(turn)),
                (x + 52 * math.cos(turn + 0.25), 140 + 52 * math.sin(turn + 0.25)),
            )
            near.append(area(polygon([(x, 140), tip, side]), lighter(stone, 0.5)))
    field = [
        ridge(dice, 288, 22, 220, grass, darker(grass, 0.25)),
        *tufts(dice, palette, 300, 40, grass),
    ]
    wood = palette.tone(0.08, 0.6, 0.75)
    field += [area(box(LEFT + i * 56, 266, 7, 40), wood, form=True) for i in range(28)]
    field += [area(box(LEFT, y, RIGHT - LEFT, 5), wood, ink=0.7) for y in (274, 288)]
    for _ in range(3):
        field += tree(
            dice, palette, dice.between(LEFT, RIGHT), dice.between(296, 306), dice.between(110, 190)
        )
    return [
        *sky(dice, palette, 190),
        Layer(0.15, (mountains,)),
        Layer(0.45, tuple(near)),
        Layer(1.0, tuple(field)),
    ]
