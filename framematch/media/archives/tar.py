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
        return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]


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
