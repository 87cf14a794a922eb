"""Places with walls: room, hall, control room. Owns outlines and their layout only."""

from framematch.demo.colours import darker, lighter
from framematch.demo.dice import Dice
from framematch.demo.furniture import picture, plant, shelf, sofa, table, window
from framematch.demo.scenery import BOTTOM, LEFT, RIGHT, TOP, Layer, Palette, area
from framematch.demo.shapes import Point, Shape, box, ellipse, polygon, smooth

_FLOOR = 272.0


def _shell(palette: Palette, wall: int, floor: int) -> list[Shape]:
    width = RIGHT - LEFT
    return [
        area(box(LEFT, TOP, width, _FLOOR - TOP), wall, down=darker(wall, 0.18), ink=0.6, level=0),
        area(
            box(LEFT, _FLOOR, width, BOTTOM - _FLOOR),
            floor,
            down=darker(floor, 0.25),
            ink=0.6,
            level=0,
        ),
        area(box(LEFT, _FLOOR - 10, width, 10), lighter(wall, 0.4), ink=0.6),
    ]


def _boards(floor: int, n: int) -> list[Shape]:
    shapes = []
    for i in range(n):
        x = LEFT + (RIGHT - LEFT) * i / n
        line = polygon([(x, _FLOOR), (320 + (x - 320) * 1.9, BOTTOM)], closed=False)
        shapes.append(Shape(line, ink=0.5, ink_colour=darker(floor, 0.4), level=2))
    return shapes


def room(dice: Dice, palette: Palette) -> list[Layer]:
    """Return a living room or bedroom: window, shelf, pictures, sofa, table, plant, lamp."""
    wall, floor = palette.own(0.0, 0.6, 1.0), palette.tone(0.08, 0.7, 0.7)
    back = _shell(palette, wall, floor) + _boards(floor, 26)
    if dice.chance(0.6):
        for i in range(36):
            strip = box(LEFT + i * 40, TOP, 16, _FLOOR - TOP - 10)
            back.insert(1, area(strip, lighter(wall, 0.18), ink=0.0, level=2))
    spots = dice.shuffled([-340.0, -170.0, 10.0, 180.0, 350.0, 520.0, 690.0, 860.0])
    for i, x in enumerate(spots):
        x += dice.between(-20, 20)
        if i < 2:
            back += window(
                dice, palette, x, dice.between(50, 80), dice.between(90, 125), dice.between(90, 120)
            )
        elif i < 4:
            h = dice.between(120, 200)
            back += shelf(dice, palette, x, _FLOOR - h, dice.between(80, 130), h)
        elif i < 6:
            back += picture(dice, palette, x, dice.between(60, 120)) + picture(
                dice, palette, x + 84, dice.between(60, 120)
            )
        else:
            back += [
                area(box(x, 96, 74, 176), palette.own(0.5, 0.6, 0.7), form=True, level=0),
                area(ellipse(x + 62, 190, 4, 4), 0xE8C860, ink=0.6),
            ]
            back += [
                area(box(x + 14, 112 + k * 78, 46, 60, 4), palette.own(0.5, 0.5, 0.8), ink=0.6)
                for k in range(2)
            ]
    stuff: list[Shape] = []
    rug = ellipse(320 + dice.between(-120, 120), 334, dice.between(150, 230), 34)
    stuff += [area(rug, palette.own(0.5, 0.9, 0.85), ink=0.8, level=1)]
    for i, x in enumerate(dice.shuffled([-280.0, -60.0, 130.0, 330.0, 560.0, 780.0])):
        x += dice.between(-30, 30)
        if i < 2:
            stuff += sofa(palette, x, 318, dice.between(130, 180))
        elif i < 4:
            stuff += plant(dice, palette, x, 314, dice.between(0.8, 1.3))
        else:
            stuff += table(palette, x, 262, dice.between(90, 140), 50)
            stuff += [
                area(box(x + 40, 226, 18, 28, 5), palette.own(0.3, 1.2), form=True),
                area(
                    polygon([(x + 30, 228), (x + 70, 228), (x + 60, 200), (x + 40, 200)]),
                    0xFFE9B0,
                    form=True,
                ),
            ]
    return [Layer(0.7, tuple(back)), Layer(1.0, tuple(stuff))]


