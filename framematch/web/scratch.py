"""Where files that were sent lie until they are attributed: a folder of ours, away with the desk.

A desk that is killed leaves its folder behind; the next one takes it away. Whose desk is still
running is told by a lock that the kernel lets go of however its holder ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import BinaryIO

from framematch.locking import HeldError, lock_alone
from framematch.web.problems import Refusal

_PREFIX, _LOCK = "framematch-desk-", "lock"
#: Seconds after which a folder without a lock is nobody's.
_OLD_S = 3600


class Scratch:
    """A folder for files that wait, and how many bytes all of them together take.

    Parameters
    ----------
    most : int
        Bytes that may lie there, inclusive.
    within : Path, optional
        Folder that it is made in; by default the system's for temporary files.
    """

    def __init__(self, most: int, within: Path | None = None) -> None:
        within = within or Path(tempfile.gettempdir())
        _sweep(within)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=within))
        self._end = weakref.finalize(self, _remove, self.folder, lock_alone(self.folder / _LOCK))
        self._most, self._held, self._made = most, 0, 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes that lie there, or have their place kept."""
        return self._held

    def file(self) -> ScratchFile:
        """Return a new file, empty."""
        with self._lock:
            self._made += 1
            # No part of a name that was sent is in it: a name is never a path.
            return ScratchFile(self, self.folder / f"{self._made:08d}")

    def close(self) -> None:
        """Remove the folder with all that lies in it."""
        self._end()

    def take(self, size: int) -> None:
        """Keep a place for so many bytes.

        Raises
        ------
        Refusal
            With status 503: there is no place left for now.
        """
        with self._lock:
            if self._held + size > self._most:
                raise Refusal(
                    503,
                    "busy",
                    "the files that wait take all the space that they may; try again in a minute",
                    {"Retry-After": "60"},
                )
            self._held += size

    def give_back(self, size: int) -> None:
        """Let others have a place that was kept."""
        with self._lock:
            self._held -= size


class ScratchFile:
    """A file that is being sent, and is removed once it was attributed.

    Parameters
    ----------
    scratch : Scratch
        Where it lies.
    path : Path
        The file.
    """

    def __init__(self, scratch: Scratch, path: Path) -> None:
        self.path, self.size = path, 0
        self._scratch, self._kept = scratch, 0
        self._stream: BinaryIO | None = None

    def keep_place(self, size: int) -> None:
        """Keep a place for all of it; a `Refusal` as of `Scratch.take`."""
        self._scratch.take(size)
        self._kept += size

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises
        ------
        Refusal
            There is no place for them.
        """
        self.size += len(data)
        if self.size > self._kept:
            self.keep_place(self.size - self._kept)
        try:
            if self._stream is None:
                self._stream = self.path.open("xb", buffering=0)
            rest = memoryview(data)
            while rest:
                rest = rest[self._stream.write(rest) :]
        except OSError as error:
            raise Refusal(
                507,
                "no-room",
                f"the file could not be put down ({error.strerror or error}); make room where"
                " temporary files lie, or start the desk with another TMPDIR",
            ) from error

    def finish(self) -> None:
        """Close it: it is complete."""
        if self._stream is not None:
            self._stream.close()

    def remove(self) -> None:
        """Remove it, finished or not; twice does nothing."""
        self.finish()
        self.path.unlink(missing_ok=True)
        kept, self._kept = self._kept, 0
        self._scratch.give_back(kept)


def _sweep(within: Path) -> None:
    """Remove the folders of desks that are gone; what is not this user's is left alone."""
    for folder in within.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, HeldError):
            seen = folder.lstat()
            if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
                continue
            # One that was made just now has no lock yet; one that was half removed has none left.
            if (folder / _LOCK).exists() or time.time() - seen.st_mtime > _OLD_S:
                _remove(folder, lock_alone(folder / _LOCK))


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
