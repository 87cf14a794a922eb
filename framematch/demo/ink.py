"""Shapes to pixels, once per production look: finished, flat colour, clean lines, rough.

Owns brushes only: what is drawn comes as shapes, in the order from back to front. A line hides what
lies behind it because every area is filled with paper first, as in a cleaned-up drawing; nothing
here filters a picture.
"""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import skia

from framematch.demo.colours import BLACK, darker, lighter, luminance, mix, opaque
from framematch.demo.dice import Dice
from framematch.demo.shapes import Point, Shape, sampled
from framematch.demo.styles import Style

#: Pencil colours of clean line art: the drawing, the edge of shadows, the edge of lights.
PENCIL, SHADOW_BLUE, LIGHT_RED = 0x2C2A30, 0x3B6FC4, 0xC8453C


def blank(width: int, height: int) -> skia.Surface:
    """Return an empty drawing surface of `width` by `height` pixels."""
    return skia.Surface(width, height)


def pixels(surface: skia.Surface) -> npt.NDArray[np.uint8]:
    """Return the drawing as uint8 (H, W, 3), sRGB."""
    rgba = surface.toarray(colorType=skia.kRGBA_8888_ColorType)
    rgb = np.empty((*rgba.shape[:2], 3), np.uint8)
    # Plane by plane is several times faster than one strided copy.
    for channel in range(3):
        rgb[:, :, channel] = rgba[:, :, channel]
    return rgb


def fill_paint(colour: int, alpha: float = 1.0) -> skia.Paint:
    """Return a paint that fills with `colour`."""
    return skia.Paint(AntiAlias=True, Color=opaque(colour, alpha))


