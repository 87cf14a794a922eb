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
_NEAREST = {"structure": 16, "appearance": 8}
_APPEARANCE_REACH = 90
# Shares of the leads that likeness and tones choose, in eighths; lines choose the others.
_BY_LIKENESS, _BY_TONES = 3, 1
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

    The codes find some rows for every view; all of them are then compared with every view. Three
    eighths of the places go to the best by their features, one to the best by their tones, the
    rest to the best by their structure code, so that none crowds out the others.
    """
    hits = _Pairs.of(index, codes)
    if not len(hits.row):
        return []
    by_lines = np.lexsort((hits.row, hits.lines.min(axis=0)))
    by_likeness = np.lexsort((hits.row, -hits.likeness.max(axis=0)))
    by_tones = np.lexsort((hits.row, hits.tones))[
        : np.count_nonzero(hits.tones <= _APPEARANCE_REACH)
    ]
    alike = thin(index, hits.row[by_likeness], max(1, _BY_LIKENESS * n // 8))
    toned = thin(index, hits.row[by_tones], max(1, _BY_TONES * n // 8))
    kept = thin(index, np.concatenate([toned, alike, hits.row[by_lines]]), n)
    places = np.searchsorted(hits.row, kept)
    # What its lines would not have chosen is seen as its features see it.
    better = np.isin(kept, alike) & ~np.isin(kept, hits.row[by_lines[:n]])
    views = hits.views(better=places[better])
    leads = [hits.lead(codes, place, int(views[place])) for place in places.tolist()]
    return sorted(leads, key=lambda lead: (-lead.strength, lead.row))


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Rows that any view hits, R of them, ascending, compared with all of V views.

    Attributes
    ----------
    row : int64 (R,)
        Rows of the index.
    lines : int64 (V, R)
        Differing bits of the structure codes.
    likeness : float32 (V, R)
        Of the features.
    tones, toned_view : int64 (R,)
        Differing bits of the nearest appearance code that a search found, and its view; very many
        bits where none did.
    appearance : uint8 (R, 32)
        Appearance codes of the rows.
    """

    row: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    likeness: npt.NDArray[np.float32]
    tones: npt.NDArray[np.int64]
    toned_view: npt.NDArray[np.int64]
    appearance: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, index: Index, codes: ViewCodes) -> Self:
        """Search for all views, and compare every row found with every view."""
        by_structure = index.search_nearest("structure", codes.structure, _NEAREST["structure"])
        by_appearance = index.search_nearest("appearance", codes.appearance, _NEAREST["appearance"])
        near = by_appearance.distance <= _APPEARANCE_REACH
        row = np.unique(np.concatenate([by_structure.row, by_appearance.row[near]]))
        places = np.searchsorted(row, by_appearance.row[near])
        tones = np.full(len(row), SPECS["appearance"].bits, dtype=np.int64)
        toned_view = np.zeros(len(row), dtype=np.int64)
        # The nearest comes last and stays.
        order = np.argsort(-by_appearance.distance[near], kind="stable")
        tones[places[order]] = by_appearance.distance[near][order]
        toned_view[places[order]] = by_appearance.query[near][order]
        return cls(
            row=row,
            lines=_all_bits(codes.structure, index.codes("structure", row)),
            likeness=structure.likeness(
                codes.apart, codes.known, structure.unpack_features(index.features(row))
            ),
            tones=tones,
            toned_view=toned_view,
            appearance=index.codes("appearance", row),
        )

    def views(self, better: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the view of each row, int64 (R,): by its lines; by its features for some places.

        A view that an appearance code hit closely is the better guide to a finished frame: see
        `lead`.
        """
        view: npt.NDArray[np.int64] = self.lines.argmin(axis=0)
        view[better] = self.likeness[:, better].argmax(axis=0)
        return view

    def lead(self, codes: ViewCodes, place: int, view: int) -> Lead:
        """Return one of the rows as a lead, by the given view or a much nearer one by its tones."""
        tones = int(np.bitwise_count(self.appearance[place] ^ codes.appearance[view]).sum())
        if self.tones[place] + _CLOSER_BY < tones:
            view, tones = int(self.toned_view[place]), int(self.tones[place])
        return Lead.of(
            int(self.row[place]),
            codes.views[view],
            int(self.lines[view, place]),
            tones,
            float(self.likeness[view, place]),
        )


def _all_bits(
    queries: npt.NDArray[np.uint8], references: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int64]:
    """Return the differing bits of all pairs of codes, int64 (V, R)."""
    bits: npt.NDArray[np.int64] = np.zeros((len(queries), len(references)), dtype=np.int64)
    held = references.view(np.uint64)
    for number, words in enumerate(queries.view(np.uint64)):
        bits[number] = np.bitwise_count(held ^ words).sum(axis=1)
    return bits


def bits_apart(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
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
    lines = bits_apart(index.codes("structure", rows), codes.structure[queries])
    tones = bits_apart(index.codes("appearance", rows), codes.appearance[queries])
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
