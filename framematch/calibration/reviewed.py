"""Files that people have decided on, asked again: what a person knows and no edit of a frame shows.

Owns how such a file becomes questions. Which files those are, its callers know: nothing here knows
a case or a verdict log.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from framematch.calibration.asking import Told, ask, gathered, rows_of_shows
from framematch.calibration.cases import REVIEWED
from framematch.calibration.frames import Skipped, frames_at
from framematch.calibration.library import AHEAD, OnProgress, OnSkip, matcher_of, right_rows
from framematch.calibration.operators.pixels import Pixels
from framematch.calibration.sightings import Sightings
from framematch.errors import InputError
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.clips import telling
from framematch.media import parts_of, sha256_of
from framematch.records import Frame
from framematch.workers import answered

# Frames of a clip are looked at so often a second on the way to the one that is wanted.
_RATE = Fraction(8)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A file, or a part of one, on which people have decided.

    Attributes
    ----------
    file : Path
        Where it lies.
    name : str
        What it is called where it is spoken of.
    sha256 : str
        Digest of the file; another content is left out.
    part : str or None
        The layer or page that is meant.
    time_s : float
        The moment that is meant, in seconds of a clip.
    show : str or None
        The show that it is from, ``None`` for none of those looked after.
    judgement : str
        What was decided.
    group : str
        What is held out together where there is no show.
    places : tuple of (str, float)
        Where it was seen by whoever decided: SHA-256 and second of references of that show. Where
        nobody has seen a place, no sighting counts as right.
    """

    file: Path
    name: str
    sha256: str
    part: str | None
    time_s: float
    show: str | None
    judgement: str
    group: str
    places: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A picture, whose it is, and the rows at which it is right."""

    pixels: Pixels
    show: str | None
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Question:
    """A reviewed picture as it is."""

    title: str
    show: str | None
    operator: str
    family: str = REVIEWED


def collect_reviewed(
    index: Index,
    reviewed: Sequence[Reviewed],
    processes: int,
    on_skip: OnSkip,
    on_progress: OnProgress,
) -> Sightings:
    """Ask an index about files that people have decided on, and return the evidence.

    Parameters
    ----------
    index : Index
        What is asked.
    reviewed : sequence of Reviewed
        The files. Of a clip one picture is asked about.
    processes : int
        How many ask; one means: this process.
    on_skip : callable
        Told of each file that cannot be used, and why.
    on_progress : callable
        Told after each file.

    Raises
    ------
    IndexStoreError
        The index was changed meanwhile.
    """
    rows_of = rows_of_shows(index)
    references = {reference.sha256: reference for reference in index.references()}
    questions: list[_Question] = []

    def right(one: Reviewed) -> frozenset[int]:
        known = [(references[sha256], at_s) for sha256, at_s in one.places if sha256 in references]
        return frozenset().union(
            *(right_rows(index, held, at_s) for held, at_s in known if held.show == one.show)
        )

    def tasks() -> Iterator[_Task]:
        for one, frame in _pictures(_of_index(reviewed, rows_of, on_skip), on_skip):
            questions.append(_Question(one.show or one.group, one.show, one.judgement))
            yield _Task(frame.pixels, one.show, right(one))

    def answers() -> Iterator[tuple[_Question, list[Told] | None]]:
        with closing(_told(index, tasks(), processes)) as all_told:
            for done, told in enumerate(all_told, 1):
                on_progress("reviewed files", done, len(reviewed))
                yield questions[done - 1], told

    return gathered(answers(), rows_of, len(index))


def _told(index: Index, tasks: Iterator[_Task], processes: int) -> Generator[list[Told] | None]:
    if processes == 1:
        matcher = Matcher(index)
        yield from (_ask(matcher, task) for task in tasks)
        return
    asked = partial(_ask_there, str(index.path.absolute()), index.info.id)
    yield from answered(asked, tasks, processes, ahead=AHEAD * processes)


def _ask_there(folder: str, index_id: str, task: _Task) -> list[Told] | None:
    return _ask(matcher_of(folder, index_id), task)


def _ask(matcher: Matcher, task: _Task) -> list[Told] | None:
    return ask(matcher, task.pixels, task.show, task.right.__contains__)


def _of_index(
    reviewed: Iterable[Reviewed], rows_of: Mapping[str, int], on_skip: OnSkip
) -> Iterator[Reviewed]:
    """Yield what is of a show that the index holds, or of none."""
    for one in reviewed:
        if one.show is None or one.show in rows_of:
            yield one
        else:
            # By that name: it may be there by another, and is then no stranger.
            on_skip(_skipped(one, f"is of {one.show}, a show that the index does not hold"))


def _pictures(reviewed: Iterable[Reviewed], on_skip: OnSkip) -> Iterator[tuple[Reviewed, Frame]]:
    """Yield the pictures that are meant, each file opened once for all of its parts."""
    for (file, sha256), group in itertools.groupby(
        reviewed, key=lambda one: (one.file, one.sha256)
    ):
        wanted = list(group)
        try:
            changed = sha256_of(file) != sha256
            found = {} if changed else dict(_of_file(file, wanted))
        except (InputError, OSError) as error:
            changed, found = False, {}
            reason = f"cannot be used ({error})"
        else:
            reason = "has changed since people decided on it" if changed else "has no such picture"
        for one in wanted:
            frame = found.get(one)
            if frame is None:
                on_skip(_skipped(one, reason))
            elif not telling(frame):
                on_skip(_skipped(one, "has too little to see on it"))
            else:
                yield one, frame


def _of_file(file: Path, wanted: Sequence[Reviewed]) -> Iterator[tuple[Reviewed, Frame | None]]:
    """Yield the pictures of one file: of a document its parts, of anything else its moments."""
    if all(one.part is None for one in wanted):
        for one in wanted:
            yield one, next(iter(frames_at(file, _RATE, [one.time_s])), None)
        return
    left = {one.part: one for one in wanted}
    for part in parts_of(file):
        if part.name in left:
            yield left.pop(part.name), part.frame
        if not left:
            return


def _skipped(one: Reviewed, reason: str) -> Skipped:
    return Skipped(str(one.file), f"{one.name}: {reason}")
