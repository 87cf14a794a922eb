"""Zip files whose names claim to be UTF-8 and are not: one such name must not cost the archive.

Python's reader gives up at the first. Here the claim is taken back, in what is read and not in the
file. Source: APPNOTE.TXT of PKWARE, 4.3.12 and 4.4.4.
"""

from __future__ import annotations

import io
import struct
from typing import Any, BinaryIO, cast

UTF8_CLAIM = 0x800
_ENTRY = struct.Struct("<4s4xH18xHHH12x")
_ENTRY_BYTES = 46
_SIGNATURE = b"PK\x01\x02"
_CLAIM_PLACE = 8


def without_false_claims(stream: BinaryIO, start: int, n_bytes: int) -> BinaryIO:
    """Return the archive as it reads once names in its directory claim only what they are.

    Parameters
    ----------
    stream : BinaryIO
        The archive.
    start, n_bytes : int
        Where its directory lies.
    """
    stream.seek(start)
    directory = bytearray(stream.read(n_bytes))
    place = false = 0
    while place + _ENTRY_BYTES <= len(directory):
        signature, flags, name, extra, comment = _ENTRY.unpack_from(directory, place)
        if signature != _SIGNATURE:
            break
        first = place + _ENTRY_BYTES
        if flags & UTF8_CLAIM and not _is_utf8(bytes(directory[first : first + name])):
            false += 1
            struct.pack_into("<H", directory, place + _CLAIM_PLACE, flags & ~UTF8_CLAIM)
        place = first + name + extra + comment
    stream.seek(0)
    if not false:
        return stream
    return cast("BinaryIO", io.BufferedReader(cast("Any", _Overlaid(stream, start, directory))))


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Overlaid(io.RawIOBase):
    """A file with other bytes in one place."""

    def __init__(self, stream: BinaryIO, start: int, content: bytearray) -> None:
        self._stream = stream
        self._start = start
        self._content = content

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        place = self._stream.tell()
        data = bytearray(self._stream.read(len(buffer)))
        first = max(place, self._start)
        last = min(place + len(data), self._start + len(self._content))
        if first < last:
            data[first - place : last - place] = self._content[
                first - self._start : last - self._start
            ]
        buffer[: len(data)] = data
        return len(data)