def pen_paint(colour: int, width: float, alpha: float = 1.0) -> skia.Paint:
    """Return a paint that strokes round lines `width` units wide."""
    return skia.Paint(
        AntiAlias=True,
        Color=opaque(colour, alpha),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def finished(canvas: skia.Canvas, shapes: Iterable[Shape], style: Style, line: float) -> None:
    """Draw the released look; `line` is the outline's width in units, 0 for none."""
    for shape in shapes:
        canvas.save()
        if shape.clip is not None:
            canvas.clipPath(shape.clip, skia.ClipOp.kIntersect, True)
        if shape.fill is not None:
            _finished_area(canvas, shape, style)
        _outline(canvas, shape, line, style.line_colour)
        canvas.restore()


def flat(canvas: skia.Canvas, shapes: Iterable[Shape], style: Style, line: float) -> None:
    """Draw flat colour: plain fills, no light, shadow, gradient or effect."""
    for shape in shapes:
        if shape.alpha < 1:
            continue
        canvas.save()
        if shape.clip is not None:
            canvas.clipPath(shape.clip, skia.ClipOp.kIntersect, True)
        if shape.fill is not None:
            canvas.drawPath(shape.path, fill_paint(shape.fill))
        _outline(canvas, shape, max(line, 0.6), style.line_colour)
        canvas.restore()


def lines(
    canvas: skia.Canvas,
    shapes: Iterable[Shape],
    style: Style,
    width: float,
    paper: int,
    construction: bool = True,
) -> None:
    """Draw clean line art, with blue and red lines for shadow and light under `construction`."""
    for shape in shapes:
        if shape.alpha < 1 and shape.pen == 0:
            continue
        canvas.save()
        if shape.clip is not None:
            canvas.clipPath(shape.clip, skia.ClipOp.kIntersect, True)
        if shape.fill is not None:
            solid = shape.ink == 0 and shape.fill in (BLACK, 0x120C14)
            canvas.drawPath(shape.path, fill_paint(PENCIL if solid else paper))
        if construction and shape.form and shape.level < 2:
            _construction(canvas, shape, style, width)
        if shape.pen:
            canvas.drawPath(shape.path, pen_paint(PENCIL, min(shape.pen, width * 1.2)))
        elif shape.ink:
            canvas.drawPath(shape.path, pen_paint(PENCIL, width * (0.55 + 0.45 * shape.ink)))
        canvas.restore()


def rough(
    canvas: skia.Canvas,
    shapes: Iterable[Shape],
    dice: Dice,
    width: float,
    paper: int,
    wander: float,
    strokes: int = 3,
    detail: int = 1,
    toned: bool = False,
) -> None:
    """Draw with searching strokes: `strokes` per line, each off by up to about `wander` units.

    `toned` lays grey marker over dark areas, as on a storyboard.
    """
    for shape in shapes:
        if shape.alpha < 1 or shape.level > detail:
            continue
        if shape.fill is not None:
            canvas.save()
            if shape.clip is not None:
                canvas.clipPath(shape.clip, skia.ClipOp.kIntersect, True)
            canvas.drawPath(shape.path, fill_paint(paper, 0.82))
            if toned and shape.level == 0:
                light = round(150 + luminance(shape.fill) * 0.4)
                canvas.drawPath(shape.path, fill_paint(light << 16 | light << 8 | light, 0.5))
            canvas.restore()
        if shape.ink == 0 and shape.pen == 0:
            continue
        canvas.save()
        if shape.clip is not None:
            canvas.clipPath(shape.clip, skia.ClipOp.kIntersect, True)
        for contour in sampled(shape.path, 7.0):
            for _ in range(strokes):
                _searching_stroke(canvas, contour, dice, width, wander)
        canvas.restore()


def _finished_area(canvas: skia.Canvas, shape: Shape, style: Style) -> None:
    fill = shape.fill
    if fill is None:
        return
    bounds = shape.path.getBounds()
    paint = fill_paint(fill, shape.alpha)
    if shape.fill2 is not None:
        ends = [skia.Point(0, bounds.top()), skia.Point(0, bounds.bottom())]
        colours = [opaque(fill, shape.alpha), opaque(shape.fill2, shape.alpha)]
        paint.setShader(skia.GradientShader.MakeLinear(ends, colours))
    small = min(bounds.width(), bounds.height()) < 3
    if not shape.form or small or style.family == "flat":
        canvas.drawPath(shape.path, paint)
        if shape.form and not small:
            _two_tone(canvas, shape, fill, style, 0.1)
    elif style.family == "soft":
        _modelled(canvas, shape, fill, style)
    elif style.family == "cel":
        canvas.drawPath(shape.path, paint)
        _two_tone(canvas, shape, fill, style, 0.22)
    else:
        size = max(bounds.width(), bounds.height())
        drop = min(0.05 * size, 4.0)
        shadow = fill_paint(0x1A1030, 0.22)
        shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 1.2))
        canvas.save()
        canvas.translate(-style.light * drop, drop * 1.2)
        canvas.drawPath(shape.path, shadow)
        canvas.restore()
        canvas.drawPath(shape.path, paint)


def _light_shift(shape: Shape, style: Style, depth: float) -> Point:
    bounds = shape.path.getBounds()
    size = min(bounds.width(), bounds.height())
    return style.light * size * depth, -size * depth * 0.7


def _two_tone(canvas: skia.Canvas, shape: Shape, fill: int, style: Style, depth: float) -> None:
    dx, dy = _light_shift(shape, style, depth)
    canvas.save()
    canvas.clipPath(shape.path, skia.ClipOp.kIntersect, True)
    canvas.drawPath(shape.path, fill_paint(darker(fill, style.shade)))
    canvas.translate(dx, dy)
    paint = fill_paint(fill)
    canvas.drawPath(shape.path, paint)
    canvas.restore()


