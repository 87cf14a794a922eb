"""`compact`: write the derived file of an index, so that it opens at once and is searched mapped.

Owns the order: whole file under a temporary name, flushed, renamed, then the older ones deleted. A
kill leaves at most a temporary file, which the next writer deletes. Holds the writer's lock, so
that the content does not change meanwhile; readers go on, and while there is one no derived file is
deleted. What is copied from a segment is held against the segment's checksums.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.durable import TEMPORARY_SUFFIX, flush_folder
from framematch.errors import IndexStoreError
from framematch.index import arrays
from framematch.index.arrays import ArrayFile
from framematch.index.backends import SIEVE_FROM_ROWS
from framematch.index.derived import COPIED, KIND, shapes
from framematch.index.derived_files import (
    DERIVED,
    delete_others,
    derived_path,
    find,
    open_derived,
    unfinished,
    wrong_rows,
)
from framematch.index.header import CODE_NAMES, Header, read_header
from framematch.index.identity import Entry, index_id
from framematch.index.lock import lock_for_writing
from framematch.index.planes import BLOCK_ROWS
from framematch.index.reading import read_entries
from framematch.index.segment import missing, open_segment, rotten, segment_path
from framematch.index.sieve import fill_planes

#: Rows whose planes are made at a time, a whole number of blocks.
_ROWS_AT_A_TIME = 256 * BLOCK_ROWS

#: Bytes hashed at a time.
_HASHED_BYTES = 1 << 24

#: Where so small a share of the rows is not in the derived file yet, or gone, it still serves.
_STALE_SHARE = 1 / 8


@dataclass(frozen=True, slots=True)
class Compaction:
    """Outcome of a compaction.

    Attributes
    ----------
    written : bool
        Whether a file was written; not where there was a good one, or none was worth the while.
    rows : int
        Rows of the index.
    file : str
        The derived file inside the index folder; empty where there is none.
    bytes : int
        Its length.
    """

    written: bool
    rows: int
    file: str
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index compact --json` writes."""
        return dataclasses.asdict(self)


