"""What a process is asked to do with one file, and what it hands back.

Owns `code_task`, which runs in any process on any machine that sees the file: read it, code it, and
encode its segment, so that whoever asked only has to write and commit. Must not write to the index.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from framematch.config import SamplingSettings
from framematch.errors import InputError
from framematch.hashing import SPECS
from framematch.index.segment import encode_segment
from framematch.ingest.coding import code_file
from framematch.ingest.seen import Stamp
from framematch.media import sha256_of
from framematch.records import ItemFailure, MediaInfo

#: Told the share of the running file that is done, 0 to 1.
OnShare = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class CodingTask:
    """One file that is to be coded.

    Attributes
    ----------
    position : int
        Of the file in its job, from 0.
    path : Path
        The file.
    sampling : SamplingSettings
        How closely a video is looked at.
    time_limit_s : float or None
        Seconds that it may take, ``None`` for any time. An executor that cannot end a task which
        hangs in native code leaves this out.
    """

    position: int
    path: Path
    sampling: SamplingSettings
    time_limit_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CodedSegment:
    """A file as the index will hold it.

    Attributes
    ----------
    info : MediaInfo
        The file.
    pieces : tuple of bytes
        The bytes of its segment, at most some megabytes for an hour of video.
    rows : int
        Rows in it.
    media_s : float
        Seconds of moving picture that were gone through; 0.0 for a still.
    warning : str or None
        Where decoding stopped early, and why.
    """

    info: MediaInfo
    pieces: tuple[bytes, ...]
    rows: int
    media_s: float
    warning: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of a task: exactly one of coded, known by its content, or failed.

    Attributes
    ----------
    position : int
        As in the task.
    sha256 : str or None
        Digest of the file's bytes; ``None`` where it could not be read.
    coded : CodedSegment or None
        ``None`` where the content was known already, and where the file could not be used.
    failure : ItemFailure or None
        Why it could not be used.
    processor_s : float
        Seconds of processor time that it took.
    stamp : Stamp or None
        The file as it was while it was read; ``None`` where it may have changed meanwhile.
    """

    position: int
    sha256: str | None
    coded: CodedSegment | None
    failure: ItemFailure | None
    processor_s: float = 0.0
    stamp: Stamp | None = None


def code_task(
    task: CodingTask, known: frozenset[str] = frozenset(), on_share: OnShare | None = None
) -> Outcome:
    """Read, decode, code and encode one file; a file that cannot be used is an outcome too.

    Parameters
    ----------
    task : CodingTask
        What to do.
    known : frozenset of str
        Digests of contents that the index holds: such a file is read, not decoded.
    on_share : callable, optional
        Told the share of the file that is done, 0 to 1.
    """
    started_s = time.process_time()
    sha256 = coded = failure = stamp = None
    try:
        before = Stamp.of(task.path)
        sha256 = sha256_of(task.path)
        if sha256 not in known:
            coded = _code(task, on_share or _unheard)
        stamp = before if before == Stamp.of(task.path) else None
    except (InputError, OSError, MemoryError) as error:
        failure = failed(task.path, type(error).__name__, str(error) or type(error).__name__)
    return Outcome(task.position, sha256, coded, failure, time.process_time() - started_s, stamp)


def failed(path: Path, error: str, reason: str) -> ItemFailure:
    """Return the failure of a file; its reason names it."""
    named = reason if str(path) in reason else f"{path}: {reason}"
    return ItemFailure(path=str(path), error=error, reason=named)


def _code(task: CodingTask, on_share: OnShare) -> CodedSegment:
    coded = code_file(task.path, task.sampling, on_share)
    return CodedSegment(
        info=coded.info,
        pieces=tuple(encode_segment(coded.batch, SPECS)),
        rows=len(coded.batch),
        media_s=float((coded.batch.timestamp_s + coded.batch.duration_s).max()),
        warning=coded.warning,
    )


def _unheard(share: float) -> None:
    """Stand in for a listener."""