def _modelled(canvas: skia.Canvas, shape: Shape, fill: int, style: Style) -> None:
    bounds = shape.path.getBounds()
    radius = max(bounds.width(), bounds.height()) * 0.75 + 0.1
    centre = skia.Point(
        bounds.centerX() + style.light * bounds.width() * 0.25,
        bounds.centerY() - bounds.height() * 0.28,
    )
    tones = [lighter(fill, 0.38), fill, darker(fill, style.shade)]
    paint = fill_paint(fill)
    paint.setShader(
        skia.GradientShader.MakeRadial(centre, radius, [opaque(c) for c in tones], [0.0, 0.45, 1.0])
    )
    canvas.drawPath(shape.path, paint)
    canvas.save()
    canvas.clipPath(shape.path, skia.ClipOp.kIntersect, True)
    rim = pen_paint(lighter(fill, 0.75), max(min(radius * 0.09, 5.0), 0.6), 0.45)
    canvas.translate(style.light * 0.6, 0.4)
    canvas.drawPath(shape.path, rim)
    canvas.restore()


def _outline(canvas: skia.Canvas, shape: Shape, line: float, colour: int) -> None:
    own = colour if shape.ink_colour is None else shape.ink_colour
    if shape.pen:
        canvas.drawPath(shape.path, pen_paint(own, shape.pen))
    elif shape.ink and (line or shape.fill is None):
        canvas.drawPath(shape.path, pen_paint(own, max(line, 1.0) * shape.ink))


def _construction(canvas: skia.Canvas, shape: Shape, style: Style, width: float) -> None:
    bounds = shape.path.getBounds()
    if min(bounds.width(), bounds.height()) < 9:
        return
    dx, dy = _light_shift(shape, style, 0.22)
    canvas.save()
    canvas.clipPath(shape.path, skia.ClipOp.kIntersect, True)
    canvas.translate(dx, dy)
    canvas.drawPath(shape.path, pen_paint(SHADOW_BLUE, width * 0.6, 0.9))
    canvas.translate(-1.75 * dx, -1.75 * dy)
    if shape.level == 0 and min(bounds.width(), bounds.height()) > 24:
        canvas.drawPath(shape.path, pen_paint(LIGHT_RED, width * 0.5, 0.8))
    canvas.restore()


def _searching_stroke(
    canvas: skia.Canvas, contour: list[Point], dice: Dice, width: float, wander: float
) -> None:
    """Draw one pass along part of a line: slow wobble, overshoot at the ends, changing weight."""
    n = len(contour)
    closed = math.dist(contour[0], contour[-1]) < 0.01
    start = dice.whole(0, n - 1) if closed else 0
    length = max(int(n * dice.between(0.5, 1.15)), 3) if closed else n
    phase_x, phase_y = dice.between(0, 6.3), dice.between(0, 6.3)
    pitch = dice.between(0.12, 0.3)
    ox, oy = dice.between(-wander, wander) * 0.7, dice.between(-wander, wander) * 0.7
    points: list[Point] = []
    for i in range(length):
        x, y = contour[(start + i) % (n - 1)] if closed else contour[i]
        swing = wander * 0.6
        points.append(
            (
                x + ox + swing * math.sin(i * pitch + phase_x),
                y + oy + swing * math.sin(i * pitch + phase_y),
            )
        )
    for end, before in ((-1, -2), (0, 1)):
        reach = dice.between(0.2, 1.0) * wander * 2
        dx, dy = points[end][0] - points[before][0], points[end][1] - points[before][1]
        size = math.hypot(dx, dy) or 1.0
        beyond = (points[end][0] + dx / size * reach, points[end][1] + dy / size * reach)
        points = [*points, beyond] if end == -1 else [beyond, *points]
    grey = mix(0x3A3A40, 0x8C8C92, dice.unit())
    for first in range(0, len(points) - 1, 6):
        piece = points[first : first + 7]
        path = skia.Path()
        path.moveTo(*piece[0])
        for point in piece[1:]:
            path.lineTo(*point)
        pressure = width * dice.between(0.5, 1.25)
        canvas.drawPath(path, pen_paint(grey, pressure, dice.between(0.55, 0.9)))


def paper_sheet(canvas: skia.Canvas, paper: int) -> None:
    """Cover everything with `paper`."""
    canvas.drawColor(opaque(paper))
