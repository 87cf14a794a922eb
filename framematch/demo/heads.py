"""Outlines of a head: face, eyes, mouth, hair, hats; owns no body.

Coordinates are half head heights around the middle of the head, y down; `turn` (-1 to 1) slides the
features to the side the character faces.
"""

from framematch.demo.cast import Design
from framematch.demo.colours import BLACK, WHITE, darker, lighter
from framematch.demo.poses import Expression
from framematch.demo.shapes import Point, Shape, box, ellipse, polygon, smooth
from framematch.demo.styles import Style

_LINE = 0x2A1A1E


def behind(design: Design) -> list[Shape]:
    """Return the hair and ears behind the head."""
    w = design.head_width
    hair = design.hair
    cuts: dict[str, list[Point]] = {
        "bob": [
            (-w * 1.15, -0.5),
            (0, -1.2),
            (w * 1.15, -0.5),
            (w * 1.25, 0.75),
            (0, 0.9),
            (-w * 1.25, 0.75),
        ],
        "long": [
            (-w * 1.1, -0.6),
            (0, -1.2),
            (w * 1.1, -0.6),
            (w * 1.3, 1.0),
            (w * 1.05, 2.1),
            (0, 1.9),
            (-w * 1.05, 2.1),
            (-w * 1.3, 1.0),
        ],
        "curly": [
            (-w * 1.3, 0.3),
            (-w * 1.2, -0.6),
            (-w * 0.6, -1.25),
            (0, -1.15),
            (w * 0.6, -1.3),
            (w * 1.25, -0.6),
            (w * 1.3, 0.3),
            (w * 0.9, 0.6),
            (-w * 0.9, 0.6),
        ],
    }
    shapes = []
    if design.hair_cut in cuts:
        shapes.append(Shape(smooth(cuts[design.hair_cut]), darker(hair, 0.15), form=True, level=0))
    if design.hair_cut == "bun":
        shapes.append(Shape(ellipse(0, -1.25, 0.45, 0.42), hair, form=True, level=0))
    if design.hair_cut == "tails":
        for side in (-1, 1):
            tail = [
                (side * w, -0.5),
                (side * w * 1.7, -0.7),
                (side * w * 1.9, 0.6),
                (side * w * 1.5, 1.3),
            ]
            tail += [(side * w * 1.35, 0.5)]
            shapes.append(Shape(smooth(tail), hair, form=True, level=0))
    for side in (-1, 1):
        shapes += _ear(design, side)
    return shapes


def _ear(design: Design, side: int) -> list[Shape]:
    w, skin = design.head_width, design.skin
    x = side * w
    if design.kind == "cat":
        outer = polygon([(x * 0.95, -0.35), (x * 0.9, -1.35), (x * 0.2, -0.85)])
        inner = polygon([(x * 0.85, -0.6), (x * 0.82, -1.1), (x * 0.45, -0.85)])
    elif design.kind == "bear":
        outer, inner = ellipse(x * 0.75, -0.8, 0.34, 0.34), ellipse(x * 0.75, -0.8, 0.17, 0.17)
    elif design.kind == "rabbit":
        outer, inner = ellipse(x * 0.5, -1.6, 0.22, 0.8), ellipse(x * 0.5, -1.55, 0.1, 0.55)
    elif design.kind == "robot":
        return [Shape(box(x - 0.15, -0.2, 0.3, 0.5, 0.06), darker(skin, 0.3), form=True)]
    else:
        return [Shape(ellipse(x * 0.98, 0.12, 0.16, 0.24), skin, form=True)]
    return [
        Shape(outer, skin, form=True, level=0),
        Shape(inner, lighter(darker(skin, 0.3), 0.1), ink=0.5, level=2),
    ]


def skull(design: Design) -> Shape:
    """Return the outline of the head."""
    w, jaw = design.head_width, design.jaw
    if design.kind == "robot":
        return Shape(box(-w, -0.9, 2 * w, 1.8, 0.3), design.skin, form=True, level=0)
    if design.kind in ("cat", "bear", "rabbit"):
        points = [(0, -1.0), (w * 0.8, -0.7), (w * 1.05, 0.1), (w * 0.75, 0.8), (0, 1.0)]
    else:
        points = [(0, -1.0), (w * 0.75, -0.78), (w, -0.1), (w * 0.92, 0.35), (jaw, 0.82), (0, 1.0)]
    points += [(-x, y) for x, y in points[-2:0:-1]]
    return Shape(smooth(points), design.skin, form=True, level=0)


