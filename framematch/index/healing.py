"""A damaged segment made whole again from what else has its bytes.

Owns what may stand in for what: the head and the gaps of a segment follow from its arrays, and the
arrays that a derived file copies are there once more. The digest that the segment is named after
says whether the result is the original; anything else is no repair.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexStoreError
from framematch.index import arrays
from framematch.index.derived import COPIED
from framematch.index.derived_files import derived_files, open_derived
from framematch.index.header import Header
from framematch.index.identity import Entry
from framematch.index.segment import segment_arrays, segment_meta, segment_path

#: Rows of one reference by name of their array.
_Rows = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Copies:
    """The rows that the derived files of an index have, opened once for many segments.

    Attributes
    ----------
    files : sequence of (CheckedArrays, dict of bytes to (int, int))
        The arrays of a file, and where the rows of each segment stand in it, by digest.
    """

    files: Sequence[tuple[arrays.CheckedArrays, Mapping[bytes, tuple[int, int]]]]

    @classmethod
    def of(cls, folder: Path, header: Header) -> Copies:
        """Open what can be opened."""
        files = []
        for path in derived_files(folder):
            try:
                file = open_derived(path, header.specs)
                held = arrays.CheckedArrays(file, arrays.map_bytes(file), set())
                bounds = itertools.pairwise(held["start"].tolist())
                places = dict(zip(map(bytes, held["segment"]), bounds, strict=True))
            except (IndexStoreError, OSError, ValueError):
                continue
            files.append((held, places))
        return cls(tuple(files))

    def rows(self, segment: str, n_rows: int) -> list[_Rows]:
        """Return what each file has of a segment: arrays that fail their checksum left out."""
        found: list[_Rows] = []
        for held, places in self.files:
            first, stop = places.get(bytes.fromhex(segment), (0, -1))
            if stop - first != n_rows:
                continue
            rows = {}
            for name in COPIED:
                try:
                    rows[name] = held[name][first:stop]
                except IndexStoreError:
                    continue
            found.append(rows)
        return found


def is_whole(folder: Path, entry: Entry) -> bool:
    """Return whether the segment of a reference has the digest that it is named after."""
    try:
        raw = segment_path(folder, entry.segment).read_bytes()
    except OSError:
        return False
    return arrays.digest([raw]) == entry.segment


def healed(folder: Path, entry: Entry, header: Header, copies: Copies) -> list[bytes] | None:
    """Return the bytes of the segment of a reference as they were, in pieces.

    ``None`` where they cannot be made of what is left.
    """
    try:
        raw = segment_path(folder, entry.segment).read_bytes()
    except OSError:
        return None
    held = segment_arrays(raw, entry.rows, header.specs)
    if held is None:
        return None
    meta = segment_meta(entry.rows, header.specs)
    for rows in ({}, *copies.rows(entry.segment, entry.rows)):
        made = arrays.encode("segment", meta, _stored(held | dict(rows)))
        if arrays.digest(made) == entry.segment:
            return made
    return None


def _stored(held: _Rows) -> dict[str, npt.NDArray[Any]]:
    return {name: np.ascontiguousarray(array) for name, array in held.items()}
