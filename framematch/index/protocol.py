"""What every search structure over one code can do, and the checks that all of them share.

Owns the `FrameIndex` protocol. Knows codes, rows and distances, but no references and no files
beyond the one that `save` is told to write; imports neither faiss nor sqlite3.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexMismatchError
from framematch.records import HashSpec, Hits


class FrameIndex(Protocol):
    """A search structure over the codes of one specification; queries come in batches.

    Rows are numbered from 0 in the order in which codes are added. Every answer is ordered by
    query, then distance, then row, and exact, so that two back ends give equal answers; a back end
    that may miss rows where it is not asked to be exact says so.

    Attributes
    ----------
    spec : HashSpec
        Specification of the codes held.
    """

    spec: HashSpec

    def __len__(self) -> int:
        """Return the number of rows, removed ones not counted."""
        ...

    def add(self, codes: npt.NDArray[np.uint8]) -> None:
        """Add codes as further rows.

        Parameters
        ----------
        codes : uint8 (N, B)
            Packed codes; N may be 0.

        Raises
        ------
        IndexMismatchError
            The codes have another width or dtype than `spec`.
        """
        ...

    def prepare(self) -> None:
        """Do at once what the first search would do first; changes no answer.

        From then on threads may share the structure, until it is added to or removed from.
        """
        ...

    def search_within(
        self, codes: npt.NDArray[np.uint8], max_distance: int, *, exact: bool = True
    ) -> Hits:
        """Return every row within `max_distance` of each query code.

        Parameters
        ----------
        codes : uint8 (Q, B)
            Query codes.
        max_distance : int
            Differing bits, inclusive; a negative one gives no hits.
        exact : bool
            Whether a back end that may miss rows looks at all of them this time.

        Raises
        ------
        IndexMismatchError
            The codes have another width or dtype than `spec`.
        """
        ...

    def search_nearest(self, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False) -> Hits:
        """Return the `k` rows nearest to each query code, of equally distant ones the lower row.

        Parameters
        ----------
        codes : uint8 (Q, B)
            Query codes.
        k : int
            Hits per query; fewer come back where there are fewer rows, none for ``k <= 0``.
        exact : bool
            Whether a back end that may miss rows looks at all of them this time.

        Raises
        ------
        IndexMismatchError
            The codes have another width or dtype than `spec`.
        """
        ...

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the codes of rows, uint8 (R, B), a copy in the order asked for.

        Parameters
        ----------
        rows : int64 (R,)
            Row numbers, in any order.

        Raises
        ------
        IndexError
            There is no such row, or it was removed.
        """
        ...

    def remove(self, rows: npt.ArrayLike) -> None:
        """Remove rows for good; the others keep their numbers. A second removal changes nothing.

        Parameters
        ----------
        rows : int (R,)
            Row numbers.

        Raises
        ------
        IndexError
            A number was never given to a row.
        """
        ...

    def save(self, path: Path) -> None:
        """Write the structure to the file `path`, replacing it in one step."""
        ...

    @classmethod
    def load(cls, path: Path, spec: HashSpec) -> Self:
        """Return the structure that `save` wrote, row numbers included.

        Raises
        ------
        IndexMismatchError
            The file holds codes of another specification.
        IndexCorruptError
            The file is missing, cut short or not such a file.
        """
        ...


def check_codes(codes: npt.NDArray[np.uint8], spec: HashSpec) -> npt.NDArray[np.uint8]:
    """Return `codes` as a contiguous uint8 (N, B) array of the width of `spec`.

    Raises
    ------
    IndexMismatchError
        Another dtype, number of axes or width.
    """
    if codes.dtype != np.uint8 or codes.ndim != 2 or codes.shape[1] != spec.n_bytes:
        raise IndexMismatchError(
            f"codes of {spec} are uint8 (N, {spec.n_bytes}),"
            f" but {codes.dtype} {codes.shape} were given;"
            " make them with the hash specification of this index"
        )
    return np.ascontiguousarray(codes)


def check_rows(rows: npt.ArrayLike, n_given: int) -> npt.NDArray[np.int64]:
    """Return the distinct row numbers of `rows` in ascending order.

    Raises
    ------
    IndexError
        A number lies outside 0 to ``n_given - 1``.
    """
    wanted = np.unique(np.asarray(rows, dtype=np.int64))
    if len(wanted) and (wanted[0] < 0 or wanted[-1] >= n_given):
        raise IndexError(
            f"rows {wanted[0]} to {wanted[-1]} asked for,"
            f" but only 0 to {n_given - 1} were given out"
        )
    return wanted


def places_of(rows: npt.NDArray[np.int64], held: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where row numbers, int64 (R,), stand among those that are held, int64 (N,) ascending.

    Raises
    ------
    IndexError
        One of them is not held.
    """
    place = np.searchsorted(held, rows)
    known = place < len(held)
    known[known] = held[place[known]] == rows[known]
    if not known.all():
        raise IndexError(f"there is no row {rows[~known][0]}, or it was removed")
    return place


def ordered_hits(
    query: npt.NDArray[np.int64], row: npt.NDArray[np.int64], distance: npt.NDArray[np.int32]
) -> Hits:
    """Return hits in the order of the protocol: by query, then distance, then row."""
    order = np.lexsort((row, distance, query))
    return Hits(query=query[order], row=row[order], distance=distance[order])


def no_hits() -> Hits:
    """Return an empty answer."""
    return Hits(
        query=np.empty(0, np.int64), row=np.empty(0, np.int64), distance=np.empty(0, np.int32)
    )
