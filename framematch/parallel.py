"""Many files at once: attributions on several processes, in the order asked for.

Each process opens the index for itself (it is mapped, so they share its pages) and is started
fresh, not forked, so that it inherits no threads and no locks.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from framematch.index import Index
from framematch.matcher import Matcher
from framematch.records import Attribution

#: Fewer files than this are answered sooner by one process: starting another takes half a second.
WORTH_STARTING = 4


def attribute_files(
    index: Index, paths: Sequence[Path], processes: int | None = None
) -> Iterator[Attribution]:
    """Yield the attribution of each file, in the order given.

    Parameters
    ----------
    index : Index
        What is known.
    paths : sequence of Path
        The files.
    processes : int, optional
        How many processes work; one for each usable processor by default. One means: this process.
    """
    wanted = processes or _usable_processors()
    if min(wanted, len(paths) // WORTH_STARTING) <= 1:
        matcher = Matcher(index)
        yield from map(matcher.attribute, paths)
        return
    # Imported late: a single file does not wait for it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(wanted, len(paths)), mp_context=fresh, initializer=_leave_interrupts_to_the_parent
    ) as pool:
        folder = str(index.path.absolute())
        pending = [pool.submit(_attribute, folder, path) for path in paths]
        try:
            for answer in pending:
                yield answer.result()
        finally:
            for answer in pending:
                answer.cancel()


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _attribute(folder: str, path: Path) -> Attribution:
    """Return one attribution, by the matcher that this process keeps open."""
    return _matcher(folder).attribute(path)


@lru_cache(maxsize=1)
def _matcher(folder: str) -> Matcher:
    return Matcher.open(folder)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
