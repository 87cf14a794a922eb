"""`run/state.sqlite`: what a case knows, written as it comes, so that nothing is done twice.

Owns every statement that runs on it. One transaction for each result: a kill at any instant leaves
a journal that the next run goes on from. Knows no media and no index.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from framematch.case_records import Entry, Finding
from framematch.errors import CaseError
from framematch.ingest.seen import Stamp
from framematch.triage.codec import decode, encode
from framematch.triage.outcome import Outcome

NAME = "state.sqlite"

#: Raised when a table changes; a journal of another format is refused, not guessed at.
_FORMAT = "1"

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, is_complete INTEGER NOT NULL, answer_key TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS digests (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL, md5 TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, answer_key TEXT NOT NULL, outcome TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pictures (
    name TEXT PRIMARY KEY, result TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS pictures_of_result ON pictures (result);
CREATE TABLE IF NOT EXISTS findings (
    key TEXT PRIMARY KEY, first_run INTEGER NOT NULL, last_run INTEGER NOT NULL,
    finding TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS places (
    path TEXT PRIMARY KEY, sha256 TEXT, last_run INTEGER NOT NULL
) STRICT;
"""

#: Stands in the key of outcomes that are a fault, before the limit that they were met under.
_FAULT = " fault within "

#: SQLite's codes for a disk or permission that is in the way, as opposed to a damaged file.
_NO_ACCESS = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
)


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """What an outcome must have been made with to count.

    Attributes
    ----------
    answer : str
        Digest of what decides the answers.
    fault : str
        The same for files that took their process down or too long: with another limit they are
        tried again.
    """

    answer: str
    fault: str

    @classmethod
    def of(cls, answer: str, time_limit_s: float | None) -> Self:
        """Return the keys of a run with a limit for each file, ``None`` for the usual one."""
        return cls(answer, f"{answer}{_FAULT}{time_limit_s}")


@dataclass(frozen=True, slots=True)
class Place:
    """A path that an earlier run has seen.

    Attributes
    ----------
    sha256 : str or None
        What lay there then, ``None`` where it was not read.
    last_run : int
        The last run that was finished and found it.
    """

    sha256: str | None
    last_run: int


