"""Pictures with writing on them whose place is known, and what is fitted on them: windows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from benchmarks.notes.lettering import Mask, Typeface, lettered, words
from framematch.calibration.operators.pixels import Pixels, as_jpeg
from framematch.case_records import Script
from framematch.notes.lines import Proposal
from framematch.notes.model import CLASSES
from framematch.notes.strokes import INKS

_RED, _BLUE, _GREEN = (200, 45, 40), (45, 85, 190), (40, 140, 80)
_DARKS = ((20, 20, 24), (44, 42, 48), (70, 70, 75), (110, 110, 115))
_INKS = (_RED, _BLUE, _GREEN, (120, 60, 160), (230, 120, 30))
_LIGHTS = ((255, 255, 255), (250, 240, 120), (220, 235, 255))
#: A proposal is writing where it lies in a line, is as high, and covers it from top to bottom.
_INSIDE, _COVERED, _HIGHER = 0.7, 0.72, 1.35
_OUTSIDE, _HARDLY = 0.08, 0.45


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing: its box in pixels, left, top, right, lower; its script; light or dark."""

    box: tuple[int, int, int, int]
    script: Script
    light: bool


def composed(
    ground: Pixels, faces: Sequence[Typeface], rng: np.random.Generator
) -> tuple[Pixels, list[Line]]:
    """Return a picture with lines of writing, arrows and rings over it, and its lines."""
    pixels = _scribbled(ground, rng) if rng.random() < 0.6 else ground.copy()
    lines: list[Line] = []
    count = 0 if rng.random() < 0.15 else int(rng.integers(1, 9))
    for _ in range(count):
        script: Script = str(rng.choice(["Han", "Hangul", "Kana", "Latin"]))  # type: ignore[assignment]
        able = [face for face in faces if script in face.scripts]
        text = words(script, rng, int(rng.integers(2, 13)))
        face = able[int(rng.integers(len(able)))]
        mask = lettered(text, face, rng, float(rng.choice([0.0, 0.5, 1.0, 1.4])))
        if mask is None:
            continue
        line = _laid(pixels, mask, script, lines, rng)
        if line is not None:
            lines.append(line)
    if rng.random() < 0.5:
        pixels = as_jpeg(pixels, int(rng.integers(35, 93)))
    return pixels, lines


