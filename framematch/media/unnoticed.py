"""Opening of files that must not notice it: evidence is read, and nothing about it moves.

Owns how every file of this package is opened. A read moves the access time of a file unless the
kernel is asked not to, which it grants to the owner of the file and to root. Must not decode.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framematch.errors import UnreadableMediaError, UnsupportedFormatError

# Without O_NONBLOCK a pipe that is put in the place of a file would be waited for.
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
# Where nothing can be opened: what was handed over instead, by the names that it goes by.
_GIVEN: dict[str, int] = {}
# Linux has it, other systems do not.
_NOATIME = getattr(os, "O_NOATIME", 0)


def open_unnoticed(path: Path, *, follow: bool = True) -> io.BufferedReader:
    """Open a regular file for reading so that its access time stays, where the system allows it.

    Parameters
    ----------
    path : Path
        A local regular file.
    follow : bool
        Whether a link in the last place of the path is followed. A walk through somebody else's
        folder says no: what was a file when it was listed may be a link by now.

    Returns
    -------
    BufferedReader
        A binary stream; no process that is started inherits it.

    Raises
    ------
    UnreadableMediaError
        The file is missing, a folder, a link that is not to be followed, or cannot be read.
    UnsupportedFormatError
        It is a device, pipe or socket.
    """
    given = _GIVEN.get(str(path))
    if given is not None:
        return io.BufferedReader(_Given(given))
    try:
        # A device is not opened at all: that alone may make it do something.
        _check_kind(path, path.stat(follow_symlinks=follow).st_mode)
        stream = io.FileIO(path, opener=_opener(0 if follow else os.O_NOFOLLOW))
    except FileNotFoundError as error:
        raise UnreadableMediaError(f"{path}: there is no such file; check the path") from error
    except UnreadableMediaError:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableMediaError(
            f"{path}: cannot be read ({error}); check the path and its permissions"
        ) from error
    try:
        _check_kind(path, os.fstat(stream.fileno()).st_mode)
        return io.BufferedReader(stream)
    except BaseException:
        stream.close()
        raise


@contextmanager
def given(path: Path, file: int) -> Iterator[None]:
    """Have `open_unnoticed` read a file through a descriptor that was handed to this process.

    Parameters
    ----------
    path : Path
        What the file is called; nothing is opened under that name meanwhile.
    file : int
        A descriptor of a regular file.
    """
    _GIVEN[str(path)] = file
    try:
        yield
    finally:
        del _GIVEN[str(path)]


def noatime_works(path: Path) -> bool:
    """Tell whether files and folders like this one can be read without moving their access time.

    Parameters
    ----------
    path : Path
        A file or folder; it is opened and not read.

    Returns
    -------
    bool
        True where the file system is mounted without access times, or the kernel grants reading
        without them here. Some network file systems grant it and do not keep it.
    """
    try:
        if os.statvfs(path).f_flag & getattr(os, "ST_NOATIME", 0):
            return True
        if not _NOATIME:
            return False
        os.close(os.open(path, _FLAGS | _NOATIME))
    except OSError:
        return False
    return True


class _Given(io.RawIOBase):
    """A file read through a descriptor that others read too: it keeps a place of its own."""

    def __init__(self, file: int) -> None:
        super().__init__()
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - anything that bytes fit into
        taken = os.preadv(self._file, [buffer], self._place)
        self._place += taken
        return taken

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size()}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def _size(self) -> int:
        return os.fstat(self._file).st_size


def _opener(extra: int) -> Callable[[str, int], int]:
    def opened(path: str, _flags: int) -> int:
        try:
            return os.open(path, _FLAGS | _NOATIME | extra)
        except PermissionError:
            # Another's file: the kernel grants reading, but not reading unnoticed.
            return os.open(path, _FLAGS | extra)

    return opened


def _check_kind(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableMediaError(f"{path}: is a folder; name the files in it")
    if stat.S_ISLNK(mode):
        raise UnreadableMediaError(f"{path}: is a link, which is not followed here")
    if not stat.S_ISREG(mode):
        raise UnsupportedFormatError(f"{path}: is a device or pipe; only files on disk are read")
