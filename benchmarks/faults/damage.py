"""Ways in which a disk spoils a file, each at a place that a seed chooses."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: What disks and SQLite write at a time.
PAGE = 4096

#: Bytes that tell of a structure: names and digits of JSON, and the ends of lines.
_STRUCTURE = re.compile(rb'["{}\[\]:,\n]')


@dataclass(frozen=True, slots=True)
class Damage:
    """A file with something done to it.

    Attributes
    ----------
    file : str
        Name inside the folder.
    kind : str
        What was done, for the table.
    detail : str
        Where, to do it again.
    content : bytes or None
        What the file holds now; ``None`` where it is gone.
    flipped : int
        Bits that were flipped.
    """

    file: str
    kind: str
    detail: str
    content: bytes | None
    flipped: int = 0

    def apply(self, folder: Path) -> None:
        """Put it into a copy of the folder; a hard link to the original is broken first."""
        path = folder / self.file
        path.unlink(missing_ok=True)
        if self.content is not None:
            path.write_bytes(self.content)


def copied(source: Path, target: Path, *, linked: frozenset[str]) -> None:
    """Copy a folder; files in the folders `linked`, which nothing writes to, are hard links."""
    for place, _, names in os.walk(source):
        here = Path(place).relative_to(source)
        (target / here).mkdir(parents=True, exist_ok=True)
        for name in names:
            if here.name in linked:
                os.link(source / here / name, target / here / name)
            else:
                shutil.copyfile(source / here / name, target / here / name)


def damages(folder: Path, older: Path, file: str, seed: int) -> Iterator[Damage]:
    """Yield damages of one file without end, those that need no place among the first.

    Parameters
    ----------
    folder : Path
        Holds the file.
    older : Path
        Holds earlier versions of some files.
    file : str
        Name inside the folder.
    seed : int
        Decides the random places.
    """
    chance = random.Random(f"{seed} {file}")  # noqa: S311 - places, no secrets
    whole = (folder / file).read_bytes()
    fixed = list(_fixed(folder, older, file, whole, chance))
    chance.shuffle(fixed)
    at_random = _random(file, whole, chance) if whole else iter(())
    for one in fixed:
        yield one
        yield from itertools.islice(at_random, 1)
    yield from at_random


def _fixed(
    folder: Path, older: Path, file: str, whole: bytes, chance: random.Random
) -> Iterator[Damage]:
    """Yield the damages that no place is chosen for."""
    yield Damage(file, "gone", "", None)
    for length in sorted({0, len(whole) // 2, max(0, len(whole) - 1), len(whole) & ~(PAGE - 1)}):
        if length < len(whole):
            yield Damage(file, "cut short", f"to {length}", whole[:length])
    for n_more in (1, PAGE):
        more = chance.randbytes(n_more)
        yield Damage(file, "garbage added", f"{n_more} bytes", whole + more)
    before = older / file
    if before.is_file() and before.read_bytes() != whole:
        yield Damage(file, "older version", "", before.read_bytes())
    sibling = _sibling(folder / file, whole)
    if sibling is not None:
        yield Damage(file, "another file", sibling.name, sibling.read_bytes())


def _sibling(path: Path, whole: bytes) -> Path | None:
    """Return a file of the same kind with another content, one as long where there is one."""
    others = [other for other in sorted(path.parent.glob(f"*{path.suffix}")) if other != path]
    others = [other for other in others if other.read_bytes() != whole]
    same = [other for other in others if other.stat().st_size == len(whole)]
    return next(iter(same or others), None)


def _random(file: str, whole: bytes, chance: random.Random) -> Iterator[Damage]:
    pages = max(1, len(whole) // PAGE)
    head = whole[: 4 * PAGE]
    fields = [found.start() for found in _STRUCTURE.finditer(head)] or [0]
    while True:
        for _ in range(6):
            yield _flip(file, whole, "flip anywhere", chance.randrange(len(whole)), chance)
        for _ in range(3):
            place = min(len(whole) - 1, chance.choice(fields) + chance.randrange(-2, 3))
            yield _flip(file, whole, "flip in a field", max(0, place), chance)
        # SQLite and arrays keep what matters at the start of their pages.
        start = chance.randrange(pages) * PAGE
        place = min(len(whole) - 1, start + chance.randrange(64))
        yield _flip(file, whole, "flip in a page header", place, chance)
        length = chance.randrange(len(whole))
        yield Damage(file, "cut short", f"to {length}", whole[:length])
        start = chance.randrange(pages) * PAGE
        page = whole[start : start + PAGE]
        zeros = whole[:start] + bytes(len(page)) + whole[start + PAGE :]
        if zeros != whole:
            yield Damage(file, "zeroed page", f"at {start}", zeros)
        other = chance.randrange(pages) * PAGE
        swapped = bytearray(whole)
        swapped[start : start + PAGE] = whole[other : other + PAGE]
        swapped[other : other + len(page)] = page
        if bytes(swapped) != whole:
            yield Damage(file, "swapped page", f"{start} and {other}", bytes(swapped))


def _flip(file: str, whole: bytes, kind: str, place: int, chance: random.Random) -> Damage:
    changed = bytearray(whole)
    bit = chance.randrange(8)
    changed[place] ^= 1 << bit
    return Damage(file, kind, f"bit {bit} of byte {place}", bytes(changed), flipped=1)