def _laid(
    pixels: Pixels, mask: Mask, script: Script, lines: list[Line], rng: np.random.Generator
) -> Line | None:
    """Write a line into `pixels` at a free place; return it, or ``None`` where there is none."""
    height, width = pixels.shape[:2]
    high = int(np.clip(np.exp(rng.normal(2.95, 0.45)), 8, 70))
    wide = max(round(mask.shape[1] * high / mask.shape[0]), 4)
    if wide >= width - 4 or high >= height - 4:
        return None
    small = np.asarray(Image.fromarray(mask).resize((wide, high), Image.Resampling.BOX))
    for _ in range(8):
        x, y = int(rng.integers(1, width - wide - 1)), int(rng.integers(1, height - high - 1))
        room = (x - high // 3, y - high // 3, x + wide + high // 3, y + high + high // 3)
        if all(_overlap(room, line.box) == 0 for line in lines):
            break
    else:
        return None
    under = pixels[y : y + high, x : x + wide]
    plated = rng.random() < 0.12
    light = plated or float(under.mean()) < (90 if rng.random() < 0.8 else 150)
    if plated:
        pad = high // 3
        pixels[max(y - pad, 0) : y + high + pad, max(x - pad, 0) : x + wide + pad] = 14
    pool = _LIGHTS if light else _DARKS if rng.random() < 0.5 else _INKS
    ink = np.array(pool[int(rng.integers(len(pool)))], np.float64) + rng.normal(0, 8, 3)
    alpha = (small / 255 * rng.uniform(0.6, 1.0))[..., None]
    mixed = under * (1 - alpha) + ink * alpha
    pixels[y : y + high, x : x + wide] = np.clip(mixed, 0, 255).round().astype(np.uint8)
    return Line((x, y, x + wide, y + high), script, light)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> int:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(high, 0)


def _scribbled(ground: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a picture with what is drawn and is no writing: rings, arrows, hatching, grids."""
    image = Image.fromarray(ground)
    pen = ImageDraw.Draw(image)
    width, height = image.size
    for _ in range(int(rng.integers(1, 9))):
        pool = _INKS if rng.random() < 0.7 else _DARKS
        ink = pool[int(rng.integers(len(pool)))]
        thick = int(rng.integers(1, 4))
        x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
        size = float(np.exp(rng.normal(3.2, 0.7)))
        kind = int(rng.integers(8))
        if kind == 0:
            pen.ellipse(
                (x - size, y - size * 0.8, x + size, y + size * 0.8), outline=ink, width=thick
            )
        elif kind == 1:
            turn = rng.uniform(0, 6.3)
            dx, dy = np.cos(turn), np.sin(turn)
            tip = (x + dx * size * 2, y + dy * size * 2)
            pen.line((x, y, *tip), fill=ink, width=thick)
            for side in (-0.5, 0.5):
                back = (
                    tip[0] - size * 0.3 * np.cos(turn + side),
                    tip[1] - size * 0.3 * np.sin(turn + side),
                )
                pen.line((*tip, *back), fill=ink, width=thick)
        elif kind == 2:
            gap, count = rng.uniform(3, 12), int(rng.integers(4, 20))
            lean = rng.uniform(-1, 1) * size * 0.5
            for i in range(count):
                pen.line((x + i * gap, y, x + i * gap + lean, y + size * 0.5), fill=ink, width=1)
        elif kind == 3:
            pen.rectangle(
                (x, y, x + size * rng.uniform(0.5, 4), y + size), outline=ink, width=thick
            )
        elif kind == 4:
            for i in range(int(rng.integers(2, 9))):
                step = i * rng.uniform(8, 26)
                pen.line((x, y + step, x + size * 6, y + step), fill=ink, width=1)
        elif kind == 5:
            at = rng.normal(0, 1, (int(rng.integers(3, 8)), 2)).cumsum(axis=0) * size * 0.3
            pen.line([(x + px, y + py) for px, py in at], fill=ink, width=thick, joint="curve")
        elif kind == 6:
            for px, py in rng.normal(0, 1, (int(rng.integers(5, 30)), 2)) * size:
                dot = rng.uniform(0.5, 3)
                pen.ellipse((x + px - dot, y + py - dot, x + px + dot, y + py + dot), outline=ink)
        else:
            for i in range(int(rng.integers(3, 10))):
                left, top = x + i * size * 0.5, y + rng.normal(0, 2)
                start, end = rng.uniform(0, 360, 2).tolist()
                pen.arc((left, top, left + size * 0.6, top + size * 0.7), start, end, ink)
    return np.asarray(image).copy()


def labels_of(
    lines: Sequence[Proposal], truth: Sequence[Line], scale: float
) -> npt.NDArray[np.int64]:
    """Return what each proposal is: a position in `CLASSES`, or -1 where that is not clear.

    Parameters
    ----------
    lines : sequence of Proposal
        In pixels of a copy of the picture at `scale`.
    truth : sequence of Line
        In pixels of the picture.
    scale : float
        Size of the copy, as a share.
    """
    label = np.full(len(lines), -1, np.int64)
    for number, line in enumerate(lines):
        left, top, right, lower = line.box
        area = (right - left) * (lower - top)
        shared, best = 0.0, None
        for true in truth:
            box = tuple(round(edge * scale) for edge in true.box)
            part = _overlap(line.box, box) / area  # type: ignore[arg-type]  # four edges
            shared += part
            if part > _INSIDE:
                best = (true, box)
        if shared < _OUTSIDE:
            label[number] = 0
        if best is None:
            continue
        true, box = best
        covered = (min(lower, box[3]) - max(top, box[1])) / max(box[3] - box[1], 1)
        if true.light != (INKS[line.ink] == "light") or covered < _HARDLY:
            label[number] = 0
        elif covered >= _COVERED and (lower - top) < _HIGHER * (box[3] - box[1]) + 2:
            label[number] = CLASSES.index(true.script)
    return label
