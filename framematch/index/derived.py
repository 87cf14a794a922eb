"""The derived file: all rows of an index in one file, mapped instead of read at every opening.

Owns the kind ``derived`` of the array format, and where rows of a snapshot stand in such a file.
Which file serves is `framematch.index.derived_files`'s to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.index.arrays import ArrayFile, CheckedArrays, Mapped
from framematch.index.header import CODE_NAMES
from framematch.index.planes import WORDS, n_blocks, n_planes
from framematch.index.table import COLUMNS
from framematch.records import CodeName, HashSpec
from framematch.workers import usable_processors

KIND = "derived"

#: The arrays that stand here as they stand in the segments.
COPIED = (*COLUMNS, *CODE_NAMES)

_DIGEST_BYTES = 32


def shapes(
    n_references: int, rows: int, specs: Mapping[CodeName, HashSpec]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return type and shape of each array of a derived file, in file order."""
    found: dict[str, tuple[str, tuple[int, ...]]] = {
        "sha256": ("|u1", (n_references, _DIGEST_BYTES)),
        "segment": ("|u1", (n_references, _DIGEST_BYTES)),
        "start": ("<i8", (n_references + 1,)),
        "reference": ("<i4", (rows,)),
    }
    for name, (dtype, axes) in COLUMNS.items():
        found[name] = (np.dtype(dtype).newbyteorder("<").str, (rows, *axes))
    for name in CODE_NAMES:
        found[name] = ("|u1", (rows, specs[name].n_bytes))
    for name in CODE_NAMES:
        planes = (n_blocks(rows), n_planes(specs[name].bits), WORDS)
        found[f"{name}_planes"] = ("<u8", planes)
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """How a derived file stands to a snapshot.

    Attributes
    ----------
    old : int64 (S,)
        Positions in the derived file of the references that the snapshot still has, ascending.
    new : int64 (S,)
        Their positions in the snapshot, ascending.
    """

    old: npt.NDArray[np.int64]
    new: npt.NDArray[np.int64]


class Derived:
    """A derived file, mapped, beside the snapshot of R references that it serves.

    Attributes
    ----------
    file : ArrayFile
        What stands where.
    covered : bool (R,)
        Which references of the snapshot have their rows here.
    complete : bool
        Whether it holds exactly the snapshot: every row under its own number.
    """

    def __init__(
        self,
        file: ArrayFile,
        mapped: Mapped,
        place: Place,
        starts: npt.NDArray[np.int64],
        good: Collection[str],
    ) -> None:
        self.file = file
        self._arrays = CheckedArrays(file, mapped, set(good))
        self._place = place
        self._starts = starts
        self.covered = np.zeros(len(starts) - 1, dtype=np.bool_)
        self.covered[place.new] = True
        n_old = len(self._own_starts) - 1
        self.complete = len(place.new) == len(self.covered) == n_old

    def array(self, name: str) -> npt.NDArray[Any]:
        """Return an array as a view into the mapped file.

        Raises
        ------
        IndexCorruptError
            Its bytes do not have their digest, which is computed at the first call.
        """
        return self._arrays[name]

    def check(self, names: Iterable[str]) -> None:
        """Do what `array` does at its first call for several arrays, a thread for each.

        Raises
        ------
        IndexCorruptError
            One of them is damaged.
        """
        with ThreadPoolExecutor(usable_processors()) as pool:
            list(pool.map(self.array, names))

    @property
    def n_rows(self) -> int:
        """Rows in the file, those of references that are gone included."""
        return int(self._own_starts[-1])

    @property
    def n_served(self) -> int:
        """Rows in the file that the snapshot still has."""
        return int(np.diff(self._own_starts)[self._place.old].sum())

    @cached_property
    def _own_starts(self) -> npt.NDArray[np.int64]:
        return np.asarray(self.array("start"), dtype=np.int64)

    def rows_of(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the rows of the snapshot, int64 (n,), at places in the file; -1 where gone."""
        if self.complete:
            return places
        reference = np.searchsorted(self._own_starts, places, side="right") - 1
        moved = np.full(len(self._own_starts) - 1, -1, dtype=np.int64)
        moved[self._place.old] = self._starts[self._place.new]
        start = moved[reference]
        return np.where(start >= 0, start + places - self._own_starts[reference], -1)

    def places_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return where rows of the snapshot stand in the file, int64 (n,); -1 where they do not."""
        if self.complete:
            return rows
        reference = np.searchsorted(self._starts, rows, side="right") - 1
        moved = np.full(len(self.covered), -1, dtype=np.int64)
        moved[self._place.new] = self._own_starts[self._place.old]
        start = moved[reference]
        return np.where(start >= 0, start + rows - self._starts[reference], -1)

    def runs(self) -> list[tuple[int, int, int]]:
        """Return the stretches of rows that follow each other both in the snapshot and in the file.

        Returns
        -------
        list of (int, int, int)
            First row and end in the snapshot, and the place of the first in the file.
        """
        first, stop = self._starts[self._place.new], self._starts[self._place.new + 1]
        place = self._own_starts[self._place.old]
        end = self._own_starts[self._place.old + 1]
        cuts = np.flatnonzero((first[1:] != stop[:-1]) | (place[1:] != end[:-1])) + 1
        begins, ends = np.append(0, cuts), np.append(cuts, len(first)) - 1
        return list(
            zip(first[begins].tolist(), stop[ends].tolist(), place[begins].tolist(), strict=True)
        )

    def lacking(self) -> list[tuple[int, int]]:
        """Return first row and end of each reference of the snapshot that is not in the file."""
        return [
            (int(self._starts[position]), int(self._starts[position + 1]))
            for position in np.flatnonzero(~self.covered).tolist()
        ]

    def spread(self, of_rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return something said of each row of the snapshot, bool (N,), of each place in the file.

        False where the row is gone.
        """
        if self.complete:
            return of_rows
        said = np.zeros(self.n_rows, dtype=np.bool_)
        for first, stop, place in self.runs():
            said[place : place + stop - first] = of_rows[first:stop]
        return said
