"""Many queries at once: attributions on several processes, in the order asked for.

Each process opens the index for itself: it is mapped, so they share its pages.
"""

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from framematch.crew import Fault
from framematch.errors import IndexStoreError
from framematch.index import Backend, Index
from framematch.matcher import Matcher
from framematch.matching.confidence import Model
from framematch.media import NumberedSequence
from framematch.records import Attribution
from framematch.workers import answered, usable_processors

#: Fewer files than this are answered sooner by one process: starting another takes half a second.
WORTH_STARTING = 4


def attribute_files(
    index: Index,
    queries: Sequence[Path | NumberedSequence],
    processes: int | None = None,
    model: Model | None = None,
    *,
    opened_there: Callable[[], Index] | None = None,
) -> Generator[Attribution]:
    """Yield the attribution of each query, in the order given.

    A query that takes its process down has the verdict ``unreadable``, and costs no other one.
    Close the generator wherever it may not be exhausted: the processes go with it.

    Parameters
    ----------
    index : Index
        What is known.
    queries : sequence of Path or NumberedSequence
        Files, and numbered pictures that are one query together.
    processes : int, optional
        How many processes work; one for each usable processor by default. One means: this process.
    model : Model, optional
        Turns evidence into confidence; the shipped one by default.
    opened_there : callable, optional
        Opens the index in another process, where it is found by its name; by default the folder of
        `index` is opened.

    Raises
    ------
    IndexStoreError
        The index changed before another process opened it.
    WorkerStartError
        No process could be started.
    """
    wanted = processes or usable_processors()
    pictures = sum(1 if isinstance(query, Path) else len(query.paths) for query in queries)
    if min(wanted, len(queries), pictures // WORTH_STARTING) <= 1:
        matcher = Matcher(index, model=model)
        for query in queries:
            yield _ask(matcher, query)
        return
    if opened_there is None:
        opened_there = partial(
            _open, str(index.path.absolute()), index.min_information, index.backend, index.info.id
        )
    yield from answered(
        partial(_attribute, opened_there, model),
        queries,
        min(wanted, len(queries)),
        instead=partial(_unreadable, index),
    )


def _attribute(
    opened: Callable[[], Index], model: Model | None, query: Path | NumberedSequence
) -> Attribution:
    """Return one attribution, by the matcher that this process keeps open."""
    return _ask(_matcher(opened, model), query)


def _unreadable(index: Index, query: Path | NumberedSequence, fault: Fault) -> Attribution:
    """Return the answer for a query that its process did not survive."""
    name = str(query) if isinstance(query, Path) else query.name
    return Attribution(
        file=name,
        sha256=None,
        media=None,
        verdict="unreadable",
        show=None,
        confidence=0.0,
        episodes=None,
        stage=None,
        candidates=(),
        matches=(),
        expected_false_matches=None,
        index=index.info,
        error=f"{name}: {fault.reason}; leave the file out, or convert it and ask again",
    )


def _ask(matcher: Matcher, query: Path | NumberedSequence) -> Attribution:
    if isinstance(query, Path):
        return matcher.attribute(query)
    return matcher.attribute_sequence(query)


@lru_cache(maxsize=1)
def _matcher(opened: Callable[[], Index], model: Model | None) -> Matcher:
    return Matcher(opened(), model=model)


def _open(folder: str, min_information: int, backend: Backend, wanted: str) -> Index:
    """Open the index that was asked about, not what became of it meanwhile."""
    index = Index.open(Path(folder), min_information=min_information, backend=backend)
    if index.info.id != wanted:
        index.close()
        raise IndexStoreError(f"{folder}: changed during the query; run again")
    return index
