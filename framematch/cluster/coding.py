"""What a node does with a chunk of files: code each in a process of its own, under its time limit.

Runs on the nodes, by the name of its function. Owns what a node says of files that it does not see.
Imports no Ray.
"""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framematch.ingest import CodingTask, LocalExecutor, Outcome
from framematch.records import ItemFailure


@dataclass(frozen=True, slots=True, eq=False)
class CodedChunk:
    """A chunk of files that is done.

    Attributes
    ----------
    outcomes : tuple of Outcome
        One of each task.
    took_s : float
        Seconds that it took.
    """

    outcomes: tuple[Outcome, ...]
    took_s: float


def code_chunk(tasks: Sequence[CodingTask], known: frozenset[str], folder: str) -> CodedChunk:
    """Code files one after the other.

    Parameters
    ----------
    tasks : sequence of CodingTask
        What to do. The same tasks give the same segments wherever and however often they are run.
    known : frozenset of str
        Digests of contents that need no coding.
    folder : str
        What relative paths are relative to. Paths stay as they were given, so that the index and
        every message read as those of a local run.
    """
    started_s = time.monotonic()
    with contextlib.ExitStack() as left_again:
        try:
            left_again.enter_context(contextlib.chdir(folder))
            stands = True
        except OSError:  # absolute paths do without it
            stands = False
        seen = [task for task in tasks if (stands or task.path.is_absolute()) and _is_seen(task)]
        outcomes = list(_code(seen, known))
    coded = {outcome.position for outcome in outcomes}
    outcomes += [_unseen(task, folder) for task in tasks if task.position not in coded]
    return CodedChunk(tuple(outcomes), time.monotonic() - started_s)


def _is_seen(task: CodingTask) -> bool:
    try:
        return task.path.exists()
    except OSError:  # reading it will say so
        return True


def _code(tasks: Sequence[CodingTask], known: frozenset[str]) -> Iterator[Outcome]:
    """Yield the outcomes of files that are there."""
    # One process: the cluster runs as many chunks on a node as it has processors.
    yield from LocalExecutor(processes=1).run(tasks, known, _unheard)


def _unheard(position: int, share: float) -> None:
    """Stand in for a listener, which is on another machine."""


def _unseen(task: CodingTask, folder: str) -> Outcome:
    place = "" if task.path.is_absolute() else f" in {folder}"
    reason = (
        f"{task.path}: node {socket.gethostname()} does not see it{place}; keep the library on"
        " storage that every node mounts at the same place, and run again"
    )
    return Outcome(
        task.position, None, None, ItemFailure(str(task.path), "UnreadableMediaError", reason)
    )
