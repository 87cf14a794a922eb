"""What a scene is made of: outlines with the attributes that every production stage needs.

Owns `Shape` and the outline builders. Coordinates are units of a frame 360 units high, x to the
right, y down. Knows nothing of shows, characters or stages.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import skia

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One area or stroke of a drawing.

    Attributes
    ----------
    path : skia.Path
        Outline, or the centre line of a stroke.
    fill : int or None
        Flat colour 0xRRGGBB; ``None`` for a bare stroke.
    fill2 : int or None
        Colour at the lower end of a vertical gradient, in the finished frame only.
    ink : float
        Weight of the outline relative to the style's; 0 for an area without outline.
    pen : float
        Width in units of a stroke in `ink_colour`, whatever the style; 0 to use `ink`.
    ink_colour : int or None
        Colour of the line in coloured stages, ``None`` for the style's.
    form : bool
        Whether the finished frame models it with light and shadow.
    level : int
        0 main forms (all that a storyboard has), 1 drawing, 2 ornament.
    clip : skia.Path or None
        Drawn only inside this outline.
    alpha : float
        Opacity of the fill, 0 to 1; areas below 1 are effects, in the finished frame only.
    """

    path: skia.Path
    fill: int | None = None
    fill2: int | None = None
    ink: float = 1.0
    pen: float = 0.0
    ink_colour: int | None = None
    form: bool = False
    level: int = 1
    clip: skia.Path | None = None
    alpha: float = 1.0

    def __post_init__(self) -> None:
        # A path finds out whether it is convex when it is first drawn, and keeps that; its edge is
        # smoothed by another rule afterwards. Found out here, a drawing does not depend on what
        # the process drew before it.
        self.path.isConvex()
        if self.clip is not None:
            self.clip.isConvex()


def placed(shapes: Iterable[Shape], matrix: skia.Matrix, pen_scale: float = 1.0) -> list[Shape]:
    """Return `shapes` moved by `matrix`, absolute stroke widths times `pen_scale`."""
    # Spelt out: `dataclasses.replace` costs more here than the drawing.
    return [
        Shape(
            moved(shape.path, matrix),
            shape.fill,
            shape.fill2,
            shape.ink,
            shape.pen * pen_scale,
            shape.ink_colour,
            shape.form,
            shape.level,
            None if shape.clip is None else moved(shape.clip, matrix),
            shape.alpha,
        )
        for shape in shapes
    ]


def moved(path: skia.Path, matrix: skia.Matrix) -> skia.Path:
    """Return a transformed copy of `path`."""
    copy = skia.Path()
    path.transform(matrix, copy)
    return copy


def affine(
    x: float, y: float, scale: float = 1.0, degrees: float = 0.0, mirror: bool = False
) -> skia.Matrix:
    """Return: mirror left to right, scale, turn clockwise, then move to (x, y)."""
    matrix = skia.Matrix()
    matrix.setTranslate(x, y)
    matrix.preRotate(degrees)
    matrix.preScale(-scale if mirror else scale, scale)
    return matrix


def ellipse(cx: float, cy: float, rx: float, ry: float) -> skia.Path:
    """Return an ellipse around (cx, cy)."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(cx - rx, cy - ry, cx + rx, cy + ry))
    return path


def box(x: float, y: float, width: float, height: float, corner: float = 0.0) -> skia.Path:
    """Return a rectangle from its upper left corner, rounded by `corner`."""
    path = skia.Path()
    rect = skia.Rect.MakeXYWH(x, y, width, height)
    if corner > 0:
        path.addRoundRect(rect, corner, corner)
    else:
        path.addRect(rect)
    return path


def polygon(points: Sequence[Point], closed: bool = True) -> skia.Path:
    """Return straight lines through `points`."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if closed:
        path.close()
    return path


def smooth(points: Sequence[Point], closed: bool = True) -> skia.Path:
    """Return a Catmull-Rom curve through `points`."""
    n = len(points)
    path = skia.Path()
    path.moveTo(*points[0])
    for i in range(n if closed else n - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        path.cubicTo(
            p1[0] + (p2[0] - p0[0]) / 6,
            p1[1] + (p2[1] - p0[1]) / 6,
            p2[0] - (p3[0] - p1[0]) / 6,
            p2[1] - (p3[1] - p1[1]) / 6,
            p2[0],
            p2[1],
        )
    if closed:
        path.close()
    return path


def limb(joints: Sequence[Point], widths: Sequence[float]) -> skia.Path:
    """Return a tapering tube along the bend through three `joints`, `widths` across at each."""
    (ax, ay), (bx, by), (cx, cy) = joints
    left: list[Point] = []
    right: list[Point] = []
    for step in range(7):
        t = step / 6
        # The bend pulls the curve close to the middle joint without a corner.
        u, v, w = (1 - t) ** 2, 2 * t * (1 - t), t * t
        mx, my = 1.5 * bx - 0.25 * (ax + cx), 1.5 * by - 0.25 * (ay + cy)
        x, y = u * ax + v * mx + w * cx, u * ay + v * my + w * cy
        dx = 2 * (1 - t) * (mx - ax) + 2 * t * (cx - mx)
        dy = 2 * (1 - t) * (my - ay) + 2 * t * (cy - my)
        length = math.hypot(dx, dy) or 1.0
        half = (u * widths[0] + v * widths[1] + w * widths[2]) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return smooth(left + right[::-1])


def sampled(path: skia.Path, step: float) -> list[list[Point]]:
    """Return every contour of `path` as points about `step` units apart."""
    contours: list[list[Point]] = []
    measure = skia.PathMeasure(path, False)
    while True:
        length = measure.getLength()
        n = max(int(length / step), 2)
        found = (measure.getPosTan(length * i / n) for i in range(n + 1))
        points = [(point.x(), point.y()) for point, _ in filter(None, found)]
        if len(points) > 1:
            contours.append(points)
        if not measure.nextContour():
            return contours
