"""`catalogue.sqlite`: which references the index holds, of which shows, in which segments.

Owns, with `catalogue_rows`, every statement that runs on it. A commit here is what publishes or
removes a reference. Knows segments by digest and row count only.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from framematch.errors import IndexCorruptError, IndexStoreError, IndexVersionError
from framematch.index.catalogue_rows import (
    NonsenseError,
    add_head,
    counted,
    entry_of,
    insert,
    note,
    release,
    state_of,
)
from framematch.index.content import Change, checksum, summed
from framematch.index.header import CATALOGUE, CATALOGUE_VERSION
from framematch.index.identity import Entry, broadcast_order
from framematch.index.schema import (
    LISTING,
    LISTING_2,
    SEGMENT_OF,
    TABLES,
    USED,
)

#: Seconds that a statement waits for another process before it gives up.
BUSY_TIMEOUT_S = 30.0

#: SQLite's codes for a disk or permission that is in the way, as opposed to a damaged file.
_NO_ACCESS = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)

#: Version of the tables that is read still.
OLD_VERSION = 2


class Catalogue:
    """An open catalogue.

    Parameters
    ----------
    connection : sqlite3.Connection
        In autocommit mode, without type detection.
    path : Path
        The file, for messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open_for_writing(cls, folder: Path) -> Self:
        """Open or create the catalogue of `folder`; what a killed writer committed is recovered.

        Raises
        ------
        IndexCorruptError
            The file is no SQLite database or is damaged.
        """
        return cls.create(folder / CATALOGUE)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open or create the catalogue in the file `path`, whatever it is called.

        Raises
        ------
        IndexCorruptError
            The file is no SQLite database or is damaged.
        """
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        catalogue = cls(connection, path)
        try:
            with catalogue.explained():
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return catalogue

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def create_tables(
        self, header_sha256: str, entries: Sequence[Entry] = (), change: int = 1
    ) -> None:
        """Create what is missing, note the digest of the header, and list `entries`.

        Parameters
        ----------
        header_sha256 : str
            Of `header.json`.
        entries : sequence of Entry
            What there is.
        change : int
            Number of this change.
        """
        with self.transaction() as sql:
            for statement in TABLES.split(";\n"):
                sql.execute(statement)
            add_head(sql)
            note(sql, "header_sha256", header_sha256)
            for entry in entries:
                insert(sql, entry)
            self._start(sql, change)

    def bring_up_to_date(self, head_of: Callable[[str], str]) -> None:
        """Bring a catalogue of version 2 to version 3, in one transaction.

        Parameters
        ----------
        head_of : callable
            Returns the digest of the head of a segment, by the segment's digest; empty where it
            cannot be read.
        """
        if self._version() != OLD_VERSION:
            return
        with self.transaction() as sql:
            add_head(sql)
            for (digest,) in sql.execute("SELECT digest FROM segments").fetchall():
                sql.execute(
                    "UPDATE segments SET head = ? WHERE digest = ?", (head_of(digest), digest)
                )
            self._start(sql, 1)

    def _start(self, sql: sqlite3.Connection, change: int) -> None:
        """Count the changes from here, for what is listed now."""
        sql.execute(f"PRAGMA user_version = {CATALOGUE_VERSION:d}")
        rows = sql.execute(LISTING).fetchall()
        content = summed((checksum(entry), entry) for entry in map(entry_of, rows))
        note(sql, "change", str(change))
        note(sql, "content", content)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def state(self) -> Change | None:
        """Return the last change; ``None`` of a catalogue of version 2."""
        with self.explained():
            held = dict(
                self._connection.execute(
                    "SELECT key, value FROM meta WHERE key IN ('change', 'content')"
                ).fetchall()
            )
            if len(held) < len(("change", "content")):
                return None
            return state_of(held)

    def check(self, header_sha256: str) -> None:
        """Refuse a catalogue of another version, or one that belongs to another header.

        Raises
        ------
        IndexVersionError
            It is of another version.
        IndexCorruptError
            It was made with another header, or is damaged.
        """
        with self.explained():
            version = self._version()
            if version > CATALOGUE_VERSION:
                raise IndexVersionError(
                    f"{self.path}: version {version}, this release reads {CATALOGUE_VERSION};"
                    " use the release that wrote it, or index the library into an empty folder"
                )
            if version < OLD_VERSION:
                raise self._damaged(f"version {version}")
        if self.header_sha256() != header_sha256:
            raise IndexCorruptError(
                f"{self.path}: was made with another header.json than the one beside it;"
                " run `framematch index repair`"
            )

    def header_sha256(self) -> str | None:
        """Return the digest of the header that it was made with, ``None`` where it has none."""
        with self.explained():
            found = self._connection.execute(
                "SELECT value FROM meta WHERE key = 'header_sha256'"
            ).fetchone()
        return None if found is None else str(found[0])

    def check_changes(self, noted: Change | None) -> None:
        """Refuse a catalogue that lacks changes which its journal has.

        Parameters
        ----------
        noted : Change or None
            The last change in the journal, read before this catalogue was opened.

        Raises
        ------
        IndexCorruptError
            It is an older copy, or lost the log that its last changes stood in.
        """
        state = self.state()
        if noted is None or state is None:
            return
        if noted.number > state.number or (noted.number == state.number and noted != state):
            raise IndexCorruptError(
                f"{self.path}: has change {state.number}, {self.path.with_suffix('.jsonl')}"
                f" has {noted.number}: it is an older copy, or lost its log;"
                " run `framematch index repair`"
            )

    def entries(self) -> tuple[Entry, ...]:
        """Return every reference in broadcast order.

        Raises
        ------
        IndexCorruptError
            The catalogue is damaged.
        """
        with self.explained():
            # One statement sees one moment; two would not, while a writer commits.
            self._connection.execute("BEGIN")
            try:
                rows = self._listing().fetchall()
                state = self.state()
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            held = [(checksum(entry), entry) for entry in map(entry_of, rows)]
            for row, (digest, _) in zip(rows, held, strict=True):
                if row[-1] != digest:
                    raise self._damaged(f"reference {row[0]} fails its checksum")
            if state is not None and summed(held) != state.content:
                raise self._damaged("lists not what was written")
            return tuple(sorted((entry for _, entry in held), key=broadcast_order))

    def whole_entries(self) -> Iterator[Entry]:
        """Yield the references that pass their checksum, whatever became of the others."""
        for row in self._listing():
            try:
                entry = entry_of(row)
            except NonsenseError:
                continue
            if checksum(entry) == row[-1]:
                yield entry

    def _listing(self) -> sqlite3.Cursor:
        """Return every reference with what it belongs to."""
        old = self._version() == OLD_VERSION
        return self._connection.execute(LISTING_2 if old else LISTING)

    def has(self, sha256: str) -> bool:
        """Return whether the file with this digest is indexed."""
        with self.explained():
            found = self._connection.execute(
                'SELECT 1 FROM "references" WHERE sha256 = ?', (sha256,)
            ).fetchone()
        return found is not None

    def segment_of(self, sha256: str) -> tuple[str, int, str] | None:
        """Return segment, its rows and head of the file with this digest; ``None`` without one."""
        with self.explained():
            found = self._connection.execute(SEGMENT_OF, (sha256,)).fetchone()
        return None if found is None else (str(found[0]), int(found[1]), str(found[2]))

    def segments(self) -> set[str]:
        """Return the digest of every segment in use."""
        with self.explained():
            rows = self._connection.execute("SELECT digest FROM segments").fetchall()
        return {str(row[0]) for row in rows}

    def put(self, entry: Entry) -> list[str]:
        """Insert the entry or replace the one with the same SHA-256, in one transaction.

        Returns
        -------
        list of str
            Digests of segments that no reference uses any more.
        """
        with self.transaction() as sql:
            used = sql.execute(USED, (entry.reference.sha256,)).fetchall()
            digests = {entry.segment, *(row[0] for row in used)}
            with counted(sql, [entry.reference.sha256], digests):
                insert(sql, entry)
                return release(sql, used)

    def delete(self, sha256s: Iterable[str]) -> tuple[int, list[str]]:
        """Delete references in one transaction.

        Returns
        -------
        int
            How many there were.
        list of str
            Digests of segments that no reference uses any more.
        """
        n_gone, released = 0, []
        with self.transaction() as sql:
            wanted = list(dict.fromkeys(sha256s))
            used = [row for one in wanted for row in sql.execute(USED, (one,)).fetchall()]
            with counted(sql, wanted, {row[0] for row in used}):
                for sha256 in wanted:
                    sql.execute('DELETE FROM "references" WHERE sha256 = ?', (sha256,))
                released = release(sql, used)
            n_gone = len(used)
        return n_gone, released

    def complaints(self) -> Iterator[str]:
        """Yield what SQLite's own checks, and the checksum of each reference, find wrong."""
        with self.explained():
            for (text,) in self._connection.execute("PRAGMA integrity_check").fetchall():
                if text != "ok":
                    yield f"SQLite: {text}"
            for table, *_ in self._connection.execute("PRAGMA foreign_key_check").fetchall():
                yield f"a row of {table} refers to a row that is not there"
            listed = 0
            held = []
            for row in self._listing():
                listed += 1
                held.append((checksum(entry_of(row)), entry_of(row)))
                if held[-1][0] != row[-1]:
                    yield f"reference {row[0]} fails its checksum"
            state = self.state()
            if state is None and self._version() != OLD_VERSION:
                yield "does not say what it lists"
            if state is not None and summed(held) != state.content:
                yield "lists not what was written"
            if state is not None and self._version() == OLD_VERSION:
                yield f"version {OLD_VERSION}, but has what version {CATALOGUE_VERSION} added"
            count = 'SELECT count(*) FROM "references"'
            there = self._connection.execute(count).fetchone()[0]
            if listed != there:
                yield f"{there - listed} references have no show or no segment"

    def close(self) -> None:
        """Move the write-ahead log into the database where nobody else needs it, and close."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: committed to the disk when it ends, else undone."""
        with self.explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn SQLite's errors inside a block into those of the index."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.OperationalError as error:
            raise self._explanation(error) from error
        # sqlite3 raises UnicodeDecodeError where a message quotes damaged text.
        except (sqlite3.DatabaseError, UnicodeDecodeError, NonsenseError) as error:
            raise self._damaged(error) from error

    def _explanation(self, error: sqlite3.OperationalError) -> IndexStoreError:
        """Return the error for an operation that SQLite could not carry out."""
        code = error_code(error)
        if code in _NO_ACCESS:
            return IndexStoreError(
                f"{self.path}: cannot be used ({error}); make room or give access, then run again"
            )
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return IndexStoreError(f"{self.path}: busy ({error}); run again")
        return self._damaged(error)

    def _damaged(self, error: Exception | str) -> IndexCorruptError:
        return IndexCorruptError(f"{self.path}: damaged ({error}); run `framematch index repair`")


def error_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; -1 for errors of the Python module, which have none."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code
