"""Leads to sightings: each lead aligned with its reference, and the evidence weighed.

Thumbnails come through a callable, so that this module decodes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing.views import View
from framematch.matching.align import (
    Alignment,
    References,
    align,
    query_spectra,
)
from framematch.matching.confidence import TYPICAL, Evidence, Level, Model
from framematch.matching.leads import Lead, unusual
from framematch.matching.query import Picture

#: Returns the thumbnails of rows: uint8 (n, 144, 256, 3) for int64 (n,).
Thumbnails = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A verified lead.

    Attributes
    ----------
    query_s : float
        Time of the query's frame, in seconds; 0.0 for a still.
    lead : Lead
        The hit.
    alignment : Alignment
        Where and how well query and reference agree.
    log_odds : float
        That both show the same picture.
    level : Level
        What the query gets from strangers.
    """

    query_s: float
    lead: Lead
    alignment: Alignment
    log_odds: float
    level: Level = TYPICAL

    @property
    def evidence(self) -> Evidence:
        """What the log odds were made of."""
        return evidence_of(self.lead, self.alignment, self.level)


def evidence_of(lead: Lead, alignment: Alignment, level: Level = TYPICAL) -> Evidence:
    """Return the evidence of a lead and its alignment, beside what strangers get."""
    return Evidence(
        sharpness=alignment.sharpness,
        agreement=alignment.agreement,
        contrast=alignment.contrast,
        explained=alignment.explained,
        substance=alignment.substance,
        likeness=lead.likeness,
        appearance=unusual("appearance", lead.appearance_distance),
        overlap=alignment.view.overlap(),
        upright=float(not alignment.view.mirrored and alignment.view.quarter_turns == 0),
        level=level,
    )


def weigh(lead: Lead, alignment: Alignment, level: Level, model: Model, query_s: float) -> Sighting:
    """Return the sighting of a lead and its alignment, its evidence weighed."""
    log_odds = model.log_odds(evidence_of(lead, alignment, level))
    return Sighting(query_s, lead, alignment, log_odds, level)


def align_leads(
    picture: Picture, leads: Sequence[Lead], thumbnails: Thumbnails, *, fine: bool = False
) -> list[tuple[Lead, Alignment]]:
    """Return every lead with its alignment, in the order given.

    Parameters
    ----------
    picture : Picture
        The query.
    leads : sequence of Lead
        What to verify.
    thumbnails : callable
        Source of the references' pictures.
    fine : bool
        Whether the leads' views were aligned already.
    """
    if not leads:
        return []
    rows, position = np.unique([lead.row for lead in leads], return_inverse=True)
    references = References(thumbnails(rows.astype(np.int64)))
    aligned: dict[int, Alignment] = {}
    for view, numbers in _by_view(leads):
        query = query_spectra(picture.field, view, fine=fine)
        found = align(query, view, references.spectra(position[numbers], query.near))
        aligned.update(zip(numbers, found, strict=True))
    return [(lead, aligned[number]) for number, lead in enumerate(leads)]


def in_order(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return sightings, the most probable first; ties by query time, then row."""
    return sorted(sightings, key=lambda s: (-s.log_odds, s.query_s, s.lead.row))


def _by_view(leads: Sequence[Lead]) -> list[tuple[View, list[int]]]:
    """Return the numbers of the leads of each view."""
    groups: dict[View, list[int]] = {}
    for number, lead in enumerate(leads):
        groups.setdefault(lead.view, []).append(number)
    return list(groups.items())
