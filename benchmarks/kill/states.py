"""What a folder says after a kill: as before, as after, or something between, which is a fault.

Reads copies only: opening what a killed process left mends it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.cli.case_show import summary
from framematch.errors import CaseError, FrameMatchError, IndexNotFoundError
from framematch.hashing.information import MINIMUM
from framematch.index import Index, read_references
from framematch.index import verify as verify_index
from framematch.matcher import Matcher
from framematch.triage import verify as verify_case

#: A file's content, or what counts of it.
State = dict[str, str]

#: Tables of the two databases that say the same, however they came about. Times of change of files
#: that were too fresh are kept or not, so that `digests` is none.
_TABLES = {
    "catalogue.sqlite": ("meta", "shows", "segments"),
    "state.sqlite": ("meta", "results", "findings", "places", "pictures"),
}

#: Files that grow with every reference, or say something else at every instant.
_GROWING = ("seen.jsonl", "catalogue.jsonl", "record.json", "lock")

#: What of a run record is the same in two runs.
_RECORDED = ("run", "version", "walked", "entries", "findings")


def state_of(folder: Path) -> State:
    """Return what each file below a folder is.

    Of a database what it says, of logs and records what does not depend on the clock, of a lock
    that it is there; of anything else its bytes.
    """
    return {
        str(path.relative_to(folder)): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def _content(path: Path) -> str:
    if path.name in _TABLES:
        return _rows(path)
    if path.name == "seen.jsonl":
        return json.dumps(sorted(_seen(path).items()))
    if path.name == "record.json":
        record = json.loads(path.read_bytes())
        return json.dumps([record.get(key) for key in _RECORDED])
    if path.name == "lock" or path.suffix == ".lock":
        return "a lock"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _seen(path: Path) -> dict[str, str]:
    found = {}
    for line in path.read_bytes().splitlines():
        with contextlib.suppress(ValueError, KeyError):
            entry = json.loads(line)
            found[entry["path"]] = entry["sha256"]
    return found


def _rows(path: Path) -> str:
    digest = hashlib.sha256()
    with contextlib.closing(sqlite3.connect(path)) as database:
        for table in _TABLES[path.name]:
            try:
                names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                # Numbers of rows depend on what was deleted before.
                named = ", ".join(name for name in names if name != "id")
                rows = database.execute(f"SELECT {named} FROM {table}").fetchall()  # noqa: S608 - names of our own
            except sqlite3.Error as error:
                return f"damaged: {error}"
            for row in sorted(map(repr, rows)):
                digest.update(row.encode())
        if path.name == "catalogue.sqlite":
            for one in read_references(path.parent):
                digest.update(repr(one).encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a killed command may leave.

    Attributes
    ----------
    before, after : State
        Of its folder.
    asked : Path
        A file that indexes are asked about.
    answers : frozenset of tuple
        Verdict and show before and after.
    cases : tuple of dict
        What `case show` says before and after.
    problems : frozenset of str
        What is wrong with the indexes before: nothing, but where they are to be repaired.
    """

    before: State
    after: State
    asked: Path
    answers: frozenset[tuple[str, str | None]]
    cases: tuple[dict[str, Any], ...]
    problems: frozenset[str]


def bounds(before: Path | None, after: Path, asked: Path) -> Bounds:
    """Return the bounds of a command by copies of its folder, before and after it."""
    folders = [folder for folder in (before, after) if folder is not None]
    answers: set[tuple[str, str | None]] = set()
    problems: set[str] = set()
    for folder in folders:
        for index in _indexes(folder):
            problems.update(_problems_of(index, index.relative_to(folder)))
            with contextlib.suppress(FrameMatchError):
                answers.update(_answers(index, asked))
    cases = []
    for folder in folders:
        for case in _cases(folder):
            with contextlib.suppress(CaseError):
                cases.append(summary(case))
    return Bounds(
        state_of(before) if before else {},
        state_of(after),
        asked,
        frozenset(answers),
        tuple(cases),
        frozenset(problems),
    )


def faults_of(folder: Path, allowed: Bounds) -> Iterator[str]:
    """Yield what a copy of a killed command's folder says that is neither before nor after."""
    yield from _files_between(folder, allowed)
    for index in _indexes(folder):
        yield from _faults_of_index(index, folder, allowed)
    for case in _cases(folder):
        yield from _faults_of_case(case, folder, allowed)


def _files_between(folder: Path, allowed: Bounds) -> Iterator[str]:
    """Yield files that are neither those before nor those after, and are none of a database."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        passing = path.name in _TABLES or path.suffix in (".tmp", ".lock")
        passing |= path.name in _GROWING or "scratch" in path.parts
        passing |= path.name.endswith(("-wal", "-shm")) or ".partial" in name
        if path.is_file() and not passing:
            content = _content(path)
            if content not in (allowed.before.get(name), allowed.after.get(name)):
                yield f"{name}: is neither as before nor as after"


def _indexes(folder: Path) -> Iterator[Path]:
    yield from (path.parent for path in folder.rglob("header.json"))


def _cases(folder: Path) -> Iterator[Path]:
    yield from (path.parent for path in folder.rglob("run") if path.is_dir())


def _answers(index: Path, asked: Path) -> Iterator[tuple[str, str | None]]:
    with Index.open(index, min_information=MINIMUM, backend="linear") as opened:
        if len(opened.rows):
            answer = Matcher(opened).attribute(asked)
            yield answer.verdict, answer.show


def _problems_of(index: Path, name: Path) -> Iterator[str]:
    with contextlib.suppress(IndexNotFoundError):
        yield from (f"{name}/{one.file}: {one.reason}" for one in verify_index(index).problems)


def _faults_of_index(index: Path, folder: Path, allowed: Bounds) -> Iterator[str]:
    name = index.relative_to(folder)
    problems = set(_problems_of(index, name))
    # Reasons name places, and the copies lie in others.
    known = {problem.partition(": ")[0] for problem in allowed.problems}
    yield from (one for one in problems if one.partition(": ")[0] not in known)
    if problems:
        return  # it refuses to be opened, or is repaired before it is believed
    try:
        answers = set(_answers(index, allowed.asked))
        # Of half a library nobody can say more than of the whole one, or nothing.
        if answers - allowed.answers - {("no-match", None), ("inconclusive", None)}:
            yield f"{name}: answers {answers}"
    except IndexNotFoundError:
        return
    except FrameMatchError as error:
        yield f"{name}: {error}"


def _faults_of_case(case: Path, folder: Path, allowed: Bounds) -> Iterator[str]:
    name = case.relative_to(folder)
    with contextlib.suppress(CaseError):
        said = summary(case)
        if said not in allowed.cases:
            yield f"{name}: case show says {said}"
    try:
        problems = verify_case(case)
    except CaseError:
        return
    for problem in problems:
        if "is damaged" in problem.what:
            yield f"{name}/{problem.path}: {problem.what}"


def strays(found: Iterable[str], wanted: State) -> list[str]:
    """Return the files that an undisturbed run does not leave."""
    return sorted(set(found) - wanted.keys())
