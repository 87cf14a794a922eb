"""Exact search with FAISS's flat binary index, for indexes that outgrow NumPy.

faiss is imported when the first structure is built: importing it costs 0.04 to 0.16 s, which a
query of a small index never pays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from framematch.index.protocol import check_codes, check_rows, no_hits, ordered_hits, places_of
from framematch.index.saved_rows import SavedRows, load_rows, save_rows
from framematch.records import HashSpec, Hits

#: Answers that one call of FAISS may allocate for, queries times `k`.
_ANSWERS_PER_CALL = 1 << 22

#: Queries of one range search: their hits are held twice while they are copied out of FAISS.
_QUERIES_PER_RANGE = 64


class FaissIndex:
    """`faiss.IndexBinaryFlat` behind the contract of `FrameIndex`."""

    def __init__(self, spec: HashSpec) -> None:
        # Here and not at the top of the file, so that naming the class does not cost the import.
        import faiss

        self.spec = spec
        self._flat: Any = faiss.IndexBinaryFlat(spec.bits)
        self._as_array: Any = faiss.vector_to_array
        self._as_view: Any = faiss.rev_swig_ptr
        self._rows = np.empty(0, dtype=np.int64)
        self._n_given = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Add codes as further rows."""
        checked = check_codes(codes, self.spec)
        if len(checked):
            self._flat.add(checked)
        fresh = np.arange(self._n_given, self._n_given + len(checked), dtype=np.int64)
        self._rows = np.concatenate([self._rows, fresh])
        self._n_given += len(checked)

    def prepare(self) -> None:
        """Do nothing: codes are taken in as they are added."""

    def search_within(
        self, codes: npt.NDArray[np.uint8], max_distance: int, *, exact: bool = True
    ) -> Hits:
        """Return every row within `max_distance`, inclusive."""
        checked = check_codes(codes, self.spec)
        if max_distance < 0 or not len(self) or not len(checked):
            return no_hits()
        query, place, distance = self._range(checked, min(max_distance, self.spec.bits))
        return ordered_hits(query, self._rows[place], distance)

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` nearest rows, of equally distant ones the lower row."""
        checked = check_codes(codes, self.spec)
        k = min(k, len(self))
        if k <= 0 or not len(checked):
            return no_hits()
        step = max(1, _ANSWERS_PER_CALL // (k + 1))
        parts = [
            self._nearest(checked[start : start + step], k, start)
            for start in range(0, len(checked), step)
        ]
        query, place, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
        return ordered_hits(query, self._rows[place], distance)

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the codes of rows, a copy."""
        places = places_of(rows, self._rows)
        if not len(places):
            return np.empty((0, self.spec.n_bytes), dtype=np.uint8)
        return self._seen_codes()[places]

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good."""
        places = np.flatnonzero(np.isin(self._rows, check_rows(rows, self._n_given)))
        if len(places):
            self._flat.remove_ids(places.astype(np.int64))
            self._rows = np.delete(self._rows, places)

    def save(self, path: Path) -> None:
        """Write codes and row numbers to the file `path`."""
        save_rows(path, self.spec, SavedRows(self._held_codes(), self._rows, self._n_given))

    @classmethod
    def load(cls, path: Path, spec: HashSpec) -> Self:
        """Return the index that `save` wrote."""
        content = load_rows(path, spec)
        index = cls(spec)
        index.add(content.codes)
        index._rows, index._n_given = content.rows, content.n_given
        return index

    def _held_codes(self) -> npt.NDArray[np.uint8]:
        """Return a copy of the codes that are not removed, uint8 (N, B)."""
        codes: npt.NDArray[np.uint8] = self._as_array(self._flat.xb)
        return codes.reshape(len(self), self.spec.n_bytes)

    def _seen_codes(self) -> npt.NDArray[np.uint8]:
        """Return the same without a copy, good until rows are added or removed."""
        size = len(self) * self.spec.n_bytes
        codes: npt.NDArray[np.uint8] = self._as_view(self._flat.xb.data(), size)
        return codes.reshape(len(self), self.spec.n_bytes)

    def _range(
        self, codes: npt.NDArray[np.uint8], max_distance: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return query, place and distance of everything within `max_distance`, inclusive."""
        queries, places, distances = [], [], []
        for start in range(0, len(codes), _QUERIES_PER_RANGE):
            part = codes[start : start + _QUERIES_PER_RANGE]
            # FAISS's radius is exclusive.
            limits, distance, place = self._flat.range_search(part, max_distance + 1)
            counts = np.diff(limits.astype(np.int64))
            queries.append(np.repeat(np.arange(start, start + len(part), dtype=np.int64), counts))
            places.append(place.astype(np.int64, copy=False))
            distances.append(distance.astype(np.int32))
        return np.concatenate(queries), np.concatenate(places), np.concatenate(distances)

    def _nearest(
        self, codes: npt.NDArray[np.uint8], k: int, first_query: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return query, place and distance of the `k` nearest of each code.

        FAISS does not say which of several equally distant rows it returns. One neighbour more than
        asked for tells whether the k-th distance is shared with a row outside; such queries are
        answered by a range search up to that distance.
        """
        distance, place = self._flat.search(codes, min(k + 1, len(self)))
        query = np.arange(first_query, first_query + len(codes), dtype=np.int64)
        if distance.shape[1] > k:
            shared = distance[:, k - 1] == distance[:, k]
        else:
            shared = np.zeros(len(codes), dtype=np.bool_)
        sure = ~shared
        parts = [(np.repeat(query[sure], k), place[sure, :k].ravel(), distance[sure, :k].ravel())]
        for level in np.unique(distance[shared, k - 1]):
            which = np.flatnonzero(shared & (distance[:, k - 1] == level))
            for start in range(0, len(which), _QUERIES_PER_RANGE):
                part = which[start : start + _QUERIES_PER_RANGE]
                parts.append(self._trimmed(codes[part], query[part], k, int(level)))
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return joined[0], joined[1], joined[2].astype(np.int32, copy=False)

    def _trimmed(
        self, codes: npt.NDArray[np.uint8], query: npt.NDArray[np.int64], k: int, level: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return the first `k` hits of each code among those within `level`, at least `k` each."""
        local, place, distance = self._range(codes, level)
        order = np.lexsort((place, distance, local))
        starts = np.searchsorted(local[order], np.arange(len(codes)))
        kept = order[(starts[:, None] + np.arange(k)).ravel()]
        return query[local[kept]], place[kept], distance[kept]