def compact(path: Path, *, if_worth_it: bool = False) -> Compaction:
    """Write the derived file of the index in the folder `path`, unless there is a good one.

    Parameters
    ----------
    path : Path
        Folder of the index.
    if_worth_it : bool
        Leave an index alone that is small, or of which an older derived file still serves nearly
        everything; for the end of a bulk job. Otherwise the file is made whatever the size, and
        one that is there is read in full to see whether it is good.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexLockedError
        A writer is at work.
    IndexCorruptError
        A segment or the catalogue is damaged or missing; no file is written.
    IndexStoreError
        The folder cannot be written, or there is no room.
    """
    header = read_header(path)
    try:
        writer = lock_for_writing(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        entries = read_entries(path, header)
        return compact_locked(path, header, entries, if_worth_it=if_worth_it)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        os.close(writer)


def compact_locked(
    path: Path, header: Header, entries: Sequence[Entry], *, if_worth_it: bool
) -> Compaction:
    """Do what `compact` does for an index whose writer's lock is held, and whose entries are known.

    Raises
    ------
    IndexCorruptError
        A segment is damaged or missing.
    OSError
        The folder cannot be written.
    """
    n_rows = sum(entry.rows for entry in entries)
    target = derived_path(path, index_id(header.specs, entries))
    for file in unfinished(path):
        file.unlink(missing_ok=True)
    name = f"{DERIVED}/{target.name}"
    if if_worth_it:
        if n_rows < SIEVE_FROM_ROWS:
            return Compaction(written=False, rows=n_rows, file="", bytes=0)
        held = find(path, target.stem, entries, header.specs)
        if held is not None:
            # Rows that are gone are looked at by every search, as rows that lack are gathered.
            n_stale = (n_rows - held.n_served) + (held.n_rows - held.n_served)
            if n_stale <= _STALE_SHARE * n_rows:
                file = held.file.path
                delete_others(path, file)
                name = f"{DERIVED}/{file.name}"
                return Compaction(False, n_rows, name, file.stat().st_size)
    elif _is_good(target, path, header):
        delete_others(path, target)
        return Compaction(False, n_rows, name, target.stat().st_size)
    target.parent.mkdir(exist_ok=True)
    _write(target, path, header, entries)
    delete_others(path, target)
    return Compaction(True, n_rows, name, target.stat().st_size)


def _is_good(target: Path, folder: Path, header: Header) -> bool:
    """Return whether there is a derived file of this content, every byte as it should be."""
    try:
        file = open_derived(target, header.specs)
        mapped = arrays.map_bytes(file)
        wrong = itertools.chain(arrays.check_sums(file, mapped), wrong_rows(file, mapped, folder))
        return next(wrong, None) is None
    except (IndexStoreError, OSError):
        return False


def _write(target: Path, folder: Path, header: Header, entries: Sequence[Entry]) -> None:
    """Write the derived file whole: arrays through a map, then the digests into its header."""
    n_rows = sum(entry.rows for entry in entries)
    meta = {
        "references": len(entries),
        "rows": n_rows,
        "specs": {name: header.specs[name].to_dict() for name in CODE_NAMES},
    }
    fields = arrays.laid_out(shapes(len(entries), n_rows, header.specs))
    head = arrays.encode_head(KIND, meta, fields)
    length = len(head) + max(field.offset + field.nbytes for field in fields)
    temporary = target.with_name(target.name + TEMPORARY_SUFFIX)
    try:
        with temporary.open("wb") as stream:
            # Room is asked for first: a full disk is an error here, and a crash inside a map.
            os.posix_fallocate(stream.fileno(), 0, length)
        file = ArrayFile(temporary, KIND, meta, len(head), {field.name: field for field in fields})
        mapped = np.memmap(temporary, dtype=np.uint8, mode="r+", shape=(length,))
        held = {field.name: arrays.view(file, mapped, field.name) for field in fields}
        _fill(held, folder, header, entries)
        done = [dataclasses.replace(field, sha256=_digest(held[field.name])) for field in fields]
        mapped[: len(head)] = np.frombuffer(arrays.encode_head(KIND, meta, done), dtype=np.uint8)
        mapped.flush()
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
    except BaseException:
        # It is as large as the index, and where the disk is full it is why.
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    flush_folder(target.parent)


def _fill(
    held: Mapping[str, npt.NDArray[Any]],
    folder: Path,
    header: Header,
    entries: Sequence[Entry],
) -> None:
    """Copy columns and codes from the segments, and turn the codes into planes."""
    start = 0
    for position, entry in enumerate(entries):
        path = segment_path(folder, entry.segment)
        try:
            file = open_segment(path, entry.rows, header.specs, entry.head)
            mapped = arrays.map_bytes(file)
        except FileNotFoundError as error:
            raise missing(path) from error
        if next(arrays.check_sums(file, mapped, COPIED), None) is not None:
            raise rotten(path)
        rows = slice(start, start + entry.rows)
        for name in COPIED:
            held[name][rows] = arrays.view(file, mapped, name)
        held["reference"][rows] = position
        held["sha256"][position] = _bytes(entry.reference.sha256)
        held["segment"][position] = _bytes(entry.segment)
        start += entry.rows
        held["start"][position + 1] = start
    for name in CODE_NAMES:
        for first in range(0, start, _ROWS_AT_A_TIME):
            blocks = slice(first // BLOCK_ROWS, (first + _ROWS_AT_A_TIME) // BLOCK_ROWS)
            codes = np.array(held[name][first : first + _ROWS_AT_A_TIME])
            fill_planes(codes, held[f"{name}_planes"][blocks])


def _bytes(digest: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex(digest), dtype=np.uint8)


def _digest(array: npt.NDArray[Any]) -> str:
    running = hashlib.sha256()
    raw = array.reshape(-1).view(np.uint8)
    for start in range(0, len(raw), _HASHED_BYTES):
        running.update(raw[start : start + _HASHED_BYTES].data)
    return running.hexdigest()


def _unwritable(path: Path, error: OSError) -> IndexStoreError:
    return IndexStoreError(
        f"{error.filename or path}: cannot be written ({error.strerror});"
        " make room or give access, then run again: the index itself is as it was"
    )
