"""A library asks itself: frames of its own files, edited, looked up in its own index.

Owns what the processes do; frames, operators and the matcher have their own modules.
"""

import zlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from framematch.calibration.asking import Told, ask, gathered, rows_of_shows
from framematch.calibration.frames import KnownFrame, Skipped, frames_of_show, on_disk
from framematch.calibration.sightings import Sightings
from framematch.calibration.turns import Edit, edited, turns
from framematch.errors import ConfigError, IndexStoreError
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.records import Reference
from framematch.workers import answered, usable_processors

#: Edits of a finished frame and line drawings made of it, per frame.
FINISHED_EDITS, LINE_DRAWINGS = 2, 3
#: A sighting is at the right place within so many seconds of the frame.
NEAR_S = 2.5
# Rows of the show whose structure code differs in no more than so many of 512 bits from that of the
# frame's own row show the same picture: an opening of another episode, a held shot seen later. Of
# two encodes of one film, 97 % of the frames have the same moment of the other one within it.
_SAME_PICTURE = 105
#: Frames that wait for a process, for each process: a frame takes a few megabytes.
AHEAD = 3

#: Called with what was asked about last, and how many frames of how many are done.
OnProgress = Callable[[str, float, float], None]
#: Called with each file that could not be used.
OnSkip = Callable[[Skipped], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How much a library is asked; equal settings of equal files give equal evidence.

    Attributes
    ----------
    frames : int
        Of each show, at least 1.
    seed : int
        Chooses files, instants and operators.
    processes : int or None
        How many ask; by default one for each usable processor. One means: this process.
    """

    frames: int = 12
    seed: int = 0
    processes: int | None = None

    def __post_init__(self) -> None:
        if self.frames < 1 or self.seed < 0:
            raise ConfigError(
                f"{self.frames} frames, seed {self.seed}: give at least 1 and at least 0"
            )


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A frame with all that is done to it."""

    known: KnownFrame
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """One edit of a frame; the titles that are held out together are the shows."""

    title: str
    show: str | None
    family: str
    operator: str


def files_by_show(index: Index, on_skip: OnSkip) -> dict[str, list[Reference]]:
    """Return each show's references whose files are there; `on_skip` is told of the others."""
    found, missing = on_disk(index.references())
    for skipped in missing:
        on_skip(skipped)
    shows: dict[str, list[Reference]] = {}
    for reference in found:
        shows.setdefault(reference.show, []).append(reference)
    return shows


def collect(
    index: Index,
    shows: Mapping[str, Sequence[Reference]],
    settings: Settings,
    on_skip: OnSkip,
    on_progress: OnProgress,
) -> Sightings:
    """Ask an index about frames of its own files, and return the evidence of all queries.

    Parameters
    ----------
    index : Index
        What is asked.
    shows : mapping of str to sequence of Reference
        Files of each show, as `files_by_show` gives them.
    settings : Settings
        How much is asked.
    on_skip : callable
        Told of each file that has changed or cannot be read.
    on_progress : callable
        Told after each frame.

    Raises
    ------
    IndexStoreError
        The index was changed meanwhile.
    """
    taken: list[tuple[str, tuple[Edit, ...]]] = []

    def tasks() -> Iterator[_Task]:
        for show, references in shows.items():
            generator = np.random.default_rng([settings.seed, zlib.crc32(show.encode()), 1])
            edits = turns(FINISHED_EDITS, LINE_DRAWINGS, generator)
            for known in frames_of_show(references, settings.frames, settings.seed, on_skip):
                task = _Task(known, tuple(next(edits)))
                taken.append((show, task.edits))
                yield task

    def answers() -> Iterator[tuple[_Question, list[Told] | None]]:
        total = settings.frames * len(shows)
        # Closed at once where it is interrupted: the processes go with it.
        with closing(_told(index, tasks(), settings.processes or usable_processors())) as all_told:
            for done, told in enumerate(all_told, 1):
                show, edits = taken[done - 1]
                on_progress(show, done, total)
                for edit, one in zip(edits, told, strict=True):
                    yield _Question(show, show, edit.family, edit.operator), one

    return gathered(answers(), rows_of_shows(index), len(index))


def _told(
    index: Index, tasks: Iterator[_Task], processes: int
) -> Generator[list[list[Told] | None]]:
    """Yield what is sighted for each edit of each frame."""
    if processes == 1:
        matcher = Matcher(index)
        yield from (_ask(matcher, task) for task in tasks)
        return
    folder = str(index.path.absolute())
    asked = partial(_ask_there, folder, index.info.id)
    yield from answered(asked, tasks, processes, ahead=AHEAD * processes)


def _ask_there(folder: str, index_id: str, task: _Task) -> list[list[Told] | None]:
    return _ask(matcher_of(folder, index_id), task)


def matcher_of(folder: str, index_id: str) -> Matcher:
    """Return the matcher that this process keeps open.

    Raises
    ------
    IndexStoreError
        Its index is another one than was meant.
    """
    matcher = _matcher(folder)
    if matcher.index.info.id != index_id:
        raise IndexStoreError(f"{folder}: has changed during the calibration; run it again")
    return matcher


@lru_cache(maxsize=1)
def _matcher(folder: str) -> Matcher:
    return Matcher.open(Path(folder))


def _ask(matcher: Matcher, task: _Task) -> list[list[Told] | None]:
    frame, reference = task.known.frame, task.known.reference
    right = right_rows(matcher.index, reference, frame.timestamp_s)
    return [
        ask(
            matcher,
            edited(frame.pixels, edit.operator, edit.seed),
            reference.show,
            right.__contains__,
        )
        for edit in task.edits
    ]


def right_rows(index: Index, reference: Reference, time_s: float) -> frozenset[int]:
    """Return the rows of an index that show what a reference shows at a time, or just around it."""
    references = index.references()
    position = next(n for n, one in enumerate(references) if one.sha256 == reference.sha256)
    table = index.rows
    start_s = table.timestamp_s - NEAR_S
    end_s = table.timestamp_s + table.duration_s + NEAR_S
    own = np.flatnonzero((table.reference == position) & (start_s <= time_s) & (end_s >= time_s))
    if not len(own):
        return frozenset()
    # The row on screen at the time, or the nearest to it.
    away = np.maximum(start_s[own] + NEAR_S - time_s, time_s - end_s[own] + NEAR_S)
    shown = own[np.argmin(away)]
    hits = index.search_within("structure", index.codes("structure", [shown]), _SAME_PICTURE)
    shows = [references[int(at)].show for at in table.reference[hits.row]]
    same = [
        row for row, show in zip(hits.row.tolist(), shows, strict=True) if show == reference.show
    ]
    return frozenset([*own.tolist(), *same])
