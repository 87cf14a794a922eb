"""The bytes of a dump read once: who is who, and what need not be read again.

Reads in threads, since digests are computed without Python's lock; opens every file unnoticed and
decodes none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from framematch.errors import InputError
from framematch.ingest.seen import Stamp
from framematch.triage.entries import CHANGED
from framematch.triage.examining import Local
from framematch.triage.found import Found
from framematch.triage.identity import digests_of, reason_of
from framematch.triage.journal import Journal
from framematch.triage.walk import Walked, iso_utc

#: Digests that are kept in one transaction.
_BATCH = 64
#: A file that is written to all the time is read so often, then given up for this run.
_TRIES = 3

#: Told the path, and how many bytes of how many are read.
OnRead = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading a file gave."""

    stamp: Stamp | None
    digests: tuple[str, str] | None
    reason: str | None


def identified(
    walked: Sequence[Walked],
    journal: Journal,
    threads: int,
    counts: Counter[str],
    *,
    reread: bool = False,
    on_read: OnRead = lambda *_: None,
) -> list[Local]:
    """Return everything that was walked with its digests, in the order given.

    Parameters
    ----------
    walked : sequence of Walked
        As `framematch.triage.walk` found it.
    journal : Journal
        Knows files that look as they did when they were read.
    threads : int
        How many read at once.
    counts : Counter
        ``read`` and ``unchanged`` are counted in it.
    reread : bool
        Whether those files are read too.
    on_read : callable
        Told after each file.
    """
    known: dict[str, tuple[str, str]] = {}
    unread: list[Walked] = []
    for one in walked:
        if one.kind != "file" or one.stamp is None:
            continue
        digests = None if reread else journal.digests(one.path, one.stamp)
        if digests is None:
            unread.append(one)
        else:
            known[one.path] = digests
    counts["unchanged"], counts["read"] = len(known), len(unread)
    fresh = _read_all(unread, journal, threads, on_read)
    return [_local(one, known.get(one.path), fresh.get(one.path)) for one in walked]


def _read_all(
    unread: Sequence[Walked], journal: Journal, threads: int, on_read: OnRead
) -> dict[str, _Read]:
    total = sum(one.stamp.size for one in unread if one.stamp is not None)
    done = 0
    fresh: dict[str, _Read] = {}
    batch: list[tuple[str, Stamp, str, str]] = []
    pool = ThreadPoolExecutor(max(1, threads))
    try:
        for one, read in zip(unread, pool.map(_read, [w.file for w in unread]), strict=True):
            fresh[one.path] = read
            if read.stamp is not None and read.digests is not None and read.stamp.is_settled:
                batch.append((one.path, read.stamp, *read.digests))
            if len(batch) >= _BATCH:
                journal.keep_digests(batch)
                batch.clear()
            done += 0 if one.stamp is None else one.stamp.size
            on_read(one.path, done, total)
    finally:
        # Where it is interrupted, what is read already is kept, and nobody waits for the rest.
        pool.shutdown(wait=False, cancel_futures=True)
        journal.keep_digests(batch)
    return fresh


def _read(file: Path) -> _Read:
    for _ in range(_TRIES):
        before = Stamp.of(file)
        try:
            digests = digests_of(file)
        except (InputError, OSError) as error:
            return _Read(None, None, reason_of(error, file))
        if before is not None and before == Stamp.of(file):
            return _Read(before, digests, None)
    return _Read(None, None, CHANGED)


def _local(one: Walked, known: tuple[str, str] | None, fresh: _Read | None) -> Local:
    stamp, digests, reason = one.stamp, known, one.reason
    if fresh is not None:
        digests, reason = fresh.digests, fresh.reason
        stamp = fresh.stamp or stamp
    sha256, md5 = digests or (None, None)
    found = Found(
        path=one.path,
        kind=one.kind,
        size=None if stamp is None else stamp.size,
        modified=None if stamp is None else iso_utc(stamp.modified_ns),
        sha256=sha256,
        md5=md5,
        reason=reason,
    )
    return Local(found, one.file, stamp)


def readable(locals_: Iterable[Local]) -> Iterator[Local]:
    """Yield those whose bytes were read."""
    return (local for local in locals_ if local.found.sha256 is not None)
