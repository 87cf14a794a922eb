"""What a reader sees: in place, in a read-only folder, or beside a killed writer's log.

Owns the choice of SQLite's open mode for readers, and the moment that a snapshot shows. Must not
write to the catalogue's tables.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload
from urllib.parse import quote

from framematch.errors import IndexCorruptError, IndexStoreError
from framematch.index.arrays import ArrayFile
from framematch.index.catalogue import BUSY_TIMEOUT_S, Catalogue, error_code
from framematch.index.derived import Derived
from framematch.index.derived_files import find
from framematch.index.header import CATALOGUE, Header, read_header
from framematch.index.identity import Entry, index_id
from framematch.index.journal import last_change
from framematch.index.segment import missing, open_segment, segment_path
from framematch.records import CodeName, HashSpec, Reference

#: Times that opening starts again because a writer deleted a segment in between.
_OPENING_ATTEMPTS = 5


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[Catalogue]:
    """Open the catalogue of the index `folder` for a block that only reads it.

    Raises
    ------
    IndexCorruptError
        It is missing, or no SQLite database.
    """
    path = folder / CATALOGUE
    if not path.is_file():
        raise IndexCorruptError(f"{path}: missing; run `framematch index repair`")
    with contextlib.ExitStack() as stack:
        connection = _in_place(path)
        if connection is None and not _has_log(path):
            # Nobody can write here and nothing waits in a log: SQLite can do without lock files.
            connection = _connect(path, "immutable=1")
        if connection is None:
            # The log of a killed writer cannot be recovered in a read-only folder: do it on a copy.
            copied = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="framematch-")))
            for file in (path, _log(path)):
                shutil.copyfile(file, copied / file.name)
            connection = _connect(copied / path.name, "mode=rw")
        stack.callback(connection.close)
        catalogue = Catalogue(connection, path)
        with catalogue.explained():
            connection.execute("PRAGMA query_only = ON")
        yield catalogue


class Segments(Sequence[ArrayFile]):
    """The header of the segment of each reference, read when it is first asked for.

    Parameters
    ----------
    folder : Path
        The index.
    entries : tuple of Entry
        Its references in broadcast order.
    specs : mapping of CodeName to HashSpec
        Specification of each code.
    """

    def __init__(
        self, folder: Path, entries: tuple[Entry, ...], specs: Mapping[CodeName, HashSpec]
    ) -> None:
        self._folder, self._entries, self._specs = folder, entries, specs
        self._read: dict[int, ArrayFile] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def path(self, position: int) -> Path:
        """Return where the segment of a reference stands."""
        return segment_path(self._folder, self._entries[position].segment)

    @overload
    def __getitem__(self, position: int) -> ArrayFile: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[ArrayFile]: ...

    def __getitem__(self, position: int | slice) -> ArrayFile | Sequence[ArrayFile]:
        if isinstance(position, slice):
            return [self[one] for one in range(len(self))[position]]
        file = self._read.get(position)
        if file is None:
            entry = self._entries[position]
            file = open_segment(self.path(position), entry.rows, self._specs, entry.head)
            self._read[position] = file
        return file


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of an index at one moment.

    Attributes
    ----------
    id : str
        Identity of the content.
    entries : tuple of Entry
        Its references in broadcast order.
    segments : Segments
        Their files.
    derived : Derived or None
        The file that holds many of the rows together, if there is one.
    """

    id: str
    entries: tuple[Entry, ...]
    segments: Segments
    derived: Derived | None


def read_snapshot(folder: Path, header: Header) -> Snapshot:
    """Return the content of an index as it was at one moment.

    Of references whose rows stand in the derived file too, the segment is opened when it is first
    needed; that all others are there and whole is checked here. The reader's lock keeps segments
    from being deleted. Where it cannot be had, a segment may go between reading the catalogue and
    opening the file: the catalogue, read again, then no longer names it.

    Raises
    ------
    IndexCorruptError
        A file is missing, cut short or damaged.
    """
    previous: tuple[Entry, ...] | None = None
    for _ in range(_OPENING_ATTEMPTS):
        entries = read_entries(folder, header)
        identity = index_id(header.specs, entries)
        derived = find(folder, identity, entries, header.specs)
        segments = Segments(folder, entries, header.specs)
        try:
            for position in range(len(entries)):
                if derived is None or not derived.covered[position]:
                    segments[position]
        except FileNotFoundError as error:
            if entries == previous:
                raise missing(Path(error.filename)) from error
            previous = entries
        else:
            return Snapshot(identity, entries, segments, derived)
    raise IndexStoreError(f"{folder}: changes too fast to be opened; run again")


def read_references(folder: Path) -> tuple[Reference, ...]:
    """Return what the catalogue of an index lists, in broadcast order, whatever became of the rest.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexCorruptError
        The catalogue is missing or damaged.
    """
    header = read_header(folder)
    return tuple(entry.reference for entry in read_entries(folder, header))


def read_entries(folder: Path, header: Header) -> tuple[Entry, ...]:
    """Return the references of an index in broadcast order, held against all that tells of them.

    Raises
    ------
    IndexCorruptError
        The catalogue is missing, damaged, or older than its journal.
    """
    # Before the catalogue: what is noted by then, the catalogue has.
    noted = last_change(folder)
    with reading(folder) as catalogue:
        catalogue.check(header.sha256)
        catalogue.check_changes(noted)
        return catalogue.entries()


def _in_place(path: Path) -> sqlite3.Connection | None:
    """Return a connection that takes part in SQLite's locking, ``None`` in a read-only folder.

    The mode is read and write: only such a connection removes its lock files when it closes.
    """
    connection = _connect(path, "mode=rw")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if error_code(error) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            return None
        return _connect(path, "mode=rw")
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        pass  # the first statement of the block meets it again, where it is explained
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?{mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _has_log(path: Path) -> bool:
    """Return whether transactions wait in the write-ahead log."""
    log = _log(path)
    return log.exists() and log.stat().st_size > 0
