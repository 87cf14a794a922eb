"""The evidence of all queries' sightings: what a fit is made from. Asks nothing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """The evidence of all queries.

    Attributes
    ----------
    title, show, family, operator : tuple of str
        Of Q queries; the show is empty for a stranger.
    query : int64 (M,)
        Query of each of M sightings.
    sighted : int64 (M,)
        Position in `shows` of what was sighted.
    right : bool (M,)
        Whether it is of the right show and at a right place.
    evidence : float64 (M, 11)
        In the order of `framematch.matching.confidence.EVIDENCE`, on the model's scale.
    shows : tuple of str
        Shows that were sighted or asked about.
    rows : int64 (Q,)
        Rows of the index that each query was asked of.
    show_rows : int64 (S,)
        Rows of each of the shows.
    """

    title: tuple[str, ...]
    show: tuple[str, ...]
    family: tuple[str, ...]
    operator: tuple[str, ...]
    query: npt.NDArray[np.int64]
    sighted: npt.NDArray[np.int64]
    right: npt.NDArray[np.bool_]
    evidence: npt.NDArray[np.float64]
    shows: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    show_rows: npt.NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Write everything to an npz file."""
        columns = {name: np.array(getattr(self, name)) for name in self.__dataclass_fields__}
        np.savez_compressed(path, allow_pickle=False, **columns)

    @classmethod
    def joined(cls, parts: "Sequence[Sightings]") -> "Sightings":
        """Return the sightings of several collections, as if they were of one."""
        shows = tuple(sorted({show for part in parts for show in part.shows}))
        places = [np.array([shows.index(show) for show in part.shows]) for part in parts]
        show_rows = np.zeros(len(shows), dtype=np.int64)
        for part, place in zip(parts, places, strict=True):
            show_rows[place] = part.show_rows
        firsts = np.cumsum([0, *(len(part.title) for part in parts)])
        return cls(
            title=tuple(title for part in parts for title in part.title),
            show=tuple(show for part in parts for show in part.show),
            family=tuple(family for part in parts for family in part.family),
            operator=tuple(operator for part in parts for operator in part.operator),
            query=np.concatenate(
                [p.query + first for p, first in zip(parts, firsts, strict=False)]
            ),
            sighted=np.concatenate(
                [place[p.sighted] for p, place in zip(parts, places, strict=True)]
            ),
            right=np.concatenate([part.right for part in parts]),
            evidence=np.concatenate([part.evidence for part in parts]),
            shows=shows,
            rows=np.concatenate([part.rows for part in parts]),
            show_rows=show_rows,
        )

    @classmethod
    def load(cls, path: Path) -> "Sightings":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as columns:
            return cls(
                title=tuple(columns["title"].tolist()),
                show=tuple(columns["show"].tolist()),
                family=tuple(columns["family"].tolist()),
                operator=tuple(columns["operator"].tolist()),
                query=columns["query"],
                sighted=columns["sighted"],
                right=columns["right"],
                evidence=columns["evidence"],
                shows=tuple(columns["shows"].tolist()),
                rows=columns["rows"],
                show_rows=columns["show_rows"],
            )
