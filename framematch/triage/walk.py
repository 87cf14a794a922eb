"""Everything below a folder, in sorted order: files, and what is not opened and why.

Reads folders only; nothing in them is opened, nothing is followed out of them.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from framematch.errors import ConfigError
from framematch.ingest.seen import Stamp
from framematch.triage.paths import text_of

#: What a walked thing is, before it is opened.
Kind = Literal["file", "link", "special", "unreadable", "own"]


@dataclass(frozen=True, slots=True)
class Walked:
    """One thing that lies in the dump.

    Attributes
    ----------
    path : str
        Where, as `framematch.triage.paths` writes it.
    file : Path
        The same for the system.
    kind : str
        ``file``; ``link``, ``special`` and ``own`` are not opened; ``unreadable`` is a folder that
        cannot be listed, or what cannot even be looked at.
    stamp : Stamp or None
        Of a file.
    reason : str or None
        Why it is not opened.
    """

    path: str
    file: Path
    kind: Kind
    stamp: Stamp | None
    reason: str | None

    @property
    def modified(self) -> str | None:
        """When it was changed last, ISO 8601 in UTC; ``None`` where nobody says."""
        return None if self.stamp is None else iso_utc(self.stamp.modified_ns)


def iso_utc(nanoseconds: int) -> str | None:
    """Return a time since the epoch as ISO 8601 in UTC, to the second."""
    try:
        moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    except (OverflowError, OSError, ValueError):
        return None  # a file system can say anything
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def walk(dump: Path, own: Path) -> Iterator[Walked]:
    """Yield everything below a folder but folders, in order of their paths.

    Parameters
    ----------
    dump : Path
        The folder.
    own : Path
        Folder of the case: where it lies in the dump, it is named and not entered.

    Raises
    ------
    ConfigError
        `dump` is no folder, or cannot be listed.
    """
    try:
        own_id: tuple[int, int] | None = _identity(own.stat())
    except OSError:
        own_id = None
    try:
        listed = _listed(os.fsencode(dump), b"", own_id)
    except OSError as error:
        raise ConfigError(
            f"{dump}: cannot be listed ({error.strerror or error}); give a folder that can be read"
        ) from error
    # Without recursion: folders may lie in each other as deep as a system allows.
    waiting = [iter(listed)]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Walked):
            yield found
        else:
            try:
                waiting.append(iter(_listed(found.file, found.name + b"/", own_id)))
            except OSError as error:
                reason = f"the folder cannot be listed: {error.strerror or error}"
                yield Walked(text_of(found.name), _path(found.file), "unreadable", None, reason)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to be entered."""

    file: bytes
    name: bytes


def _listed(folder: bytes, prefix: bytes, own: tuple[int, int] | None) -> list[Walked | _Folder]:
    """Return what lies in a folder by name, without a trace of the look in its access time."""
    descriptor = _opened(folder)
    try:
        with os.scandir(descriptor) as found:
            return [
                _looked_at(entry, folder.rstrip(b"/") + b"/" + name, prefix + name, own)
                for name, entry in sorted((os.fsencode(entry.name), entry) for entry in found)
            ]
    finally:
        os.close(descriptor)


def _opened(folder: bytes) -> int:
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(folder, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only the owner of a folder may ask for that
        return os.open(folder, flags)


def _looked_at(
    entry: "os.DirEntry[str]", file: bytes, name: bytes, own: tuple[int, int] | None
) -> Walked | _Folder:
    """Return what an entry is; must run while its folder is open."""
    path = text_of(name)
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        return Walked(path, _path(file), "unreadable", None, reason)
    mode = status.st_mode
    if stat.S_ISLNK(mode):
        # Reading where it leads would leave a trace in its access time.
        return Walked(path, _path(file), "link", None, "a symbolic link; links are not followed")
    if stat.S_ISDIR(mode):
        if _identity(status) == own:
            return Walked(path, _path(file), "own", None, "the case itself")
        return _Folder(file, name)
    if not stat.S_ISREG(mode):
        return Walked(path, _path(file), "special", None, _special(mode))
    stamp = Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return Walked(path, _path(file), "file", stamp, None)


def _path(file: bytes) -> Path:
    return Path(os.fsdecode(file))


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _special(mode: int) -> str:
    for test, what in (
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return f"{what}; only files are opened"
    return "neither a file nor a folder"
