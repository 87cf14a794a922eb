"""Drawings on larger paper: layout sheet, storyboard page, model sheet. Owns the paper only.

Page coordinates are units of a page 720 high, scaled to the pixels asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import skia

from framematch.demo import figure, ink, notes, poses
from framematch.demo.artist import Artist
from framematch.demo.colours import lighter, opaque
from framematch.demo.dice import Dice
from framematch.demo.lettering import write
from framematch.demo.shapes import Shape, affine, box, ellipse, placed, polygon
from framematch.demo.shots import Plan
from framematch.demo.writing import Writing, Written
from framematch.records import EpisodeId

if TYPE_CHECKING:
    from framematch.demo.studio import Studio

#: What is drawn here.
STAGES = ("storyboard", "layout-sheet", "model-sheet")
_PAPERS = (0xFBFAF6, 0xF3EEDF, 0xECECE8, 0xFFFFFF, 0xEFE6CF)
_PRINT = 0x7FA6C9


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A drawn page, uint8 (H, W, 3), and what is written on it."""

    pixels: npt.NDArray[np.uint8]
    lines: tuple[Written, ...]


def draw(
    studio: Studio, show: str, episode: EpisodeId, time_s: float, stage: str, scale: float
) -> Sheet:
    """Draw a sheet around an instant of an episode."""
    shot, frame = studio.shot_at(show, episode, time_s)
    artist = studio.artist(show)
    dice = Dice(
        studio.settings.seed, "sheet", show, stage, shot.plan.key, artist.step(shot.plan, frame)
    )
    height = round(1.25 * studio.settings.height * scale)
    if stage == "storyboard":
        moments = _moments(studio, show, episode, time_s, dice)
        return _storyboard(studio, artist, moments, dice, height)
    label = f"{studio.code(show)} {episode.season}{episode.episode:02d}"
    if stage == "model-sheet":
        return _model_sheet(artist, shot.plan, dice, height, studio.code(show))
    return _layout(studio, artist, shot.plan, frame, dice, height, label, time_s)


def _page(
    width: float, pixel_height: int, paper: int, height: float = 720.0
) -> tuple[skia.Surface, skia.Canvas]:
    unit = pixel_height / height
    surface = ink.blank(round(width * unit), pixel_height)
    canvas = surface.getCanvas()
    canvas.scale(unit, unit)
    canvas.drawColor(opaque(paper))
    return surface, canvas


def _strokes(canvas: skia.Canvas, shapes: Iterable[Shape]) -> None:
    for shape in shapes:
        if shape.fill is not None:
            canvas.drawPath(shape.path, ink.fill_paint(shape.fill))
        if shape.pen:
            canvas.drawPath(shape.path, ink.pen_paint(shape.ink_colour or 0, shape.pen))


def _view(canvas: skia.Canvas, studio: Studio, x: float, y: float, width: float) -> float:
    """Move `canvas` so that a frame of the episode fills `width` at (x, y); return its height."""
    aspect = studio.settings.width / studio.settings.height
    height = width / aspect
    canvas.save()
    canvas.clipRect(skia.Rect.MakeXYWH(x, y, width, height))
    canvas.translate(x, y)
    canvas.scale(height / 360, height / 360)
    canvas.translate((360 * aspect - 640) / 2, 0)
    return height


def _layout(
    studio: Studio,
    artist: Artist,
    plan: Plan,
    frame: int,
    dice: Dice,
    pixel_height: int,
    label: str,
    time_s: float,
) -> Sheet:
    page = 1000.0
    paper = dice.pick(_PAPERS)
    surface, canvas = _page(page, pixel_height, paper)
    writing = Writing()
    width = page * dice.between(0.55, 0.75)
    height = width * studio.settings.height / studio.settings.width
    x = dice.between(40, page - width - 40)
    y = dice.between(90, max(720 - height - 110, 92))
    _view(canvas, studio, x, y, width)
    rough = dice.chance(0.35)
    if rough:
        artist.paint_rough(canvas, plan, frame, background=dice.chance(0.6))
    else:
        artist.paint_lines(canvas, plan, frame, background=dice.chance(0.6), paper=paper)
    canvas.restore()
    _strokes(canvas, _field_guide(dice, x, y, width, height))
    _strokes(canvas, _pegs(page))
    _strokes(canvas, _title_block(dice, page, label, writing))
    _strokes(canvas, _remarks(dice, page, x, y, width, height, writing))
    if dice.chance(0.5):
        clock = f"{label}  {timecode(time_s, studio.settings.fps)}"
        _strokes(canvas, [Shape(box(x, y + height + 8, 260, 30), 0x111111, ink=0)])
        letters = write(clock, x + 10, y + height + 15, 16, 0xFFFFFF, 1.6)
        _strokes(canvas, writing.add(letters, "mark", clock))
    return Sheet(ink.pixels(surface), writing.on_page(page, 720))


