"""Tasks on several processes, answers in the order asked for. Knows nothing of what is asked.

Each process is started fresh, not forked, so that it inherits no threads and no locks.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answered(
    function: Callable[[Task], Answer],
    tasks: Iterable[Task],
    processes: int,
    *,
    ahead: int | None = None,
) -> Iterator[Answer]:
    """Yield the answer to each task, in the order given.

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
    """
    # Imported late: a single file does not wait for it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=fresh, initializer=_leave_interrupts_to_the_parent
    ) as pool:
        waiting = iter(tasks)
        pending: deque[Future[Answer]] = deque(
            pool.submit(function, task) for task in islice(waiting, ahead)
        )
        try:
            while pending:
                yield pending.popleft().result()
                pending.extend(pool.submit(function, task) for task in islice(waiting, 1))
        finally:
            for future in pending:
                future.cancel()


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
