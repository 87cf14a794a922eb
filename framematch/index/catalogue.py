"""`catalogue.sqlite`: which references the index holds, of which shows, in which segments.

Owns every statement that runs on it. A commit here is what publishes or removes a reference. Knows
segments by digest and row count only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from framematch.errors import IndexCorruptError, IndexStoreError, IndexVersionError
from framematch.index.header import CATALOGUE, FORMAT_VERSION
from framematch.index.identity import Entry, broadcast_order
from framematch.index.schema import (
    LISTING,
    RELEASE_EPISODE,
    RELEASE_SEGMENT,
    RELEASE_SHOW,
    SEGMENT_OF,
    TABLES,
    USED,
)
from framematch.records import EpisodeId, Reference

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


class _NonsenseError(Exception):
    """A row holds values that no writer puts there."""


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
        path = folder / CATALOGUE
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

    def create_tables(self, header_sha256: str) -> None:
        """Create what is missing, and note the digest of the header."""
        with self.transaction() as sql:
            for statement in TABLES.split(";\n"):
                sql.execute(statement)
            sql.execute(
                "INSERT INTO meta VALUES ('header_sha256', ?)"
                " ON CONFLICT DO UPDATE SET value = excluded.value",
                (header_sha256,),
            )
            sql.execute(f"PRAGMA user_version = {FORMAT_VERSION:d}")

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
            version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
            if version > FORMAT_VERSION:
                raise IndexVersionError(
                    f"{self.path}: version {version}, this release reads {FORMAT_VERSION};"
                    " use the release that wrote it, or index the library into an empty folder"
                )
            found = self._connection.execute(
                "SELECT value FROM meta WHERE key = 'header_sha256'"
            ).fetchone()
        if found is None or found[0] != header_sha256:
            raise IndexCorruptError(
                f"{self.path}: was made with another header.json than the one beside it;"
                " copy both from one backup, or index the library again into an empty folder"
            )

    def entries(self) -> tuple[Entry, ...]:
        """Return every reference in broadcast order.

        Raises
        ------
        IndexCorruptError
            The catalogue is damaged.
        """
        with self.explained():
            rows = self._connection.execute(LISTING).fetchall()
            return tuple(sorted((_entry(row) for row in rows), key=broadcast_order))

    def has(self, sha256: str) -> bool:
        """Return whether the file with this digest is indexed."""
        with self.explained():
            found = self._connection.execute(
                'SELECT 1 FROM "references" WHERE sha256 = ?', (sha256,)
            ).fetchone()
        return found is not None

    def segment_of(self, sha256: str) -> tuple[str, int] | None:
        """Return the segment of the file with this digest, and its rows; ``None`` without one."""
        with self.explained():
            found = self._connection.execute(SEGMENT_OF, (sha256,)).fetchone()
        return None if found is None else (str(found[0]), int(found[1]))

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
        reference = entry.reference
        with self.transaction() as sql:
            used = sql.execute(USED, (reference.sha256,)).fetchall()
            sql.execute("INSERT OR IGNORE INTO shows (name) VALUES (?)", (reference.show,))
            show = sql.execute("SELECT id FROM shows WHERE name = ?", (reference.show,)).fetchone()[
                0
            ]
            episode = None
            if reference.episode is not None:
                key = (show, reference.episode.season, reference.episode.episode)
                sql.execute(
                    "INSERT OR IGNORE INTO episodes (show, season, episode) VALUES (?, ?, ?)", key
                )
                episode = sql.execute(
                    "SELECT id FROM episodes WHERE show = ? AND season = ? AND episode = ?", key
                ).fetchone()[0]
            sql.execute("INSERT OR IGNORE INTO segments VALUES (?, ?)", (entry.segment, entry.rows))
            values = (
                reference.sha256,
                _path_bytes(reference.path),
                show,
                episode,
                reference.kind,
                reference.media,
                reference.width,
                reference.height,
                reference.duration_s,
                reference.warning,
                entry.segment,
                checksum(entry),
            )
            marks = ", ".join("?" * len(values))
            sql.execute(f'INSERT OR REPLACE INTO "references" VALUES ({marks})', values)  # noqa: S608 - question marks only
            return _release(sql, used)

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
            for sha256 in sha256s:
                used = sql.execute(USED, (sha256,)).fetchall()
                sql.execute('DELETE FROM "references" WHERE sha256 = ?', (sha256,))
                n_gone += len(used)
                released += _release(sql, used)
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
            for row in self._connection.execute(LISTING):
                listed += 1
                if checksum(_entry(row)) != row[-1]:
                    yield f"reference {row[0]} fails its checksum"
            held = self._connection.execute('SELECT count(*) FROM "references"').fetchone()[0]
            if listed != held:
                yield f"{held - listed} references have no show or no segment"

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
        except (sqlite3.DatabaseError, UnicodeDecodeError, _NonsenseError) as error:
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

    def _damaged(self, error: Exception) -> IndexCorruptError:
        return IndexCorruptError(
            f"{self.path}: damaged ({error}); copy the index from a backup,"
            " or index the library again into an empty folder"
        )


def _release(sql: sqlite3.Connection, used: list[tuple[str, int, int | None]]) -> list[str]:
    """Delete what references used that are gone; return the digests of the segments among it."""
    released = []
    for segment, show, episode in used:
        names = {"segment": segment, "show": show, "episode": episode}
        if sql.execute(RELEASE_SEGMENT, names).rowcount:
            released.append(segment)
        sql.execute(RELEASE_EPISODE, names)
        sql.execute(RELEASE_SHOW, names)
    return released


def error_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; -1 for errors of the Python module, which have none."""
    code: int = getattr(error, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code


def checksum(entry: Entry) -> str:
    """Return the SHA-256 of everything that the catalogue says of a reference."""
    reference = entry.reference
    listed = [
        reference.sha256,
        reference.path,
        reference.show,
        None if reference.episode is None else str(reference.episode),
        reference.kind,
        reference.media,
        reference.width,
        reference.height,
        float(reference.duration_s),
        reference.warning,
        entry.segment,
        entry.rows,
    ]
    text = json.dumps(listed, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _entry(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row of the listing."""
    try:
        return _parsed(row)
    except (ValueError, TypeError, AttributeError) as error:
        raise _NonsenseError(f"reference {row[0]}: {error}") from error


def _parsed(row: tuple[Any, ...]) -> Entry:
    season, episode = row[3], row[4]
    reference = Reference(
        sha256=row[0],
        path=row[1].decode("utf-8", "surrogateescape"),
        show=row[2],
        episode=None if episode is None else EpisodeId(season, episode),
        kind=row[5],
        media=row[6],
        width=row[7],
        height=row[8],
        duration_s=row[9],
        warning=row[10],
    )
    return Entry(reference, segment=row[11], rows=row[12])


def _path_bytes(path: str) -> bytes:
    """Return a path as bytes: file names need not be valid Unicode."""
    return path.encode("utf-8", "surrogateescape")
