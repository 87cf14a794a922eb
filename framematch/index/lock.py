"""Who may write to an index, and who still reads files that a writer would like to delete.

Owns two lock files inside the index folder, both locked with `flock`, which the kernel releases
when a process ends, however it ends. Knows nothing of what the index holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from framematch.errors import IndexLockedError
from framematch.locking import HeldError, lock_alone

#: Locked exclusively by the writer; holds its process id as decimal text.
WRITER_LOCK = "writer.lock"

#: Locked shared by every reader: while one is there, no segment file is deleted.
READER_LOCK = "readers.lock"


def lock_for_writing(folder: Path) -> int:
    """Take the one-writer lock of the index `folder`; return the descriptor that holds it.

    Raises
    ------
    IndexLockedError
        Another writer holds it.
    OSError
        The lock file cannot be opened for writing.
    """
    path = folder / WRITER_LOCK
    try:
        return lock_alone(path)
    except HeldError as error:
        raise IndexLockedError(
            f"{folder}: process {error} is writing to this index (lock file {path});"
            " wait until it is done, or stop it and run again"
        ) from error


def lock_for_reading(folder: Path) -> int | None:
    """Keep segment files of the index `folder` from being deleted.

    Returns
    -------
    int or None
        The descriptor that holds the lock until closed; ``None`` where the folder cannot be locked,
        such as a read-only copy without lock file, where nobody deletes anything either.
    """
    path = folder / READER_LOCK
    try:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextlib.contextmanager
def no_readers(folder: Path) -> Iterator[bool]:
    """Say whether nobody reads the index `folder`; if so, hold new readers off for the block."""
    descriptor = os.open(folder / READER_LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
