"""Asks FrameMatch, through its public `Matcher`, and keeps what it says of every query."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.queries import Query
from benchmarks.distractors import with_distractors
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.attribution import Conclusion
from framematch.records import Frame, Stage


@dataclass(frozen=True, slots=True)
class Where:
    """Which index is asked.

    Attributes
    ----------
    indexes : dict of str to Path
        Folder of the index by the show that is left out.
    distractors : int
        Generated rows that are put beside the indexed ones.
    scratch, media : Path
        What making them needs.
    exclude : tuple of str
        Titles of which no distractor may be made.
    """

    indexes: dict[str, Path]
    distractors: int
    scratch: Path
    media: Path
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What FrameMatch says of one query; plain values, so that it can be written as JSON.

    Attributes
    ----------
    show : str or None
        The first candidate.
    confidence : float
        Of it, 0.0 where there is none.
    verdict : str
        As in `framematch.Attribution`.
    right, wrong : float
        Confidence of the right show and of the best other one, 0.0 where they are not candidates.
    range : list of str or None
        First and last episode, and the best or an empty string.
    file : str
        Reference of the best match, empty without one.
    start_s, end_s : float
        Stretch of that reference whose picture was matched, in seconds.
    stage : str
        Its label.
    seconds : float
        Processor time.
    """

    show: str | None
    confidence: float
    verdict: str
    right: float
    wrong: float
    range: list[str] | None
    file: str
    start_s: float
    end_s: float
    stage: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object."""
        return asdict(self)


@lru_cache(maxsize=3)
def _matcher(
    index: Path, distractors: int, scratch: Path, media: Path, exclude: tuple[str, ...]
) -> Matcher:
    opened = Index.open(index, min_information=MINIMUM)
    if distractors:
        return Matcher(with_distractors(opened, distractors, scratch, media, exclude))
    return Matcher(opened)


def answer_of(
    matcher: Matcher, conclusion: Conclusion, stage: Stage | None, query: Query, seconds: float
) -> Answer:
    """Return what is kept of a conclusion."""
    shares = {candidate.show: candidate.confidence for candidate in conclusion.candidates}
    file, start_s, end_s = "", 0.0, 0.0
    if conclusion.matches:
        best = conclusion.matches[0]
        references = matcher.index.references()
        number = [r.sha256 for r in references].index(best.reference)
        file = Path(references[number].path).name
        start_s = best.reference_s
        end_s = start_s + _stands_s(matcher.index, number, start_s)
    episodes = conclusion.episodes
    return Answer(
        show=conclusion.candidates[0].show if conclusion.candidates else None,
        confidence=conclusion.confidence if conclusion.candidates else 0.0,
        verdict=conclusion.verdict,
        right=shares.pop(query.show, 0.0) if query.show else 0.0,
        wrong=max(shares.values(), default=0.0),
        range=None
        if episodes is None
        else [str(episodes.first), str(episodes.last), str(episodes.best or "")],
        file=file,
        start_s=start_s,
        end_s=end_s,
        stage=stage.label if stage else "unknown",
        seconds=seconds,
    )


def _stands_s(index: Index, reference: int, start_s: float) -> float:
    """Return how long the picture stands that a reference shows from `start_s` on."""
    table = index.rows
    rows = np.flatnonzero(
        (table.reference == reference) & (np.abs(table.timestamp_s - start_s) < 1e-3)
    )
    return float(table.duration_s[rows[0]]) if len(rows) else 0.0


def _ask(task: tuple[Where, Query]) -> Answer:
    where, query = task
    folder = where.indexes[query.without]
    matcher = _matcher(folder, where.distractors, where.scratch, where.media, where.exclude)
    frame = Frame(query.picture(), 0.0, 0.0)
    began = time.process_time()
    conclusion, stage = matcher.attribute_still(frame)
    return answer_of(matcher, conclusion, stage, query, time.process_time() - began)


def ask(where: Where, queries: Iterable[Query], workers: int) -> Iterator[Answer]:
    """Yield the answer to every query, in their order; `workers` processes ask."""
    with get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(_ask, ((where, query) for query in queries), chunksize=2)
