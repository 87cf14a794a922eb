"""Where writing stands on a picture. Pure functions on arrays; reads no text.

Strokes are told from areas, blobs of one ink are put together to what may be lines, and a small
network says which of them are writing and in which script (`strokes`, `lines`, `model`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.case_records import Note, Script
from framematch.notes.lines import Proposal, proposals
from framematch.notes.model import CLASSES, shipped_network
from framematch.notes.strokes import Strokes, strokes_of
from framematch.notes.windows import windows

Pixels = npt.NDArray[np.uint8]
Edges = tuple[float, float, float, float]

# Longer pictures are reduced to this; letters are looked for in copies of half and a quarter too.
_SIDE, _LEVELS, _LEAST_SIDE = 1024, 3, 48
# More proposals than this at one size are a texture: the rest is not looked at.
_MOST_LINES = 250
# A line is looked at further from these log odds on, and a block is believed where one of its lines
# has the second ones; from the third on length decides between two lines over each other.
_LIKELY, _SURE, _SURE_ENOUGH = 0.5, 3.0, 6.0
# Two lines are one where so much of the smaller lies in the other.
_OVER = 0.4
# A script is named where it has so much of the probability.
_TOLD = 0.4
# Words of a line: how much of their height they share, space between and unlikeness of heights.
_LEVEL, _SPACE, _ALIKE = 0.5, 1.3, 1.7
# Lines of a block: space between, in heights of the lower one; overlap, as a share of the shorter.
_LEADING, _OVERHANG, _ALIKE_IN_BLOCK = 0.85, 0.35, 2.0


def levels(pixels: Pixels) -> Iterator[tuple[float, Strokes]]:
    """Yield copies of a picture at falling sizes: their size as a share, and their strokes."""
    longest = max(pixels.shape[:2])
    scale = min(1.0, _SIDE / longest)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    for _ in range(_LEVELS):
        width, height = (max(1, round(side * scale)) for side in image.size)
        if min(width, height) < _LEAST_SIDE:
            return
        small = image if scale == 1 else image.resize((width, height), Image.Resampling.BOX)
        yield scale, strokes_of(np.asarray(small))
        scale /= 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing.

    Attributes
    ----------
    box : tuple of 4 floats
        Left, top, right and lower edge in pixels of the picture.
    ink : int
        Position in `strokes.INKS`.
    sure : float
        Log odds that it is writing.
    shares : tuple of 4 floats
        Probability of each script, if it is writing, in the order of `CLASSES`.
    """

    box: Edges
    ink: int
    sure: float
    shares: tuple[float, ...]

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.box[2] - self.box[0]

    @property
    def scripts(self) -> tuple[Script, ...]:
        """Scripts that it may well hold, in alphabetical order."""
        best = max(self.shares)
        named = zip(CLASSES[1:], self.shares, strict=True)
        found = [name for name, share in named if share >= max(_TOLD, _TOLD * best)]
        return tuple(sorted(found))  # type: ignore[arg-type]  # the classes are scripts


def find_notes(pixels: Pixels) -> tuple[Note, ...]:
    """Return where writing stands on a picture, from top to bottom.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.

    Returns
    -------
    tuple of Note
        One for each block of lines, its text not read; empty where there is none.
    """
    height, width = pixels.shape[:2]
    return notes_of(find_lines(pixels), width, height)


def notes_of(lines: list[Line], width: int, height: int) -> tuple[Note, ...]:
    """Return the blocks of lines on a picture of so many pixels, from top to bottom."""
    notes = []
    for block in blocks_of(lines):
        left, top, right, lower = outer_box([line.box for line in block])
        box = (left / width, top / height, (right - left) / width, (lower - top) / height)
        scripts = sorted({script for line in block for script in line.scripts})
        notes.append(Note(box, tuple(scripts), None, None))
    return tuple(sorted(notes, key=lambda note: (note.box[1], note.box[0])))


