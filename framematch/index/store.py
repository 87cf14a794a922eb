"""`Index`: a reader's snapshot of an index on disk, searched by code.

Joins header, catalogue, segments and search structures; all of them have their own modules. A
snapshot never changes: open the index again to see what a writer has published since.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from framematch.index.backends import Backend, backend_for
from framematch.index.creation import create_index
from framematch.index.header import Header, read_header
from framematch.index.lock import lock_for_reading
from framematch.index.reading import Snapshot, read_snapshot
from framematch.index.segment import FEATURE_BYTES
from framematch.index.segment_rows import SegmentRows
from framematch.index.shard import Shard, check_range
from framematch.index.table import COLUMNS, FrameTable, empty_columns
from framematch.records import CodeName, FrameBatch, HashSpec, Hits, IndexInfo, Reference


class Index:
    """A consistent snapshot of an index; made by `open` or `create`, ended by `close`.

    Rows are numbered from 0 in the order of `references()`, within a reference in order of time.
    Equal content gives equal rows, whatever the order in which it was added.

    Threads may share a snapshot, and get the answers that each would get alone. Processes open
    their own; all of them map the same files. One thread closes it when the others are done: a call
    that is under way ends or raises `IndexStoreError`. What a writer does meanwhile is seen by who
    opens the index after it.

    Attributes
    ----------
    path : Path
        The folder.
    specs : mapping of CodeName to HashSpec
        Specification of each code.
    info : IndexInfo
        Identity of the content.
    min_information : int
        Rows with less information are never found by a search.
    derived : Derived or None
        The file that holds many or all of the rows together; ``None`` where there is none.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        snapshot: Snapshot,
        *,
        min_information: int,
        backend: Backend | None,
    ) -> None:
        self.path = path
        self.specs: Mapping[CodeName, HashSpec] = header.specs
        entries = snapshot.entries
        n_rows = sum(entry.rows for entry in entries)
        self.info = IndexInfo(snapshot.id, n_rows, header.spec)
        self._references = tuple(entry.reference for entry in entries)
        self._starts = np.cumsum([0, *(entry.rows for entry in entries)], dtype=np.int64)
        self._segments = SegmentRows(path, snapshot.segments, self._starts)
        self.derived = snapshot.derived
        self.min_information = min_information
        self._forced = backend

    @classmethod
    def open(cls, path: Path, *, min_information: int = 0, backend: Backend | None = None) -> Self:
        """Open the index in the folder `path`.

        Parameters
        ----------
        path : Path
            Folder of the index; may be read-only.
        min_information : int
            Rows with less information are never found by a search; they keep their row numbers.
        backend : {"linear", "flat", "sieve"}, optional
            Search structure to use; by default whichever is faster for so many rows.

        Raises
        ------
        IndexNotFoundError
            There is no index.
        IndexVersionError
            It was written in another format version.
        IndexCorruptError
            A file of it is missing or cut short.
        """
        header = read_header(path)
        lock = lock_for_reading(path)
        try:
            snapshot = read_snapshot(path, header)
            index = cls(path, header, snapshot, min_information=min_information, backend=backend)
        except BaseException:
            if lock is not None:
                os.close(lock)
            raise
        index._unlock = weakref.finalize(index, os.close, lock) if lock is not None else None
        return index

    @classmethod
    def create(
        cls,
        path: Path,
        specs: Mapping[CodeName, HashSpec],
        decoder: Mapping[str, str] | None = None,
    ) -> Self:
        """Make an empty index in the folder `path` and open it.

        Parameters
        ----------
        path : Path
            A folder that does not exist, is empty, or holds ``README.md`` and ``.gitignore`` only.
        specs : mapping of CodeName to HashSpec
            Specification of each code.
        decoder : mapping of str to str, optional
            Versions of the decoding libraries, kept for information.

        Raises
        ------
        IndexStoreError
            The folder holds an index or other files, or cannot be written.
        IndexLockedError
            Another process is making one there.
        """
        create_index(path, specs, decoder or {})
        return cls.open(path)

    _unlock: weakref.finalize[[int], Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self.info.frames

    def references(self) -> tuple[Reference, ...]:
        """Return the indexed files by show, season, episode (those without last), then SHA-256."""
        return self._references

    @property
    def backend(self) -> Backend:
        """Name of the search structure in use; ``sieve`` may miss rows (`SieveIndex`)."""
        if self._forced is not None:
            return self._forced
        return backend_for(len(self))

    @cached_property
    def rows(self) -> FrameTable:
        """What is known of each row beside its codes and its thumbnail; read at the first use."""
        derived = self.derived
        if derived is not None and derived.complete:
            return FrameTable(
                derived.array("reference"), **{name: derived.array(name) for name in COLUMNS}
            )
        table, starts = empty_columns(np.diff(self._starts).tolist())
        missing = np.ones(len(self._references), dtype=np.bool_)
        if derived is not None:
            missing = ~derived.covered
            for first, stop, place in derived.runs():
                source = slice(place, place + stop - first)
                for name in COLUMNS:
                    getattr(table, name)[first:stop] = derived.array(name)[source]
        for position in np.flatnonzero(missing).tolist():
            held = slice(starts[position], starts[position + 1])
            for name in COLUMNS:
                getattr(table, name)[held] = self._segments.array(position, name)
        return table

    def codes(self, name: CodeName, rows: npt.ArrayLike | None = None) -> npt.NDArray[np.uint8]:
        """Return codes.

        Parameters
        ----------
        name : {"appearance", "structure"}
            Which code.
        rows : int (n,), optional
            Row numbers in any order, by default all.

        Returns
        -------
        uint8 (n, B)
            A copy, in the order asked for.

        Raises
        ------
        IndexError
            There is no such row.
        """
        wanted = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.int64)
        if rows is not None and "_whole" in self.__dict__:
            # Where a search structure holds them all, no file is touched.
            held = self._whole.held_codes(name, wanted)
            if held is not None:
                return held
        derived = self.derived  # another thread may close the index
        if derived is None:
            return self._gathered(name, wanted, self.specs[name].n_bytes)
        self._segments.check_open()
        self._check_rows(wanted)
        place = derived.places_of(wanted)
        found = derived.array(name)[place]
        if not derived.complete and (place < 0).any():
            found[place < 0] = self._gathered(name, wanted[place < 0], self.specs[name].n_bytes)
        return found

    def features(self, rows: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return what the structure codes of rows were made of, uint8 (n, 576), in their order.

        Parameters
        ----------
        rows : int (n,)
            Row numbers in any order.

        Raises
        ------
        IndexError
            There is no such row.
        """
        return self._gathered("features", np.asarray(rows, dtype=np.int64), FEATURE_BYTES)

    def _gathered(
        self, name: str, wanted: npt.NDArray[np.int64], width: int
    ) -> npt.NDArray[np.uint8]:
        """Return a byte array of rows, uint8 (n, width), read from their segments."""
        self._check_rows(wanted)
        return self._segments.gathered(name, wanted, width)

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False
    ) -> Hits:
        """Return the `k` searchable rows nearest to each code; of equally distant ones the lower.

        Exact unless the `backend` is ``sieve``, which may miss rows (`SieveIndex`) where it is not
        told to be `exact`.

        Parameters
        ----------
        name : {"appearance", "structure"}
            Which code.
        codes : uint8 (Q, B)
            Query codes.
        k : int
            Hits per query; fewer where there are fewer rows.
        exact : bool
            Whether ``sieve`` compares all rows in full this time.

        Raises
        ------
        IndexMismatchError
            The codes have another width or dtype than the index.
        """
        return self._whole.search_nearest(name, codes, k, exact=exact)

    def search_within(
        self,
        name: CodeName,
        codes: npt.NDArray[np.uint8],
        max_distance: int,
        *,
        exact: bool = True,
    ) -> Hits:
        """Return every searchable row within `max_distance` of each code.

        Parameters
        ----------
        name : {"appearance", "structure"}
            Which code.
        codes : uint8 (Q, B)
            Query codes.
        max_distance : int
            Differing bits, inclusive.
        exact : bool
            Whether ``sieve`` compares all rows in full where it would miss some.

        Raises
        ------
        IndexMismatchError
            The codes have another width or dtype than the index.
        """
        return self._whole.search_within(name, codes, max_distance, exact=exact)

    def shard(self, first_row: int, stop_row: int) -> Shard:
        """Return rows `first_row` to `stop_row`, the last one excluded, to be searched alone.

        The answers of shards that cover all rows, put together by `framematch.index.merged`, are
        those of the whole index. A shard reads the codes of its own rows only, and is good until
        the index is closed.

        Raises
        ------
        IndexStoreError
            There are no such rows.
        """
        check_range(first_row, stop_row, len(self))
        return Shard(self, first_row, stop_row)

    @cached_property
    def _whole(self) -> Shard:
        """All rows."""
        # Threads that come here together (Python 3.12 lets them) get the same one: it is large.
        whole: Shard = self.__dict__.setdefault("_whole", Shard(self, 0, len(self)))
        return whole

    def thumbnail(self, row: int) -> bytes:
        """Return the JPEG of a row.

        Raises
        ------
        IndexError
            There is no such row.
        """
        self._check_rows(np.array([row]))
        position = int(np.searchsorted(self._starts, row, side="right")) - 1
        local = row - int(self._starts[position])
        return self._segments.thumbnail(position, local)

    def frames(self, position: int) -> FrameBatch:
        """Return all that is held of the reference at `position` in `references()`."""
        held = {
            name: np.array(self._segments.array(position, name))
            for name in (*COLUMNS, "appearance", "structure", "features")
        }
        n_rows = len(held["timestamp_s"])
        thumbnails = tuple(self._segments.thumbnail(position, row) for row in range(n_rows))
        return FrameBatch(**held, thumbnails=thumbnails)

    def close(self) -> None:
        """Let go of all files; searching is over."""
        self._segments.close()
        self.derived = None
        if "_whole" in self.__dict__:
            self._whole.clear()
        if self._unlock is not None:
            self._unlock()

    def _check_rows(self, rows: npt.NDArray[np.int64]) -> None:
        """Refuse row numbers that are not those of this snapshot."""
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise IndexError(
                f"{self.path}: has {len(self)} rows, but row {rows.max()} was asked for"
                if rows.min() >= 0
                else f"{self.path}: row {rows.min()} was asked for; rows are numbered from 0"
            )
