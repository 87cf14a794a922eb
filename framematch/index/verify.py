"""`verify`: every byte of an index that can be checked, checked.

Owns the list of checks. Reads only; says what is wrong and goes on instead of raising.
"""

from __future__ import annotations

import contextlib
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
from framematch.index.content import Change
from framematch.index.derived_files import DERIVED, derived_files, judge_derived, unfinished
from framematch.index.header import (
    CATALOGUE,
    HEADER,
    JOURNAL,
    SEGMENTS,
    Header,
    parse_header,
    read_header,
)
from framematch.index.identity import Entry, index_id
from framematch.index.journal import file_digest, judge_journal, last_change, last_digest, replay
from framematch.index.lines import decode_line, lines_of
from framematch.index.lock import lock_for_reading
from framematch.index.quarantine import MANIFEST, QUARANTINE, SEEN, WAITING, waiting
from framematch.index.reading import reading
from framematch.index.salvage import UNREAD_BYTES
from framematch.index.segment import SUFFIX, open_segment, segment_path
from framematch.records import Reference

_OLDER = (
    "made for older content; it serves what is left of that until `framematch index compact` is run"
)

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
    affected : tuple of Reference
        References whose rows stand in it; empty where that is not one segment's matter.
    """

    file: str
    reason: str
    affected: tuple[Reference, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index verify --json` writes."""
        return {
            "file": self.file,
            "reason": self.reason,
            "affected": [reference.to_dict() for reference in self.affected],
        }


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
    """Check every file of the index in the folder `path`.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexVersionError
        It is of another format version, which this release cannot judge.
    """
    problems: list[Problem] = []
    told = replay(path)
    noted = None if told is None else told.header
    raw = noted or b""
    try:
        header = read_header(path)
        found = (path / HEADER).read_bytes()
    except (IndexCorruptError, IndexVersionError) as error:
        # The journal tells what it was, and whether another version is damage.
        if not raw or _is_what_was_written(path):
            if isinstance(error, IndexVersionError):
                raise
            return Verification((Problem(HEADER, str(error)),), (), 0, 0)
        problems.append(Problem(HEADER, str(error)))
        header = parse_header(raw, path / HEADER)
    else:
        if noted in (None, found) or _is_what_was_written(path):
            raw = found
        else:
            problems.append(Problem(HEADER, "is not what was written"))
            header = parse_header(raw, path / HEADER)
    lock = lock_for_reading(path)
    try:
        return _verify(path, header, raw, problems)
    finally:
        if lock is not None:
            os.close(lock)


def _is_what_was_written(folder: Path) -> bool:
    """Return whether the header is the one that the catalogue was made with."""
    try:
        with reading(folder) as catalogue:
            digest = hashlib.sha256((folder / HEADER).read_bytes()).hexdigest()
            return catalogue.header_sha256() == digest
    except (IndexStoreError, OSError):
        return False


