"""`Shard`: a range of rows of a snapshot, searched as the whole snapshot is.

Owns the search structures, built at the first search of a code, and the merging of answers of
several ranges. Knows no files: codes come from the `Index` that it belongs to.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexStoreError
from framematch.index.backends import empty_structure, search_distinct
from framematch.index.protocol import FrameIndex, check_codes, no_hits, ordered_hits
from framematch.records import CodeName, Hits

if TYPE_CHECKING:
    from framematch.index.store import Index

#: Codes gathered before they are handed to a search structure.
_ROWS_PER_ADD = 1 << 16


class Shard:
    """Rows `first_row` to `stop_row` of an index, the last one excluded; made by `Index.shard`.

    Answers carry the row numbers of the whole index, and the structure is the one that the whole
    index uses: those of shards that cover it, merged by `merged`, are those of the whole. Threads
    may share a shard.

    Attributes
    ----------
    first_row, stop_row : int
        The range.
    """

    def __init__(self, index: Index, first_row: int, stop_row: int) -> None:
        self.first_row, self.stop_row = first_row, stop_row
        self._index = index
        self._structures: dict[CodeName, FrameIndex] = {}
        self._building = threading.Lock()

    def __len__(self) -> int:
        return self.stop_row - self.first_row

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False
    ) -> Hits:
        """Return the `k` searchable rows of the range nearest to each code: see `Index`."""
        codes = check_codes(codes, self._index.specs[name])
        return self._as_rows(search_distinct(self.structure(name), codes, k, exact=exact))

    def search_within(
        self, name: CodeName, codes: npt.NDArray[np.uint8], max_distance: int
    ) -> Hits:
        """Return every searchable row of the range within `max_distance`: see `Index`."""
        codes = check_codes(codes, self._index.specs[name])
        return self._as_rows(self.structure(name).search_within(codes, max_distance))

    def structure(self, name: CodeName) -> FrameIndex:
        """Return the search structure of a code, built at the first use."""
        with self._building:
            if name not in self._structures:
                made = empty_structure(self._index.backend, self._index.specs[name])
                for start in range(0, len(self.searchable), _ROWS_PER_ADD):
                    rows = self.searchable[start : start + _ROWS_PER_ADD]
                    made.add(self._index.codes(name, rows))
                self._structures[name] = made
            return self._structures[name]

    def held_codes(
        self, name: CodeName, rows: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint8] | None:
        """Return the codes of rows where a structure that is built holds them all."""
        built = self._structures.get(name)
        if built is None or not len(self.searchable):
            return None
        place = np.minimum(np.searchsorted(self.searchable, rows), len(self.searchable) - 1)
        return built.codes(place) if np.array_equal(self.searchable[place], rows) else None

    def clear(self) -> None:
        """Let go of the structures."""
        self._structures.clear()

    @cached_property
    def searchable(self) -> npt.NDArray[np.int64]:
        """Rows of the range with enough information, int64 (S,), ascending."""
        information = self._index.rows.information[self.first_row : self.stop_row]
        return np.flatnonzero(information >= self._index.min_information) + self.first_row

    def _as_rows(self, hits: Hits) -> Hits:
        """Return hits of a search structure as hits of the whole index; the order stays."""
        return Hits(query=hits.query, row=self.searchable[hits.row], distance=hits.distance)


def merged(answers: Sequence[Hits], k: int | None = None) -> Hits:
    """Return the answers of shards that do not overlap, to the same queries, as one.

    Parameters
    ----------
    answers : sequence of Hits
        One of each shard, in any order.
    k : int, optional
        Hits kept of each query: what `search_nearest` was asked for; all by default, as
        `search_within` wants.
    """
    if not answers:
        return no_hits()
    hits = ordered_hits(
        np.concatenate([answer.query for answer in answers]),
        np.concatenate([answer.row for answer in answers]),
        np.concatenate([answer.distance for answer in answers]),
    )
    if k is None:
        return hits
    first = np.searchsorted(hits.query, hits.query)
    kept = np.arange(len(hits)) - first < k
    return Hits(query=hits.query[kept], row=hits.row[kept], distance=hits.distance[kept])


def check_range(first_row: int, stop_row: int, n_rows: int) -> None:
    """Refuse a range that does not lie within `n_rows` rows.

    Raises
    ------
    IndexStoreError
        It does not.
    """
    if not 0 <= first_row <= stop_row <= n_rows:
        raise IndexStoreError(
            f"rows {first_row} to {stop_row} asked for, but the index has {n_rows} rows;"
            " open it again if it was changed since"
        )