def find_lines(pixels: Pixels) -> list[Line]:
    """Return the lines of writing on a picture, uint8 (H, W, 3), block by block."""
    found: list[Line] = []
    for scale, strokes in levels(pixels):
        may = proposals(strokes)[:_MOST_LINES]
        cut, number = windows(strokes, may)
        if not len(number):
            continue
        odds = shipped_network().odds(cut)
        counts = np.bincount(number, minlength=len(may))[:, None]
        summed = np.zeros((len(may), odds.shape[1]), np.float64)
        np.add.at(summed, number, odds)
        found += _believed(may, summed / counts, scale)
    lines = _joined(_apart(found))
    return [line for block in blocks_of(lines) if _is_sure(block) for line in block]


def _is_sure(block: list[Line]) -> bool:
    """Return whether one line of a block is writing beyond doubt: it vouches for the others."""
    return max(line.sure for line in block) > _SURE


def _believed(may: list[Proposal], odds: npt.NDArray[np.float64], scale: float) -> list[Line]:
    odds = odds - odds.max(axis=1, keepdims=True)
    weight = np.exp(odds)
    writing = weight[:, 1:].sum(axis=1)
    sure = np.log(writing + 1e-9) - odds[:, 0]
    shares = weight[:, 1:] / (writing[:, None] + 1e-9)
    return [
        Line(
            tuple(edge / scale for edge in may[k].box),  # type: ignore[arg-type]  # four edges
            may[k].ink,
            float(sure[k]),
            tuple(shares[k].tolist()),
        )
        for k in np.flatnonzero(sure > _LIKELY)
    ]


def _apart(lines: list[Line]) -> list[Line]:
    """Return lines of which none lies over another: the surer and the longer one stays."""

    def weight(line: Line) -> float:
        return min(line.sure, _SURE_ENOUGH) + float(np.log(line.width / line.height))

    kept: list[Line] = []
    for line in sorted(lines, key=lambda line: (-weight(line), line.box)):
        if all(_shared(line.box, other.box) < _OVER for other in kept):
            kept.append(line)
    return kept


def _shared(one: Edges, other: Edges) -> float:
    """Return which share of the smaller box lies in the other."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * high / min(areas)


def _joined(lines: list[Line]) -> list[Line]:
    """Return lines with the words of each put together."""
    out: list[Line] = []
    for group in _chains(lines, _of_one_line):
        width = sum(line.width for line in group)
        shares = [
            sum(line.shares[k] * line.width for line in group) / width
            for k in range(len(CLASSES) - 1)
        ]
        out.append(
            Line(
                outer_box([line.box for line in group]),
                group[0].ink,
                max(line.sure for line in group),
                tuple(shares),
            )
        )
    return sorted(out, key=lambda line: (-line.sure, line.box))


def _of_one_line(one: Line, other: Line) -> bool:
    high = min(one.height, other.height)
    gap = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
    level = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    alike = max(one.height, other.height) < _ALIKE * high
    return one.ink == other.ink and alike and level > _LEVEL * high and gap < _SPACE * high


def blocks_of(lines: list[Line]) -> list[list[Line]]:
    """Return lines that one person would box as one remark, each from top to bottom."""
    return [sorted(block, key=lambda line: line.box[1]) for block in _chains(lines, _of_one_block)]


def _of_one_block(one: Line, other: Line) -> bool:
    high = min(one.height, other.height)
    gap = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    over = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    beside = over > _OVERHANG * min(one.width, other.width)
    alike = max(one.height, other.height) < _ALIKE_IN_BLOCK * high
    return alike and beside and gap < _LEADING * high


def _chains(lines: list[Line], together: Callable[[Line, Line], bool]) -> list[list[Line]]:
    """Return groups of lines in which every one belongs to another, in order of their first."""
    group = list(range(len(lines)))
    for i, one in enumerate(lines):
        for j in range(i):
            if group[i] != group[j] and together(one, lines[j]):
                old, new = max(group[i], group[j]), min(group[i], group[j])
                group = [new if number == old else number for number in group]
    found: dict[int, list[Line]] = {}
    for number, line in zip(group, lines, strict=True):
        found.setdefault(number, []).append(line)
    return list(found.values())


def outer_box(boxes: Sequence[Edges]) -> Edges:
    """Return the smallest box around others."""
    left, top, right, lower = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(lower)
