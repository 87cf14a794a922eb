"""Which search structure an index of a given size uses, and one answer for equal query codes.

Owns the sizes at which they change. Knows no files.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from framematch.index.faiss_index import FaissIndex
from framematch.index.linear import LinearIndex
from framematch.index.protocol import FrameIndex
from framematch.index.sieve import SieveIndex
from framematch.records import HashSpec, Hits

#: A search structure by name: NumPy over all rows, FAISS over all rows, the compiled sieve.
Backend = Literal["linear", "flat", "sieve"]

BACKENDS: tuple[Backend, ...] = get_args(Backend)

#: From so many rows on importing faiss costs less than it saves (docs/adr/0002).
FLAT_FROM_ROWS = 10_000

#: From so many rows on comparing every view of a still with all bits of every row takes longer than
#: the rest of the work on it, and loading compiled code less (docs/adr/0007).
SIEVE_FROM_ROWS = 200_000

_STRUCTURES: dict[Backend, type[LinearIndex] | type[FaissIndex] | type[SieveIndex]] = {
    "linear": LinearIndex,
    "flat": FaissIndex,
    "sieve": SieveIndex,
}


def backend_for(n_rows: int) -> Backend:
    """Return what an index of so many rows uses; the size alone decides."""
    if n_rows >= SIEVE_FROM_ROWS:
        return "sieve"
    return "flat" if n_rows >= FLAT_FROM_ROWS else "linear"


def empty_structure(backend: Backend, spec: HashSpec) -> FrameIndex:
    """Return a search structure without rows."""
    made: FrameIndex = _STRUCTURES[backend](spec)
    return made


def search_distinct(
    structure: FrameIndex, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False
) -> Hits:
    """Return what ``search_nearest`` returns, each distinct code of uint8 (Q, B) searched once.

    Views of one picture may have a code in common, and partial drawings have every appearance code
    twice.
    """
    distinct, number = np.unique(codes, axis=0, return_inverse=True)
    hits = structure.search_nearest(distinct, k, exact=exact)
    number = number.reshape(-1)
    bounds = np.searchsorted(hits.query, np.arange(len(distinct) + 1))
    counts = np.diff(bounds)[number]
    query = np.repeat(np.arange(len(number), dtype=np.int64), counts)
    first = np.cumsum(counts) - counts
    place = np.repeat(bounds[number] - first, counts) + np.arange(len(query))
    return Hits(query=query, row=hits.row[place], distance=hits.distance[place])
