"""Search of large indexes: every row is looked at, most of them by a part of their bits only.

The bits that have a plane (`framematch.index.planes`) are compared 256 rows at a time; a row that
differs from the query in too many of them is passed over, the others are compared in full. Whether
a row is passed over depends on its code and the query alone, not on the other rows: shards answer
as the whole does. docs/adr/0007 has what that misses and what it saves.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from framematch.index.planes import (
    BLOCK_ROWS,
    FEW_PLANES,
    GROUP,
    WORDS,
    lookups,
    n_blocks,
    n_planes,
)
from framematch.index.planes import plane_bits as bit_of_each_plane
from framematch.index.protocol import check_codes, check_rows, no_hits, ordered_hits, places_of
from framematch.index.saved_rows import SavedRows, load_rows, save_rows
from framematch.records import HashSpec, Hits
from framematch.workers import usable_processors

#: Share of the bits up to which rows are to be found: 180 of 512, 90 of 256. Beyond, two unrelated
#: pictures of a large library are as near.
REACH = 45 / 128

#: Differences in the planes are allowed to exceed their share by so many standard deviations.
_DEVIATIONS = 2.3

#: Up to so many bits `FEW_PLANES` tell rows apart, and miss nothing.
_NEAR = 31

#: Fewer blocks than this are not worth a thread.
_BLOCKS_PER_THREAD = 256

Blocks = npt.NDArray[np.uint64]
T = TypeVar("T")


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

        def part(first: int, stop: int) -> npt.NDArray[np.int64]:
            return search.within(first, stop, bound, min(max_distance, self.spec.bits))

        found = np.concatenate(_in_threads(part, search.n_blocks), axis=1)
        return ordered_hits(found[0], self._numbers(found[1]), found[2].astype(np.int32))

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` nearest rows of those that pass, or of all; of equally far ones the lower.

        The lower one comes first in its thread's blocks and stays; the threads' answers are put in
        order of row afterwards.
        """
        checked = check_codes(codes, self.spec)
        k = min(k, len(self))
        if k <= 0 or not len(checked):
            return no_hits()
        search = self._prepared(checked, None)
        bound = None if exact else bound_of(self.spec.bits)

        def part(first: int, stop: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
            return search.nearest(first, stop, bound, k)

        found = _in_threads(part, search.n_blocks)
        distance = np.concatenate([one[0] for one in found], axis=1)
        place = np.concatenate([one[1] for one in found], axis=1)
        order = np.lexsort((place, distance), axis=1)[:, :k]
        distance = np.take_along_axis(distance, order, axis=1)
        place = np.take_along_axis(place, order, axis=1)
        there = place >= 0
        return ordered_hits(
            np.nonzero(there)[0].astype(np.int64),
            self._numbers(place[there]),
            distance[there].astype(np.int32),
        )

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the codes of rows, a copy."""
        self._settle()
        held = np.arange(self._n_given) if self._rows is None else self._rows
        return self._codes[places_of(rows, held)]

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good."""
        self._settle()
        held = np.arange(self._n_given) if self._rows is None else self._rows
        gone = np.isin(held, check_rows(rows, self._n_given))
        self._codes, self._rows = self._codes[~gone], held[~gone]
        self._planes = self._allowed = None

    def save(self, path: Path) -> None:
        """Write codes and row numbers to the file `path`."""
        self._settle()
        held = np.arange(self._n_given) if self._rows is None else self._rows
        save_rows(path, self.spec, SavedRows(self._codes, held, self._n_given))

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
        held = np.arange(self._n_given) if self._rows is None else self._rows
        fresh = np.arange(self._n_given, self._n_given + n_new, dtype=np.int64)
        self._rows = np.concatenate([held, fresh])
        self._codes = np.concatenate([self._codes, *self._waiting])
        self._n_given += n_new
        self._waiting.clear()
        self._planes = self._allowed = None

    def _numbers(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the row numbers of places among the codes."""
        return places if self._rows is None else self._rows[places]

    def _prepared(self, queries: npt.NDArray[np.uint8], most_planes: int | None) -> _Search:
        """Return what a search needs, in the words and planes of the compiled loops."""
        self._settle()
        planes, allowed = self._turned()
        return _Search(planes, _words(self._codes), allowed, queries, most_planes)

    def _turned(self) -> tuple[Blocks, Blocks]:
        """Return the planes and which rows may be found, made at the first call after a change."""
        if self._planes is None or self._allowed is None:
            self._planes = planes_of(self._codes)
            self._allowed = _packed(np.ones(len(self._codes), dtype=np.bool_))
        return self._planes, self._allowed


class _Search:
    """One batch of queries against blocks of rows."""

    def __init__(
        self,
        planes: Blocks,
        codes: Blocks,
        allowed: Blocks,
        queries: npt.NDArray[np.uint8],
        most_planes: int | None,
    ) -> None:
        from framematch.index import kernels

        self._kernels: Any = kernels
        self.n_blocks = len(planes)
        # Mapped arrays cannot be written; code is made for those only.
        self._held = tuple(_read_only(array) for array in (planes, codes, allowed))
        places = lookups(queries)
        n_groups = places.shape[1] if most_planes is None else most_planes // GROUP
        # As many zeros as groups: the type of a tuple says how many, and code is made for each.
        self._groups = (0,) * min(n_groups, places.shape[1])
        self._lookups = places
        self._queries = _words(queries)

    def nearest(
        self, first: int, stop: int, bound: int | None, k: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return distances and places, int64 (Q, k), -1 where there are none; all for no bound."""
        planes, codes, allowed = self._held
        distances = np.full((len(self._queries), k), np.iinfo(np.int32).max, dtype=np.int64)
        places = np.full((len(self._queries), k), -1, dtype=np.int64)
        if bound is None:
            self._kernels.scan_nearest(
                codes, allowed, first, stop, self._queries, distances, places
            )
        else:
            self._kernels.sieve_nearest(
                planes,
                codes,
                allowed,
                first,
                stop,
                self._groups,
                self._lookups,
                self._queries,
                bound,
                distances,
                places,
            )
        return distances, places

    def within(self, first: int, stop: int, bound: int, max_distance: int) -> npt.NDArray[np.int64]:
        """Return query, place and distance, int64 (3, M); a negative bound lets all rows pass."""
        planes, codes, allowed = self._held
        found: npt.NDArray[np.int64] = self._kernels.all_within(
            planes,
            codes,
            allowed,
            first,
            stop,
            self._groups,
            self._lookups,
            self._queries,
            bound,
            max_distance,
        )
        return found


def _words(codes: npt.NDArray[np.uint8]) -> Blocks:
    """Return codes as uint64 (N, W), without a copy where their width allows it."""
    if codes.shape[1] % 8:
        codes = np.pad(codes, ((0, 0), (0, -codes.shape[1] % 8)))
    return codes.view(np.uint64)


def _read_only(array: Blocks) -> Blocks:
    seen = array.view()
    seen.flags.writeable = False
    return seen


def _packed(allowed: npt.NDArray[np.bool_]) -> Blocks:
    """Return a bit for each row, uint64 (blocks, 4), those that fill up the last block unset."""
    padded = np.pad(allowed, (0, -len(allowed) % BLOCK_ROWS))
    return np.packbits(padded, bitorder="little").view(np.uint64).reshape(-1, WORDS)


def _in_threads(work: Callable[[int, int], T], blocks: int) -> list[T]:
    """Return the answers for ranges that cover so many blocks, in their order, one a thread."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    # The variable that FAISS reads: who shares a machine between processes says it once.
    most = int(wanted) if wanted.isdigit() and int(wanted) else usable_processors()
    n_threads = max(1, min(most, blocks // _BLOCKS_PER_THREAD))
    bounds = np.linspace(0, blocks, n_threads + 1).astype(int).tolist()
    ranges = list(itertools.pairwise(bounds))
    if n_threads == 1:
        return [work(0, blocks)]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(lambda pair: work(*pair), ranges))
