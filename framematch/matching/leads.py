"""Where to look: search hits of all views, gathered per reference row and thinned to one per scene.

A lead is a hit worth verifying. Frames of one shot are nearly the same picture, so only the best
row of a scene is kept; its neighbours come back once the scene is verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.hashing import SPECS
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
    """

    row: int
    view: View
    code: CodeName
    structure_distance: int
    appearance_distance: int

    @classmethod
    def of(cls, row: int, view: View, structure_distance: int, appearance_distance: int) -> Self:
        """Return the lead of both distances, named after the more unusual one."""
        by_appearance = unusual("appearance", appearance_distance) > unusual(
            "structure", structure_distance
        )
        code: CodeName = "appearance" if by_appearance else "structure"
        return cls(row, view, code, structure_distance, appearance_distance)

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

    Half of the places go to the best by structure, the rest to the best by either code, so that
    neither crowds out the other.
    """
    found = _gather(index, codes)
    by_structure = sorted(found, key=lambda lead: (lead.structure_distance, lead.row))
    by_strength = sorted(found, key=lambda lead: (-lead.strength, lead.row))
    chosen = thin(index, by_structure, n // 2)
    kept = thin(index, chosen + by_strength, n)
    return sorted(kept, key=lambda lead: (-lead.strength, lead.row))


def thin(index: Index, leads: Sequence[Lead], n: int) -> list[Lead]:
    """Return the first `n` leads that are of different scenes."""
    kept: list[Lead] = []
    seen: dict[int, list[float]] = {}
    for lead in leads:
        if len(kept) >= n:
            break
        reference = int(index.rows.reference[lead.row])
        start_s = float(index.rows.timestamp_s[lead.row])
        times = seen.setdefault(reference, [])
        if all(abs(start_s - other) >= SCENE_S for other in times):
            times.append(start_s)
            kept.append(lead)
    return kept


def _gather(index: Index, codes: ViewCodes) -> list[Lead]:
    """Return the best lead of every row that any view hits."""
    structure = index.search_nearest("structure", codes.structure, _NEAREST["structure"])
    appearance = index.search_nearest("appearance", codes.appearance, _NEAREST["appearance"])
    near = appearance.distance <= _APPEARANCE_REACH
    queries = np.concatenate([structure.query, appearance.query[near]])
    rows = np.concatenate([structure.row, appearance.row[near]])
    best: dict[int, Lead] = {}
    for lead in pair_leads(index, codes, queries, rows):
        known = best.get(lead.row)
        if known is None or lead.strength > known.strength:
            best[lead.row] = lead
    return list(best.values())


def pair_leads(
    index: Index,
    codes: ViewCodes,
    queries: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> list[Lead]:
    """Return the leads of M given pairs of a view, int64 (M,), and a row, int64 (M,)."""
    if len(rows) == 0:
        return []
    structure = np.bitwise_count(index.codes("structure", rows) ^ codes.structure[queries])
    appearance = np.bitwise_count(index.codes("appearance", rows) ^ codes.appearance[queries])
    leads: list[Lead] = []
    for query, row, by_structure, by_appearance in zip(
        queries.tolist(),
        rows.tolist(),
        structure.sum(axis=1, dtype=np.int64).tolist(),
        appearance.sum(axis=1, dtype=np.int64).tolist(),
        strict=True,
    ):
        leads.append(Lead.of(row, codes.views[query], by_structure, by_appearance))
    return leads
