"""Search of large indexes: every row is looked at, most of them by a part of their bits only.

The bits that have a plane (`framematch.index.planes`) are compared 256 rows at a time; a row that
differs from the query in too many of them is passed over, the others are compared in full. Whether
a row is passed over depends on its code and the query alone, not on the other rows: shards answer
as the whole does. docs/adr/0007 has what that misses and what it saves.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.index.block_search import Blocks, BlockSearch
from framematch.index.planes import BLOCK_ROWS, FEW_PLANES, WORDS, n_blocks, n_planes
from framematch.index.planes import plane_bits as bit_of_each_plane
from framematch.index.protocol import check_codes, check_rows, no_hits, ordered_hits, places_of
from framematch.index.saved_rows import SavedRows, load_rows, save_rows
from framematch.records import HashSpec, Hits

#: Share of the bits up to which rows are to be found: 180 of 512, 90 of 256. Beyond, two unrelated
#: pictures of a large library are as near.
REACH = 45 / 128

#: Differences in the planes are allowed to exceed their share by so many standard deviations.
_DEVIATIONS = 2.3

#: Up to so many bits `FEW_PLANES` tell rows apart, and miss nothing.
_NEAR = 31


def bound_of(bits: int) -> int:
    """Return in how many planes a row may differ from the query and still be compared in full.

    At the edge of `REACH` the differences in the planes are hypergeometric, or nearly.
    """
    held = min(n_planes(bits), bits)
    variance = held * REACH * (1 - REACH) * (bits - held) / max(1, bits - 1)
    return math.floor(held * REACH + _DEVIATIONS * math.sqrt(variance))


def planes_of(codes: npt.NDArray[np.uint8]) -> Blocks:
    """Return the planes of codes, uint64 (blocks, P, 4); see `framematch.index.planes`."""
    planes = np.zeros((n_blocks(len(codes)), n_planes(8 * codes.shape[1]), WORDS), np.uint64)
    fill_planes(codes, planes)
    return planes


def fill_planes(codes: npt.NDArray[np.uint8], planes: Blocks) -> None:
    """Write the planes of codes, uint8 (N, B), to their blocks, which must be all zeros before."""
    from framematch.index import kernels

    kernels.turn(codes, bit_of_each_plane(8 * codes.shape[1]), planes)


class SieveIndex:
    """Compiled search behind the contract of `FrameIndex`, but for one thing.

    `search_nearest` may miss rows unless told not to: those that differ from the query in more
    planes than `bound_of` allows, which few within `REACH` do and more beyond. So may
    `search_within` where it is told that it need not be exact. Rows at a distance up to
    `bound_of` are never missed.
    """

    def __init__(self, spec: HashSpec) -> None:
        self.spec = spec
        self._codes = np.empty((0, spec.n_bytes), dtype=np.uint8)
        self._rows: npt.NDArray[np.int64] | None = np.empty(0, dtype=np.int64)
        self._n_given = 0
        self._waiting: list[npt.NDArray[np.uint8]] = []
        self._planes: Blocks | None = None
        self._allowed: Blocks | None = None

    @classmethod
    def over(
        cls,
        spec: HashSpec,
        codes: npt.NDArray[np.uint8],
        planes: Blocks,
        allowed: npt.NDArray[np.bool_],
    ) -> Self:
        """Return the structure over arrays that somebody else holds, mapped from a file say.

        Nothing is copied; it must not be added to.

        Parameters
        ----------
        spec : HashSpec
            Specification of the codes.
        codes : uint8 (N, B)
            The codes, row after row.
        planes : uint64 (blocks, P, 4)
            Their planes.
        allowed : bool (N,)
            Which rows may be found.
        """
        index = cls(spec)
        index._codes, index._planes = codes, planes
        index._rows, index._n_given = None, len(codes)
        index._allowed = _packed(allowed)
        return index

    def __len__(self) -> int:
        held = self._n_given if self._rows is None else len(self._rows)
        return held + sum(len(codes) for codes in self._waiting)

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Add codes as further rows."""
        self._waiting.append(np.array(check_codes(codes, self.spec)))

    def prepare(self) -> None:
        """Make the planes; numba is loaded for it where there are rows."""
        self._settle()
        if len(self):
            self._turned()

    def search_within(
        self, codes: npt.NDArray[np.uint8], max_distance: int, *, exact: bool = True
    ) -> Hits:
        """Return every row within `max_distance`, inclusive."""
        checked = check_codes(codes, self.spec)
        if max_distance < 0 or not len(self) or not len(checked):
            return no_hits()
        most = bound_of(self.spec.bits)
        bound = max_distance if max_distance <= most else -1 if exact else most
        near = max_distance <= _NEAR
        search = self._prepared(checked, FEW_PLANES if near else None)
        found = search.within(bound, min(max_distance, self.spec.bits))
        return ordered_hits(found[0], self._numbers(found[1]), found[2].astype(np.int32))

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` nearest rows of those that pass, or of all if it is to be exact."""
        checked = check_codes(codes, self.spec)
        k = min(k, len(self))
        if k <= 0 or not len(checked):
            return no_hits()
        search = self._prepared(checked, None)
        distance, place = search.nearest(None if exact else bound_of(self.spec.bits), k)
        there = place >= 0
        return ordered_hits(
            np.nonzero(there)[0].astype(np.int64),
            self._numbers(place[there]),
            distance[there].astype(np.int32),
        )

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the codes of rows, a copy."""
        self._settle()
        return self._codes[places_of(rows, self._held_rows())]

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good."""
        self._settle()
        held = self._held_rows()
        gone = np.isin(held, check_rows(rows, self._n_given))
        self._codes, self._rows = self._codes[~gone], held[~gone]
        self._planes = self._allowed = None

    def save(self, path: Path) -> None:
        """Write codes and row numbers to the file `path`."""
        self._settle()
        save_rows(path, self.spec, SavedRows(self._codes, self._held_rows(), self._n_given))

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
        n_new = sum(len(codes) for codes in self._waiting)
        held = self._held_rows()
        fresh = np.arange(self._n_given, self._n_given + n_new, dtype=np.int64)
        self._rows = np.concatenate([held, fresh])
        self._codes = np.concatenate([self._codes, *self._waiting])
        self._n_given += n_new
        self._waiting.clear()
        self._planes = self._allowed = None

    def _held_rows(self) -> npt.NDArray[np.int64]:
        """Return the row number of each code, int64 (N,), ascending."""
        return np.arange(self._n_given) if self._rows is None else self._rows

    def _numbers(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the row numbers of places among the codes."""
        return places if self._rows is None else self._rows[places]

    def _prepared(self, queries: npt.NDArray[np.uint8], most_planes: int | None) -> BlockSearch:
        """Return what a search needs, in the words and planes of the compiled loops."""
        self._settle()
        planes, allowed = self._turned()
        return BlockSearch(planes, self._codes, allowed, queries, most_planes)

    def _turned(self) -> tuple[Blocks, Blocks]:
        """Return the planes and which rows may be found, made at the first call after a change."""
        if self._planes is None or self._allowed is None:
            self._planes = planes_of(self._codes)
            self._allowed = _packed(np.ones(len(self._codes), dtype=np.bool_))
        return self._planes, self._allowed


def _packed(allowed: npt.NDArray[np.bool_]) -> Blocks:
    """Return a bit for each row, uint64 (blocks, 4), those that fill up the last block unset."""
    padded = np.pad(allowed, (0, -len(allowed) % BLOCK_ROWS))
    return np.packbits(padded, bitorder="little").view(np.uint64).reshape(-1, WORDS)
