"""One process at a time in a folder: a lock that the kernel releases however its holder ends.

Owns the lock file: locked with `flock`, it holds its holder's process id as decimal text.
"""

import fcntl
import os
from pathlib import Path


class HeldError(Exception):
    """Another process holds the lock; says which."""


def lock_alone(path: Path) -> int:
    """Take the lock on the file `path`; return the descriptor that holds it until closed.

    Raises
    ------
    HeldError
        Another process holds it: its number as text, or ``another process``.
    OSError
        The lock file cannot be opened for writing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace") or "another process"
        os.close(descriptor)
        raise HeldError(holder) from error
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
