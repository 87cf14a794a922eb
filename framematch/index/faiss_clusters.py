"""Search of large indexes in the neighbourhood of the query only, with FAISS's inverted lists.

Every row stands in the list of the centre that it is nearest to, and a search looks into the lists
of the centres nearest to the query (an inverted file: Sivic and Zisserman, ICCV 2003). With a
million rows a search reads 4 % of them; docs/adr/0005 has what it misses. Beside
`framematch.index.faiss_index` the only module that may import faiss.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.index.faiss_index import FaissIndex
from framematch.index.protocol import check_codes, no_hits, ordered_hits
from framematch.records import HashSpec, Hits

#: Below so many rows every row is looked at, and the answers are exact.
EXACT_BELOW_ROWS = 50_000

#: Lists that a search looks into.
PROBED_LISTS = 96

#: Lists for the square root of the number of rows: about as many rows to compare with as centres.
_LISTS_PER_ROOT = 4

# The centres themselves stand in so many lists for their square root; a row is compared with those
# of the nearest few, a query with all.
_GROUPS_PER_ROOT, _PROBED_GROUPS = 1, 8

# Rows for each list from which its centre is made.
_SAMPLES_PER_LIST = 25

# Steps of this share of the rows visit all parts of an index evenly, whatever their number.
_GOLDEN = (math.sqrt(5) - 1) / 2


class FaissClusters(FaissIndex):
    """`faiss.IndexBinaryIVF` behind the contract of `FrameIndex`, but for one thing.

    From `EXACT_BELOW_ROWS` rows on `search_nearest` may miss rows unless told not to, the more
    often the further they are; what it returns it returns at its distance and in order.
    `search_within` misses nothing. The lists are made at the first search after a change, from the
    rows alone, so that equal rows give equal answers. They hold the codes a second time.
    """

    def __init__(self, spec: HashSpec) -> None:
        super().__init__(spec)
        self._lists: _Lists | None = None

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Add codes as further rows."""
        super().add(codes)
        self._lists = None

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good."""
        super().remove(rows)
        self._lists = None

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` nearest rows of those in the lists nearest to each code, or of all."""
        if exact or len(self) < EXACT_BELOW_ROWS:
            return super().search_nearest(codes, k)
        checked = check_codes(codes, self.spec)
        k = min(k, len(self))
        if k <= 0 or not len(checked):
            return no_hits()
        if self._lists is None:
            self._lists = _Lists(self._held_codes())
        place, distance = self._lists.search(checked, k)
        found = place >= 0
        return ordered_hits(np.nonzero(found)[0], self._rows[place[found]], distance[found])


class _Lists:
    """Inverted lists over N rows of codes.

    Parameters
    ----------
    codes : uint8 (N, B)
        All of them; their places are what `search` returns.
    """

    def __init__(self, codes: npt.NDArray[np.uint8]) -> None:
        import faiss

        self._faiss: Any = faiss
        self._bits = 8 * codes.shape[1]
        n_lists = min(_LISTS_PER_ROOT * math.isqrt(len(codes)), len(codes))
        centres = codes[_spread(len(codes), n_lists)]
        sample = codes[_spread(len(codes), min(_SAMPLES_PER_LIST * n_lists, len(codes)))]
        centres = _majority(centres, sample, self._grouped(centres))
        # FAISS keeps no reference to an index that it is given: what is dropped here is freed.
        self._centres = self._grouped(centres)
        self._ivf: Any = faiss.IndexBinaryIVF(self._centres.index, self._bits, n_lists)
        self._ivf.is_trained = True
        self._ivf.add(codes)
        self._ivf.nprobe = min(PROBED_LISTS, n_lists)
        self._centres.index.nprobe = self._centres.n_groups

    def search(
        self, codes: npt.NDArray[np.uint8], k: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return places, int64 (Q, k), -1 where there are none, and distances, int32 (Q, k)."""
        distance, place = self._ivf.search(codes, k)
        return place, distance

    def _grouped(self, centres: npt.NDArray[np.uint8]) -> _Centres:
        return _Centres(self._faiss, centres)


class _Centres:
    """Centres in lists of their own, so that a row need not be compared with all of them."""

    def __init__(self, faiss: Any, centres: npt.NDArray[np.uint8]) -> None:  # noqa: ANN401
        bits = 8 * centres.shape[1]
        self.n_groups = _GROUPS_PER_ROOT * math.isqrt(len(centres))
        self._coarse: Any = faiss.IndexBinaryFlat(bits)
        self._coarse.add(centres[: self.n_groups])
        self.index: Any = faiss.IndexBinaryIVF(self._coarse, bits, self.n_groups)
        self.index.is_trained = True
        self.index.add(centres)
        self.index.nprobe = _PROBED_GROUPS

    def nearest(self, codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Return the centre that each code belongs to, int64 (N,)."""
        _, centre = self.index.search(codes, 1)
        return np.asarray(centre[:, 0], dtype=np.int64)


def _spread(n_rows: int, n: int) -> npt.NDArray[np.int64]:
    """Return `n` places among `n_rows`, int64 (n,), any first part of them spread over all."""
    return (np.arange(n) * _GOLDEN % 1.0 * n_rows).astype(np.int64)


def _majority(
    centres: npt.NDArray[np.uint8], sample: npt.NDArray[np.uint8], grouped: _Centres
) -> npt.NDArray[np.uint8]:
    """Return the centres, each bit as most codes of the sample around it have it."""
    nearest = grouped.nearest(sample)
    order = np.argsort(nearest, kind="stable")
    bits = np.unpackbits(sample[order], axis=1)
    used, starts, counts = np.unique(nearest[order], return_index=True, return_counts=True)
    ones = np.add.reduceat(bits, starts, axis=0, dtype=np.int32)
    moved = centres.copy()
    moved[used] = np.packbits(2 * ones > counts[:, np.newaxis], axis=1)
    return moved
