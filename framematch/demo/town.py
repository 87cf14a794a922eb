"""Places in town under the sky: street, harbour, rooftops. Owns outlines and layout only."""

from framematch.demo.colours import darker, lighter, mix
from framematch.demo.dice import Dice
from framematch.demo.outdoors import ridge, sky, tree
from framematch.demo.scenery import BOTTOM, LEFT, RIGHT, Layer, Palette, area
from framematch.demo.shapes import Shape, box, ellipse, polygon, smooth


def _house(
    dice: Dice, palette: Palette, x: float, ground: float, width: float, height: float
) -> list[Shape]:
    wall = palette.own(dice.between(-0.25, 0.3), dice.between(0.4, 1.1), dice.between(0.6, 1.0))
    roof = darker(palette.own(0.5, 1.1, 0.7), 0.2)
    top = ground - height
    shapes = [area(box(x, top, width, height), wall, down=darker(wall, 0.2), level=0)]
    peak = dice.between(14, 50)
    kind = dice.pick(("gable", "flat", "slant"))
    if kind == "gable":
        line = [(x - 6, top), (x + width / 2, top - peak), (x + width + 6, top)]
    elif kind == "slant":
        line = [
            (x - 4, top),
            (x - 4, top - peak * 0.4),
            (x + width + 4, top - peak),
            (x + width + 4, top),
        ]
    else:
        line = [(x - 4, top), (x - 4, top - 8), (x + width + 4, top - 8), (x + width + 4, top)]
    shapes.append(area(polygon(line), roof, form=True, level=0))
    glass = 0xFFE08A if palette.dark else palette.tone(0.55, 0.5, 1.0)
    columns, rows = max(int(width // 30), 1), max(int((height - 40) // 36), 1)
    for i in range(columns):
        for j in range(rows):
            if dice.chance(0.14):
                continue
            lit = glass if dice.chance(0.7) else darker(glass, 0.55)
            wx, wy = x + width * (i + 0.5) / columns - 8, top + 12 + j * 36
            shapes.append(area(box(wx, wy, 16, 21, dice.pick((0, 0, 7))), lit, ink=0.6, level=1))
            shapes.append(area(box(wx - 2, wy + 20, 20, 3.5), lighter(wall, 0.5), ink=0.4, level=2))
            cross = polygon([(wx + 8, wy), (wx + 8, wy + 21)], closed=False)
            shapes.append(Shape(cross, ink=0.4, ink_colour=darker(wall, 0.5), level=2))
    door = dice.between(8, max(width - 30, 9))
    shapes.append(area(box(x + door, ground - 36, 20, 36, 4), darker(roof, 0.2), ink=0.7))
    if dice.chance(0.6):
        sign = box(x + width * 0.15, ground - 52, width * 0.6, 12, 2)
        shapes.append(area(sign, palette.own(0.4, 1.3), ink=0.7))
    return shapes


def street(dice: Dice, palette: Palette) -> list[Layer]:
    """Return a row of houses with a skyline behind and lamps before them."""
    _, haze = palette.sky
    far = []
    x = LEFT
    while x < RIGHT:
        w, h = dice.between(26, 60), dice.between(60, 190)
        far.append(
            area(
                box(x, 262 - h, w, h + 20),
                mix(palette.own(0.1, 0.6, 0.75), haze, 0.55),
                ink=0.5,
                level=0,
            )
        )
        x += w * dice.between(0.7, 1.1)
    row: list[Shape] = []
    x = LEFT
    while x < RIGHT:
        w = dice.between(64, 130)
        row += _house(dice, palette, x, 280, w, dice.between(90, 200))
        x += w + dice.pick((0.0, 2.0, 26.0))
    road = palette.tone(0.62, 0.2, 0.55)
    pavement = palette.tone(0.1, 0.2, 0.82)
    ground = [
        area(box(LEFT, 278, RIGHT - LEFT, 26), pavement, level=0),
        area(box(LEFT, 303, RIGHT - LEFT, BOTTOM - 303), road, down=darker(road, 0.25), level=0),
    ]
    for i in range(12):
        dash = polygon(
            [
                (LEFT + i * 130, 338),
                (LEFT + 60 + i * 130, 338),
                (LEFT + 54 + i * 130, 345),
                (LEFT - 8 + i * 130, 345),
            ]
        )
        ground.append(area(dash, lighter(road, 0.6), ink=0.4, level=2))
    things: list[Shape] = []
    for _ in range(dice.whole(3, 5)):
        x = dice.between(LEFT, RIGHT)
        if dice.chance(0.5):
            things += tree(dice, palette, x, 300, dice.between(90, 150))
        else:
            things.append(area(box(x - 2.5, 150, 5, 152), darker(road, 0.4), form=True))
            things.append(
                area(ellipse(x, 146, 11, 13), 0xFFE9A0 if palette.dark else lighter(road, 0.6))
            )
    return [
        *sky(dice, palette),
        Layer(0.3, tuple(far)),
        Layer(0.7, tuple(row)),
        Layer(1.0, (*ground, *things)),
    ]


def harbour(dice: Dice, palette: Palette) -> list[Layer]:
    """Return sea with boats, a headland, and a wooden pier."""
    sea = palette.tone(0.54, 1.2, 0.8)
    land = ridge(dice, 214, 60, 130, palette.tone(0.34, 0.6, 0.6), palette.tone(0.3, 0.5, 0.75))
    tower = dice.between(100, 540)
    light = [
        area(
            polygon([(tower - 13, 210), (tower + 13, 210), (tower + 9, 110), (tower - 9, 110)]),
            palette.tone(0.0, 0.1, 1.1),
            form=True,
        ),
        area(
            polygon([(tower - 12, 170), (tower + 12, 170), (tower + 11, 148), (tower - 11, 148)]),
            palette.tone(0.0, 1.4, 0.85),
            ink=0.6,
        ),
        area(box(tower - 8, 94, 16, 18), 0xFFE9A0, ink=0.7),
        area(
            polygon([(tower - 12, 95), (tower, 80), (tower + 12, 95)]), palette.tone(0.0, 1.4, 0.7)
        ),
    ]
    water = [area(box(LEFT, 212, RIGHT - LEFT, BOTTOM - 212), sea, down=darker(sea, 0.35), level=0)]
    for _ in range(60):
        x, y = dice.between(LEFT, RIGHT), dice.between(220, 330)
        w = 6 + (y - 212) * 0.3
        wave = smooth(
            [(x - w, y), (x - w / 2, y - 2.5), (x, y), (x + w / 2, y - 2.5), (x + w, y)],
            closed=False,
        )
        water.append(Shape(wave, ink=0.5, ink_colour=lighter(sea, 0.5), level=2))
    boats: list[Shape] = []
    for _ in range(dice.whole(2, 4)):
        boats += _boat(
            dice,
            palette,
            dice.between(LEFT + 100, RIGHT - 100),
            dice.between(236, 262),
            dice.between(0.6, 1.3),
        )
    wood = palette.tone(0.08, 0.9, 0.6)
    pier = [area(box(LEFT, 304, RIGHT - LEFT, BOTTOM - 304), wood, down=darker(wood, 0.3), level=0)]
    for i in range(30):
        x = LEFT + i * 50 + dice.between(-6, 6)
        pier.append(
            Shape(
                polygon([(x, 305), (x - 14, BOTTOM)], closed=False),
                ink=0.5,
                ink_colour=darker(wood, 0.5),
                level=1,
            )
        )
    for i in range(9):
        x = LEFT + 60 + i * 165 + dice.between(-30, 30)
        pier.append(area(box(x, 262, 13, 62, 3), darker(wood, 0.25), form=True))
        if dice.chance(0.4):
            s = dice.between(22, 38)
            pier.append(area(box(x + 30, 310 - s, s * 1.2, s), palette.own(0.1, 1, 0.8), form=True))
            pier.append(
                Shape(
                    polygon([(x + 30, 310 - s), (x + 30 + s * 1.2, 310)], closed=False),
                    ink=0.5,
                    level=2,
                )
            )
    return [
        *sky(dice, palette, 210),
        Layer(0.25, (land, *light)),
        Layer(0.5, tuple(water)),
        Layer(0.75, tuple(boats)),
        Layer(1.0, tuple(pier)),
    ]


def _boat(dice: Dice, palette: Palette, x: float, y: float, s: float) -> list[Shape]:
    hull = palette.own(dice.between(-0.2, 0.3), 1.2, 0.8)
    body = polygon(
        [
            (x - 60 * s, y - 16 * s),
            (x + 66 * s, y - 20 * s),
            (x + 46 * s, y + 12 * s),
            (x - 46 * s, y + 12 * s),
        ]
    )
    shapes = [area(box(x - 3 * s, y - 110 * s, 5 * s, 95 * s), palette.tone(0.08, 0.6, 0.5))]
    if dice.chance(0.7):
        sail = smooth([(x + 4 * s, y - 108 * s), (x + 52 * s, y - 34 * s), (x + 4 * s, y - 26 * s)])
        shapes.append(area(sail, palette.own(0.4, 0.4, 1.1), form=True, level=0))
    else:
        shapes.append(
            area(
                box(x - 30 * s, y - 44 * s, 50 * s, 28 * s, 4),
                palette.own(0.5, 0.4, 1.0),
                form=True,
            )
        )
    shapes.append(area(body, hull, form=True, level=0))
    stripe = polygon([(x - 56 * s, y - 8 * s), (x + 60 * s, y - 11 * s)], closed=False)
    return [*shapes, Shape(stripe, ink=0.8, ink_colour=lighter(hull, 0.6), level=2)]


def rooftops(dice: Dice, palette: Palette) -> list[Layer]:
    """Return roofs, chimneys and a parapet high over a town."""
    _, haze = palette.sky
    layers = sky(dice, palette, 220)
    for depth, base, size in ((0.2, 240, 60), (0.45, 290, 95)):
        roofs: list[Shape] = []
        x = LEFT
        while x < RIGHT:
            w, h = size * dice.between(0.7, 1.4), size * dice.between(0.4, 1.5)
            wall = mix(palette.own(dice.between(-0.2, 0.2), 0.7, 0.8), haze, 0.55 - depth)
            roofs.append(area(box(x, base - h, w, h + 150), wall, ink=0.8, level=0))
            roofs.append(
                area(
                    polygon(
                        [
                            (x - 4, base - h),
                            (x + w / 2, base - h - w * dice.between(0.2, 0.7)),
                            (x + w + 4, base - h),
                        ]
                    ),
                    darker(wall, 0.3),
                    form=True,
                    level=0,
                )
            )
            if dice.chance(0.6):
                roofs.append(
                    area(
                        box(x + w * 0.7, base - h - w * 0.45, w * 0.12, w * 0.4),
                        darker(wall, 0.45),
                        ink=0.7,
                    )
                )
            lamp = 0xFFE08A if palette.dark else lighter(wall, 0.4)
            roofs += [
                area(box(x + w * f, base - h + 12, w * 0.16, w * 0.22), lamp, ink=0.5, level=2)
                for f in (0.16, 0.44, 0.7)
            ]
            x += w * dice.between(0.95, 1.3)
        layers.append(Layer(depth, tuple(roofs)))
    tile = palette.own(0.0, 0.9, 0.6)
    top = [area(box(LEFT, 306, RIGHT - LEFT, 140), tile, down=darker(tile, 0.3), level=0)]
    top += [
        area(box(LEFT + i * 48 + 24 * (j % 2), 306 + j * 24, 48, 24, 9), tile, ink=0.5, level=2)
        for j in range(4)
        for i in range(30)
    ]
    top.append(area(box(LEFT, 292, RIGHT - LEFT, 16), lighter(tile, 0.35), form=False, level=0))
    for _ in range(3):
        x, h = dice.between(LEFT, RIGHT), dice.between(60, 120)
        top.append(area(box(x, 306 - h, 44, h), darker(tile, 0.2), form=True, level=0))
        top.append(area(box(x - 5, 300 - h, 54, 12), lighter(tile, 0.2), form=True))
    layers.append(Layer(1.0, tuple(top)))
    return layers