class Journal:
    """The journal of a case; a context manager that closes it.

    Parameters
    ----------
    path : Path
        The file.
    read_only : bool
        Whether nothing may be written, not even the file made.

    Raises
    ------
    CaseError
        The file is damaged, of another release, or the disk is in the way.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        with self._explained():
            if read_only:
                # Nothing of a log is left by a run that came to its end; where there is one, it is
                # read too, which wants to write beside it.
                log = path.with_name(f"{path.name}-wal")
                mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
                self._connection = sqlite3.connect(
                    f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None
                )
                return
            # Pictures are asked for by the threads that write them, one statement each.
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_TABLES)
        if self.said("format") is None:
            self.say("format", _FORMAT)
        elif self.said("format") != _FORMAT:
            raise CaseError(
                f"{path}: was written by another release of FrameMatch; go on with that one, or"
                " triage into a new folder"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def said(self, key: str) -> str | None:
        """Return what was said of the case under a key."""
        row = self._row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def say(self, key: str, value: str) -> None:
        """Keep something under a key."""
        with self._explained():
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def begin_run(self, answer_key: str) -> tuple[int, str | None]:
        """Return the number of the run that begins or goes on, and the answer key of the last one.

        Parameters
        ----------
        answer_key : str
            Digest of what decides the answers.
        """
        with self._transaction():
            last = self._row(
                "SELECT number, is_complete, answer_key FROM runs ORDER BY number DESC LIMIT 1"
            )
            number = 1 if last is None else last[0] + last[1]
            self._connection.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, 0, ?)", (number, answer_key)
            )
        return number, None if last is None else str(last[2])

    def last_complete_run(self) -> int:
        """Return the number of the last run that came to its end, 0 where none did."""
        row = self._row("SELECT max(number) FROM runs WHERE is_complete")
        return 0 if row is None or row[0] is None else int(row[0])

    def is_under_way(self) -> bool:
        """Return whether a run has begun and not come to its end."""
        return self._row("SELECT 1 FROM runs WHERE NOT is_complete") is not None

    def digests(self, path: str, stamp: Stamp) -> tuple[str, str] | None:
        """Return SHA-256 and MD5 of a file that looks as it did when it was read."""
        row = self._row("SELECT * FROM digests WHERE path = ?", path)
        if row is None or Stamp(*row[1:5]) != stamp:
            return None
        return str(row[5]), str(row[6])

    def keep_digests(self, read: Iterable[tuple[str, Stamp, str, str]]) -> None:
        """Keep what was read of files: path, stamp, SHA-256 and MD5."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (path, s.size, s.modified_ns, s.changed_ns, s.inode, sha256, md5)
                    for path, s, sha256, md5 in read
                ],
            )

    def outcome(self, key: str, keys: AnswerKeys) -> Outcome | None:
        """Return what came of a content under the same keys; ``None`` where it is missing."""
        row = self._row(
            "SELECT outcome FROM results WHERE key = ? AND answer_key IN (?, ?)",
            key,
            keys.answer,
            keys.fault,
        )
        if row is None:
            return None
        try:
            return decode(Outcome, row[0])
        except ValueError:
            return None  # damaged, or of a development version: it is made again

    def was_answered_otherwise(self, key: str, keys: AnswerKeys) -> bool:
        """Return whether there is an outcome of a content under other keys."""
        row = self._row("SELECT answer_key FROM results WHERE key = ?", key)
        return row is not None and row[0] not in (keys.answer, keys.fault)

    def forget_faults(self) -> None:
        """Forget the outcomes of files that took too long or took their process down."""
        with self._explained():
            self._connection.execute("DELETE FROM results WHERE instr(answer_key, ?)", (_FAULT,))

    def keep(
        self, key: str, answer_key: str, outcome: Outcome, pictures: Mapping[str, bytes]
    ) -> None:
        """Keep what came of a content, with its pictures, instead of what was there."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                (key, answer_key, encode(outcome)),
            )
            self._connection.execute("DELETE FROM pictures WHERE result = ?", (key,))
            self._connection.executemany(
                "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?)",
                [(name, key, content) for name, content in pictures.items()],
            )

    def has_picture(self, name: str) -> bool:
        """Return whether there is a picture of a name."""
        return self._row("SELECT 1 FROM pictures WHERE name = ?", name) is not None

    def picture(self, name: str) -> bytes:
        """Return a picture by its name.

        Raises
        ------
        CaseError
            There is none of that name.
        """
        row = self._row("SELECT content FROM pictures WHERE name = ?", name)
        if row is None:
            raise CaseError(f"{self._path}: has no picture {name}; triage into a new folder")
        return bytes(row[0])

    def earlier_findings(self, but: Container[str] = ()) -> Iterator[Finding]:
        """Yield the findings of runs that came to their end, in order of key; `but` those keys."""
        with self._explained():
            rows = self._connection.execute("SELECT key, finding FROM findings ORDER BY key")
            for key, text in rows:
                if key not in but:
                    yield self._decoded(text)

    def first_run(self, key: str) -> int | None:
        """Return the first finished run that had a finding."""
        row = self._row("SELECT first_run FROM findings WHERE key = ?", key)
        return None if row is None else int(row[0])

    def places(self) -> dict[str, Place]:
        """Return every path that a finished run has seen."""
        with self._explained():
            rows = self._connection.execute("SELECT path, sha256, last_run FROM places")
            return {path: Place(sha256, run) for path, sha256, run in rows}

    def finish_run(
        self,
        number: int,
        entries: Iterable[Entry],
        findings: Iterable[Finding],
        hidden: Iterable[str] = (),
    ) -> None:
        """Keep what a run has found as what the next one is held against.

        Places whose path begins as one of `hidden` could not be seen: they stay as they were.
        """
        last = self.last_complete_run()
        with self._transaction():
            self._connection.executemany(
                "UPDATE places SET last_run = ? WHERE last_run = ? AND substr(path, 1, ?) = ?",
                [(number, last, len(beginning), beginning) for beginning in hidden],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?)",
                ((one.key, one.first_run, one.last_run, encode(one)) for one in findings),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO places VALUES (?, ?, ?)",
                ((one.path, one.sha256, number) for one in entries if one.use != "own"),
            )
            self._connection.execute("UPDATE runs SET is_complete = 1 WHERE number = ?", (number,))

    def problems(self) -> list[str]:
        """Return what is wrong with the file, as sentences."""
        with self._explained():
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
            return [str(row[0]) for row in rows if row[0] != "ok"]

    def _decoded(self, text: str) -> Finding:
        try:
            return decode(Finding, text)
        except ValueError as error:
            raise CaseError(
                f"{self._path}: a finding of an earlier run cannot be read ({error}); triage into"
                " a new folder"
            ) from error

    def _row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        with self._explained():
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
            return row

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what SQLite raises into what happened and what to do."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _NO_ACCESS:
                raise CaseError(
                    f"{self._path}: cannot be written or read ({error}); make room or check"
                    " permissions, then run the same command again: what is finished stays"
                ) from error
            raise CaseError(
                f"{self._path}: is damaged ({error}); move the case away and triage into a new"
                " folder"
            ) from error
