"""Tasks on several processes: a supervisor that a task cannot take down. Knows nothing of tasks.

A process that dies, or works on a task for too long, costs that task only: it is killed and
another one takes its place (`framematch.crew`).
"""

import os
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from framematch.crew import Crew, Done, Fault, OnNote
from framematch.errors import WorkerError

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def supervised(
    function: Callable[..., Answer],
    tasks: Iterable[Task],
    processes: int,
    *,
    limit_s: Callable[[Task], float | None] | None = None,
    on_note: OnNote | None = None,
) -> Generator[Done[Answer]]:
    """Yield each task as it is over, in the order in which they end.

    A task is taken from `tasks` when a process is free for it, so no more than `processes` are
    under way. Closing the generator kills the processes at once.

    Parameters
    ----------
    function : callable
        Found by its name in the other processes. Called with a task, and where there is an
        `on_note` with a second argument: a callable that hands its argument to `on_note`.
    tasks : iterable
        What `function` is called with.
    processes : int
        How many work; this one waits. They are started as they are needed.
    limit_s : callable, optional
        Seconds that a task may take, ``None`` for any time.
    on_note : callable, optional
        Told the position of a task, and what its function has to say.

    Raises
    ------
    WorkerStartError
        The first process died before its first task.
    """
    waiting = enumerate(tasks)
    with Crew(function, processes, limit_s=limit_s, on_note=on_note) as crew:
        while True:
            while crew.has_room:
                numbered = next(waiting, None)
                if numbered is None:
                    break
                crew.give(*numbered)
            if not crew.is_busy:
                return
            yield from crew.wait()


def answered(
    function: Callable[[Task], Answer],
    tasks: Iterable[Task],
    processes: int,
    *,
    ahead: int | None = None,
    instead: Callable[[Task, Fault], Answer] | None = None,
) -> Generator[Answer]:
    """Yield the answer to each task, in the order given.

    Closing the generator kills the processes at once; close it wherever it may not be exhausted.

    Parameters
    ----------
    function : callable
        Found by its name in the other processes.
    tasks : iterable
        What `function` is called with.
    processes : int
        How many work; this one waits.
    ahead : int, optional
        Tasks that are taken before their turn; all by default. Few of them where tasks are large.
    instead : callable, optional
        The answer to a task whose process died; by default that is an error.

    Raises
    ------
    WorkerStartError
        The first process died before its first task.
    WorkerError
        A process died, and nothing stands in for its answer.
    Exception
        Whatever `function` raises.
    """
    waiting = enumerate(tasks)
    taken: dict[int, Task] = {}
    over: dict[int, Done[Answer]] = {}
    turn = 0
    more = True
    with Crew(function, processes) as crew:
        while True:
            while more and crew.has_room and (ahead is None or len(taken) < ahead):
                numbered = next(waiting, None)
                if numbered is None:
                    more = False
                    break
                taken[numbered[0]] = numbered[1]
                crew.give(*numbered)
            if not taken:
                return
            if turn in over:
                yield _answer(over.pop(turn), taken.pop(turn), instead)
                turn += 1
                continue
            over |= {done.position: done for done in crew.wait()}


def _answer(
    done: Done[Answer], task: Task, instead: Callable[[Task, Fault], Answer] | None
) -> Answer:
    """Return the answer of a task that is over, or what stands in for it."""
    if done.fault is None:
        return done.answer  # type: ignore[return-value]  # there is one where there is no fault
    if done.fault.error is not None:
        raise done.fault.error
    if instead is None:
        raise WorkerError(f"{task}: {done.fault.reason}; leave it out, or run again")
    return instead(task, done.fault)
