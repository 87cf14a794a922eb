"""Asks the matcher, and keeps the evidence of every sighting instead of its conclusion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.calibration.queries import Place, Query
from benchmarks.distractors import with_distractors
from benchmarks.structure.footage import TITLES
from framematch.hashing.information import MINIMUM, information
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.query import Picture


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
    evidence : float64 (M, 9)
        In the order of `framematch.matching.confidence.EVIDENCE`, on the model's scale.
    shows : tuple of str
        Shows that were sighted.
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What queries are asked of.

    Attributes
    ----------
    index : Path
        The folder of an index.
    distractors : int
        How many generated rows stand beside its own.
    scratch, media : Path
        Where distractors are kept, and what they are made of.
    """

    index: Path
    distractors: int
    scratch: Path
    media: Path


@lru_cache(maxsize=1)
def _matcher(asked: Asked) -> Matcher:
    index = Index.open(asked.index, min_information=MINIMUM)
    if not asked.distractors:
        return Matcher(index)
    return Matcher(
        with_distractors(index, asked.distractors, asked.scratch, asked.media, tuple(TITLES))
    )


def _ask(task: tuple[Asked, Query]) -> list[tuple[str, bool, tuple[float, ...]]] | None:
    """Return show, rightness and evidence of every sighting; None for what the gate holds back."""
    asked, query = task
    matcher = _matcher(asked)
    pixels = query.picture()
    if int(information(pixels[None])[0]) < MINIMUM:
        return None
    # Thorough: once it is sure the search stops, and what it would have found next is what a
    # stranger's question, the same picture without its own show, is made of.
    sightings, _ = matcher.sight(Picture.of(pixels), thorough=True)
    references, table = matcher.index.references(), matcher.index.rows
    found = []
    for sighting in sightings:
        row = sighting.lead.row
        reference = references[int(table.reference[row])]
        start_s = float(table.timestamp_s[row])
        end_s = start_s + float(table.duration_s[row])
        right = reference.show == query.show and _is_right(
            query.places, Path(reference.path).name, start_s, end_s
        )
        found.append((reference.show, right, sighting.evidence.vector()))
    return found


def _is_right(places: Sequence[Place], file: str, start_s: float, end_s: float) -> bool:
    return any(
        place.file == file and start_s <= place.last_s and end_s >= place.first_s
        for place in places
    )


def collect(asked: Asked, queries: Iterable[Query], workers: int) -> Sightings:
    """Ask everything in `workers` processes; queries too dark or flat to be asked are left out."""
    kept: list[Query] = []
    query: list[int] = []
    names: list[str] = []
    right: list[bool] = []
    evidence: list[tuple[float, ...]] = []
    given = list(queries)
    with get_context("spawn").Pool(workers) as pool:
        answers = pool.imap(_ask, ((asked, one) for one in given), chunksize=4)
        for one, found in zip(given, answers, strict=True):
            if found is None:
                continue
            for show, is_right, vector in found:
                query.append(len(kept))
                names.append(show)
                right.append(is_right)
                evidence.append(vector)
            kept.append(one)
    shows = tuple(sorted(set(names)))
    index = _matcher(asked).index
    n_rows = np.bincount(index.rows.reference, minlength=len(index.references()))
    rows_of = dict.fromkeys(shows, 0)
    for reference, count in zip(index.references(), n_rows.tolist(), strict=True):
        if reference.show in rows_of:
            rows_of[reference.show] += count
    return Sightings(
        title=tuple(one.title for one in kept),
        show=tuple(one.show or "" for one in kept),
        family=tuple(one.family for one in kept),
        operator=tuple(one.operator for one in kept),
        query=np.array(query, dtype=np.int64),
        sighted=np.array([shows.index(name) for name in names], dtype=np.int64),
        right=np.array(right, dtype=np.bool_),
        evidence=np.array(evidence, dtype=np.float64),
        shows=shows,
        rows=np.full(len(kept), len(index.rows), dtype=np.int64),
        show_rows=np.array([rows_of[name] for name in shows], dtype=np.int64),
    )
