"""Tar files, read forward only through Python's own reader."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tarfile import ReadError
from typing import Any, BinaryIO, Protocol, Self, cast

from framematch.media.archives.member import Candidate, Member, Unpacker
from framematch.media.sniff import is_tar

__all__ = ["is_tar", "members_of_stream", "tar_members"]

_PIECE = 1 << 20
# Names and attributes that stand in blocks of their own are read into memory.
_MOST_HEADER_BYTES = 1 << 20
_IN_MEMORY = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
_ATTRIBUTES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
# Python's reader looks for numbers by patterns that go back over every digit (CVE-2024-6232): a
# header of a million digits would take it hours. No number of a header has so many.
_MOST_DIGITS = 64
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)

_DAMAGED_HEADERS: tuple[type[Exception], ...] = (
    tarfile.InvalidHeaderError,  # type: ignore[attr-defined]
    tarfile.TruncatedHeaderError,  # type: ignore[attr-defined]
)


class Readable(Protocol):
    """What is read forward only."""

    def read(self, n_bytes: int, /) -> bytes:
        """Return up to so many bytes."""


class _Header(tarfile.TarInfo):
    """A header that takes no more memory than a header may, and whose damage is told."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except _DAMAGED_HEADERS as error:
            # Behind the first header, the reader takes it for the end of the archive.
            raise ReadError(str(error)) from error

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _IN_MEMORY and self.size > _MOST_HEADER_BYTES:
            raise ReadError(f"a name or attribute of {self.size} bytes")
        if self.type not in _ATTRIBUTES:
            return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]
        inner = archive.fileobj
        data = inner.read(-(-self.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE)
        _check_attributes(data[: self.size])
        cast("Any", archive).fileobj = _ReadAgain(data, inner)
        try:
            return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]
        finally:
            archive.fileobj = inner


class _ReadAgain:
    """A stream whose first read gives what was read before."""

    def __init__(self, data: bytes, inner: Any) -> None:  # noqa: ANN401 - tarfile's own stream
        self._data: bytes | None = data
        self._inner = inner

    def read(self, n_bytes: int) -> bytes:
        """Return what was read, then what follows."""
        data, self._data = self._data, None
        return cast("bytes", self._inner.read(n_bytes)) if data is None else data

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._inner, name)


def _check_attributes(data: bytes) -> None:
    """Refuse attributes that are not a row of ``LENGTH KEY=VALUE`` and a line feed (POSIX pax).

    Raises
    ------
    ReadError
        They are not, or hold a number that is none.
    """
    if b"0" * _MOST_DIGITS in data.translate(_DIGITS_AS_ZEROS):
        raise ReadError("an attribute holds a number without an end")
    place = 0
    while place < len(data) and data[place] != 0:
        space = data.find(b" ", place, place + _MOST_DIGITS)
        length = data[place:space]
        stop = place + int(length) if space > 0 and length.isdigit() else 0
        if not space < data.find(b"=", space, stop) or data[stop - 1 : stop] != b"\n":
            raise ReadError("its attributes are damaged")
        place = stop


def tar_members(_path: Path, stream: BinaryIO, unpacker: Unpacker) -> Iterator[Member]:
    """Yield the members of a plain tar file."""
    yield from members_of_stream(stream, unpacker)


def members_of_stream(
    stream: Readable, unpacker: Unpacker, *, counted: bool = False
) -> Iterator[Member]:
    """Yield the members of a tar file as it comes; `counted` as of `Unpacker.member`."""
    with tarfile.open(
        fileobj=cast("BinaryIO", stream),
        mode="r|",
        tarinfo=_Header,
        encoding="utf-8",
        errors="surrogateescape",
    ) as archive:
        for info in archive:
            # Kept by the reader for look-ups that a stream cannot have.
            cast("Any", archive).members = []
            if info.isdir():
                continue
            candidate = Candidate(info.name, _modified(info.mtime), _kind_reason(info))
            pieces = _Pieces(archive, info)
            yield unpacker.member(candidate, pieces.read, counted=counted)


class _Pieces:
    def __init__(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        self._archive = archive
        self._info = info

    def read(self) -> Iterator[bytes]:
        content = self._archive.extractfile(self._info)
        if content is None:
            return
        while piece := content.read(_PIECE):
            yield piece


def _kind_reason(info: tarfile.TarInfo) -> str | None:
    if info.isreg():
        return None
    if info.issym() or info.islnk():
        return f"is a link to {info.linkname!r}, which is not followed"
    return "is a device or pipe"


def _modified(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None
