"""Many queries at once: attributions on several processes, in the order asked for.

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
from framematch.media import NumberedSequence
from framematch.records import Attribution

#: Fewer files than this are answered sooner by one process: starting another takes half a second.
WORTH_STARTING = 4


def attribute_files(
    index: Index, queries: Sequence[Path | NumberedSequence], processes: int | None = None
) -> Iterator[Attribution]:
    """Yield the attribution of each query, in the order given.

    Parameters
    ----------
    index : Index
        What is known.
    queries : sequence of Path or NumberedSequence
        Files, and numbered pictures that are one query together.
    processes : int, optional
        How many processes work; one for each usable processor by default. One means: this process.
    """
    wanted = processes or _usable_processors()
    pictures = sum(1 if isinstance(query, Path) else len(query.paths) for query in queries)
    if min(wanted, len(queries), pictures // WORTH_STARTING) <= 1:
        matcher = Matcher(index)
        for query in queries:
            yield _ask(matcher, query)
        return
    # Imported late: a single file does not wait for it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(wanted, len(queries)), mp_context=fresh, initializer=_leave_interrupts_to_the_parent
    ) as pool:
        folder = str(index.path.absolute())
        pending = [pool.submit(_attribute, folder, query) for query in queries]
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


def _attribute(folder: str, query: Path | NumberedSequence) -> Attribution:
    """Return one attribution, by the matcher that this process keeps open."""
    return _ask(_matcher(folder), query)


def _ask(matcher: Matcher, query: Path | NumberedSequence) -> Attribution:
    if isinstance(query, Path):
        return matcher.attribute(query)
    return matcher.attribute_sequence(query)


@lru_cache(maxsize=1)
def _matcher(folder: str) -> Matcher:
    return Matcher.open(folder)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
