"""Rows of a snapshot read from its segments: mapped when they are first needed, a few at a time.

Owns how many files are held, and what it means that one is gone. Knows no derived file and no
search structure.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexCorruptError, IndexStoreError
from framematch.index import arrays
from framematch.index.arrays import CheckedArrays
from framematch.index.picking import read_rows
from framematch.index.reading import Segments
from framematch.index.segment import thumbnail_at

#: Segment files mapped at a time; each holds one of the process's thousand or so descriptors.
_MAPPED_SEGMENTS = 64

#: Of more files than that, up to so many rows of each are read without mapping it.
_PICKED_ROWS = 32


class SegmentRows:
    """The arrays of the segments of R references, until closed.

    Parameters
    ----------
    path : Path
        Folder of the index.
    segments : Segments
        Headers of the segments.
    starts : int64 (R + 1,)
        First row of each reference, and the number of rows.
    """

    def __init__(self, path: Path, segments: Segments, starts: npt.NDArray[np.int64]) -> None:
        self._path = path
        self._segments = segments
        self._starts = starts
        # Holds no reference to this object: files go with its last user, not at a collection.
        # Which arrays of which segment were held against their digest outlives the maps.
        good: defaultdict[int, set[str]] = defaultdict(set)
        self._maps = lru_cache(maxsize=_MAPPED_SEGMENTS)(partial(_map_segment, segments, good))
        self._good = good
        self._closed = False

    def array(self, position: int, name: str) -> npt.NDArray[Any]:
        """Return an array of the segment of a reference as a view into its memory map."""
        return self._mapped(position)[name]

    def thumbnail(self, position: int, row: int) -> bytes:
        """Return the JPEG of a row, counted from the first one of its reference."""
        return thumbnail_at(self._mapped(position), row)

    def gathered(
        self, name: str, wanted: npt.NDArray[np.int64], width: int
    ) -> npt.NDArray[np.uint8]:
        """Return a byte array of rows, uint8 (n, width).

        Parameters
        ----------
        name : str
            The array.
        wanted : int64 (n,)
            Row numbers of the snapshot in any order; all must be there.
        width : int
            Bytes of a row.
        """
        order = np.argsort(wanted, kind="stable")
        bounds = np.searchsorted(wanted[order], self._starts)
        held = np.empty((len(wanted), width), dtype=np.uint8)
        positions = np.flatnonzero(np.diff(bounds)).tolist()
        for position in positions:
            here = order[bounds[position] : bounds[position + 1]]
            local = wanted[here] - self._starts[position]
            if len(positions) > _MAPPED_SEGMENTS and len(here) <= _PICKED_ROWS:
                held[here] = self._picked(position, name, local)
            else:
                held[here] = self.array(position, name)[local]
        return held

    def close(self) -> None:
        """Let go of all files."""
        self._closed = True
        self._maps.cache_clear()

    def check_open(self) -> None:
        """Refuse to go on after `close`.

        Raises
        ------
        IndexStoreError
            It was closed.
        """
        if self._closed:
            raise IndexStoreError(f"{self._path}: this index is closed; open it again")

    def _picked(
        self, position: int, name: str, rows: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint8]:
        """Return a few rows of a byte array of a segment."""
        self.check_open()
        if name not in self._good[position]:
            return np.asarray(self.array(position, name)[rows])
        with _explained(self._segments.path(position)):
            return read_rows(self._segments[position], name, rows)

    def _mapped(self, position: int) -> CheckedArrays:
        """Return the arrays of a segment, mapped."""
        self.check_open()
        return self._maps(position)


def _map_segment(segments: Segments, good: Mapping[int, set[str]], position: int) -> CheckedArrays:
    with _explained(segments.path(position)):
        file = segments[position]
        return CheckedArrays(file, arrays.map_bytes(file), good[position])


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say in a block that reads a segment what it means that the file is gone."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexCorruptError(
            f"{path}: is gone; open the index again, and where that does not help"
            " run `framematch index repair`"
        ) from error
