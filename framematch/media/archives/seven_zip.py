"""7z archives, through py7zr's reading of their directory and its decompressors.

Members lie one behind the other in folders that are compressed as one; whatever is skipped of a
folder is decompressed all the same, and counted. Pieces are asked for one by one, so that memory
stays bounded.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from framematch.errors import UnreadableMediaError
from framematch.media.archives.member import (
    Candidate,
    LimitReachedError,
    Member,
    MemberRefusedError,
    Unpacker,
)
from framematch.media.archives.packed import ARCHIVE_DAMAGE

_PIECE = 1 << 20
_MOST_DICTIONARY = 512 << 20
_LZMA, _LZMA2, _PPMD = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01"
# Between 1601, when Windows begins to count, and 1970, in seconds.
_EPOCH_S = 11_644_473_600


@dataclass(slots=True)
class _Folder:
    """What is compressed as one, and how far it has been read."""

    inner: Any
    stream: BinaryIO
    start: int
    packed: int
    unpacker: Unpacker
    length: int = 0
    done: int = 0

    def pieces(self, place: int, size: int, crc: int | None) -> Iterator[bytes]:
        """Yield the member that begins at `place`; what lies before it is left behind.

        Raises
        ------
        EOFError
            It ends before it should, or its checksum is another.
        """
        decompressor = self.inner.get_decompressor(self.packed)
        if self.done == 0:
            self.stream.seek(self.start)
        while self.done < place:
            self._next(decompressor, place - self.done)
        found = 0
        while self.done < place + size:
            piece = self._next(decompressor, place + size - self.done)
            found = zlib.crc32(piece, found)
            yield piece
        if crc is not None and found != crc:
            raise EOFError("its checksum is another")

    def _next(self, decompressor: Any, left: int) -> bytes:  # noqa: ANN401 - py7zr's own.
        while True:
            before = self.stream.tell()
            piece: bytes = decompressor.decompress(self.stream, min(left, _PIECE))
            if piece:
                self.done += len(piece)
                self.unpacker.count(len(piece))
                return piece
            if self.stream.tell() == before:
                raise EOFError("it ends before it should")


def seven_zip_members(path: Path, stream: BinaryIO, unpacker: Unpacker) -> Iterator[Member]:
    """Yield the members of a 7z archive."""
    import py7zr
    from py7zr.exceptions import ArchiveError, PasswordRequired

    try:
        archive = py7zr.SevenZipFile(stream)
    except PasswordRequired as error:
        raise UnreadableMediaError(
            f"{path}: is encrypted and wants a password; unpack it by hand"
        ) from error
    except ArchiveError as error:
        raise OSError(str(error)) from error
    folders: dict[int, _Folder] = {}
    for file in archive.files:
        if file.is_directory:
            continue
        folder = _folder_of(archive, file, stream, unpacker, folders)
        candidate = Candidate(_name(file), _modified(file), _reason(file))
        place = 0 if folder is None else folder.length
        if folder is not None:
            folder.length += file.uncompressed
        try:
            yield unpacker.member(candidate, partial(_pieces, file, folder, place), counted=True)
        except (LimitReachedError, MemberRefusedError):
            raise
        except (*ARCHIVE_DAMAGE, ArchiveError) as error:
            yield unpacker.broken(candidate, f"damaged, or packed in another way ({error})")


def _pieces(file: Any, folder: _Folder | None, place: int) -> Iterator[bytes]:  # noqa: ANN401
    if folder is not None:
        yield from folder.pieces(place, file.uncompressed, file.crc32)


def _folder_of(
    archive: Any,  # noqa: ANN401 - py7zr's own.
    file: Any,  # noqa: ANN401 - as above.
    stream: BinaryIO,
    unpacker: Unpacker,
    folders: dict[int, _Folder],
) -> _Folder | None:
    """Return the folder that a member lies in; empty members lie in none."""
    inner = file.folder
    if file.emptystream or inner is None:
        return None
    if id(inner) not in folders:
        streams = archive.header.main_streams
        number = next(k for k, each in enumerate(streams.unpackinfo.folders) if each is inner)
        start = archive.afterheader + streams.packinfo.packpositions[number]
        # Only the first member of a folder tells how large all of it is when packed.
        folders[id(inner)] = _Folder(inner, stream, start, file.compressed, unpacker)
    return folders[id(inner)]


def _name(file: Any) -> str:  # noqa: ANN401 - as above.
    # Written in UTF-16; halves of characters are no text and stand as they are.
    return str(file.filename)


def _reason(file: Any) -> str | None:  # noqa: ANN401 - as above.
    from py7zr.compressor import SupportedMethods

    if file.is_symlink or file.is_junction:
        return "is a link, which is not followed"
    kind = file.st_fmt
    if file.is_socket or kind not in (None, 0, stat.S_IFREG):
        return "is a device or pipe"
    if file.folder is None:
        return None
    if SupportedMethods.needs_password(file.folder.coders):
        return "is encrypted and wants a password"
    dictionary = max((_dictionary(coder) for coder in file.folder.coders), default=0)
    if dictionary > _MOST_DICTIONARY:
        return f"wants {dictionary} bytes of memory, which is too much"
    return None


def _dictionary(coder: dict[str, Any]) -> int:
    """Return how many bytes of memory a decompressor is told to take."""
    method, told = coder.get("method"), bytes(coder.get("properties") or b"")
    if method in (_LZMA, _PPMD) and len(told) >= 5:
        return int.from_bytes(told[1:5], "little")
    if method == _LZMA2 and told:
        return (2 | told[0] & 1) << (told[0] // 2 + 11)
    return 0


def _modified(file: Any) -> str | None:  # noqa: ANN401 - as above.
    ticks = file.lastwritetime
    if not ticks:
        return None
    try:
        moment = datetime.fromtimestamp(int(ticks) // 10_000_000 - _EPOCH_S, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
