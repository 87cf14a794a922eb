"""`run/case.jsonl`: everything that the last run concluded, for who goes on from it without a dump.

What a case hands over is rounded and written for others; this is the same without loss, read by the
same release only. Each line has its digest, and the last says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framematch.case_records import Case, Change, Entry, Finding, Methods
from framematch.durable import write_durably
from framematch.errors import CaseError
from framematch.index.lines import decode_line, encode_line, lines_of
from framematch.records import Reference
from framematch.report.layout import RUN_FOLDER
from framematch.triage.codec import made, plain

KEPT = f"{RUN_FOLDER}/case.jsonl"

_FORMAT = 1


def keep_case(folder: Path, case: Case) -> None:
    """Keep a case that was written, without the verdicts, which have a log of their own.

    Raises
    ------
    OSError
        It could not be written.
    """
    write_durably(folder / KEPT, _lines(case))


def kept_case(folder: Path) -> Case:
    """Return what the last finished run concluded.

    Raises
    ------
    CaseError
        There is nothing, it is damaged, or another release has written it.
    """
    path = folder / KEPT
    if not folder.is_dir():
        raise CaseError(f"{folder}: there is no such folder; name the folder of a case")
    try:
        return _read(path)
    except FileNotFoundError as error:
        raise CaseError(
            f"{folder}: holds no {KEPT}: it is no case, was handed over without its run folder, or"
            " is of an earlier build; name the folder of the case, or run framematch triage again"
        ) from error
    except OSError as error:
        raise CaseError(
            f"{path}: cannot be read ({error.strerror or error}); check its permissions"
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise CaseError(
            f"{path}: is damaged or of another release ({error}); run framematch triage again"
        ) from error


def _lines(case: Case) -> Iterator[bytes]:
    yield encode_line({"format": _FORMAT, "source": case.source, "run": case.run})
    number = 1
    for kind in (Methods, Reference, Entry, Finding, Change):
        for record in _of_kind(case, kind):
            yield encode_line({kind.__name__: plain(record)})
            number += 1
    yield encode_line({"lines": number})


def _of_kind(case: Case, kind: type) -> tuple[Any, ...]:
    return {
        Methods: (case.methods,),
        Reference: case.references,
        Entry: case.entries,
        Finding: case.findings,
        Change: case.changes,
    }[kind]


def _read(path: Path) -> Case:
    with path.open("rb"):
        pass  # `lines_of` takes a missing file for an empty one
    found: dict[str, list[Any]] = {}
    kinds = {kind.__name__: kind for kind in (Methods, Reference, Entry, Finding, Change)}
    head: dict[str, Any] | None = None
    last: dict[str, Any] = {}
    for number, line in enumerate(lines_of(path)):
        last = _whole(line, number)
        if head is None:
            head = last
            if head.get("format") != _FORMAT:
                raise ValueError(f"format {head.get('format')}")
            continue
        for name, content in last.items():
            if name in kinds:
                found.setdefault(name, []).append(made(kinds[name], content))
    n_lines = 1 + sum(map(len, found.values()))
    if head is None or last != {"lines": n_lines}:
        raise ValueError("its end is missing")
    (methods,) = found[Methods.__name__]
    return Case(
        source=head["source"],
        run=head["run"],
        entries=tuple(found.get(Entry.__name__, ())),
        findings=tuple(found.get(Finding.__name__, ())),
        changes=tuple(found.get(Change.__name__, ())),
        references=tuple(found.get(Reference.__name__, ())),
        methods=methods,
    )


def _whole(line: bytes, number: int) -> dict[str, Any]:
    content = decode_line(line)
    if content is None:
        raise ValueError(f"line {number + 1} is not what was written")
    return content
