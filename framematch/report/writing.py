"""Writing a case folder: what is written, in which order, and what is taken away.

The declaration comes first, so that a folder that was begun is known as a case; then the pictures,
then what is said of them, and the tag manifest last: without it, or with that of the run before,
the folder does not verify.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from framematch.case_records import Case, Finding
from framematch.durable import flush_folder, write_durably
from framematch.errors import CaseError
from framematch.report import bag, graph, hashdeep, layout, linked_data, tables
from framematch.report.bag import Written
from framematch.verdicts import Standing, standing_of

#: Pictures are brought to the disk so many at once: the disk, not the processor, is waited for.
_WRITERS = 8
#: And so many lie in memory.
_BATCH = 64


def write_case(case: Case, folder: Path, picture: Callable[[str], bytes]) -> None:
    """Write everything in the case `folder` but its run record.

    Every file appears whole or not at all, the tag manifest last: a folder whose writing was cut
    short does not verify, and the next call mends it. Pictures of the case that no finding names
    any more are removed. Two calls with equal records and pictures write the same bytes.

    Parameters
    ----------
    case : Case
        What the case says.
    folder : Path
        The case; made where it does not exist.
    picture : callable
        Gives the bytes of a picture by its name in `Evidence`, such as ``data/evidence/ab.jpg``.

    Raises
    ------
    CaseError
        The folder holds a ``data`` folder, but is no case.
    OSError
        A file could not be written: no space, no permission.
    """
    tags = {layout.DECLARATION: _enter(folder)}
    payload = _write_pictures(pictures_of(case.findings), folder, picture)
    _remove_others(folder, payload)
    for name, pieces in _tag_files(case, payload, picture):
        tags[name] = _write(folder, name, pieces)
    write_durably(folder / layout.TAG_MANIFEST, bag.manifest(tags))


def pictures_of(findings: Iterable[Finding]) -> list[str]:
    """Return the names of all pictures that findings show, each once, in order."""
    names: set[str] = set()
    for finding in findings:
        shown = finding.evidence
        if shown is not None:
            names.update(
                name for name in (shown.whole, shown.query, shown.reference) if name is not None
            )
    return sorted(names)


def _enter(folder: Path) -> Written:
    """Make the folders of a case, its declaration before its payload, and return that.

    Raises
    ------
    CaseError
        There is a payload that no case has written: it would be taken for pictures that are gone.
    """
    if (folder / layout.PAYLOAD).exists() and not (folder / layout.DECLARATION).exists():
        raise CaseError(
            f"{folder} has a folder {layout.PAYLOAD}, but is no case: nothing is written there;"
            f" name another folder for the case"
        )
    folder.mkdir(parents=True, exist_ok=True)
    declaration = _write(folder, layout.DECLARATION, [bag.DECLARATION_TEXT])
    (folder / layout.EVIDENCE).mkdir(parents=True, exist_ok=True)
    return declaration


def _write(folder: Path, name: str, pieces: Iterable[bytes]) -> Written:
    """Write one file and return what it became."""
    digest = hashlib.sha256()
    size = 0

    def passed() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece

    write_durably(folder / name, passed())
    return Written(size, digest.hexdigest())


def _write_pictures(
    names: Iterable[str], folder: Path, picture: Callable[[str], bytes]
) -> dict[str, Written]:
    """Write the pictures, those that are there already left alone, and return them by name."""
    written: dict[str, Written] = {}
    known: set[Path] = set()
    waiting = iter(names)
    with ThreadPoolExecutor(_WRITERS) as writers:
        while batch := list(itertools.islice(waiting, _BATCH)):
            for name in batch:
                parent = (folder / bag.checked_picture(name)).parent
                if parent not in known:
                    parent.mkdir(parents=True, exist_ok=True)
                    known.add(parent)
            contents = [picture(name) for name in batch]
            written.update(
                zip(batch, writers.map(partial(_keep, folder), batch, contents), strict=True)
            )
    return written


def _keep(folder: Path, name: str, content: bytes) -> Written:
    """Write one picture where it is not there already."""
    path = folder / name
    try:
        # What a link leads to is not in the case.
        same = not path.is_symlink() and path.read_bytes() == content
    except FileNotFoundError:
        same = False
    if not same:
        write_durably(path, [content])
    return Written(len(content), hashlib.sha256(content).hexdigest())


def _remove_others(folder: Path, payload: Mapping[str, Written]) -> None:
    """Remove the pictures that no finding names, and writes of pictures that were cut short."""
    for path in sorted((folder / layout.EVIDENCE).rglob("*"), reverse=True):
        if path.relative_to(folder).as_posix() in payload:
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        else:
            path.unlink()
    flush_folder(folder / layout.EVIDENCE)


def _tag_files(
    case: Case, payload: Mapping[str, Written], picture: Callable[[str], bytes]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the tag files but the declaration and the manifest of them all."""
    # The page is of some size and most commands never write one.
    from framematch.report.page import case_page, methods_page

    digests = {name: file.sha256 for name, file in payload.items()}
    yield layout.MANIFEST, bag.manifest(payload)
    yield layout.BAG_INFO, [bag.bag_info(case, payload)]
    yield layout.FINDINGS_JSON, _json_lines(case)
    yield layout.FINDINGS_CSV, tables.findings_csv(case)
    yield layout.FILES_CSV, tables.files_csv(case.entries)
    yield layout.CHANGES_CSV, tables.changes_csv(case.changes)
    yield layout.HASHDEEP, hashdeep.hashdeep_lines(case.entries)
    yield layout.LINKED_DATA, linked_data.document(graph.nodes(case, digests))
    yield layout.METHODS, [methods_page(case)]
    yield layout.REPORT, case_page(case, picture)


def _json_lines(case: Case) -> Iterator[bytes]:
    """Yield findings.jsonl by lines, in ASCII as `query --json` writes them."""
    people = standing_of(case.verdicts)
    for finding in case.findings:
        yield finding_line(finding, people.get(finding.key))


def finding_line(finding: Finding, standing: Standing | None) -> bytes:
    """Return the line of findings.jsonl, its line feed included.

    Parameters
    ----------
    finding : Finding
        What the machine says.
    standing : Standing or None
        What people say.
    """
    said = {**finding.to_dict(), "human": None if standing is None else standing.to_dict()}
    return json.dumps(said, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