def _verify(folder: Path, header: Header, raw: bytes, problems: list[Problem]) -> Verification:
    notes: list[Problem] = []
    entries: tuple[Entry, ...] | None = None
    state: Change | None = None
    try:
        noted = last_change(folder)
        # Before it is opened: whoever closes it last may move its log.
        digest = file_digest(folder)
        with reading(folder) as catalogue:
            name = catalogue.path.name
            catalogue.check(header.sha256)
            catalogue.check_changes(noted)
            problems += [Problem(name, reason) for reason in catalogue.complaints()]
            entries = catalogue.entries()
            state = catalogue.state()
        if not problems and state == noted and last_digest(folder) not in (None, digest):
            problems.append(Problem(CATALOGUE, UNREAD_BYTES))
    except IndexVersionError as error:
        if noted is None:
            raise
        problems.append(Problem(CATALOGUE, str(error)))
    except IndexStoreError as error:
        if not any(problem.file == CATALOGUE for problem in problems):
            problems.append(Problem(CATALOGUE, str(error)))
    judged = judge_journal(folder, raw, state)
    if judged is not None:
        found = Problem(JOURNAL, f"{judged.reason}; the next writer makes it anew")
        (notes if judged.is_harmless else problems).append(found)
    problems += _judge_segments(folder, entries or (), header)
    if entries is not None:
        notes += _leftovers(folder, entries)
        identity = index_id(header.specs, entries)
        for file in derived_files(folder):
            name = f"{DERIVED}/{file.name}"
            reason = judge_derived(file, folder, header, entries)
            if reason is not None:
                problems.append(Problem(name, reason))
            elif file.stem != identity:
                notes.append(Problem(name, _OLDER))
        waits = waiting(folder, [entry.reference.sha256 for entry in entries])
        if waits:
            advice = f"framematch index add --manifest {folder / QUARANTINE / MANIFEST}"
            reason = f"{len(waits)} references wait to be indexed again: {advice}"
            notes.append(Problem(f"{QUARANTINE}/{WAITING}", reason))
    notes += _unfinished(folder)
    notes += _judge_seen(folder)
    return Verification(
        problems=tuple(dict.fromkeys(problems)),
        notes=tuple(notes),
        references=len(entries or ()),
        frames=sum(entry.rows for entry in entries or ()),
    )


def _judge_segments(folder: Path, entries: tuple[Entry, ...], header: Header) -> Iterator[Problem]:
    """Yield what is wrong with the segments of references, and which references that is."""
    users: dict[str, list[Entry]] = {}
    for entry in entries:
        users.setdefault(entry.segment, []).append(entry)
    for digest, sharing in users.items():
        name = f"{SEGMENTS}/{digest}{SUFFIX}"
        affected = tuple(entry.reference for entry in sharing)
        first = sharing[0].reference.path
        more = f" and {len(sharing) - 1} more" if len(sharing) > 1 else ""
        for reason in _judge_segment(folder, sharing[0], header):
            yield Problem(name, f"of {first}{more}: {reason}", affected)


def _judge_segment(folder: Path, entry: Entry, header: Header) -> Iterator[str]:
    """Yield what is wrong with the segment of a reference."""
    path = segment_path(folder, entry.segment)
    try:
        file = open_segment(path, entry.rows, header.specs)
        mapped = arrays.map_bytes(file)
    except (IndexStoreError, OSError) as error:
        yield str(error)
        return
    if entry.head and file.head != entry.head:
        yield "its head is not the one that the catalogue gives"
    if hashlib.sha256(mapped.data).hexdigest() != entry.segment:
        yield "the content is not the one it is named after"
    for array in arrays.check_sums(file, mapped):
        yield f"{array} fails its checksum"
    yield from _judge_rows(file, mapped)


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


def _unfinished(folder: Path) -> Iterator[Problem]:
    """Yield what a killed run did not finish beside segments."""
    files = [*sorted(folder.glob(f"*{TEMPORARY_SUFFIX}*")), *unfinished(folder)]
    for file in files:
        yield Problem(file.relative_to(folder).as_posix(), "unfinished file of a killed run")


def _judge_seen(folder: Path) -> Iterator[Problem]:
    """Yield how much of the record of files that were read is damaged: those are read again."""
    n_damaged = 0
    with contextlib.suppress(OSError):
        for line in lines_of(folder / SEEN):
            if line.strip() and not line.startswith(b"{") and decode_line(line) is None:
                n_damaged += 1
    if n_damaged:
        reason = f"{n_damaged} damaged lines: the files that they are of are read again"
        yield Problem(SEEN, reason)


def _leftovers(folder: Path, entries: tuple[Entry, ...]) -> Iterator[Problem]:
    """Yield the files that no reference uses."""
    used = {entry.segment for entry in entries}
    for file in sorted((folder / SEGMENTS).iterdir()):
        if file.name.endswith(TEMPORARY_SUFFIX):
            yield Problem(f"{SEGMENTS}/{file.name}", "unfinished file of a killed run")
        elif file.suffix != SUFFIX or file.stem not in used:
            yield Problem(f"{SEGMENTS}/{file.name}", "belongs to no reference")