def features(design: Design, style: Style, face: Expression, turn: float) -> list[Shape]:
    """Return eyes, brows, nose, mouth and cheeks."""
    shift = 0.3 * turn
    shapes: list[Shape] = []
    if design.kind in ("cat", "bear", "rabbit"):
        muzzle = ellipse(shift * 1.2, 0.5, 0.48, 0.36)
        shapes.append(Shape(muzzle, lighter(design.skin, 0.45), ink=0.5))
    for side in (-1, 1):
        x = side * 0.42 * design.head_width**0.5 * (1 - 0.18 * side * turn) + shift
        shapes += _eye(design, style, face, x, side)
        shapes.append(_brow(design, face, x, side, style))
    shapes += _nose(design, style, shift)
    if style.family == "soft" or (design.kind == "person" and style.eyes == "bead"):
        for side in (-1, 1):
            cheek = ellipse(side * 0.6 * design.head_width + shift, 0.38, 0.17, 0.11)
            shapes.append(Shape(cheek, 0xF08080, ink=0, alpha=0.35, level=2))
    shapes += _mouth(face, shift * 1.2, 0.64 if design.kind != "person" else 0.58)
    return shapes


def _eye(design: Design, style: Style, face: Expression, x: float, side: int) -> list[Shape]:
    y, tall, wide = 0.04, 0.25, 0.2
    if style.eyes == "big":
        y, tall, wide = 0.14, 0.3, 0.24
    elif style.eyes == "round":
        tall = wide = 0.3
    elif style.eyes == "bead":
        tall, wide = 0.15, 0.12
    if face.eyes < 0.15:
        lid = [(x - wide, y), (x, y + tall * 0.35), (x + wide, y)]
        return [Shape(smooth(lid, closed=False), pen=0.08, ink_colour=_LINE)]
    tall *= 0.35 + 0.65 * face.eyes
    px, py = x + face.look_x * wide * 0.4, y + face.look_y * tall * 0.4
    glint = Shape(
        ellipse(px + 0.25 * wide, py - 0.4 * tall, 0.22 * wide, 0.2 * tall), WHITE, ink=0, level=2
    )
    if style.eyes == "bead":
        return [Shape(ellipse(px, y, wide, tall), 0x1C1418, ink=0.3), glint]
    if style.eyes == "round":
        pupil = ellipse(px, py, wide * 0.36, min(wide * 0.36, tall))
        return [
            Shape(ellipse(x, y, wide, tall), WHITE, ink=0.7),
            Shape(pupil, BLACK, ink=0),
        ]
    white = ellipse(x, y, wide, tall)
    iris = ellipse(px, py, wide * 0.72, tall * 0.86)
    shapes = [
        Shape(white, WHITE, ink=0.35),
        Shape(iris, design.eye, fill2=lighter(design.eye, 0.5), ink=0.5, clip=white),
        Shape(ellipse(px, py, wide * 0.34, tall * 0.45), 0x120C14, ink=0, clip=white),
        glint,
    ]
    if style.eyes == "big":
        lash = [
            (x - wide * 1.15, y - tall * 0.2),
            (x - side * 0.02, y - tall * 1.1),
            (x + wide * 1.15, y - tall * 0.2),
        ]
        shapes.append(Shape(smooth(lash, closed=False), pen=0.1, ink_colour=_LINE))
    return shapes


def _brow(design: Design, face: Expression, x: float, side: int, style: Style) -> Shape:
    lift = {"calm": 0.0, "up": -0.13, "angry": 0.05, "worried": -0.06}[face.brow]
    tilt = {"calm": 0.02, "up": 0.0, "angry": -0.14, "worried": 0.12}[face.brow]
    y = -0.38 + lift
    points = [(x - side * 0.2, y - tilt), (x, y - 0.06), (x + side * 0.22, y + tilt)]
    pen = 0.055 if style.family == "cel" else 0.1
    return Shape(smooth(points, closed=False), pen=pen, ink_colour=darker(design.hair, 0.45))


def _nose(design: Design, style: Style, shift: float) -> list[Shape]:
    x = shift * 1.4
    if design.kind == "robot":
        return []
    if design.kind != "person":
        return [Shape(ellipse(x, 0.33, 0.15, 0.1), 0x2A1A1E, ink=0.4)]
    if style.family == "cel":
        points = [(x + 0.02, 0.28), (x + 0.07, 0.4), (x, 0.42)]
        return [
            Shape(smooth(points, closed=False), pen=0.035, ink_colour=darker(design.skin, 0.55))
        ]
    return [Shape(ellipse(x, 0.3, 0.14, 0.12), darker(design.skin, 0.1), ink=0.7, form=True)]


