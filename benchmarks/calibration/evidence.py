"""Asks the matcher on several processes, with distractors in the index where they are wanted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from benchmarks.calibration.queries import Place, Query
from benchmarks.distractors import with_distractors
from benchmarks.structure.footage import TITLES
from framematch.calibration.asking import Told, ask, gathered, rows_of_shows
from framematch.calibration.sightings import Sightings
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matcher import Matcher


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


def _ask(task: tuple[Asked, Query]) -> list[Told] | None:
    """Return all sightings of a query; None for what the gate holds back."""
    asked, query = task
    matcher = _matcher(asked)
    references, table = matcher.index.references(), matcher.index.rows

    def at_right_place(row: int) -> bool:
        start_s = float(table.timestamp_s[row])
        end_s = start_s + float(table.duration_s[row])
        file = Path(references[int(table.reference[row])].path).name
        return _is_right(query.places, file, start_s, end_s)

    return ask(matcher, query.picture(), query.show, at_right_place)


def _is_right(places: Sequence[Place], file: str, start_s: float, end_s: float) -> bool:
    return any(
        place.file == file and start_s <= place.last_s and end_s >= place.first_s
        for place in places
    )


def collect(asked: Asked, queries: Iterable[Query], workers: int) -> Sightings:
    """Ask everything in `workers` processes; queries too dark or flat to be asked are left out."""
    given = list(queries)
    index = _matcher(asked).index
    with get_context("spawn").Pool(workers) as pool:
        answers = pool.imap(_ask, ((asked, one) for one in given), chunksize=4)
        return gathered(zip(given, answers, strict=True), rows_of_shows(index), len(index.rows))