def timecode(time_s: float, fps: int) -> str:
    """Return ``00:MM:SS:FF``."""
    whole = int(time_s + 1e-6)
    return f"00:{whole // 60:02d}:{whole % 60:02d}:{int((time_s - whole) * fps + 1e-6):02d}"


def _field_guide(dice: Dice, x: float, y: float, width: float, height: float) -> list[Shape]:
    shapes = []
    for share in (1.0, 0.93, 0.82)[: dice.whole(1, 3)]:
        w, h = width * share, height * share
        frame = box(x + (width - w) / 2, y + (height - h) / 2, w, h)
        shapes.append(Shape(frame, pen=2.2 if share == 1.0 else 0.9, ink_colour=_PRINT))
    if dice.chance(0.6):
        cx, cy = x + width / 2, y + height / 2
        crosses = ([(cx - 14, cy), (cx + 14, cy)], [(cx, cy - 14), (cx, cy + 14)])
        shapes += [Shape(polygon(c, closed=False), pen=1.0, ink_colour=_PRINT) for c in crosses]
        for i in range(1, 12):
            mark = [(x + width * i / 12, y), (x + width * i / 12, y - 7)]
            shapes.append(Shape(polygon(mark, closed=False), pen=0.9, ink_colour=_PRINT))
    return shapes


def _pegs(page: float) -> list[Shape]:
    holes = [
        ellipse(page / 2, 34, 11, 11),
        box(page / 2 - 190, 27, 46, 14, 6),
        box(page / 2 + 144, 27, 46, 14, 6),
    ]
    return [Shape(hole, 0x4A4742, pen=1.2, ink_colour=0x8A867E) for hole in holes]


def _title_block(dice: Dice, page: float, label: str, writing: Writing) -> list[Shape]:
    x, y = page - 372, 640
    cells = (
        ("CUT", str(dice.whole(1, 240))),
        ("SC", label),
        ("SEC", f"{dice.whole(2, 6)}+{dice.whole(0, 11)}"),
    )
    shapes: list[Shape] = []
    for i, (name, value) in enumerate(cells):
        left, wide = x + (0, 84, 254)[i], (84, 170, 90)[i]
        shapes.append(Shape(box(left, y, wide, 56), pen=1.6, ink_colour=_PRINT))
        printed = write(name, left + 6, y + 6, 10, _PRINT, 1.1)
        shapes += writing.add(printed, "label", name)
        filled_in = write(value, left + 12, y + 24, 20, notes.INKS[2], 1.8, dice)
        shapes += writing.add(filled_in, "label", value)
    return shapes


def _remarks(
    dice: Dice, page: float, x: float, y: float, width: float, height: float, writing: Writing
) -> list[Shape]:
    shapes: list[Shape] = []
    right = x + width + 20
    spots = [
        (min(right, page - 190), y + dice.between(0, 60)),
        (min(right, page - 190), y + height * 0.6),
    ]
    spots += [(30, y + height + 46), (page * 0.34, y + height + 40)]
    if x > 190:
        spots[0] = (14, y + dice.between(0, height * 0.4))
    for spot in dice.shuffled(spots)[: dice.whole(2, 3)]:
        shapes += notes.remark(dice, spot[0], min(spot[1], 590), dice.between(20, 27), writing)
        target = (x + width * dice.between(0.25, 0.75), y + height * dice.between(0.3, 0.8))
        if dice.chance(0.7):
            colour = dice.pick(notes.INKS[:2])
            shapes += notes.arrow(spot[0] + 40, spot[1] + 10, *target, colour, 2.0)
            shapes += notes.ringed(dice, *target, dice.between(24, 60), colour)
    if dice.chance(0.4):
        shapes += notes.arrow(x + width * 0.3, y - 18, x + width * 0.7, y - 18, notes.INKS[0], 4.0)
        pan = write("PAN", x + width * 0.72, y - 30, 18, notes.INKS[0], 2.0, dice)
        shapes += writing.add(pan, "remark", "PAN")
    return [*shapes, *notes.number(dice, dice.whole(1, 24), x + 24, 62, 18, writing)]


