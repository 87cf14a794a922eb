"""Where to look: search hits of all views, gathered per reference row and thinned to one per scene.

A lead is a hit worth verifying. Frames of one shot are nearly the same picture, so only the best
row of a scene is kept; its neighbours come back once the scene is verified.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.hashing import SPECS, structure
from framematch.hashing.views import View
from framematch.index import Index
from framematch.matching.query import ViewCodes
from framematch.records import CodeName

#: Rows of one reference that start within so many seconds of each other count as one scene.
SCENE_S = 1.6

# Nearest rows asked for per view and code, and how far an appearance code may be to be worth a
# look.
_NEAREST = {"structure": 32, "appearance": 8}
_APPEARANCE_REACH = 90
# A view is preferred for its appearance code when that is nearer by so many bits.
_CLOSER_BY = 20


@dataclass(frozen=True, slots=True)
class Lead:
    """A row of the index that a view of the query resembles, unverified.

    Attributes
    ----------
    row : int
        Row of the index.
    view : View
        The view that found it.
    code : {"appearance", "structure"}
        The code by which the resemblance is the more unusual.
    structure_distance, appearance_distance : int
        Differing bits of both codes of that view and row.
    likeness : float
        How alike view and row are where the query is known: `structure.likeness`, -1 to 1.
    """

    row: int
    view: View
    code: CodeName
    structure_distance: int
    appearance_distance: int
    likeness: float

    @classmethod
    def of(
        cls,
        row: int,
        view: View,
        structure_distance: int,
        appearance_distance: int,
        likeness: float,
    ) -> Self:
        """Return the lead of both distances, named after the more unusual one."""
        by_appearance = unusual("appearance", appearance_distance) > unusual(
            "structure", structure_distance
        )
        code: CodeName = "appearance" if by_appearance else "structure"
        return cls(row, view, code, structure_distance, appearance_distance, likeness)

    @property
    def distance(self) -> int:
        """Differing bits of the code that found it."""
        return self.structure_distance if self.code == "structure" else self.appearance_distance

    @property
    def strength(self) -> float:
        """How unusual the resemblance is: the larger of both codes' `unusual`."""
        return max(
            unusual("structure", self.structure_distance),
            unusual("appearance", self.appearance_distance),
        )

    @property
    def closeness(self) -> float:
        """Both codes' `unusual` added up, 0 to 2: what tells neighbours apart."""
        return unusual("structure", self.structure_distance) + unusual(
            "appearance", self.appearance_distance
        )


def unusual(code: CodeName, distance: int) -> float:
    """Return how far below the distance of unrelated codes a distance lies, 0 to 1."""
    return max(0.0, 1.0 - 2.0 * distance / SPECS[code].bits)


def find_leads(index: Index, codes: ViewCodes, n: int) -> list[Lead]:
    """Return the most promising rows, at most `n`, one per scene, the strongest first.

    The codes find some rows for every view; all of them are then compared with every view by their
    features, and the best view of each row stays. Half of the places go to the best by likeness,
    the rest to the best by either code, so that neither crowds out the other.
    """
    hits = _Pairs.of(index, codes)
    if not len(hits.row):
        return []
    by_likeness = np.lexsort((hits.row, -hits.likeness))
    by_strength = np.lexsort((hits.row, -hits.strength))
    chosen = thin(index, hits.row[by_likeness], n // 2)
    kept = thin(index, np.concatenate([chosen, hits.row[by_strength]]), n)
    places = np.searchsorted(hits.row, kept)
    order = np.lexsort((kept, -hits.strength[places]))
    return [hits.lead(codes, int(place)) for place in places[order]]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Rows that any view hits, ascending, each with its best view; arrays (R,)."""

    row: npt.NDArray[np.int64]
    view: npt.NDArray[np.int64]
    structure: npt.NDArray[np.int64]
    appearance: npt.NDArray[np.int64]
    likeness: npt.NDArray[np.float32]

    @classmethod
    def of(cls, index: Index, codes: ViewCodes) -> Self:
        """Search for all views, and compare every row found with every view."""
        by_structure = index.search_nearest("structure", codes.structure, _NEAREST["structure"])
        by_appearance = index.search_nearest("appearance", codes.appearance, _NEAREST["appearance"])
        near = by_appearance.distance <= _APPEARANCE_REACH
        row = np.unique(np.concatenate([by_structure.row, by_appearance.row[near]]))
        alike = structure.likeness(
            codes.apart, codes.known, structure.unpack_features(index.features(row))
        )
        view = alike.argmax(axis=0) if len(row) else np.zeros(0, dtype=np.int64)
        places = np.arange(len(row))
        # A view that an appearance code hit closely is the better guide to a finished frame.
        tones = _bits(index.codes("appearance", row), codes.appearance[view])
        for query, hit, distance in zip(
            by_appearance.query[near],
            by_appearance.row[near],
            by_appearance.distance[near],
            strict=True,
        ):
            place = int(np.searchsorted(row, hit))
            if distance + _CLOSER_BY < tones[place]:
                view[place], tones[place] = query, distance
        lines = _bits(index.codes("structure", row), codes.structure[view])
        return cls(row, view, lines, tones, alike[view, places])

    @property
    def strength(self) -> npt.NDArray[np.float64]:
        """The larger of both codes' `unusual`."""
        return np.maximum(
            1.0 - 2.0 * self.structure / SPECS["structure"].bits,
            1.0 - 2.0 * self.appearance / SPECS["appearance"].bits,
        ).clip(0.0)

    def lead(self, codes: ViewCodes, place: int) -> Lead:
        """Return one of the rows as a lead."""
        return Lead.of(
            int(self.row[place]),
            codes.views[int(self.view[place])],
            int(self.structure[place]),
            int(self.appearance[place]),
            float(self.likeness[place]),
        )


def _bits(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return the differing bits of pairs of codes, int64 (N,)."""
    counts: npt.NDArray[np.int64] = np.bitwise_count(one ^ other).sum(axis=1, dtype=np.int64)
    return counts


def thin(index: Index, rows: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.int64]:
    """Return the first `n` of some rows, int64 (R,), that are of different scenes."""
    kept: list[int] = []
    seen: dict[int, list[float]] = {}
    for row in rows.tolist():
        if len(kept) >= n:
            break
        reference = int(index.rows.reference[row])
        start_s = float(index.rows.timestamp_s[row])
        times = seen.setdefault(reference, [])
        if all(abs(start_s - other) >= SCENE_S for other in times):
            times.append(start_s)
            kept.append(row)
    return np.array(kept, dtype=np.int64)


def pair_leads(
    index: Index,
    codes: ViewCodes,
    queries: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> list[Lead]:
    """Return the leads of M given pairs of a view, int64 (M,), and a row, int64 (M,)."""
    if len(rows) == 0:
        return []
    lines = _bits(index.codes("structure", rows), codes.structure[queries])
    tones = _bits(index.codes("appearance", rows), codes.appearance[queries])
    distinct, place = np.unique(rows, return_inverse=True)
    alike = structure.likeness(
        codes.apart, codes.known, structure.unpack_features(index.features(distinct))
    )[queries, place]
    return [
        Lead.of(row, codes.views[query], by_structure, by_appearance, likeness)
        for query, row, by_structure, by_appearance, likeness in zip(
            queries.tolist(),
            rows.tolist(),
            lines.tolist(),
            tones.tolist(),
            alike.tolist(),
            strict=True,
        )
    ]
