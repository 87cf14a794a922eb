"""Many queries at once: attributions on several processes, in the order asked for.

Each process opens the index for itself: it is mapped, so they share its pages.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

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
    model : Model, optional
        Turns evidence into confidence; the shipped one by default.
    """
    wanted = processes or usable_processors()
    pictures = sum(1 if isinstance(query, Path) else len(query.paths) for query in queries)
    if min(wanted, len(queries), pictures // WORTH_STARTING) <= 1:
        matcher = Matcher(index, model=model)
        for query in queries:
            yield _ask(matcher, query)
        return
    folder = str(index.path.absolute())
    ask = partial(_attribute, folder, model, index.backend)
    yield from answered(ask, queries, min(wanted, len(queries)))


def _attribute(
    folder: str, model: Model | None, backend: Backend, query: Path | NumberedSequence
) -> Attribution:
    """Return one attribution, by the matcher that this process keeps open."""
    return _ask(_matcher(folder, model, backend), query)


def _ask(matcher: Matcher, query: Path | NumberedSequence) -> Attribution:
    if isinstance(query, Path):
        return matcher.attribute(query)
    return matcher.attribute_sequence(query)


@lru_cache(maxsize=1)
def _matcher(folder: str, model: Model | None, backend: Backend) -> Matcher:
    return Matcher.open(folder, model=model, search_structure=backend)
