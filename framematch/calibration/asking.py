"""Asks the matcher, and keeps the evidence of every sighting instead of its conclusion."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from framematch.calibration.operators.pixels import Pixels
from framematch.calibration.sightings import Sightings
from framematch.hashing.information import MINIMUM, information
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.confidence import EVIDENCE
from framematch.matching.query import Picture


class Question(Protocol):
    """What is known of a query beside its picture; the show is `None` for a stranger."""

    @property
    def title(self) -> str:
        """Held out together."""

    @property
    def show(self) -> str | None:
        """The right answer."""

    @property
    def family(self) -> str:
        """Kind of operator."""

    @property
    def operator(self) -> str:
        """What was done to the picture."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sighting of a query.

    Attributes
    ----------
    show : str
        What was sighted.
    right : bool
        Whether it is of the right show and at a right place.
    evidence : tuple of float
        As `Evidence.vector` gives it.
    """

    show: str
    right: bool
    evidence: tuple[float, ...]


def ask(
    matcher: Matcher, pixels: Pixels, show: str | None, at_right_place: Callable[[int], bool]
) -> list[Told] | None:
    """Return all sightings of a picture; `None` where there is too little to see to ask.

    Parameters
    ----------
    matcher : Matcher
        Asked thoroughly: once it is sure the search stops, and what it would have found next is
        what a stranger's question, the same picture without its own show, is made of.
    pixels : uint8 (H, W, 3)
        The query.
    show : str or None
        The right show.
    at_right_place : callable
        Says of a row of the right show whether it shows what the query shows.
    """
    if int(information(pixels[None])[0]) < MINIMUM:
        return None
    sightings, _ = matcher.sight(Picture.of(pixels), thorough=True)
    references, table = matcher.index.references(), matcher.index.rows
    told = []
    for sighting in sightings:
        row = sighting.lead.row
        sighted = references[int(table.reference[row])].show
        right = sighted == show and at_right_place(row)
        told.append(Told(sighted, right, sighting.evidence.vector()))
    return told


def rows_of_shows(index: Index) -> dict[str, int]:
    """Return how many rows each show has in an index."""
    references = index.references()
    counts = np.bincount(index.rows.reference, minlength=len(references)).tolist()
    rows = dict.fromkeys((reference.show for reference in references), 0)
    for reference, count in zip(references, counts, strict=True):
        rows[reference.show] += count
    return rows


def gathered(
    answers: Iterable[tuple[Question, Sequence[Told] | None]],
    rows_of: Mapping[str, int],
    rows: int,
) -> Sightings:
    """Return the evidence of queries and what was told of them, in their order.

    Parameters
    ----------
    answers : iterable of (Question, sequence of Told or None)
        Those that could not be asked are left out.
    rows_of : mapping of str to int
        Rows of each show.
    rows : int
        Rows of the index that was asked.
    """
    kept: list[Question] = []
    query: list[int] = []
    names: list[str] = []
    right: list[bool] = []
    evidence: list[tuple[float, ...]] = []
    for question, told in answers:
        if told is None:
            continue
        query += [len(kept)] * len(told)
        names += [one.show for one in told]
        right += [one.right for one in told]
        evidence += [one.evidence for one in told]
        kept.append(question)
    # A show that was asked about and never sighted is no stranger.
    shows = tuple(sorted({*names, *(one.show for one in kept if one.show is not None)}))
    position = {show: number for number, show in enumerate(shows)}
    return Sightings(
        title=tuple(one.title for one in kept),
        show=tuple(one.show or "" for one in kept),
        family=tuple(one.family for one in kept),
        operator=tuple(one.operator for one in kept),
        query=np.array(query, dtype=np.int64),
        sighted=np.array([position[name] for name in names], dtype=np.int64),
        right=np.array(right, dtype=np.bool_),
        evidence=np.array(evidence, dtype=np.float64).reshape(-1, len(EVIDENCE)),
        shows=shows,
        rows=np.full(len(kept), rows, dtype=np.int64),
        show_rows=np.array([rows_of[show] for show in shows], dtype=np.int64),
    )
