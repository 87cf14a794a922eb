"""A case under review: its findings as they are shown, and the verdicts that are added to it.

Threads share one. What the machine says is read once; only the log grows.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from framematch.case_records import Case, Finding
from framematch.errors import CaseError, ConfigError
from framematch.report import exported_head
from framematch.report.page_data import detail, page_data, row
from framematch.report.places import Timeline, timelines
from framematch.report.writing import finding_line
from framematch.triage import kept_case, write_report
from framematch.verdicts import (
    About,
    Act,
    Entry,
    Standing,
    VerdictLog,
    heads,
    read_log,
    standing_of,
    undone,
)
from framematch.web.selecting import Selection, Selector, Wanted


def _turn(row: dict[str, Any]) -> int:
    return int(row["turn"])


class _Names:
    """Names pictures by the last part of their path in the case, which is unique."""

    def __getitem__(self, name: str) -> str:
        return name.rpartition("/")[2]


class Review:
    """A case, open for verdicts; one at a time.

    Parameters
    ----------
    folder : Path
        Folder of the case.

    Raises
    ------
    CaseError
        It is none, or damaged.
    CaseLockedError
        Another desk has it open.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case: Case = kept_case(folder)
        read_log(folder, exported_head(folder))  # nothing of the log was cut off
        self._log = VerdictLog(folder)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._standings: Mapping[str, Standing] = standing_of(self._log.entries)
        self._entries_of: dict[str, list[Entry]] = {}
        for entry in self._log.entries:
            for about in entry.act.findings:
                self._entries_of.setdefault(about.key, []).append(entry)
        self._by_key = {finding.key: finding for finding in self.case.findings}
        self._entries = {entry.path: entry for entry in self.case.entries}
        self._moved = {change.path: change for change in self.case.changes}
        self._rows = [
            row(finding, self._moved, _Names(), self._standings.get(finding.key))
            for finding in self.case.findings
        ]
        self._row_at = {one["key"]: at for at, one in enumerate(self._rows)}
        self._selector = Selector(self._rows, self.case.run)
        self._pictures = {
            _Names()[name]: folder / name
            for finding in self.case.findings
            if (shown := finding.evidence) is not None
            for name in (shown.whole, shown.query, shown.reference)
            if name is not None
        }

    def close(self) -> None:
        """Let others write to it."""
        self._log.close()

    @property
    def log(self) -> tuple[Entry, ...]:
        """Everything that was decided, in order."""
        with self._lock:
            return self._log.entries

    @property
    def head(self) -> str:
        """SHA-256 of the log's last entry."""
        return heads(self.log[-1:])[-1]

    @property
    def standings(self) -> Mapping[str, Standing]:
        """What people think, by keys of findings; one of which nothing is said is left out."""
        return self._standings

    def page_data(self) -> dict[str, Any]:
        """Return what the page needs besides the findings, as `report.page_data` has it."""
        return page_data(self.case)

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the list, in the order of the case."""
        with self._lock:
            return list(self._rows)

    def select(self, wanted: Wanted) -> Selection:
        """Return the rows that pass a choice of filters, and what each further choice gives."""
        return self._selector.select(self.rows(), wanted)

    def versions(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of all versions of a finding's shot, in order; it alone has none.

        Raises
        ------
        LookupError
            The case has no finding of that key.
        """
        row, rows = self._rows[self._row_at[key]], self.rows()
        if row["shot"] is None:
            return [row]
        # `sorted` keeps the order of the case among equals.
        return sorted((one for one in rows if one["shot"] == row["shot"]), key=_turn)

    def parts(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of the other pictures of the same content: layers, pages, the whole."""
        content = key.partition(":")[0]
        return [
            row
            for row in self.rows()
            if row["key"].partition(":")[0] == content and row["key"] != key
        ]

    def line(self, key: str) -> bytes:
        """Return the line of findings.jsonl of a finding, with what people say by now.

        Raises
        ------
        LookupError
            The case has none of that key.
        """
        return finding_line(self._by_key[key], self._standings.get(key))

    @cached_property
    def timelines(self) -> tuple[Timeline, ...]:
        """What the case shows of each reference; a place names a finding by its row's position."""
        return timelines(self.case)

    def finding(self, key: str) -> Finding:
        """Return a finding.

        Raises
        ------
        LookupError
            The case has none of that key.
        """
        return self._by_key[key]

    def detail(self, key: str) -> dict[str, Any]:
        """Return a finding's row and all else that is shown of it.

        Raises
        ------
        LookupError
            The case has none of that key.
        """
        finding = self._by_key[key]
        with self._lock:
            standing, row = self._standings.get(key), self._rows[self._row_at[key]]
        return {"row": row, **detail(finding, self._entries, self._moved, _Names(), standing)}

    def picture(self, name: str) -> bytes:
        """Return the bytes of an evidence picture by its name in rows and details.

        Raises
        ------
        LookupError
            No finding shows a picture of that name.
        CaseError
            Its file cannot be read.
        """
        path = self._unlinked(self._pictures[name])
        try:
            return path.read_bytes()
        except OSError as error:
            raise CaseError(
                f"{path}: cannot be read ({error.strerror or error}); run framematch case verify"
            ) from error

    def laid(self, key: str) -> Path:
        """Return where the picture lies that was laid over a finding's reference.

        Raises
        ------
        LookupError
            The case has no finding of that key, or it was laid over nothing.
        CaseError
            There is a link instead.
        """
        shown = self._by_key[key].evidence
        if shown is None or shown.query is None:
            raise LookupError(key)
        return self._unlinked(self.folder / shown.query)

    def _unlinked(self, path: Path) -> Path:
        if path.is_symlink():
            raise CaseError(f"{path}: is a link, which no case holds; run framematch case verify")
        return path

    def about(self, keys: Sequence[str]) -> tuple[About, ...]:
        """Return findings as the log names them, with what the machine says of them.

        Raises
        ------
        ConfigError
            The case has no finding of one of the keys.
        """
        found = []
        for key in dict.fromkeys(keys):
            if key not in self._by_key:
                raise ConfigError(f"the case has no finding {key}; load the page again")
            found.append(self._by_key[key].about())
        return tuple(found)

    def add(self, who: str, act: Act) -> Entry:
        """Add an act to the log; when this returns, it is on the disk.

        Raises
        ------
        ConfigError, CaseError
            As `VerdictLog.add`.
        """
        with self._lock:
            entry = self._log.add(who, act)
            self._stand(entry)
            return entry

    def undo(self, who: str, number: int, why: str = "") -> Entry:
        """Take an entry back by another one.

        Raises
        ------
        ConfigError
            There is no such entry, or it is not theirs to take back.
        """
        with self._lock:
            entries = self._log.entries
            if not 1 <= number <= len(entries):
                raise ConfigError(f"there is no entry {number} to take back")
            entry = self._log.add(who, undone(entries[number - 1], why))
            self._stand(entry)
            return entry

    def write(self) -> Case:
        """Write report, tables and manifests of the case anew, verdicts included.

        Raises
        ------
        CaseError, CaseLockedError
            As `write_report`.
        """
        with self._writing:  # a second one waits: it is not another process that holds the case
            return write_report(self.folder)

    def _stand(self, entry: Entry) -> None:
        """Bring what is shown in step with the log: of the findings that an entry is about."""
        concerned: dict[int, Entry] = {}
        for about in entry.act.findings:
            entries = self._entries_of.setdefault(about.key, [])
            entries.append(entry)
            concerned.update((one.number, one) for one in entries)
        found = standing_of(concerned[number] for number in sorted(concerned))
        standings = dict(self._standings)  # others may be reading the one there is
        for about in entry.act.findings:
            standing = found.get(about.key)
            standings.pop(about.key, None)
            if standing is not None:
                standings[about.key] = standing
            at = self._row_at.get(about.key)
            if at is not None:
                label = "open" if standing is None else standing.label
                self._rows[at] = {**self._rows[at], "human": label}
        self._standings = standings
