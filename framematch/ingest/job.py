"""The bulk job: files coded by an executor, each published in one atomic step.

Owns the rule that one broken file costs itself only, and that a job which is run again does nothing
twice. Must not import matching or the faces.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from framematch.config import SamplingSettings
from framematch.hashing import SPECS
from framematch.index import IndexWriter, note_decoders
from framematch.index.header import HEADER
from framematch.ingest.executors import Executor, InProcessExecutor
from framematch.ingest.items import IngestItem
from framematch.ingest.report import IngestProgress, IngestReport
from framematch.ingest.seen import Seen
from framematch.ingest.settling import Settling
from framematch.ingest.task import CodingTask, Outcome
from framematch.ingest.tracking import Tracker
from framematch.media import installed_decoders

OnProgress = Callable[[IngestProgress], None]

#: The default time limit of a file: this, and as long again for every so many of its bytes. A video
#: of the lowest usual rate then still has twice its playing time. No file is given longer than the
#: last figure.
_LIMIT_S, _LIMIT_BYTES, _MOST_S = 900.0, 100_000_000, 6 * 3600.0


def add(
    index_path: Path,
    items: Sequence[IngestItem],
    sampling: SamplingSettings | None = None,
    on_progress: OnProgress | None = None,
    *,
    executor: Executor | None = None,
    time_limit_s: float | None = None,
    remove_missing: Sequence[Path] = (),
    reread: bool = False,
) -> IngestReport:
    """Index `items`, each in one atomic step; the index is made where there is none.

    A file whose content is in the index with the same show, episode and kind is left alone; with
    others they are replaced, without decoding it again. Of files with the same content, the first
    one of the job decides. The same items give the same index, however many processes code them. An
    interrupt leaves every finished file in the index. A file whose rows in the index are damaged is
    coded again, which mends them.

    Parameters
    ----------
    index_path : Path
        Folder of the index.
    items : sequence of IngestItem
        What to index, in order.
    sampling : SamplingSettings, optional
        How closely videos are looked at; the default where left out.
    on_progress : callable, optional
        Told where the job stands.
    executor : Executor, optional
        Who codes the files; this process by default, one after the other. `LocalExecutor` uses all
        processors, and survives files that hang or take their process down.
    time_limit_s : float, optional
        Seconds that one file may take, where the executor can tell; by default 15 minutes and as
        long again for every 100 megabytes, six hours at most.
    remove_missing : sequence of Path, optional
        Folders: references from below them are removed whose file this index has read there and
        is gone.
    reread : bool, default False
        Read files too that have the size and time of change that they had when they were read last,
        and check every byte of the index: what is damaged is coded again.

    Raises
    ------
    IndexStoreError
        The index cannot be written, or another process is writing to it.
    """
    settling = Settling(items)
    if not items and not (remove_missing and (index_path / HEADER).is_file()):
        return settling.report()
    tracker = Tracker(items, on_progress)
    sampling = sampling or SamplingSettings()
    with IndexWriter(index_path, SPECS, _decoders()) as writer:
        references = [entry.reference for entry in writer.entries()]
        settling.start(writer, references, writer.damaged(thorough=reread))
        with Seen(index_path) as seen:
            hints = {} if reread else _hints(items, seen, settling.known)
            for outcome in hints.values():
                settling.take(outcome)
                tracker.is_over(outcome)
            # The largest first, so that nobody waits for a long film that was begun last.
            order = range(len(items)) if executor is None else tracker.largest_first()
            left = [position for position in order if position not in hints]
            if left:
                note_decoders(index_path, installed_decoders())
            tasks = _tasks(items, left, sampling, time_limit_s)
            outcomes = (executor or InProcessExecutor()).run(tasks, settling.known, tracker.is_at)
            # Closed at once where it is interrupted or cannot write: the processes go with it.
            with closing(outcomes):
                for outcome in outcomes:
                    settling.take(outcome)
                    tracker.is_over(outcome)
                    if outcome.sha256 is not None:
                        seen.add(items[outcome.position].path, outcome.stamp, outcome.sha256)
        settling.finish(seen.was_here)
        settling.remove_missing(remove_missing, seen.was_here)
    return settling.report()


def _hints(items: Sequence[IngestItem], seen: Seen, known: frozenset[str]) -> dict[int, Outcome]:
    """Return the outcome of each file that looks as it did when its content was published."""
    found: dict[int, Outcome] = {}
    for position, item in enumerate(items):
        digest = seen.digest(item.path)
        if digest in known:
            found[position] = Outcome(position, digest, None, None)
    return found


def _tasks(
    items: Sequence[IngestItem],
    order: Iterable[int],
    sampling: SamplingSettings,
    time_limit_s: float | None,
) -> Iterator[CodingTask]:
    for position in order:
        item = items[position]
        limit_s = default_limit_s(item.path) if time_limit_s is None else time_limit_s
        yield CodingTask(position, item.path, sampling, limit_s)


def default_limit_s(path: Path) -> float:
    """Return how many seconds a file may take unless something else was asked for."""
    try:
        size = path.stat().st_size
    except OSError:  # reading it will say so
        return _LIMIT_S
    return min(_LIMIT_S * (1 + size / _LIMIT_BYTES), _MOST_S)


def _decoders() -> dict[str, str]:
    """Return the versions of what decodes, by package."""
    return {package: version(package) for package in ("av", "pillow")}
