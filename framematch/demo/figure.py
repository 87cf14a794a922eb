"""A whole character from its design and pose; owns the body, `heads` the head.

The figure stands on (0, 0), is 100 units high with y down (so its head is at negative y), and looks
to the right for a positive `turn`.
"""

import math
from dataclasses import dataclass

from framematch.demo import heads
from framematch.demo.cast import Design
from framematch.demo.colours import darker, lighter
from framematch.demo.poses import Expression, Pose
from framematch.demo.shapes import (
    Point,
    Shape,
    affine,
    box,
    ellipse,
    limb,
    moved,
    placed,
    polygon,
    smooth,
)
from framematch.demo.styles import Style


@dataclass(frozen=True, slots=True)
class _Frame:
    """Joints of one drawing in units of the figure."""

    head: Point
    radius: float
    neck: Point
    hip: Point
    shoulder_width: float
    hip_width: float
    arm: float
    leg: float
    thick: float


def _frame(design: Design, pose: Pose) -> _Frame:
    radius = 50 / design.heads
    body = 100 - 2 * radius
    leg = body * 0.5
    hip = (0.0, -leg + pose.drop)
    spine = body * 0.47
    lean = math.radians(pose.lean)
    neck = (hip[0] + spine * math.sin(lean), hip[1] - spine * math.cos(lean))
    tilt = math.radians(pose.lean * 0.5 + pose.head)
    head = (neck[0] + radius * 1.02 * math.sin(tilt), neck[1] - radius * 1.02 * math.cos(tilt))
    girth = design.girth
    return _Frame(
        head=head,
        radius=radius,
        neck=neck,
        hip=hip,
        shoulder_width=body * 0.165 * (0.6 + 0.4 * girth),
        hip_width=body * 0.12 * girth,
        arm=body * 0.235,
        leg=leg / 2,
        thick=body * 0.105 * (0.6 + 0.4 * girth),
    )


def _bend(start: Point, side: float, upper: float, lower: float, length: float) -> list[Point]:
    points = [start]
    for angle in (upper, lower):
        x, y = points[-1]
        turn = math.radians(angle)
        points.append((x + side * length * math.sin(turn), y + length * math.cos(turn)))
    return points


def draw(design: Design, style: Style, pose: Pose, face: Expression, turn: float) -> list[Shape]:
    """Return the figure's shapes from back to front."""
    f = _frame(design, pose)
    near = 1.0 if turn >= 0 else -1.0
    tilt = pose.lean * 0.5 + pose.head
    to_head = affine(f.head[0], f.head[1], f.radius, tilt)
    head = [
        heads.skull(design),
        *heads.features(design, style, face, turn),
        *heads.in_front(design, turn),
    ]
    return [
        *_cape(design, f),
        *placed(heads.behind(design), to_head, f.radius),
        *_arm(design, f, -near, pose.far_arm, pose.far_fore),
        *_legs(design, f, pose, near),
        *_torso(design, f, turn),
        *placed(head, to_head, f.radius),
        *_arm(design, f, near, pose.near_arm, pose.near_fore),
    ]


def _cape(design: Design, f: _Frame) -> list[Shape]:
    if design.extra != "cape":
        return []
    (x, y), w = f.neck, f.shoulder_width
    points = [
        (x - w, y),
        (x + w, y),
        (f.hip[0] + w * 2.0, f.hip[1] + f.leg),
        (f.hip[0], f.hip[1] + f.leg * 1.2),
    ]
    points.append((f.hip[0] - w * 2.2, f.hip[1] + f.leg * 0.9))
    return [Shape(smooth(points), design.trim, form=True, level=0)]


