"""Who codes the files of a job: this process, several on this machine, or another executor.

Owns the protocol between a job and whatever runs its tasks. An executor never writes to the index.
"""

import contextlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from framematch.crew import Fault
from framematch.errors import WorkerStartError
from framematch.ingest.task import CodingTask, Outcome, code_task, failed
from framematch.workers import supervised, usable_processors

#: Told the position of a running task and the share of its file that is done, 0 to 1.
OnShare = Callable[[int, float], None]

#: Class names that the report gives for files that took their process down or kept it too long.
_FAULTS = {"died": "WorkerDiedError", "late": "DecodeTimeoutError", "raised": "CodingError"}


class Executor(Protocol):
    """Runs the tasks of a job."""

    def run(
        self, tasks: Iterable[CodingTask], known: frozenset[str], on_share: OnShare
    ) -> Generator[Outcome]:
        """Yield the outcome of every task, as they end, each task once.

        A task is taken from `tasks` only when it can be started: no more outcomes are in memory
        than there are processes. Closing the generator, at any time, ends all work promptly. What
        a task does to its process is the outcome of that task alone, a failure.

        Parameters
        ----------
        tasks : iterable of CodingTask
            Their positions are unique.
        known : frozenset of str
            Digests of contents that need no coding (`code_task`).
        on_share : callable
            May be told how far running tasks are; an executor far away may leave it out.
        """
        ...


@dataclass(frozen=True, slots=True)
class InProcessExecutor:
    """Codes one file after the other in this process: no start-up, no time limit, no isolation."""

    def run(
        self, tasks: Iterable[CodingTask], known: frozenset[str], on_share: OnShare
    ) -> Generator[Outcome]:
        """Yield outcomes in the order of the tasks; see `Executor.run`."""
        for task in tasks:
            on_share(task.position, 0.0)
            yield code_task(task, known, partial(on_share, task.position))


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Codes files on several processes of this machine, each with one decoder thread.

    A process that dies, or works on a file for longer than its limit, costs that file only.

    Attributes
    ----------
    processes : int or None
        How many code; one for each usable processor by default.
    """

    processes: int | None = None

    def run(
        self, tasks: Iterable[CodingTask], known: frozenset[str], on_share: OnShare
    ) -> Generator[Outcome]:
        """Yield outcomes as files are done; see `Executor.run`."""
        running: dict[int, CodingTask] = {}

        def taken() -> Generator[CodingTask]:
            for number, task in enumerate(tasks):
                running[number] = task
                on_share(task.position, 0.0)
                yield task

        all_over = supervised(
            partial(_code_there, known),
            taken(),
            self.processes or usable_processors(),
            limit_s=lambda task: task.time_limit_s,
            on_note=lambda number, share: on_share(running[number].position, share),
        )
        try:
            with contextlib.closing(all_over):
                for done in all_over:
                    task = running.pop(done.position)
                    yield done.answer or _faulty(task, done.fault)
        except WorkerStartError as error:
            raise WorkerStartError(f"{error}: what was published stays") from error


def _code_there(known: frozenset[str], task: CodingTask, tell: Callable[[Any], None]) -> Outcome:
    """Code a file where tasks come with what they tell last, and what is known is known ahead."""
    return code_task(task, known, tell)


def _faulty(task: CodingTask, fault: Fault | None) -> Outcome:
    """Return the outcome of a task that its process has no answer to."""
    kind, reason = ("died", "no answer") if fault is None else (fault.kind, fault.reason)
    advice = {
        "died": "run again, and leave the file out if it happens again",
        "late": "give it more time with --time-limit, or leave it out",
        "raised": "leave the file out, and tell us: this is a fault of framematch",
    }[kind]
    if fault is not None and fault.error is not None:
        reason = f"{type(fault.error).__name__}: {fault.error}"
    return Outcome(
        task.position, None, None, failed(task.path, _FAULTS[kind], f"{reason}; {advice}")
    )
