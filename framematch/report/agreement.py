"""Whether the files of a case say the same: one finding, one line, one picture, one node.

A case whose files are all as they were written can still have been put together by hand, with
digests computed anew. So what each file says of the findings and files is held against the others.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from framematch.errors import CaseError
from framematch.report import bag, decisions, graph, layout, tables
from framematch.report.finding_row import FINDING_COLUMNS, human_cells
from framematch.report.linked_data import nodes_of
from framematch.report.problem import Problem
from framematch.verdicts import LOG, Entry, Standing, heads, read_log, standing_of

#: Columns of findings.csv that are held against findings.jsonl, where both have the same key.
_HELD = ("key", "sha256", "verdict", "show", "confidence", "part", "role", "last_run")

#: What reading a file of another form raises; a line that is no JSON is a ValueError, one of a
#: thousand brackets a RecursionError.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error)


@dataclass(slots=True)
class _Said:
    """What the findings say, gathered while they are read."""

    keys: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)


def disagreements(folder: Path) -> Iterator[Problem]:
    """Yield where the files of the case `folder` do not say the same.

    Raises
    ------
    OSError
        A file could not be read.
    """
    said = _Said()
    try:
        entries = _exported_entries(folder)
    except CaseError as error:
        yield Problem(LOG, f"does not fit {layout.BAG_INFO}: {error}")
        return
    files: dict[str, str | None] = {}
    checks: tuple[tuple[str, Iterator[Problem]], ...] = (
        (layout.FINDINGS_JSON, _findings(folder, said, entries)),
        (layout.MANIFEST, _pictures(folder, said)),
        (layout.FILES_CSV, _files(folder, said, files)),
        (layout.CHANGES_CSV, _changes(folder)),
        (layout.LINKED_DATA, _graph(folder, said, files, entries)),
    )
    for name, check in checks:
        try:
            yield from check
        except _UNREADABLE as error:
            yield Problem(name, f"is not of the form of a case: {error}")


def _exported_entries(folder: Path) -> tuple[Entry, ...]:
    """Return the verdict log as far as the files of the case know it."""
    head = bag.exported_head(folder)
    entries = read_log(folder, head)
    return () if head is None else entries[: heads(entries).index(head)]


def _findings(folder: Path, said: _Said, entries: tuple[Entry, ...]) -> Iterator[Problem]:
    """Yield where findings.jsonl, findings.csv and log differ, and gather what they name."""
    means = _means(folder)
    people = standing_of(entries)
    with (
        (folder / layout.FINDINGS_JSON).open("rb") as lines,
        _Rows(folder / layout.FINDINGS_CSV, FINDING_COLUMNS) as rows,
    ):
        for number, (line, row) in enumerate(zip_longest(lines, rows), 1):
            if line is None or row is None:
                more, fewer = layout.FINDINGS_JSON, layout.FINDINGS_CSV
                if line is None:
                    more, fewer = fewer, more
                yield Problem(fewer, f"ends after {number - 1} findings, {more} has more")
                return
            finding: dict[str, Any] = json.loads(line)
            key = tables.in_list(finding["key"])
            if key in said.keys:
                yield Problem(layout.FINDINGS_JSON, f"has {key} twice")
            said.keys.add(key)
            said.results.add(graph.result_name(finding["key"], means))
            shown = finding["evidence"] or {}
            names = (shown.get("whole"), shown.get("query"), shown.get("reference"))
            said.pictures.update(name for name in names if name is not None)
            for column in _HELD:
                if str(tables.written(finding[column])) != row[column]:
                    yield Problem(
                        layout.FINDINGS_CSV,
                        f"says another {column} in finding {number} than {layout.FINDINGS_JSON}",
                    )
            yield from _decided(number, finding, row, people.get(finding["key"]))


def _decided(
    number: int, finding: Mapping[str, Any], row: Mapping[str, str], standing: Standing | None
) -> Iterator[Problem]:
    """Yield where a finding has other verdicts of people than the log."""
    what = f"says of finding {number} other than the log what people decided"
    if finding["human"] != (None if standing is None else standing.to_dict()):
        yield Problem(layout.FINDINGS_JSON, what)
    cells = human_cells(standing)
    if any(str(tables.written(cell)) != row[column] for column, cell in cells.items()):
        yield Problem(layout.FINDINGS_CSV, what)


def _means(folder: Path) -> tuple[str, str, str]:
    """Return release, index and calibration that the findings were made with."""
    said = bag.fields_of((folder / layout.BAG_INFO).read_bytes().decode("utf-8", "replace"))
    agent = said["Bag-Software-Agent"].removeprefix("FrameMatch ")
    return agent, said["FrameMatch-Index"], said["FrameMatch-Calibration"]


def _pictures(folder: Path, said: _Said) -> Iterator[Problem]:
    """Yield pictures that no finding names, and those that one names and the case lacks."""
    with (folder / layout.MANIFEST).open("rb") as lines:
        there = {line.decode("utf-8").rstrip("\n").partition("  ")[2] for line in lines}
    for name in sorted(said.pictures - there):
        yield Problem(name, f"is missing, though {layout.FINDINGS_JSON} names it")
    for name in sorted(there - said.pictures):
        yield Problem(name, f"is named by no finding in {layout.FINDINGS_JSON}")


def _files(folder: Path, said: _Said, files: dict[str, str | None]) -> Iterator[Problem]:
    """Yield where files.csv names findings that are none, or hashdeep.txt lists other files."""
    digests: set[str] = set()
    with _Rows(folder / layout.FILES_CSV, tables.FILE_COLUMNS) as rows:
        for row in rows:
            path, sha256 = tables.unguarded(row["path"]), row["sha256"] or None
            files[graph.entry_name(path, sha256)] = path
            if sha256 and row["md5"] and "!/" not in path:
                digests.add(f"{row['size']},{row['md5']},{sha256}")
            named = tables.unguarded(row["findings"])
            keys = () if named.endswith(tables.CUT) or not named else named.split(tables.JOINT)
            for key in keys:
                if key not in said.keys:
                    yield Problem(
                        layout.FILES_CSV, f"names a finding of {path} that is not there: {key}"
                    )
    with (folder / layout.HASHDEEP).open("rb") as lines:
        listed = {
            line[: line.index(b",./")] for line in lines if not line.startswith((b"%%%%", b"##"))
        }
    for digest in sorted({known.encode() for known in digests} ^ listed)[:1]:
        yield Problem(layout.HASHDEEP, f"lists other files than {layout.FILES_CSV}: {digest!r}")


def _changes(folder: Path) -> Iterator[Problem]:
    """Read changes.csv to its end: its columns are all that others say of it."""
    with _Rows(folder / layout.CHANGES_CSV, tables.CHANGE_COLUMNS) as rows:
        for row in rows:
            if not row["path"]:
                yield Problem(layout.CHANGES_CSV, "has a line without a path")


def _graph(
    folder: Path, said: _Said, files: Mapping[str, str | None], entries: tuple[Entry, ...]
) -> Iterator[Problem]:
    """Yield where the graph has other files, other findings or other verdicts of people."""
    results, found, verdicts = set(), set(), set()
    with (folder / layout.LINKED_DATA).open("rb") as lines:
        for node in nodes_of(lines):
            name = str(node["@id"])
            if name.startswith("kb:result-"):
                results.add(name)
            elif name.startswith("kb:file-"):
                found.add(name)
            elif name.startswith("kb:verdict-"):
                verdicts.add(name)
    for name in sorted(results ^ said.results):
        yield Problem(layout.LINKED_DATA, f"has other findings than {layout.FINDINGS_JSON}: {name}")
    for name in sorted(verdicts ^ {decisions.action_name(entry) for entry in entries}):
        yield Problem(layout.LINKED_DATA, f"has other verdicts of people than the log: {name}")
    for name in sorted(files.keys() - found):
        yield Problem(layout.LINKED_DATA, f"lacks the file {files[name]}")
    for name in sorted(found - files.keys()):
        yield Problem(layout.LINKED_DATA, f"has {name}, which is no file of {layout.FILES_CSV}")


class _Rows:
    """The rows of a table of the case, by column, read one at a time.

    Raises
    ------
    ValueError
        Its columns are other ones.
    """

    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self._path = path
        self._columns = list(columns)

    def __enter__(self) -> Iterator[dict[str, str]]:
        self._stream = self._path.open(encoding="utf-8-sig", newline="")
        rows = csv.DictReader(self._stream, strict=True)
        try:
            if rows.fieldnames != self._columns:
                raise ValueError(f"{self._path.name} has other columns")  # noqa: TRY301 - as above
        except BaseException:
            self._stream.close()
            raise
        return iter(rows)

    def __exit__(self, *error: object) -> None:
        self._stream.close()
