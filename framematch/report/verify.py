"""Checking a case folder later: whether it is whole, unaltered and of one piece.

Reads the files as they lie, never what is outside the folder: a link in it is a fault of its own.
Whether the files agree with each other is `framematch.report.agreement`'s.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from framematch.durable import TEMPORARY_SUFFIX
from framematch.errors import CaseError
from framematch.report import bag, layout
from framematch.report.agreement import disagreements
from framematch.report.bag import Written, exported_head
from framematch.report.problem import Problem
from framematch.report.run_record import decode_record
from framematch.verdicts import FOLDER as REVIEW
from framematch.verdicts import LOG, read_log

#: What may lie at the top of a case.
_AT_TOP = frozenset(
    (*layout.TAG_FILES, layout.TAG_MANIFEST, layout.PAYLOAD, layout.RUN_FOLDER, REVIEW)
)


def verify_case(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the case `folder`, in order of path; nothing where all is well.

    Every file outside the run folder is read in full. Whether they agree with each other is only
    asked where none of them was altered.

    Raises
    ------
    OSError
        A file could not be read for another reason than that it is missing.
    """
    problems = [
        *_strangers_at_top(folder),
        *_altered_tags(folder),
        *_altered_payload(folder),
        *_broken_seal(folder),
        *_broken_log(folder),
    ]
    if not problems:
        problems = list(disagreements(folder))
    return tuple(sorted(set(problems), key=lambda problem: (problem.path, problem.what)))


def _strangers_at_top(folder: Path) -> Iterator[Problem]:
    """Yield what lies beside the tag files."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_symlink():
            yield _problem(path.name, "is a link, which no case holds")
        elif path.name not in _AT_TOP:
            yield _problem(path.name, _stranger(path.name))


def _stranger(name: str) -> str:
    if name.endswith(TEMPORARY_SUFFIX):
        return "is a write that was cut short; run the triage again"
    return "is no part of the case; take it out, or see who put it there"


def altered(folder: Path, names: Iterable[str]) -> tuple[Problem, ...]:
    """Return which of some tag files of a case cannot be believed, and why.

    They are held against the tag manifest, and that against the run record where there is one.

    Raises
    ------
    OSError
        A file could not be read for another reason than that it is missing.
    """
    return (*_altered_tags(folder, names), *_broken_seal(folder))


def _altered_tags(folder: Path, names: Iterable[str] = layout.TAG_FILES) -> Iterator[Problem]:
    """Yield the tag files that are missing or not as the tag manifest says, and faults of that."""
    try:
        said = bag.listed(_lines(folder / layout.TAG_MANIFEST))
    except FileNotFoundError:
        yield Problem(
            layout.TAG_MANIFEST, "is missing: the case was not written to its end; run it again"
        )
        said = {}
    except ValueError as error:
        yield Problem(layout.TAG_MANIFEST, f"was altered: {error}")
        said = {}
    for name in sorted(said.keys() - set(layout.TAG_FILES)):
        yield _problem(layout.TAG_MANIFEST, f"lists {name}, which no case has: it was altered")
    for name in names:
        found = _read(folder, name)
        if found is None:
            yield Problem(name, "is missing")
        elif name not in said:
            # Where no line can be read at all, one sentence has said so.
            if said:
                yield Problem(layout.TAG_MANIFEST, f"does not list {name}: it was altered")
        elif found.sha256 != said[name]:
            yield Problem(name, _changed(layout.TAG_MANIFEST))


def _altered_payload(folder: Path) -> Iterator[Problem]:
    """Yield pictures that are missing, altered or in no manifest, and faults of the manifest."""
    try:
        said = bag.listed(_lines(folder / layout.MANIFEST))
    except (FileNotFoundError, ValueError) as error:
        if isinstance(error, ValueError):
            yield Problem(layout.MANIFEST, f"was altered: {error}")
        return
    payload: dict[str, Written] = {}
    there = set(_files_below(folder))
    for name in sorted(there - said.keys()):
        yield _problem(name, _stranger(name) if name.endswith(TEMPORARY_SUFFIX) else
                       f"is not in {layout.MANIFEST}: it was put there later")  # fmt: skip
    for name in sorted(said):
        # What is not below the payload is not looked for: a manifest could name any file.
        found = _read(folder, name) if name in there else None
        if found is None:
            yield _problem(name, f"is missing, though {layout.MANIFEST} lists it")
        elif found.sha256 != said[name]:
            yield _problem(name, _changed(layout.MANIFEST))
        else:
            payload[name] = found
    if len(payload) == len(said):
        yield from _wrong_sums(folder, payload)


def _wrong_sums(folder: Path, payload: dict[str, Written]) -> Iterator[Problem]:
    """Yield whether bag-info.txt counts another payload than there is."""
    try:
        text = (folder / layout.BAG_INFO).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return
    said = bag.fields_of(text).get("Payload-Oxum")
    if said != bag.oxum(payload):
        yield Problem(
            layout.BAG_INFO, f"counts {said} bytes.files where there are {bag.oxum(payload)}"
        )


def _broken_seal(folder: Path) -> Iterator[Problem]:
    """Yield whether the tag manifest is another one than the run record has seen."""
    record = folder / layout.RUN_RECORD
    try:
        said = decode_record(record.read_bytes())[layout.SEAL]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        yield Problem(layout.RUN_RECORD, f"was altered: {error}")
        return
    found = _read(folder, layout.TAG_MANIFEST)
    if found is not None and found.sha256 != said:
        yield Problem(layout.TAG_MANIFEST, _changed(layout.RUN_RECORD))


def _broken_log(folder: Path) -> Iterator[Problem]:
    """Yield whether the verdicts are other ones than were decided, or fewer than were exported."""
    try:
        read_log(folder, exported_head(folder))
    except CaseError as error:
        yield _problem(LOG, str(error).removeprefix(f"{folder / LOG}: "))


def _changed(witness: str) -> str:
    return f"is not what {witness} has the SHA-256 of: one of the two was altered"


def _read(folder: Path, name: str) -> Written | None:
    """Return what a file is, ``None`` where it is missing or no plain file."""
    path = folder / name
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Written(stream.tell(), digest)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from stream


def _files_below(folder: Path) -> Iterator[str]:
    """Yield everything in the payload that is no folder, as names relative to the case."""
    for where, folders, files in os.walk(folder / layout.PAYLOAD):
        above = Path(where).relative_to(folder)
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        yield from ((above / name).as_posix() for name in (*files, *links))


def _problem(path: str, what: str) -> Problem:
    """Return a problem whose texts can be written: names on a disk are any bytes."""
    path, what = (
        text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        for text in (path, what)
    )
    return Problem(path, what)
