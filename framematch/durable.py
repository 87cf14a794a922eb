"""Files that appear whole or not at all, also when the power goes.

Owns the order of write, flush, rename and flush of the folder. Knows nothing of what it writes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

#: A file with this ending is a write that was not finished; nothing ever reads it.
TEMPORARY_SUFFIX = ".tmp"


def write_durably(path: Path, pieces: Iterable[bytes]) -> None:
    """Write `pieces`, each as it comes, to the file `path`, replacing it in one step.

    When this returns, content and name are on the disk. When it does not return, `path` is as it
    was before, or complete.

    Raises
    ------
    OSError
        The file could not be written: no space, no permission.
    """
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    try:
        with temporary.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    flush_folder(path.parent)


def flush_folder(path: Path) -> None:
    """Bring the names in the folder `path` to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
