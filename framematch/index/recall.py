"""What the search structure of an index misses, measured on the index itself.

Queries are made of a sample of its own rows, each drifted some bits towards another row of the
index: as far as another encoding, another drawing or a line drawing of the same frame would be.
What the structure answers is held against a comparison with every row in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.index.header import CODE_NAMES
from framematch.index.store import Index
from framematch.records import CodeName, Hits

#: Rows that are asked for by default.
SAMPLE = 200

#: Hits asked for of each query, as many as a still's views ask for.
NEAREST: dict[CodeName, int] = {"structure": 16, "appearance": 8}

#: Upper ends of the bins of distance, in bits, inclusive; a query is made for each of the first.
BINS: dict[CodeName, tuple[int, ...]] = {
    "structure": (31, 70, 110, 150, 170, 180, 200, 512),
    "appearance": (16, 31, 50, 70, 80, 90, 100, 256),
}


@dataclass(frozen=True, slots=True)
class Recall:
    """What was found of what there is, in one bin of distance.

    Attributes
    ----------
    code : {"appearance", "structure"}
        The code.
    up_to : int
        Upper end of the bin in bits, inclusive.
    there, found : int
        Rows among the nearest of a query by a full comparison, and those the structure found too.
    """

    code: CodeName
    up_to: int
    there: int
    found: int

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index verify --recall --json` writes."""
        return {
            "code": self.code,
            "up_to": self.up_to,
            "there": self.there,
            "found": self.found,
        }


def measure_recall(index: Index, sample: int = SAMPLE, seed: int = 0) -> list[Recall]:
    """Return what the structure of `index` finds, by code and distance.

    Parameters
    ----------
    index : Index
        Open; only rows that it lets a search find are asked for.
    sample : int
        Rows that queries are made of, evenly spread over the index; fewer where there are fewer.
    seed : int
        Of the rows that the queries drift to, and of the bits in which they do.

    Returns
    -------
    list of Recall
        Every bin of every code, those without rows too.
    """
    information = index.rows.information
    searchable = np.flatnonzero(np.asarray(information) >= index.min_information)
    if not len(searchable):
        return [Recall(name, end, 0, 0) for name in CODE_NAMES for end in BINS[name]]
    places = np.linspace(0, len(searchable) - 1, min(sample, len(searchable))).astype(np.int64)
    rows = searchable[places]
    dice = np.random.default_rng(seed)
    others = searchable[dice.integers(0, len(searchable), len(rows))]
    return [
        one
        for name in CODE_NAMES
        for one in _of_code(index, name, index.codes(name, rows), index.codes(name, others), dice)
    ]


def drifted(
    codes: npt.NDArray[np.uint8],
    others: npt.NDArray[np.uint8],
    n_bits: int,
    dice: np.random.Generator,
) -> npt.NDArray[np.uint8]:
    """Return codes, uint8 (N, B), changed in `n_bits` of the bits in which others differ.

    Where others differ in fewer, in all of those. Bits that go together in pictures so change
    together.
    """
    apart = np.unpackbits(codes ^ others, axis=1)
    luck = np.where(apart, dice.random(apart.shape), 2.0)
    order = np.argsort(luck, axis=1, kind="stable")
    turned = np.zeros_like(apart)
    np.put_along_axis(turned, order[:, :n_bits], 1, axis=1)
    changed: npt.NDArray[np.uint8] = codes ^ np.packbits(turned & apart, axis=1)
    return changed


def _of_code(
    index: Index,
    name: CodeName,
    codes: npt.NDArray[np.uint8],
    others: npt.NDArray[np.uint8],
    dice: np.random.Generator,
) -> list[Recall]:
    ends = BINS[name]
    # Each sampled row is asked for once, at one of the distances in turn.
    asked = np.concatenate(
        [
            drifted(codes[place :: len(ends) - 1], others[place :: len(ends) - 1], end, dice)
            for place, end in enumerate(ends[:-1])
        ]
    )
    exact = index.search_nearest(name, asked, NEAREST[name], exact=True)
    other = index.search_nearest(name, asked, NEAREST[name])
    kept = np.isin(_pairs(exact, len(index)), _pairs(other, len(index)))
    number = np.searchsorted(np.array(ends), exact.distance)
    there = np.bincount(number, minlength=len(ends)).tolist()
    found = np.bincount(number[kept], minlength=len(ends)).tolist()
    return [Recall(name, *bin_) for bin_ in zip(ends, there, found, strict=True)]


def _pairs(hits: Hits, n_rows: int) -> npt.NDArray[np.int64]:
    """Return one number for each pair of query and row."""
    return hits.query * n_rows + hits.row