def _arm(design: Design, f: _Frame, side: float, upper: float, lower: float) -> list[Shape]:
    shoulder = (f.neck[0] + side * f.shoulder_width * 0.9, f.neck[1] + f.thick * 0.75)
    joints = _bend(shoulder, side, upper, lower, f.arm)
    t = f.thick
    sleeve = design.top if design.kind != "robot" else darker(design.skin, 0.2)
    bare = design.clothes in ("overall", "sash")
    shapes = [
        Shape(
            limb(joints, (t, t * 0.85, t * 0.7)),
            design.skin if bare else sleeve,
            form=True,
            level=0,
        )
    ]
    x, y = joints[2]
    turn = math.degrees(math.atan2(joints[2][1] - joints[1][1], joints[2][0] - joints[1][0])) - 90
    if not bare:
        cuff = moved(box(-t * 0.42, -t * 0.5, t * 0.84, t * 0.35), affine(x, y, 1, turn))
        shapes.append(Shape(cuff, design.trim, ink=0.6))
    palm: list[Point] = [
        (-0.36, -0.3),
        (0.36, -0.3),
        (0.5, 0.3),
        (0.28, 0.78),
        (-0.1, 0.85),
        (-0.45, 0.45),
    ]
    hand = moved(smooth(palm), affine(x, y, t * 0.95, turn))
    thumb = moved(ellipse(side * 0.42, 0.15, 0.16, 0.34), affine(x, y, t * 0.95, turn))
    return [
        *shapes,
        Shape(thumb, design.skin, form=True),
        Shape(hand, design.skin, form=True, level=0),
    ]


def _legs(design: Design, f: _Frame, pose: Pose, near: float) -> list[Shape]:
    shapes: list[Shape] = []
    t = f.thick * 1.15
    parts = ((-near, pose.far_leg, pose.far_shin), (near, pose.near_leg, pose.near_shin))
    for side, upper, lower in parts:
        start = (f.hip[0] + side * f.hip_width * 0.55, f.hip[1] - t * 0.3)
        joints = _bend(start, side, upper, lower, f.leg)
        bare = design.legs == "shorts" or design.legs == "skirt"
        tube = limb(joints, (t * 1.15, t * 0.95, t * 0.7))
        shapes.append(Shape(tube, design.skin if bare else design.bottom, form=True, level=0))
        if design.legs == "shorts":
            knee = [joints[0], *_bend(joints[0], side, upper, upper, f.leg * 0.42)[1:]]
            shapes.append(Shape(limb(knee, (t * 1.3, t * 1.25, t * 1.3)), design.bottom, form=True))
        x, y = joints[2]
        toe = near * t * 0.75
        shoe: list[Point] = [(x - near * t * 0.45, y - t * 0.35), (x + near * t * 0.3, y - t * 0.4)]
        shoe += [
            (x + toe * 1.3, y + t * 0.05),
            (x + toe * 1.25, y + t * 0.38),
            (x - near * t * 0.5, y + t * 0.38),
        ]
        shapes.append(Shape(smooth(shoe), design.shoes, form=True, level=0))
    if design.legs == "skirt":
        x, y = f.hip
        w = f.hip_width
        hem: list[Point] = [
            (x - w, y - t * 0.7),
            (x + w, y - t * 0.7),
            (x + w * 2.1, y + f.leg * 0.95),
        ]
        hem += [(x, y + f.leg * 1.08), (x - w * 2.1, y + f.leg * 0.95)]
        shapes.append(Shape(smooth(hem), design.bottom, form=True, level=0))
    return shapes


def _torso(design: Design, f: _Frame, turn: float) -> list[Shape]:
    (nx, ny), (hx, hy) = f.neck, f.hip
    s, w, t = f.shoulder_width, f.hip_width, f.thick
    belly = max(s, w) * (0.72 + 0.35 * design.girth)
    mx, my = (nx + hx) / 2, (ny + hy) / 2 + t * 0.2
    long = f.leg * 0.8 if design.clothes == "robe" else 0.0
    outline: list[Point] = [
        (nx - s * 0.5, ny - t * 0.05),
        (nx + s * 0.5, ny - t * 0.05),
        (nx + s, ny + t * 0.6),
    ]
    outline += [(mx + belly, my), (hx + w * 1.2 + long * 0.2, hy + t * 0.3 + long)]
    outline += [
        (hx - w * 1.2 - long * 0.2, hy + t * 0.3 + long),
        (mx - belly, my),
        (nx - s, ny + t * 0.6),
    ]
    body = smooth(outline)
    fill = design.skin if design.clothes == "sash" and design.kind != "person" else design.top
    shapes = [
        Shape(ellipse(nx, ny - t * 0.1, t * 0.5, t * 0.75), design.skin, form=True),
        Shape(body, fill, form=True, level=0),
    ]
    shift = turn * s * 0.3
    shapes += _dress(design, f, body, (mx + shift, my), belly)
    if design.extra == "scarf":
        scarf = [
            (nx - s * 0.8, ny - t * 0.2),
            (nx + s * 0.8, ny - t * 0.25),
            (nx + s * 0.85, ny + t * 0.5),
        ]
        shapes.append(
            Shape(smooth([*scarf, (nx - s * 0.85, ny + t * 0.55)]), design.trim, form=True, level=0)
        )
        tail = box(nx + s * 0.25, ny + t * 0.3, t * 0.7, (hy - ny) * 0.5, t * 0.2)
        shapes.append(Shape(tail, design.trim, form=True))
    if design.extra == "satchel":
        strap = polygon([(nx - s * 0.8, ny + t * 0.2), (hx + w * 1.2, hy - t * 0.2)], closed=False)
        shapes.append(Shape(strap, pen=t * 0.22, ink_colour=darker(design.trim, 0.35)))
        bag = box(hx + w * 0.6, hy - t * 0.5, t * 1.7, t * 1.5, t * 0.3)
        shapes.append(Shape(bag, darker(design.trim, 0.25), form=True))
    return shapes


