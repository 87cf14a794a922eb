"""How well writing is found, told by script, and read: figures of cases whose writing is known."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.notes.cases import Case
from framematch.case_records import Box, Note, Script
from framematch.demo.writing import Written
from framematch.notes.find import Line, find_lines
from framematch.notes.scripts import scripts_of

Mask = npt.NDArray[np.bool_]

#: A line is found where so much of it is covered; a box is right where so much of it is writing.
COVERED, RIGHT = 0.5, 0.5
#: Two boxes are the same from this intersection over union on.
SAME = 0.5
_GRID = 512


def _mask(boxes: Iterable[Box], room: float = 0.0) -> Mask:
    """Return where boxes are on a grid over the picture, each larger by `room` of its height."""
    mask = np.zeros((_GRID, _GRID), np.bool_)
    for left, top, width, height in boxes:
        edge = room * height
        y0, y1 = max(top - edge, 0) * _GRID, (top + height + edge) * _GRID
        x0, x1 = max(left - edge, 0) * _GRID, (left + width + edge) * _GRID
        mask[int(y0) : max(round(y1), int(y0) + 1), int(x0) : max(round(x1), int(x0) + 1)] = True
    return mask


def _share(mask: Mask, box: Box) -> float:
    """Return which share of a box is set."""
    own = _mask([box])
    return float((mask & own).sum() / max(own.sum(), 1))


def _union(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    lower = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, lower - top


def _iou(one: Box, other: Box) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(wide, 0.0) * max(high, 0.0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


@dataclass(slots=True)
class Found:
    """Counts of what was found and what was not."""

    pictures: int = 0
    with_writing: int = 0
    told_with: int = 0
    told_rightly: int = 0
    boxes: int = 0
    boxes_right: int = 0
    blocks: Counter[str] = field(default_factory=Counter)
    blocks_same: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    lines_found: Counter[str] = field(default_factory=Counter)
    confusion: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    false: list[tuple[str, Box]] = field(default_factory=list)

    def add(self, case: Case, notes: Sequence[Note], lines: Sequence[Line]) -> None:
        """Count one picture."""
        legible = [line for line in case.lines if line.purpose != "illegible"]
        self.pictures += 1
        self.with_writing += bool(legible)
        self.told_with += bool(notes)
        self.told_rightly += bool(notes) and bool(legible)
        writing = _mask((line.box for line in case.lines), room=0.25)
        by_block: dict[int, list[Box]] = defaultdict(list)
        for line in case.lines:
            by_block[line.block].append(line.box)
        for note in notes:
            # Between the lines of a remark is paper: the whole remark counts as writing.
            whole = writing | _mask(map(_union, by_block.values()))
            is_right = _share(whole, note.box) >= RIGHT
            self.boxes += 1
            self.boxes_right += is_right
            if not is_right:
                self.false.append((case.name, note.box))
        found = _mask(note.box for note in notes)
        for line in legible:
            self.lines[line.purpose] += 1
            self.lines_found[line.purpose] += _share(found, line.box) >= COVERED
            told = _script_at(line, lines, case)
            if told is not None and line.script is not None:
                self.confusion[line.script][told] += 1
        for block, purpose in {line.block: line.purpose for line in legible}.items():
            same = any(_iou(_union(by_block[block]), note.box) >= SAME for note in notes)
            self.blocks[purpose] += 1
            self.blocks_same[purpose] += same

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and what follows from them."""
        lines = {
            purpose: {"lines": n, "found": self.lines_found[purpose]}
            for purpose, n in sorted(self.lines.items())
        }
        return {
            "pictures": self.pictures,
            "with_writing": self.with_writing,
            "told_with_writing": self.told_with,
            "file_precision": _ratio(self.told_rightly, self.told_with),
            "file_recall": _ratio(self.told_rightly, self.with_writing),
            "boxes": self.boxes,
            "box_precision": _ratio(self.boxes_right, self.boxes),
            "line_recall": _ratio(sum(self.lines_found.values()), sum(self.lines.values())),
            "lines_by_purpose": lines,
            "blocks_by_purpose": {
                purpose: {"blocks": n, "same": self.blocks_same[purpose]}
                for purpose, n in sorted(self.blocks.items())
            },
            "scripts": {true: dict(sorted(told.items())) for true, told in self.confusion.items()},
            "false_boxes_per_picture": _ratio(self.boxes - self.boxes_right, self.pictures),
        }


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _script_at(true: Written, lines: Sequence[Line], case: Case) -> Script | None:
    """Return the first script that is told of a line, ``None`` where it was not found."""
    height, width = case.pixels.shape[:2]
    best: tuple[float, Line] | None = None
    for line in lines:
        left, top, right, lower = line.box
        box = (left / width, top / height, (right - left) / width, (lower - top) / height)
        shared = _share(_mask([box]), true.box)
        if shared > 0.3 and (best is None or shared > best[0]):
            best = (shared, line)
    if best is None:
        return None
    shares = best[1].shares
    names: tuple[Script, ...] = ("Han", "Hangul", "Kana", "Latin")
    return names[int(np.argmax(shares))]


def edits(one: str, other: str) -> int:
    """Return how many letters must be put in, left out or exchanged to turn one into the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@dataclass(slots=True)
class Read:
    """How lines of one script were read."""

    lines: int = 0
    right: int = 0
    said: int = 0
    letters: int = 0
    wrong_letters: int = 0
    letters_said: int = 0
    wrong_said: int = 0

    def add(self, true: str, read: str | None) -> None:
        """Count one line; spaces are left out, and nothing read counts as every letter missing."""
        wanted = true.replace(" ", "").upper()
        got = "" if read is None else read.replace(" ", "").upper()
        wrong = min(edits(wanted, got), len(wanted))
        self.lines += 1
        self.letters += len(wanted)
        self.wrong_letters += wrong
        self.right += wanted == got
        if got:
            self.said += 1
            self.letters_said += len(wanted)
            self.wrong_said += wrong

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and the rates."""
        return {
            "lines": self.lines,
            "read": self.said,
            "right": self.right,
            "share_right": _ratio(self.right, self.lines),
            "share_right_of_read": _ratio(self.right, self.said),
            "character_error_rate": _ratio(self.wrong_letters, self.letters),
            "character_error_rate_of_read": _ratio(self.wrong_said, self.letters_said),
        }


def nearest(true: Written, texts: Sequence[tuple[Box, str]]) -> str | None:
    """Return which line of the texts that stand over a line is in its script and most like it."""
    wanted = (true.text or "").replace(" ", "").upper()
    near = []
    for box, text in texts:
        if _share(_mask([box], 0.3), true.box) < 0.3:
            continue
        near += [part for part in text.splitlines() if true.script in scripts_of(part)]
    return min(near, key=lambda part: edits(wanted, part.replace(" ", "").upper()), default=None)


def reading(
    cases: Iterable[Case], read: Callable[[Case], Sequence[tuple[Box, str]]]
) -> dict[str, Read]:
    """Return how the remarks of cases are read, by script."""
    found: dict[str, Read] = defaultdict(Read)
    for case in cases:
        wanted = [ln for ln in case.lines if ln.purpose == "remark" and ln.text and ln.script]
        if not wanted:
            continue
        texts = read(case)
        for line in wanted:
            found[str(line.script)].add(str(line.text), nearest(line, texts))
    return dict(found)


def lines_of(case: Case) -> list[Line]:
    """Return the lines that are found on a case."""
    return find_lines(case.pixels)
