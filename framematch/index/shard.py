"""`Shard`: a range of rows of a snapshot, searched as the whole snapshot is.

Owns the search structures, built at the first search of a code, and the merging of answers of
several ranges. Knows no files: codes come from the `Index` that it belongs to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexStoreError
from framematch.index.backends import empty_structure, search_distinct
from framematch.index.derived import Derived
from framematch.index.planes import BLOCK_ROWS, n_blocks
from framematch.index.protocol import FrameIndex, check_codes, no_hits, ordered_hits
from framematch.index.sieve import SieveIndex
from framematch.index.table import COLUMNS
from framematch.records import CodeName, Hits

if TYPE_CHECKING:
    from framematch.index.store import Index

#: Codes gathered before they are handed to a search structure.
_ROWS_PER_ADD = 1 << 16


@dataclass(frozen=True, slots=True)
class _Part:
    """A search structure, and what its places are in the whole index.

    Attributes
    ----------
    structure : FrameIndex
        Over some of the rows.
    rows_of : callable
        Returns the rows of the whole index, int64 (n,), at places of the structure, int64 (n,).
    """

    structure: FrameIndex
    rows_of: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.int64]]

    def as_rows(self, hits: Hits) -> Hits:
        """Return hits of the structure as hits of the whole index."""
        return Hits(query=hits.query, row=self.rows_of(hits.row), distance=hits.distance)


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
        self._parts: dict[CodeName, list[_Part]] = {}
        self._building = threading.Lock()

    def __len__(self) -> int:
        return self.stop_row - self.first_row

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False
    ) -> Hits:
        """Return the `k` searchable rows of the range nearest to each code: see `Index`."""
        codes = check_codes(codes, self._index.specs[name])
        answers = [
            part.as_rows(search_distinct(part.structure, codes, k, exact=exact))
            for part in self._built(name)
        ]
        return answers[0] if len(answers) == 1 else merged(answers, k)

    def search_within(
        self,
        name: CodeName,
        codes: npt.NDArray[np.uint8],
        max_distance: int,
        *,
        exact: bool = True,
    ) -> Hits:
        """Return every searchable row of the range within `max_distance`: see `Index`."""
        codes = check_codes(codes, self._index.specs[name])
        answers = [
            part.as_rows(part.structure.search_within(codes, max_distance, exact=exact))
            for part in self._built(name)
        ]
        return answers[0] if len(answers) == 1 else merged(answers)

    def held_codes(
        self, name: CodeName, rows: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint8] | None:
        """Return the codes of rows where a structure that is built holds them all."""
        built = self._parts.get(name)
        if built is None or len(built) > 1 or self._index.derived or not len(self._searchable):
            return None
        place = np.minimum(np.searchsorted(self._searchable, rows), len(self._searchable) - 1)
        if not np.array_equal(self._searchable[place], rows):
            return None
        return built[0].structure.codes(place)

    def clear(self) -> None:
        """Let go of the structures."""
        self._parts.clear()

    def _built(self, name: CodeName) -> list[_Part]:
        """Return the search structures of a code, built at the first use."""
        with self._building:
            if name not in self._parts:
                if self._index.derived is not None and self._index.backend == "sieve":
                    self._parts[name] = self._mapped(name, self._index.derived)
                else:
                    self._parts[name] = [self._gathered(name, self._searchable)]
            return self._parts[name]

    def _gathered(self, name: CodeName, rows: npt.NDArray[np.int64]) -> _Part:
        """Return the structure over rows, int64 (n,) ascending, whose codes are copied."""
        made = empty_structure(self._index.backend, self._index.specs[name])
        for start in range(0, len(rows), _ROWS_PER_ADD):
            made.add(self._index.codes(name, rows[start : start + _ROWS_PER_ADD]))
        # Here, where one thread builds; else several would do the rest, at their first search.
        made.prepare()
        return _Part(made, rows.__getitem__)

    def _mapped(self, name: CodeName, derived: Derived) -> list[_Part]:
        """Return the structure over the derived file, and one over the rows that it lacks."""
        derived.check((name, f"{name}_planes", "reference", *COLUMNS))
        said = np.zeros(len(self._index), dtype=np.bool_)
        here = slice(self.first_row, self.stop_row)
        said[here] = self._index.rows.information[here] >= self._index.min_information
        allowed = derived.spread(said)
        parts = []
        # Only the blocks from the first to the last of these rows are searched.
        first, stop = _extent(allowed)
        if stop:
            structure = SieveIndex.over(
                self._index.specs[name],
                derived.array(name)[first:stop],
                derived.array(f"{name}_planes")[first // BLOCK_ROWS : n_blocks(stop)],
                allowed[first:stop],
            )
            parts.append(_Part(structure, lambda places: derived.rows_of(places + first)))
        if not derived.complete or not parts:
            lacking = np.concatenate(
                [np.flatnonzero(said[start:end]) + start for start, end in derived.lacking()]
                or [np.empty(0, dtype=np.int64)]
            )
            parts.append(self._gathered(name, lacking))
        return parts

    @cached_property
    def _searchable(self) -> npt.NDArray[np.int64]:
        """Rows of the range with enough information, int64 (S,), ascending."""
        information = self._index.rows.information[self.first_row : self.stop_row]
        return np.flatnonzero(information >= self._index.min_information) + self.first_row


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


def _extent(allowed: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the places from the first to the last that is allowed, in whole blocks; 0, 0 for none.

    The last block may be cut short by the end of the places.
    """
    if not allowed.any():
        return 0, 0
    first = int(allowed.argmax())
    stop = len(allowed) - int(allowed[::-1].argmax())
    return first // BLOCK_ROWS * BLOCK_ROWS, min(n_blocks(stop) * BLOCK_ROWS, len(allowed))