def _dress(design: Design, f: _Frame, body: object, middle: Point, belly: float) -> list[Shape]:
    (nx, ny), (hx, hy), t = f.neck, f.hip, f.thick
    mx, my = middle
    trim = design.trim
    height = hy - ny
    if design.kind == "robot":
        panel = box(mx - belly * 0.5, my - height * 0.18, belly, height * 0.3, t * 0.15)
        lamp = ellipse(mx + belly * 0.2, my - height * 0.03, t * 0.18, t * 0.18)
        return [Shape(panel, darker(design.top, 0.3), ink=0.7), Shape(lamp, trim, ink=0.5, level=2)]
    if design.clothes == "stripes":
        return [
            Shape(
                box(hx - 40, ny + height * (0.2 + 0.27 * i), 80, height * 0.12),
                trim,
                ink=0.4,
                clip=body,
            )
            for i in range(3)
        ]
    if design.clothes == "jacket":
        shirt = polygon(
            [
                (mx - t * 0.5, ny - t),
                (mx + t * 0.5, ny - t),
                (mx + t * 0.15, hy + t),
                (mx - t * 0.15, hy + t),
            ]
        )
        lapel = polygon([(mx - t * 0.8, ny), (mx, ny + t * 1.4), (mx + t * 0.8, ny)], closed=False)
        return [
            Shape(shirt, lighter(trim, 0.6), ink=0.6, clip=body),
            Shape(lapel, ink=0.7, ink_colour=darker(design.top, 0.5)),
        ]
    if design.clothes == "overall":
        bib = box(mx - belly * 0.55, my - height * 0.2, belly * 1.1, height, t * 0.15)
        straps = [
            Shape(
                polygon(
                    [(mx + k * belly * 0.45, my), (nx + k * f.shoulder_width * 0.6, ny)],
                    closed=False,
                ),
                pen=t * 0.22,
                ink_colour=design.bottom,
                clip=body,
            )
            for k in (-1, 1)
        ]
        return [Shape(bib, design.bottom, form=True, clip=body), *straps]
    if design.clothes == "robe":
        fold = polygon([(mx, ny), (mx - t * 0.1, hy + f.leg)], closed=False)
        belt = box(hx - 40, my + height * 0.12, 80, t * 0.45)
        return [Shape(fold, ink=0.6, clip=body), Shape(belt, trim, ink=0.6, clip=body)]
    if design.clothes == "sash":
        sash = polygon(
            [(nx - 40, ny - t), (nx - 20, ny - t * 2), (hx + 24, hy), (hx + 8, hy + t * 0.6)]
        )
        return [Shape(sash, trim, ink=0.6, clip=body)]
    collar = polygon(
        [(mx - t * 0.7, ny - t * 0.1), (mx, ny + t * 0.8), (mx + t * 0.7, ny - t * 0.1)]
    )
    badge = ellipse(mx + belly * 0.4, my - height * 0.12, t * 0.3, t * 0.3)
    return [Shape(collar, trim, ink=0.7), Shape(badge, trim, ink=0.5, level=2, clip=body)]