def hall(dice: Dice, palette: Palette) -> list[Layer]:
    """Return a school corridor or library hall: arches, columns, lockers, banners."""
    wall, floor = palette.own(0.0, 0.35, 1.05), palette.own(0.5, 0.25, 0.75)
    back = _shell(palette, wall, floor)
    step = dice.between(120, 170)
    x = LEFT
    while x < RIGHT:
        arch = smooth(
            [
                (x + 22, _FLOOR - 10),
                (x + 22, 120),
                (x + step / 2, 56),
                (x + step - 22, 120),
                (x + step - 22, _FLOOR - 10),
            ]
        )
        fill = darker(wall, 0.25)
        back.append(area(arch, fill, down=darker(fill, 0.3), level=0))
        kind = dice.whole(0, 3)
        if kind == 0:
            back += window(dice, palette, x + step / 2 - 26, 110, 52, 110)
        elif kind == 1:
            back += shelf(dice, palette, x + 32, 130, step - 64, _FLOOR - 140)
        elif kind == 2:
            for k in range(3):
                locker = box(x + 30 + k * (step - 60) / 3, 140, (step - 60) / 3, _FLOOR - 150)
                back.append(area(locker, palette.own(0.4, 0.7, 0.8), form=True))
                vent = polygon(
                    [
                        (x + 38 + k * (step - 60) / 3, 158),
                        (x + 22 + (k + 1) * (step - 60) / 3, 158),
                    ],
                    closed=False,
                )
                back.append(Shape(vent, ink=0.6, level=2))
        else:
            back.append(
                area(
                    polygon(
                        [
                            (x + step / 2 - 22, 90),
                            (x + step / 2 + 22, 90),
                            (x + step / 2 + 22, 190),
                            (x + step / 2, 210),
                            (x + step / 2 - 22, 190),
                        ]
                    ),
                    palette.own(0.1, 1.4, 0.75),
                    form=True,
                )
            )
            back.append(
                area(ellipse(x + step / 2, 136, 13, 13), palette.own(0.6, 1, 1), ink=0.6, level=2)
            )
        x += step
    for j, y in enumerate((286, 304, 328, 360)):
        back.append(
            Shape(
                polygon([(LEFT, y), (RIGHT, y)], closed=False),
                ink=0.5,
                ink_colour=darker(floor, 0.3),
                level=2,
            )
        )
        for i in range(30):
            at = LEFT + i * 56 + 28 * (j % 2)
            back.append(
                Shape(
                    polygon([(at, y), (320 + (at - 320) * 1.12, y + 24)], closed=False),
                    ink=0.4,
                    ink_colour=darker(floor, 0.3),
                    level=2,
                )
            )
    columns = []
    for i in range(dice.whole(4, 6)):
        x = LEFT + 120 + i * 250 + dice.between(-50, 50)
        stone = lighter(wall, 0.2)
        columns += [
            area(box(x, TOP, 30, 390), stone, form=True, level=0),
            area(box(x - 8, 292, 46, 24, 4), stone, form=True),
            area(box(x - 8, 20, 46, 16, 4), stone, form=True),
        ]
    return [Layer(0.7, tuple(back)), Layer(1.0, tuple(columns))]


def control_room(dice: Dice, palette: Palette) -> list[Layer]:
    """Return a cockpit or laboratory: big screen, consoles, pipes, lamps."""
    wall, floor = palette.own(0.0, 0.6, 0.5), palette.own(0.05, 0.4, 0.4)
    upper, _ = palette.sky
    back = _shell(palette, wall, floor)
    for i in range(12):
        left = LEFT + i * 120
        back.append(area(box(left + 6, 8, 108, 240, 8), lighter(wall, 0.08), ink=0.6, level=2))
        back += [
            area(ellipse(left + 14 + k * 92, 20, 3, 3), darker(wall, 0.4), ink=0.4, level=2)
            for k in (0, 1)
        ]
    for _ in range(4):
        x, w, h = dice.between(LEFT, RIGHT - 200), dice.between(90, 240), dice.between(70, 140)
        y = dice.between(30, 80)
        screen = box(x, y, w, h, 14)
        back += [
            area(box(x - 9, y - 9, w + 18, h + 18, 18), darker(wall, 0.35), form=True, level=0),
            area(screen, palette.tone(0.5, 1.2, 0.6), down=upper, ink=0.7),
        ]
        for _ in range(6):
            size = dice.between(3, 24)
            planet = ellipse(dice.between(x, x + w), dice.between(y, y + h), size, size)
            back.append(
                Shape(planet, palette.tone(dice.unit(), 1.2, 1.0), ink=0.6, clip=screen, level=2)
            )
        points: list[Point] = [(x + w * i / 8, y + h * dice.between(0.3, 0.8)) for i in range(9)]
        back.append(Shape(polygon(points, closed=False), ink=0.8, ink_colour=0x9CF0D0, clip=screen))
    for _ in range(5):
        y, x = dice.between(-10, 40), dice.between(LEFT, RIGHT)
        back.append(
            area(box(x, y, dice.between(120, 400), 12, 6), palette.own(0.4, 0.9, 0.8), form=True)
        )
    front: list[Shape] = []
    x = LEFT
    while x < RIGHT:
        w = dice.between(110, 180)
        metal = palette.own(0.5, 0.3, 0.8)
        desk = polygon(
            [
                (x, 320),
                (x + 14, 250),
                (x + w - 14, 250),
                (x + w, 320),
                (x + w - 8, 340),
                (x + 8, 340),
            ]
        )
        front.append(area(desk, metal, form=True, level=0))
        for i in range(int(w // 18) - 2):
            for j in range(2):
                lamp = palette.tone(dice.unit(), 1.6, 1.05)
                spot = (x + 24 + i * 18, 264 + j * 18)
                key = (
                    ellipse(*spot, 5, 5)
                    if dice.chance(0.5)
                    else box(spot[0] - 5, spot[1] - 4, 11, 8, 2)
                )
                front.append(area(key, lamp, ink=0.5, level=2))
        if dice.chance(0.5):
            front += [
                area(box(x + w * 0.4, 214, 6, 40), darker(metal, 0.4), ink=0.8),
                area(ellipse(x + w * 0.4 + 3, 210, 9, 9), 0xE05048, form=True),
            ]
        x += w + dice.between(50, 190)
    return [Layer(0.6, tuple(back)), Layer(0.9, tuple(front))]