def _mouth(face: Expression, x: float, y: float) -> list[Shape]:
    lines: dict[str, list[Point]] = {
        "smile": [(x - 0.28, y - 0.05), (x, y + 0.09), (x + 0.28, y - 0.05)],
        "flat": [(x - 0.2, y), (x, y + 0.01), (x + 0.2, y)],
        "frown": [(x - 0.25, y + 0.08), (x, y - 0.04), (x + 0.25, y + 0.08)],
    }
    if face.mouth in lines:
        return [Shape(smooth(lines[face.mouth], closed=False), pen=0.07, ink_colour=_LINE)]
    if face.mouth == "round":
        return [Shape(ellipse(x, y + 0.04, 0.13, 0.16), 0x5A1822, ink=0.6)]
    if face.mouth == "teeth":
        mouth = box(x - 0.26, y - 0.08, 0.52, 0.2, 0.08)
        bar = polygon([(x - 0.26, y + 0.02), (x + 0.26, y + 0.02)], closed=False)
        return [Shape(mouth, WHITE, ink=0.6), Shape(bar, pen=0.03, ink_colour=_LINE)]
    half, depth = (0.32, 0.3) if face.mouth == "wide" else (0.2, 0.22)
    mouth = smooth([(x - half, y - 0.07), (x, y - 0.05), (x + half, y - 0.07), (x, y + depth)])
    return [
        Shape(mouth, 0x5A1822, ink=0.6),
        Shape(
            ellipse(x, y + depth * 0.95, half * 0.6, depth * 0.4),
            0xD86A70,
            ink=0,
            clip=mouth,
            level=2,
        ),
    ]


def in_front(design: Design, turn: float) -> list[Shape]:
    """Return fringe, hat, glasses: whatever lies over the face."""
    w, hair, s = design.head_width, design.hair, 0.15 * turn
    top: list[Point] = [
        (-w * 1.06, -0.1),
        (-w * 1.0, -0.75),
        (0, -1.2),
        (w * 1.0, -0.75),
        (w * 1.06, -0.1),
    ]
    fringes: dict[str, list[Point]] = {
        "bob": [(w * 0.8, -0.45), (0.1 + s, -0.5), (-w * 0.8, -0.42)],
        "long": [(w * 0.85, -0.3), (0.3 + s, -0.75), (-w * 0.3, -0.4), (-w * 0.85, -0.2)],
        "bun": [(w * 0.8, -0.55), (s, -0.78), (-w * 0.8, -0.55)],
        "tails": [(w * 0.8, -0.4), (w * 0.4, -0.5), (s, -0.8), (-w * 0.4, -0.5), (-w * 0.8, -0.4)],
        "curly": [
            (w * 0.75, -0.5),
            (w * 0.35, -0.4),
            (s, -0.55),
            (-w * 0.4, -0.38),
            (-w * 0.8, -0.5),
        ],
        "swept": [(w * 0.9, -0.5), (-w * 0.2 + s, -0.32), (-w * 0.85, -0.62)],
        "mop": [
            (w * 0.7, -0.25),
            (w * 0.3, -0.15),
            (s, -0.3),
            (-w * 0.4, -0.12),
            (-w * 0.75, -0.3),
        ],
    }
    shapes: list[Shape] = []
    if design.hair_cut in fringes:
        shapes.append(Shape(smooth(top + fringes[design.hair_cut]), hair, form=True, level=0))
        strand = [(s, -1.15), (s + 0.08, -0.9), (s - 0.05, -0.72)]
        shapes.append(
            Shape(smooth(strand, closed=False), ink=0.5, ink_colour=darker(hair, 0.4), level=2)
        )
    elif design.hair_cut == "spiky":
        spikes: list[Point] = [(-w * 1.05, 0.0)]
        for i in range(6):
            x = -w * 1.15 + i * w * 0.46
            spikes += [(x - 0.08, -0.85 - 0.1 * (2.5 - abs(i - 2.5))), (x + w * 0.26, -0.75)]
        spikes += [
            (w * 1.05, 0.0),
            (w * 0.8, -0.5),
            (w * 0.45, -0.3),
            (0.1 + s, -0.58),
            (-w * 0.3, -0.28),
        ]
        shapes.append(Shape(polygon([*spikes, (-w * 0.8, -0.5)]), hair, form=True, level=0))
    elif design.hair_cut == "antenna":
        shapes.append(
            Shape(polygon([(0, -0.9), (0.05, -1.4)], closed=False), pen=0.09, ink_colour=hair)
        )
        shapes.append(Shape(ellipse(0.05, -1.45, 0.14, 0.14), hair, form=True))
    if design.extra == "hat":
        crown = [
            (-w * 0.85, -0.62),
            (-w * 0.7, -1.35),
            (0, -1.5),
            (w * 0.7, -1.35),
            (w * 0.85, -0.62),
        ]
        shapes.append(Shape(smooth([*crown, (0, -0.7)]), design.trim, form=True, level=0))
        shapes.append(
            Shape(ellipse(s, -0.62, w * 1.25, 0.16), darker(design.trim, 0.2), form=True, level=0)
        )
    if design.extra == "glasses":
        shift = 0.3 * turn
        for side in (-1, 1):
            lens = ellipse(side * 0.44 + shift, 0.06, 0.34, 0.32)
            shapes.append(Shape(lens, 0xCFE8F5, ink=0, alpha=0.25))
            shapes.append(Shape(lens, pen=0.06, ink_colour=0x33242A))
    return shapes