def _moments(
    studio: Studio, show: str, episode: EpisodeId, time_s: float, dice: Dice
) -> list[tuple[Plan, int]]:
    """Return the instant and the middles of the shots after it."""
    shot, frame = studio.shot_at(show, episode, time_s)
    moments = [(shot.plan, frame)]
    later = [s for s in studio.shots(show, episode) if s.first > shot.first and s.plan.place >= 0]
    n = dice.pick((0, 2, 2, 3))
    return [*moments, *((s.plan, s.n_frames // 2) for s in later[:n])]


def _storyboard(
    studio: Studio, artist: Artist, moments: list[tuple[Plan, int]], dice: Dice, pixel_height: int
) -> Sheet:
    n = len(moments)
    writing = Writing()
    page = 1000.0 if n == 1 else 560.0
    # A page of one panel lies on its side and ends below the panel.
    surface, canvas = _page(
        page,
        pixel_height if n == 1 else round(pixel_height * 1.5),
        dice.pick(_PAPERS),
        460.0 if n == 1 else 720.0,
    )
    aspect = studio.settings.width / studio.settings.height
    row = 640 / n
    width = 620.0 if n == 1 else min((row - 26) * aspect, page * 0.56)
    height = width / aspect
    for i, (plan, frame) in enumerate(moments):
        y = 58 + i * row
        _view(canvas, studio, 46, y, width)
        artist.paint_rough(canvas, plan, frame, simple=True)
        canvas.restore()
        _strokes(canvas, [Shape(box(46, y, width, height), pen=2.4, ink_colour=0x2A2A2E)])
        left = 46 + width + 16
        rules = [
            Shape(
                polygon([(left, y + k * 26), (page - 24, y + k * 26)], closed=False),
                pen=0.8,
                ink_colour=_PRINT,
            )
            for k in range(int(height // 26) + 1)
        ]
        _strokes(canvas, rules)
        lines = max(int(height // 40), 2)
        room = page - left - 30
        said = notes.scribbled_lines(dice, left + 4, y + 6, room, lines, 15, writing)
        _strokes(canvas, said)
        number = str(dice.whole(1, 300))
        figures = write(number, 12, y + 4, 16, 0x2A2A2E, 1.6, dice)
        _strokes(canvas, writing.add(figures, "label", number))
    head = [Shape(polygon([(30, 40), (page - 24, 40)], closed=False), pen=1.6, ink_colour=0x2A2A2E)]
    name = write("STORYBOARD", 46, 16, 15, 0x2A2A2E, 1.5)
    _strokes(canvas, head + writing.add(name, "label", "STORYBOARD"))
    return Sheet(ink.pixels(surface), writing.on_page(page, 460.0 if n == 1 else 720.0))


def _model_sheet(artist: Artist, plan: Plan, dice: Dice, pixel_height: int, code: str) -> Sheet:
    number = plan.actors[0].design if plan.actors else dice.whole(0, len(artist.cast) - 1)
    design = artist.cast[number]
    surface, canvas = _page(1080, pixel_height, 0xFFFFFF)
    writing = Writing()
    coloured = dice.chance(0.65)
    tall = 400 * min(design.height, 1.05)
    views = [(-0.9, "stand"), (0.0, "stand"), (0.9, "stand"), (0.5, dice.pick(tuple(poses.POSES)))]
    for i, (turn, pose) in enumerate(views):
        face = poses.MOODS["calm" if i < 3 else "glad"]
        drawn = figure.draw(design, artist.style, poses.POSES[pose], face, turn)
        shapes = placed(drawn, affine(150 + i * 250, 470, tall / 100), tall / 100)
        _model(canvas, artist, shapes, coloured)
    for i, (mood, face) in enumerate(dice.shuffled(list(poses.MOODS.items()))[:4]):
        drawn = figure.draw(design, artist.style, poses.POSES["stand"], face, 0.3)
        size = 62 * design.heads
        canvas.save()
        canvas.clipRect(skia.Rect.MakeXYWH(60 + i * 200, 540, 150, 120))
        _model(
            canvas,
            artist,
            placed(drawn, affine(135 + i * 200, 560 + size, size / 100), size / 100),
            coloured,
        )
        canvas.restore()
        word = mood.upper()
        letters = write(word, 90 + i * 200, 676, 14, 0x55555C, 1.4)
        _strokes(canvas, writing.add(letters, "label", word))
    for k in range(5):
        y = 470 - tall * k / 4
        rule = Shape(polygon([(30, y), (1050, y)], closed=False), pen=0.8, ink_colour=_PRINT)
        _strokes(canvas, [rule])
    for i, colour in enumerate((design.skin, design.hair, design.top, design.trim, design.bottom)):
        _strokes(
            canvas, [Shape(box(930, 530 + i * 30, 60, 24), colour, pen=1, ink_colour=0x55555C)]
        )
        _strokes(
            canvas,
            [
                Shape(
                    box(994, 530 + i * 30, 24, 24), lighter(colour, 0.4), pen=1, ink_colour=0x55555C
                )
            ],
        )
    head = f"{code}  {design.name.upper()}  MODEL SHEET"
    _strokes(canvas, writing.add(write(head, 40, 26, 22, 0x33333A, 2.2), "label", head))
    return Sheet(ink.pixels(surface), writing.on_page(1080, 720))


def _model(canvas: skia.Canvas, artist: Artist, shapes: list[Shape], coloured: bool) -> None:
    if coloured:
        ink.flat(canvas, shapes, artist.style, max(artist.style.line, 1.0))
    else:
        ink.lines(canvas, shapes, artist.style, 1.5, 0xFFFFFF, construction=False)
