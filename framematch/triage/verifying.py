"""A case checked later: what its report checks, its journal, and whether the dump is what it was.

Reads only.
"""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from framematch.errors import CaseError, InputError
from framematch.report import Problem, verify_case
from framematch.report.layout import FILES_CSV, RUN_FOLDER, TAG_MANIFEST
from framematch.report.tables import unguarded
from framematch.triage.identity import digests_of, reason_of
from framematch.triage.journal import NAME, Journal
from framematch.triage.kept import KEPT, kept_case
from framematch.triage.paths import INSIDE, bytes_of, text_of
from framematch.triage.walk import walk


def verify(
    folder: Path, dump: Path | None = None, on_file: Callable[[str], None] = lambda _: None
) -> tuple[Problem, ...]:
    """Return what is wrong with a case, in order of path; nothing where all is well.

    Parameters
    ----------
    folder : Path
        The case.
    dump : Path, optional
        What it was made of: every file is read again and held against the case.
    on_file : callable
        Told each file of the dump that is read.

    Raises
    ------
    CaseError
        The folder is no case.
    ConfigError
        The dump cannot be listed.
    """
    if not (folder / TAG_MANIFEST).is_file() and not (folder / RUN_FOLDER).is_dir():
        raise CaseError(f"{folder}: is no case; name a folder that framematch triage has written")
    problems = [*verify_case(folder), *_of_journal(folder), *_of_kept(folder)]
    if dump is not None:
        problems += _of_dump(folder, dump, on_file)
    return tuple(sorted(set(problems), key=lambda problem: (problem.path, problem.what)))


def _of_journal(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the journal; a case that was handed over has none."""
    path = folder / RUN_FOLDER / NAME
    name = f"{RUN_FOLDER}/{NAME}"
    if not path.exists():
        return
    try:
        with Journal(path, read_only=True) as journal:
            is_empty = journal.is_empty()
            for problem in () if is_empty else journal.problems():
                yield Problem(name, problem)
            if is_empty or journal.is_under_way():
                yield Problem(
                    name,
                    "tells of a run that did not come to its end: run framematch triage again",
                )
    except CaseError as error:
        yield Problem(name, str(error).removeprefix(f"{path}: "))


def _of_kept(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with what the last run concluded; an earlier build has not kept it."""
    path = folder / KEPT
    if path.exists():
        try:
            kept_case(folder)
        except CaseError as error:
            yield Problem(KEPT, str(error).removeprefix(f"{path}: "))


def _of_dump(folder: Path, dump: Path, on_file: Callable[[str], None]) -> Iterator[Problem]:
    """Yield the files of a dump that are not what the case says, and those it does not know."""
    said: dict[str, str | None] = dict(_entries(folder))
    for one in walk(dump, folder):
        if one.kind == "own":
            continue
        path = text_of(bytes_of(one.path))
        if path not in said:
            yield Problem(path, "lies in the dump, and the case does not know it")
            continue
        expected = said.pop(path)
        if one.kind != "file":
            if expected is not None:
                yield Problem(path, "is no file any more")
            continue
        on_file(path)
        try:
            digest: str | None = digests_of(one.file)[0]
        except (InputError, OSError) as error:
            if expected is not None:
                yield Problem(path, reason_of(error, one.file))
            continue
        if digest != expected:
            yield Problem(path, "is not the file that the case has the SHA-256 of")
    for path in said:
        yield Problem(path, "is not in the dump any more")


def _entries(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield path and digest of what the dump held, without what lay inside archives."""
    try:
        text = (folder / FILES_CSV).read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return  # said by the check of the case itself
    for row in csv.DictReader(io.StringIO(text, newline="")):
        path = unguarded(row.get("path") or "")
        if path and INSIDE not in path and row.get("use") != "own":
            # A bar stands as it would in any path: escaped or not is the same name.
            yield text_of(bytes_of(path)), row.get("sha256") or None
