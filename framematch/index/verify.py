"""`verify`: every byte of an index that can be checked, checked.

Owns the list of checks. Reads only; says what is wrong and goes on instead of raising.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from framematch.durable import TEMPORARY_SUFFIX
from framematch.errors import IndexCorruptError, IndexStoreError, IndexVersionError
from framematch.index import arrays
from framematch.index.derived_files import (
    ADVICE,
    DERIVED,
    derived_files,
    open_derived,
    unfinished,
    wrong_rows,
)
from framematch.index.header import HEADER, SEGMENTS, Header, read_header
from framematch.index.identity import Entry, index_id
from framematch.index.lock import lock_for_reading
from framematch.index.reading import reading
from framematch.index.segment import SUFFIX, open_segment, segment_path

_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was found.

    Attributes
    ----------
    file : str
        The file inside the index folder.
    reason : str
        What is the matter with it.
    """

    file: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index verify --json` writes."""
        return {"file": self.file, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Verification:
    """Outcome of a verification.

    Attributes
    ----------
    problems : tuple of Problem
        What makes answers of this index unreliable.
    notes : tuple of Problem
        Harmless leftovers of killed runs; the next writer deletes them.
    references, frames : int
        What the catalogue lists.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    references: int
    frames: int

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index verify --json` writes."""
        return {
            "problems": [problem.to_dict() for problem in self.problems],
            "notes": [note.to_dict() for note in self.notes],
            "references": self.references,
            "frames": self.frames,
        }


def verify(path: Path) -> Verification:
    """Check header, catalogue and segments of the index in the folder `path`.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexVersionError
        It is of another format version, which this release cannot judge.
    """
    try:
        header = read_header(path)
    except IndexCorruptError as error:
        return Verification((Problem(HEADER, str(error)),), (), 0, 0)
    lock = lock_for_reading(path)
    try:
        return _verify(path, header)
    finally:
        if lock is not None:
            os.close(lock)


def _verify(folder: Path, header: Header) -> Verification:
    problems: list[Problem] = []
    entries: tuple[Entry, ...] | None = None
    try:
        with reading(folder) as catalogue:
            name = catalogue.path.name
            catalogue.check(header.sha256)
            problems += [Problem(name, reason) for reason in catalogue.complaints()]
            entries = catalogue.entries()
    except IndexVersionError:
        raise
    except IndexStoreError as error:
        problems.append(Problem("catalogue.sqlite", str(error)))
    for entry in entries or ():
        problems += _judge_segment(folder, entry, header)
    notes: list[Problem] = []
    if entries is not None:
        notes += _leftovers(folder, entries)
        identity = index_id(header.specs, entries)
        for file in derived_files(folder):
            problem = _judge_derived(file, folder, header)
            if problem is not None:
                problems.append(problem)
            elif file.stem != identity:
                notes.append(
                    Problem(
                        f"{DERIVED}/{file.name}",
                        "made for older content; it serves what is left of that until"
                        " `framematch index compact` is run",
                    )
                )
    notes += [
        Problem(f"{DERIVED}/{file.name}", "unfinished file of a killed run")
        for file in unfinished(folder)
    ]
    return Verification(
        problems=tuple(dict.fromkeys(problems)),
        notes=tuple(notes),
        references=len(entries or ()),
        frames=sum(entry.rows for entry in entries or ()),
    )


def _judge_segment(folder: Path, entry: Entry, header: Header) -> Iterator[Problem]:
    """Yield what is wrong with the segment of a reference."""
    path = segment_path(folder, entry.segment)
    name = f"{SEGMENTS}/{path.name}"
    try:
        file = open_segment(path, entry.rows, header.specs)
        mapped = arrays.map_bytes(file)
    except (IndexStoreError, OSError) as error:
        yield Problem(name, f"of {entry.reference.path}: {error}")
        return
    if hashlib.sha256(mapped.data).hexdigest() != entry.segment:
        yield Problem(
            name, f"of {entry.reference.path}: the content is not the one it is named after"
        )
    for array in arrays.check_sums(file, mapped):
        yield Problem(name, f"of {entry.reference.path}: {array} fails its checksum")
    yield from (Problem(name, reason) for reason in _judge_rows(file, mapped))


def _judge_rows(file: arrays.ArrayFile, mapped: arrays.Mapped) -> Iterator[str]:
    """Yield what is wrong with times and thumbnails of a segment."""
    timestamps = arrays.view(file, mapped, "timestamp_s")
    if np.any(np.diff(timestamps) < 0) or not np.isfinite(timestamps).all():
        yield "the rows are not in order of time"
    offsets = arrays.view(file, mapped, "thumbnail_offset")
    thumbnails = arrays.view(file, mapped, "thumbnail")
    if offsets[0] != 0 or offsets[-1] != len(thumbnails) or np.any(offsets[1:] < offsets[:-1]):
        yield "the thumbnails' offsets do not cover the thumbnails"
        return
    for row, (start, end) in enumerate(
        zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    ):
        if (
            thumbnails[start : start + 2].tobytes() != _JPEG_START
            or thumbnails[max(start, end - 2) : end].tobytes() != _JPEG_END
        ):
            yield f"thumbnail {row} is not a whole JPEG"


def _judge_derived(path: Path, folder: Path, header: Header) -> Problem | None:
    """Return what is wrong with a derived file."""
    name = f"{DERIVED}/{path.name}"
    try:
        file = open_derived(path, header.specs)
        mapped = arrays.map_bytes(file)
        damaged = next(arrays.check_sums(file, mapped), None)
        if damaged is not None:
            return Problem(name, f"{damaged} fails its checksum; {ADVICE}")
        segment = next(wrong_rows(file, mapped, folder), None)
    except (IndexStoreError, OSError, ValueError) as error:
        return Problem(name, f"{error}; {ADVICE}")
    if segment is None:
        return None
    return Problem(name, f"has other rows than {SEGMENTS}/{segment}; {ADVICE}")


def _leftovers(folder: Path, entries: tuple[Entry, ...]) -> Iterator[Problem]:
    """Yield the files that no reference uses."""
    used = {entry.segment for entry in entries}
    for file in sorted((folder / SEGMENTS).iterdir()):
        if file.name.endswith(TEMPORARY_SUFFIX):
            yield Problem(f"{SEGMENTS}/{file.name}", "unfinished file of a killed run")
        elif file.suffix != SUFFIX or file.stem not in used:
            yield Problem(f"{SEGMENTS}/{file.name}", "belongs to no reference")
