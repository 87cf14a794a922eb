"""Exact search by comparing all codes in NumPy: the oracle of the other back ends.

Also the back end of small indexes, where it answers before faiss is imported. Must not import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.index.protocol import check_codes, check_rows, no_hits, ordered_hits, places_of
from framematch.index.saved_rows import SavedRows, load_rows, save_rows
from framematch.records import HashSpec, Hits

#: Rows compared at a time: the 512 KiB of a step's intermediate result stay in a core's cache.
_CHUNK_ROWS = 1 << 16


class LinearIndex:
    """Brute force over packed codes; see `FrameIndex` for the contract.

    Beside the codes it needs 2 bytes per row while it searches, and room for the hits.
    """

    def __init__(self, spec: HashSpec) -> None:
        self.spec = spec
        self._codes = np.empty((0, spec.n_bytes), dtype=np.uint8)
        self._rows = np.empty(0, dtype=np.int64)
        self._n_given = 0
        self._waiting: list[npt.NDArray[np.uint8]] = []
        self._words: npt.NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return len(self._rows) + sum(len(codes) for codes in self._waiting)

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Add codes as further rows."""
        self._waiting.append(np.array(check_codes(codes, self.spec)))

    def prepare(self) -> None:
        """Turn the codes into columns of words."""
        self._settled_words()

    def search_within(
        self, codes: npt.NDArray[np.uint8], max_distance: int, *, exact: bool = True
    ) -> Hits:
        """Return every row within `max_distance`, inclusive."""
        queries = self._as_words(check_codes(codes, self.spec))
        found: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.uint16]]] = []
        for query in queries:
            distances = self._distances(query)
            places = np.flatnonzero(distances <= max_distance)
            found.append((places, distances[places]))
        return self._hits(found)

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` nearest rows, of equally distant ones the lower row."""
        queries = self._as_words(check_codes(codes, self.spec))
        k = min(k, len(self))
        if k <= 0:
            return no_hits()
        found: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.uint16]]] = []
        for query in queries:
            distances = self._distances(query)
            furthest = np.partition(distances, k - 1)[k - 1]
            nearer = np.flatnonzero(distances < furthest)
            level = np.flatnonzero(distances == furthest)[: k - len(nearer)]
            places = np.concatenate([nearer, level])
            found.append((places, distances[places]))
        return self._hits(found)

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the codes of rows, a copy."""
        self._settle()
        return self._codes[places_of(rows, self._rows)]

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good."""
        self._settle()
        gone = np.isin(self._rows, check_rows(rows, self._n_given))
        self._codes, self._rows = self._codes[~gone], self._rows[~gone]
        self._words = None

    def save(self, path: Path) -> None:
        """Write codes and row numbers to the file `path`."""
        self._settle()
        save_rows(path, self.spec, SavedRows(self._codes, self._rows, self._n_given))

    @classmethod
    def load(cls, path: Path, spec: HashSpec) -> Self:
        """Return the index that `save` wrote."""
        content = load_rows(path, spec)
        index = cls(spec)
        index._codes, index._rows = content.codes, content.rows
        index._n_given = content.n_given
        return index

    def _settle(self) -> None:
        """Give row numbers to the codes that were added since the last call."""
        if not self._waiting:
            return
        self._codes = np.concatenate([self._codes, *self._waiting])
        n_new = sum(len(codes) for codes in self._waiting)
        fresh = np.arange(self._n_given, self._n_given + n_new, dtype=np.int64)
        self._rows = np.concatenate([self._rows, fresh])
        self._n_given += n_new
        self._waiting.clear()
        self._words = None

    def _settled_words(self) -> npt.NDArray[np.uint64]:
        """Return the held codes as uint64 (W, N), made at the first call after a change."""
        self._settle()
        if self._words is None:
            # Word by word: summing across short rows costs three times as much as adding columns.
            self._words = np.ascontiguousarray(self._as_words(self._codes).T)
        return self._words

    def _as_words(self, codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
        """Return codes as uint64 (N, W), padded with zero bits."""
        padded = np.pad(codes, ((0, 0), (0, -codes.shape[1] % 8)))
        return padded.view(np.uint64)

    def _distances(self, query: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
        """Return the distances of one query, uint64 (W,), to all held codes, uint16 (N,)."""
        words = self._settled_words()
        distances = np.zeros(words.shape[1], dtype=np.uint16)
        for start in range(0, len(distances), _CHUNK_ROWS):
            part = slice(start, start + _CHUNK_ROWS)
            for column, word in zip(words, query, strict=True):
                distances[part] += np.bitwise_count(column[part] ^ word)
        return distances

    def _hits(self, found: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.uint16]]]) -> Hits:
        """Return the hits of each query, given as places among the held codes and distances."""
        if not found:
            return no_hits()
        counts = [len(places) for places, _ in found]
        return ordered_hits(
            np.repeat(np.arange(len(found), dtype=np.int64), counts),
            self._rows[np.concatenate([places for places, _ in found])],
            np.concatenate([distances for _, distances in found]).astype(np.int32),
        )
