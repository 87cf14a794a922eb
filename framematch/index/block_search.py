"""One batch of queries against blocks of rows: the compiled loops, on several threads.

Owns how blocks are dealt out to threads and how their answers are put together. Knows arrays only:
what may be passed over is `framematch.index.sieve`'s to say. Imports numba at the first search.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from framematch.index.planes import GROUP, lookups
from framematch.workers import usable_processors

#: Fewer blocks than this are not worth a thread.
_BLOCKS_PER_THREAD = 256

Blocks = npt.NDArray[np.uint64]
T = TypeVar("T")


class BlockSearch:
    """Queries that are ready to be compared with rows.

    Parameters
    ----------
    planes : uint64 (blocks, P, 4)
        Planes of the rows.
    codes : uint8 (N, B)
        Their codes.
    allowed : uint64 (blocks, 4)
        A bit for each row that may be found.
    queries : uint8 (Q, B)
        Codes of the queries.
    most_planes : int, optional
        Only the first so many planes are looked at; all by default.
    """

    def __init__(
        self,
        planes: Blocks,
        codes: npt.NDArray[np.uint8],
        allowed: Blocks,
        queries: npt.NDArray[np.uint8],
        most_planes: int | None,
    ) -> None:
        from framematch.index import kernels

        self._kernels: Any = kernels
        self._n_blocks = len(planes)
        # Mapped arrays cannot be written; code is made for those only.
        self._held = tuple(_read_only(array) for array in (planes, _words(codes), allowed))
        places = lookups(queries)
        n_groups = places.shape[1] if most_planes is None else most_planes // GROUP
        # As many zeros as groups: the type of a tuple says how many, and code is made for each.
        self._groups = (0,) * min(n_groups, places.shape[1])
        self._lookups = places
        self._queries = _words(queries)

    def nearest(
        self, bound: int | None, k: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the `k` nearest rows of each query; of equally far ones the lower.

        The lower one comes first in its thread's blocks and stays; the threads' answers are put in
        order of row afterwards.

        Parameters
        ----------
        bound : int or None
            The most planes that may differ, inclusive; ``None`` compares every row in full.
        k : int
            At least 1.

        Returns
        -------
        int64 (Q, k)
            Distances, ascending.
        int64 (Q, k)
            Rows; -1 where there are none.
        """

        def part(first: int, stop: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
            return self._nearest(first, stop, bound, k)

        found = _in_threads(part, self._n_blocks)
        distance = np.concatenate([one[0] for one in found], axis=1)
        row = np.concatenate([one[1] for one in found], axis=1)
        order = np.lexsort((row, distance), axis=1)[:, :k]
        return np.take_along_axis(distance, order, axis=1), np.take_along_axis(row, order, axis=1)

    def within(self, bound: int, max_distance: int) -> npt.NDArray[np.int64]:
        """Return query, row and distance, int64 (3, M), of what lies within a distance.

        Parameters
        ----------
        bound : int
            The most planes that may differ, inclusive; a negative one lets all rows pass.
        max_distance : int
            Differing bits, inclusive.
        """

        def part(first: int, stop: int) -> npt.NDArray[np.int64]:
            return self._within(first, stop, bound, max_distance)

        return np.concatenate(_in_threads(part, self._n_blocks), axis=1)

    def _nearest(
        self, first: int, stop: int, bound: int | None, k: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return what `nearest` does, of blocks `first` to `stop`."""
        planes, codes, allowed = self._held
        distances = np.full((len(self._queries), k), np.iinfo(np.int32).max, dtype=np.int64)
        rows = np.full((len(self._queries), k), -1, dtype=np.int64)
        if bound is None:
            self._kernels.scan_nearest(codes, allowed, first, stop, self._queries, distances, rows)
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
                rows,
            )
        return distances, rows

    def _within(
        self, first: int, stop: int, bound: int, max_distance: int
    ) -> npt.NDArray[np.int64]:
        """Return what `within` does, of blocks `first` to `stop`."""
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
