"""The rows of a snapshot as arrays: which reference, when, and how much there is to see.

Owns `FrameTable`. Knows neither SQLite nor the search structures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class FrameTable:
    """All N rows of a snapshot, in the order of its references and within each in order of time.

    Attributes
    ----------
    reference : int32 (N,)
        Position in `Index.references()`.
    timestamp_s, duration_s : float64 (N,)
        Seconds from the start of the reference, and how long the picture stands.
    quality : uint8 (N,)
        PDQ quality, 0 to 100.
    information : uint8 (N,)
        How much there is to see, 0 (flat) to 100.
    box : float32 (N, 4)
        Part of the picture that was coded: x, y, width, height as shares of 1.
    """

    reference: npt.NDArray[np.int32]
    timestamp_s: npt.NDArray[np.float64]
    duration_s: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    information: npt.NDArray[np.uint8]
    box: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.reference)


#: Columns that are read from the segments, with their type and further axes.
COLUMNS: dict[str, tuple[type[Any], tuple[int, ...]]] = {
    "timestamp_s": (np.float64, ()),
    "duration_s": (np.float64, ()),
    "quality": (np.uint8, ()),
    "information": (np.uint8, ()),
    "box": (np.float32, (4,)),
}


def empty_columns(counts: Sequence[int]) -> tuple[FrameTable, npt.NDArray[np.int64]]:
    """Return a table of which only the references are filled in, and where each of them starts.

    Parameters
    ----------
    counts : int (R,)
        Rows of each reference.

    Returns
    -------
    FrameTable
        With ``sum(counts)`` rows.
    int64 (R + 1,)
        First row of each reference, and the number of rows.
    """
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    n = int(starts[-1])
    columns = {name: np.empty((n, *axes), dtype) for name, (dtype, axes) in COLUMNS.items()}
    reference = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return FrameTable(reference=reference, **columns), starts
