"""Zip files, through Python's own reader."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from framematch.media.archives.member import (
    Candidate,
    LimitReachedError,
    Member,
    MemberRefusedError,
    Unpacker,
)
from framematch.media.archives.packed import ARCHIVE_DAMAGE
from framematch.media.archives.zip_names import UTF8_CLAIM, without_false_claims

_PIECE = 1 << 20
# The directory is read into memory: so many bytes for each member that is allowed.
_BYTES_PER_ENTRY = 1000
_ENCRYPTED = 1
_TIME_FIELD = 0x5455
_END = b"PK\x05\x06"
_END_BYTES, _LONGEST_COMMENT = 22, 0xFFFF
_WIDE_END = b"PK\x06\x06"


def zip_members(_path: Path, stream: BinaryIO, unpacker: Unpacker) -> Iterator[Member]:
    """Yield the members of a zip file, in the order of its directory."""
    start, n_bytes = _directory(stream, unpacker)
    with zipfile.ZipFile(without_false_claims(stream, start, n_bytes)) as archive:
        for info in archive.infolist():
            candidate = Candidate(_name(info), _modified(info), _kind_reason(info))
            if candidate.name.endswith("/") and not info.file_size:
                continue
            try:
                yield unpacker.member(candidate, partial(_pieces, archive, info))
            except (LimitReachedError, MemberRefusedError):
                raise
            except ARCHIVE_DAMAGE as error:
                yield unpacker.broken(candidate, f"damaged, or packed in another way ({error})")


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as content:
        while piece := content.read(_PIECE):
            yield piece


def _directory(stream: BinaryIO, unpacker: Unpacker) -> tuple[int, int]:
    """Return where the directory begins and its bytes, which are no more than members can need."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    place = tail.rfind(_END)
    if place < 0 or place + _END_BYTES > len(tail):
        raise EOFError("its directory is missing: it is cut short")
    n_bytes: int = struct.unpack_from("<I", tail, place + 12)[0]
    stop = size - len(tail) + place
    wide = tail.rfind(_WIDE_END, 0, place)
    if n_bytes == 0xFFFFFFFF and wide >= 0 and wide + 48 <= len(tail):
        n_bytes = struct.unpack_from("<Q", tail, wide + 40)[0]
        stop = size - len(tail) + wide
    if n_bytes > unpacker.limits.max_members * _BYTES_PER_ENTRY:
        raise LimitReachedError(
            f"a directory of {n_bytes} bytes is more than"
            f" {unpacker.limits.max_members} members need"
        )
    # Whatever else is told: Python's reader too looks for it right before the end record.
    return max(stop - n_bytes, 0), n_bytes


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name; one in no known encoding as its bytes, which may be UTF-8 after all."""
    if info.flag_bits & UTF8_CLAIM:
        return info.orig_filename
    # Python reads such names in code page 437, which loses nothing.
    return info.orig_filename.encode("cp437", "surrogateescape").decode("utf-8", "surrogateescape")


def _kind_reason(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted and wants a password"
    # Unix systems keep the kind of file in the upper half; other systems leave it at zero.
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link, which is not followed"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a device or pipe"
    return None


def _modified(info: zipfile.ZipInfo) -> str | None:
    """Return the time in UTC where an extra field has it, else the local time of whoever packed."""
    extra, place = info.extra, 0
    while place + 9 <= len(extra):
        tag, n_bytes = struct.unpack_from("<HH", extra, place)
        if tag == _TIME_FIELD and n_bytes >= 5 and extra[place + 4] & 1:
            seconds = struct.unpack_from("<i", extra, place + 5)[0]
            return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        place += 4 + n_bytes
    try:
        return datetime(*info.date_time).isoformat()
    except ValueError:
        return None
