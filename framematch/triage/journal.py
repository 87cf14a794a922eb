"""`run/state.sqlite`: what a case knows, written as it comes, so that nothing is done twice.

Owns every statement that runs on it. One transaction for each result: a kill at any instant leaves
a journal that the next run goes on from. Every row has a checksum, and what the finished runs have
found one over all of it: SQLite has none, and a flipped bit would be an answer. Knows no media and
no index.
"""

from __future__ import annotations

import contextlib
import hashlib
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
_FORMAT = "2"

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, is_complete INTEGER NOT NULL, answer_key TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS digests (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL, inode INTEGER NOT NULL, sha256 TEXT NOT NULL, md5 TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, answer_key TEXT NOT NULL, outcome TEXT NOT NULL, checksum TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pictures (
    result TEXT NOT NULL, name TEXT PRIMARY KEY, content BLOB NOT NULL, checksum TEXT NOT NULL
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

#: The content that a row belongs to first, its checksum last.
_RESULTS = "SELECT key, answer_key, CAST(outcome AS BLOB), checksum FROM results"
_PICTURES = "SELECT result, name, content, checksum FROM pictures"

#: Key of the digest of all that finished runs have found.
_SEAL = "seal"

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
        if self._format() is None:
            self.say("format", _FORMAT)
        self._check_format()

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
        row = self._row("SELECT value, checksum FROM meta WHERE key = ?", key)
        if row is None:
            return None
        if row[1] != checksum_of(key, row[0]):
            raise self._damaged(f"what it has under {key!r} fails its checksum")
        return str(row[0])

    def say(self, key: str, value: str) -> None:
        """Keep something under a key."""
        with self._explained():
            self._connection.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?, ?)",
                (key, value, checksum_of(key, value)),
            )

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
        if row is None or Stamp(*row[1:5]) != stamp or row[7] != checksum_of(*row[:7]):
            return None
        return str(row[5]), str(row[6])

    def keep_digests(self, read: Iterable[tuple[str, Stamp, str, str]]) -> None:
        """Keep what was read of files: path, stamp, SHA-256 and MD5."""
        rows = [
            (path, s.size, s.modified_ns, s.changed_ns, s.inode, sha256, md5)
            for path, s, sha256, md5 in read
        ]
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(*row, checksum_of(*row)) for row in rows],
            )

    def outcome(self, key: str, keys: AnswerKeys) -> Outcome | None:
        """Return what came of a content under the same keys; ``None`` where it is missing."""
        row = self._row(
            "SELECT outcome, answer_key, checksum FROM results"
            " WHERE key = ? AND answer_key IN (?, ?)",
            key,
            keys.answer,
            keys.fault,
        )
        if row is None or row[2] != checksum_of(key, row[1], row[0]):
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
        row = (key, answer_key, encode(outcome))
        shown = [(key, name, content) for name, content in pictures.items()]
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", (*row, checksum_of(*row))
            )
            self._connection.execute("DELETE FROM pictures WHERE result = ?", (key,))
            self._connection.executemany(
                "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?)",
                [(*row, checksum_of(*row)) for row in shown],
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
        row = self._row("SELECT result, name, content, checksum FROM pictures WHERE name = ?", name)
        if row is None or row[3] != checksum_of(*row[:3]):
            # Seen to when a run begins, so that it has happened since.
            raise CaseError(
                f"{self._path}: has lost the picture {name}; run the same command again, which"
                " makes it again"
            )
        return bytes(row[2])

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
            rows = self._connection.execute(
                "SELECT path, sha256, last_run FROM places ORDER BY path"
            )
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
            self.say(_SEAL, self._sealed())

    def is_empty(self) -> bool:
        """Return whether the run that made the file was stopped before it wrote anything."""
        tables = self._row("SELECT 1 FROM sqlite_master WHERE name = 'places'")
        return tables is None or self._format() is None

    def problems(self) -> list[str]:
        """Return what is wrong with the file, as sentences; reads all of it.

        Raises
        ------
        CaseError
            It is too damaged to be read, or of another release.
        """
        self._check_format()
        self._check_seal()
        with self._explained():
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        found = [f"is damaged: {row[0]}" for row in rows if row[0] != "ok"]
        n_wrong = len(self._wrong(_RESULTS) | self._wrong(_PICTURES))
        if n_wrong:
            found.append(
                f"is damaged: what came of {n_wrong} contents fails its checksum; run framematch"
                " triage again, which looks into them again"
            )
        return found

    def mend(self, written: Path) -> int:
        """Mend what fails its checksum, or forget it where it can be found out again.

        Parameters
        ----------
        written : Path
            The case: a picture that lies there as it was is taken from there.

        Returns
        -------
        int
            How many contents were forgotten.

        Raises
        ------
        CaseError
            What earlier runs have found is damaged.
        """
        self._check_seal()
        if self._wrong(_PICTURES):
            self._restore_pictures(written)
        results, pictures = self._wrong(_RESULTS), self._wrong(_PICTURES)
        with self._transaction():
            for key in pictures:  # those of a content come and go together
                self._connection.execute("DELETE FROM pictures WHERE result = ?", (key,))
            for key in results | pictures:
                self._connection.execute("DELETE FROM results WHERE key = ?", (key,))
        return len(results | pictures)

    def _restore_pictures(self, written: Path) -> None:
        """Take pictures that fail their checksum from the case, where that has the right ones."""
        right: list[tuple[bytes, str]] = []
        with self._explained():
            for key, name, content, checksum in self._connection.execute(_PICTURES):
                if checksum == checksum_of(key, name, content):
                    continue
                with contextlib.suppress(OSError, ValueError):
                    kept = (written / name).read_bytes()
                    if checksum == checksum_of(key, name, kept):
                        right.append((kept, name))
        with self._transaction():
            self._connection.executemany("UPDATE pictures SET content = ? WHERE name = ?", right)

    def _wrong(self, statement: str) -> set[str]:
        """Return the contents of which a row fails its checksum."""
        with self._explained():
            return {
                row[0]
                for row in self._connection.execute(statement)
                if row[-1] != checksum_of(*row[:-1])
            }

    def _check_seal(self) -> None:
        """Make sure that what the finished runs have found is what they have found."""
        with self._explained():
            numbers = [row[0] for row in self._connection.execute("SELECT number FROM runs")]
        under_way = self.is_under_way()
        seal = self.said(_SEAL)
        is_counted = sorted(numbers) == list(range(1, len(numbers) + 1))
        is_begun = len(numbers) > under_way
        if not is_counted or (seal is not None) != is_begun or seal not in (None, self._sealed()):
            raise self._damaged("it is not what the last finished run has kept")

    def _sealed(self) -> str:
        """Return the digest of all that finished runs have found."""
        digest = hashlib.sha256()
        for statement in (
            "SELECT number, answer_key FROM runs WHERE is_complete ORDER BY number",
            "SELECT key, first_run, last_run, CAST(finding AS BLOB) FROM findings ORDER BY key",
            "SELECT path, sha256, last_run FROM places ORDER BY path",
        ):
            with self._explained():
                for row in self._connection.execute(statement):
                    digest.update(checksum_of(*row).encode("ascii"))
            digest.update(b"\n")
        return digest.hexdigest()

    def _format(self) -> str | None:
        row = self._row("SELECT value FROM meta WHERE key = 'format'")
        return None if row is None else str(row[0])

    def _check_format(self) -> None:
        if self._format() != _FORMAT:
            raise CaseError(
                f"{self._path}: was written by another release of FrameMatch; go on with that one,"
                " or triage into a new folder"
            )

    def _damaged(self, how: object) -> CaseError:
        return CaseError(
            f"{self._path}: is damaged ({how}); move the case away and triage into a new folder"
        )

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
            raise self._damaged(error) from error


def checksum_of(*values: str | bytes | int | None) -> str:
    """Return the SHA-256 of the values of a row, each with its length and sort."""
    digest = hashlib.sha256()
    for value in values:
        raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        digest.update(f"{value is None:d}{len(raw)}:".encode("ascii"))
        digest.update(raw)
    return digest.hexdigest()
