"""From an archive to its members: the format by its first bytes, and what every format shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from framematch.config import ArchiveLimits
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media.archives.member import (
    CannotWriteError,
    Folder,
    LimitReachedError,
    Member,
    Store,
    Unpacker,
)
from framematch.media.archives.packed import ARCHIVE_DAMAGE, compressed_members
from framematch.media.archives.tar import tar_members
from framematch.media.archives.zip import zip_members
from framematch.media.head import read_format
from framematch.media.unnoticed import open_unnoticed

_Reader = Callable[[Path, BinaryIO, Unpacker], Iterator[Member]]


def unpack(path: Path, into: Path, limits: ArchiveLimits | None = None) -> Iterator[Member]:
    """Unpack an archive file by file; see `framematch.media.guarded.unpack`."""
    yield from unpack_into(path, Folder(into), limits)


def unpack_into(path: Path, store: Store, limits: ArchiveLimits | None = None) -> Iterator[Member]:
    """Unpack an archive as `unpack` does, into whatever takes files."""
    found = read_format(path)
    reader = _READERS.get(found.name) if found.family == "archive" else None
    if reader is None:
        raise UnsupportedFormatError(f"{path}: is no archive that is unpacked here")
    limits = limits or ArchiveLimits()
    with open_unnoticed(path) as stream:
        packed = stream.seek(0, 2)
        stream.seek(0)
        unpacker = Unpacker(store, limits, packed)
        first = True
        try:
            for member in reader(path, stream, unpacker):
                first = False
                yield member
        except CannotWriteError as error:
            raise error.__cause__ or error from None
        except LimitReachedError as error:
            if error.member is not None:
                yield error.member
            yield Member("", None, None, None, str(error))
        except ARCHIVE_DAMAGE as error:
            if first:
                raise UnreadableMediaError(
                    f"{path}: damaged, the archive cannot be opened ({error}); get another copy"
                ) from error
            yield Member("", None, None, None, f"the archive is damaged from here on ({error})")


def _seven_zip(path: Path, stream: BinaryIO, unpacker: Unpacker) -> Iterator[Member]:
    from framematch.media.archives.seven_zip import seven_zip_members

    yield from seven_zip_members(path, stream, unpacker)


_READERS: dict[str, _Reader] = {
    "7z": _seven_zip,
    "bzip2": compressed_members,
    "gzip": compressed_members,
    "tar": tar_members,
    "xz": compressed_members,
    "zip": zip_members,
}
