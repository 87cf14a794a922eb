"""What is written on a picture, and where: the part of the answer sheet about notes.

Owns boxes of writing only; draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from framematch.case_records import Box, Script

if TYPE_CHECKING:
    from framematch.demo.shapes import Shape

#: What writing is for: an editor's remark, the print of a sheet, a mark over a file, the picture's
#: own title, or strokes that only look like writing.
Purpose = Literal["remark", "label", "mark", "title", "illegible"]

# A line that loses more than this share of its width at an edge cannot be read any more.
_CUT = 0.02


@dataclass(frozen=True, slots=True)
class Written:
    """One line of writing.

    Attributes
    ----------
    box : Box
        Where its ink is, as shares of the picture.
    purpose : str
        What it is for.
    script : str or None
        Script of its letters; ``None`` for what is illegible.
    text : str or None
        What it says; ``None`` where nobody can read it: illegible, cut off or mirrored.
    block : int
        Lines of one number are one remark.
    """

    box: Box
    purpose: Purpose
    script: Script | None
    text: str | None
    block: int

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``notes``."""
        return {
            "box": list(self.box),
            "purpose": self.purpose,
            "script": self.script,
            "text": self.text,
            "block": self.block,
        }

    def rounded(self) -> Written:
        """Return the line as the answer sheet keeps it."""
        left, top, width, height = (round(part, 5) for part in self.box)
        return replace(self, box=(left, top, width, height))

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Written:
        """Return the line of an object under ``notes``."""
        left, top, width, height = row["box"]
        return cls(**{**row, "box": (left, top, width, height)})


class Writing:
    """Collects the lines of a page while it is drawn, in the units of the page."""

    def __init__(self) -> None:
        self._lines: list[Written] = []
        self._block = -1

    def add(
        self,
        shapes: list[Shape],
        purpose: Purpose,
        text: str | None,
        script: Script | None = "Latin",
        *,
        goes_on: bool = False,
    ) -> list[Shape]:
        """Note that `shapes` write `text`, and return them; `goes_on` with the block before."""
        if shapes:
            self._block += not goes_on
            self._lines.append(Written(_bounds(shapes), purpose, script, text, self._block))
        return shapes

    def on_page(
        self, width: float, height: float, left: float = 0.0, unit: float = 1.0
    ) -> tuple[Written, ...]:
        """Return the lines as shares of a page of so many units, whose x begins at `-left`."""
        found = []
        for line in self._lines:
            x, y, wide, high = (part * unit for part in line.box)
            box = ((x + left) / width, y / height, wide / width, high / height)
            found.append(replace(line, box=box))
        return tuple(kept for line in found if (kept := _inside(line)) is not None)


def moved(
    lines: Iterable[Written], x: float, y: float, width: float, height: float
) -> tuple[Written, ...]:
    """Return lines after the part at (x, y) of so much width and height became the picture.

    All are shares of the picture before; the part may reach beyond it.
    """
    found = []
    for line in lines:
        left, top, wide, high = line.box
        box = ((left - x) / width, (top - y) / height, wide / width, high / height)
        found.append(_inside(replace(line, box=box)))
    return tuple(line for line in found if line is not None)


def mirrored(lines: Iterable[Written]) -> tuple[Written, ...]:
    """Return lines after the picture was mirrored left to right: nobody reads them any more."""
    return tuple(
        replace(line, box=(1 - line.box[0] - line.box[2], *line.box[1:]), text=None)
        for line in lines
    )


def marked(lines: Sequence[Written], marks: Sequence[Written]) -> tuple[Written, ...]:
    """Return lines and the marks that were laid over them, which are blocks of their own."""
    after = max((line.block for line in lines), default=-1) + 1
    return (*lines, *(replace(mark, block=mark.block + after) for mark in marks))


def _inside(line: Written) -> Written | None:
    """Return a line cut to the picture, without its text where it loses letters."""
    x, y, wide, high = line.box
    left, right = max(x, 0.0), min(x + wide, 1.0)
    top, lower = max(y, 0.0), min(y + high, 1.0)
    if right <= left or lower <= top:
        return None
    is_whole = right - left >= (1 - _CUT) * wide and lower - top >= (1 - _CUT) * high
    text = line.text if is_whole else None
    return replace(line, box=(left, top, right - left, lower - top), text=text)


def _bounds(shapes: Sequence[Shape]) -> Box:
    left, top, right, lower = [], [], [], []
    for shape in shapes:
        box, pen = shape.path.computeTightBounds(), shape.pen / 2
        left.append(box.left() - pen)
        top.append(box.top() - pen)
        right.append(box.right() + pen)
        lower.append(box.bottom() + pen)
    x, y = min(left), min(top)
    return x, y, max(right) - x, max(lower) - y
