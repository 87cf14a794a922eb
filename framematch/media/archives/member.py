"""What a member of an archive is, which names and kinds are refused, and how many bytes may come.

Must not know any format.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from framematch.config import ArchiveLimits

# A suffix that is kept when a member becomes a file of ours; what is longer or odd is no suffix.
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that an archive holds.

    Attributes
    ----------
    name : str
        As the archive has it, with ``/`` between folders; bytes that are no UTF-8 stand as lone
        surrogates. No two members have the same: the second of a name gets ``~2`` before its
        suffix.
    path : Path or None
        The unpacked file, below the folder that was given; ``None`` where there is none.
    size : int or None
        Bytes of it, unpacked; ``None`` where that is not known.
    modified : str or None
        When it was changed last, ISO 8601; with ``Z`` where the archive tells it in UTC.
    reason : str or None
        Why it was not unpacked.
    """

    name: str
    path: Path | None
    size: int | None
    modified: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member as it stands in the archive, before anything of it is unpacked.

    Attributes
    ----------
    name : str
        As the archive has it.
    modified : str or None
        As of `Member`.
    reason : str or None
        Why it is not to be unpacked, as far as the format tells: a link, a device, encrypted.
    """

    name: str
    modified: str | None
    reason: str | None = None


class LimitReachedError(Exception):
    """A limit that ends the unpacking of the whole archive; its message is the reason.

    Attributes
    ----------
    member : Member or None
        In the middle of which it was reached.
    """

    member: Member | None = None


class CannotWriteError(Exception):
    """A file of ours could not be written; its cause is the system's own error."""


class MemberRefusedError(Exception):
    """A limit that one member passes; its message is the reason."""


class Closeable(Protocol):
    """A file that is being written."""

    def __enter__(self) -> object: ...

    def __exit__(self, *error: object) -> object: ...


class Store(Protocol):
    """Where members go: files with names of our making."""

    def create(self, name: str) -> Any:  # noqa: ANN401 - what `write` takes
        """Return a new file, which is there already nowhere."""

    def write(self, file: Any, piece: bytes) -> None:  # noqa: ANN401 - of `create`
        """Write all of a piece."""

    def remove(self, name: str) -> None:
        """Remove a file."""

    def path(self, name: str) -> Path:
        """Return where a file lies."""


class Folder:
    """A folder of ours, existing and empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> IO[bytes]:
        """Create a file: readable and writable for us, not executable, never one that is there.

        Raises
        ------
        CannotWriteError
            It cannot be created.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            # Unbuffered: what cannot be written is told at once.
            return os.fdopen(os.open(self.path(name), flags, 0o600), "wb", buffering=0)
        except OSError as error:
            raise CannotWriteError from error

    def write(self, file: IO[bytes], piece: bytes) -> None:
        """Write all of a piece: an unbuffered file may take less at a time.

        Raises
        ------
        CannotWriteError
            The disk is full, or fails, which is no damage of the archive.
        """
        rest = memoryview(piece)
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as error:
            raise CannotWriteError from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        self.path(name).unlink()

    def path(self, name: str) -> Path:
        """Return where a file lies."""
        return self._folder / name


@dataclass(slots=True)
class Unpacker:
    """Writes members below one folder and counts what comes.

    Attributes
    ----------
    store : Store
        Where they go.
    limits : ArchiveLimits
        What may come.
    packed : int
        Bytes of the archive, for the ratio.
    """

    store: Store
    limits: ArchiveLimits
    packed: int
    _n_bytes: int = 0
    _n_members: int = 0
    # How often a name was met: an archive of equal names must not take the square of their number.
    _names: dict[str, int] = field(default_factory=dict)

    def count(self, n_bytes: int) -> None:
        """Count bytes that came out of the archive, used or not.

        Raises
        ------
        LimitReachedError
            There are too many, by themselves or for the size of the archive.
        """
        self._n_bytes += n_bytes
        limits = self.limits
        if self._n_bytes > limits.max_bytes:
            raise LimitReachedError(
                f"more than {limits.max_bytes} bytes unpacked, which is the limit:"
                " the rest is not unpacked"
            )
        if self._n_bytes > limits.bytes_by_ratio(self.packed):
            raise LimitReachedError(
                f"unpacks to more than {limits.max_ratio} times its size, as bombs do:"
                " the rest is not unpacked"
            )

    def member(
        self, candidate: Candidate, pieces: Callable[[], Iterable[bytes]], *, counted: bool = False
    ) -> Member:
        """Unpack a member into a file with a number for a name.

        Parameters
        ----------
        candidate : Candidate
            What it is.
        pieces : callable
            Gives its bytes; called only where it is unpacked. Errors of it are the caller's.
        counted : bool
            Whether the bytes have been counted where they came from.

        Raises
        ------
        LimitReachedError
            As of `count`, or there are too many members.
        """
        self._n_members += 1
        if self._n_members > self.limits.max_members:
            raise LimitReachedError(
                f"more than {self.limits.max_members} members, which is the limit:"
                " the rest is not unpacked"
            )
        name = self._unique(candidate.name)
        reason = candidate.reason or self._reason_of(candidate.name)
        if reason is not None:
            return Member(name, None, None, candidate.modified, reason)
        suffix = PurePosixPath(candidate.name).suffix
        suffix = suffix if _SUFFIX.fullmatch(suffix) else ""
        target = f"{self._n_members:06d}{suffix}"
        stream = self.store.create(target)
        try:
            with stream:
                size = self._write(stream, pieces(), counted=counted)
        except MemberRefusedError as error:
            self.store.remove(target)
            return Member(name, None, None, candidate.modified, str(error))
        except LimitReachedError as error:
            self.store.remove(target)
            error.member = Member(name, None, None, candidate.modified, str(error))
            raise
        except BaseException:
            self.store.remove(target)
            raise
        return Member(name, self.store.path(target), size, candidate.modified, None)

    def broken(self, candidate: Candidate, reason: str) -> Member:
        """Return the member for which `member` raised an error of the format's own."""
        return Member(
            self._unique(candidate.name, again=True), None, None, candidate.modified, reason
        )

    def _write(self, stream: Closeable, pieces: Iterable[bytes], *, counted: bool) -> int:
        size = 0
        for piece in pieces:
            if not counted:
                self.count(len(piece))
            size += len(piece)
            if size > self.limits.max_member_bytes:
                raise MemberRefusedError(
                    f"larger than {self.limits.max_member_bytes} bytes, which is the limit"
                )
            self.store.write(stream, piece)
        return size

    def _unique(self, name: str, *, again: bool = False) -> str:
        if again and name in self._names:
            return name
        path = PurePosixPath(name)
        count, unique = self._names.get(name, 1), name
        while unique in self._names:
            count += 1
            unique = (
                str(path.with_name(f"{path.stem}~{count}{path.suffix}"))
                if path.name
                else f"~{count}"
            )
        self._names[unique] = 1
        self._names[name] = count
        return unique

    def _reason_of(self, name: str) -> str | None:
        """Return why a name is refused."""
        if not name:
            return "it has no name"
        if len(os.fsencode(name)) > self.limits.max_name_bytes:
            return f"its name is longer than {self.limits.max_name_bytes} bytes"
        if "\0" in name:
            return "its name holds a zero byte"
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or not parts[0] or _DRIVE.match(name):
            return "its name leads out of the archive"
        return None
