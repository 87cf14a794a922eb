"""Numbered pictures of one folder, such as ``shot_0001.png``: which files are one sequence.

Owns the reading of names and the clock of numbers. Opens no file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

#: Fewer numbered files than this are single pictures.
LEAST_FILES = 5
#: Numbers are taken as so many per second; what they truly are the references tell.
NUMBERS_PER_S = 24
# Drawings that stand for several numbers leave the others out: of two neighbours the later number
# is at most so much larger; a longer gap ends the sequence.
_LONGEST_HOLD = 24
# Most neighbours lie this near: drawings on fours.
_USUAL_STEP = 4
# Every so many numbers are looked at; of short sequences more, to have about so many pictures.
_SAMPLED_STEP, _LEAST_SAMPLED = 6, 12
_PICTURES = frozenset(
    f".{name}"
    for name in (
        *("avif", "bmp", "clip", "exr", "jp2", "jpeg", "jpg", "png", "psb", "psd"),
        *("tga", "tif", "tiff", "webp"),
    )
)
_DIGITS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class NumberedSequence:
    """Files of one folder that are the frames of one shot.

    Attributes
    ----------
    name : str
        How it is called: ``folder/shot_[0001-0072].png``.
    paths : tuple of Path
        The files, by number.
    numbers : tuple of int
        Their numbers, rising.
    """

    name: str
    paths: tuple[Path, ...]
    numbers: tuple[int, ...]

    def timestamp_s(self, position: int) -> float:
        """Return the time of a file from the first one, at `NUMBERS_PER_S`."""
        return (self.numbers[position] - self.numbers[0]) / NUMBERS_PER_S

    def sample(self, most: int) -> list[int]:
        """Return positions of the files to look at, evenly in number, `most` of them at most.

        Of a long sequence every sixth number, as numbers may stand for a twenty-fourth of a second
        or for an eighth; of a short one more.
        """
        span = self.numbers[-1] - self.numbers[0] + 1
        step = max(1, min(_SAMPLED_STEP, span // _LEAST_SAMPLED), -(-span // most))
        ticks = range(self.numbers[0], self.numbers[-1] + 1, step)
        return sorted({bisect_right(self.numbers, tick) - 1 for tick in ticks})


def group_sequences(paths: Iterable[Path]) -> list[Path | NumberedSequence]:
    """Return files in the order given, sequences in the place of the first of their files.

    A sequence are pictures of one folder whose names differ in one number only, at least
    `LEAST_FILES`, most of them no further than drawings on fours apart.
    """
    given = list(dict.fromkeys(paths))
    sequence_of: dict[Path, NumberedSequence] = {}
    for key, found in _by_pattern(given):
        left = {number: path for number, path in found.items() if path not in sequence_of}
        for run in _runs(sorted(left)):
            sequence = _sequence(key, [left[number] for number in run], run)
            sequence_of.update(dict.fromkeys(sequence.paths, sequence))
    grouped: list[Path | NumberedSequence] = []
    placed: set[int] = set()
    for path in given:
        one = sequence_of.get(path, path)
        # By identity: a sequence's hash is that of all its paths, which are as many times asked.
        if id(one) not in placed:
            placed.add(id(one))
            grouped.append(one)
    return grouped


def _by_pattern(paths: Sequence[Path]) -> list[tuple["_Pattern", dict[int, Path]]]:
    """Return files by what their names have in common, the largest group first."""
    groups: dict[_Pattern, dict[int, Path]] = {}
    for path in paths:
        if path.suffix.lower() not in _PICTURES:
            continue
        for digits in _DIGITS.finditer(path.stem):
            pattern = _Pattern(path.parent, path.stem[: digits.start()], path.name[digits.end() :])
            groups.setdefault(pattern, {}).setdefault(int(digits.group()), path)
    large = [(key, found) for key, found in groups.items() if len(found) >= LEAST_FILES]
    return sorted(large, key=lambda pair: -len(pair[1]))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What the names of a sequence have in common."""

    folder: Path
    before: str
    after: str

    def digits(self, path: Path) -> str:
        """Return the number of a file as it is written."""
        return path.name[len(self.before) : len(path.name) - len(self.after)]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Split rising numbers at long gaps; runs that are too short or too thin are left out."""
    runs: list[list[int]] = []
    for number in numbers:
        if not runs or number - runs[-1][-1] > _LONGEST_HOLD:
            runs.append([])
        runs[-1].append(number)
    return [run for run in runs if len(run) >= LEAST_FILES and _is_dense(run)]


def _is_dense(run: Sequence[int]) -> bool:
    steps = sorted(later - number for number, later in pairwise(run))
    return steps[len(steps) // 2] <= _USUAL_STEP


def _sequence(pattern: _Pattern, paths: Sequence[Path], numbers: Sequence[int]) -> NumberedSequence:
    first, last = pattern.digits(paths[0]), pattern.digits(paths[-1])
    name = str(pattern.folder / f"{pattern.before}[{first}-{last}]{pattern.after}")
    return NumberedSequence(name, tuple(paths), tuple(numbers))
