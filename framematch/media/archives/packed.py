"""Streams compressed as a whole: gzip, bzip2 and xz; a tar file inside of one, or a single file.

Owns the decompression, piece by piece, and the memory that it may take.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from framematch.media.archives.member import Candidate, Member, Unpacker
from framematch.media.archives.tar import is_tar, members_of_stream

#: What damaged or hostile archives make Python's own readers raise.
ARCHIVE_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)

_PIECE = 1 << 20
_READ = 1 << 16
# The largest dictionary of xz at its best is 64 MiB; hostile ones ask for 4 GiB.
_MOST_MEMORY = 256 << 20
_SUFFIXES = {".gz": "", ".bz2": "", ".xz": "", ".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}


def compressed_members(path: Path, stream: BinaryIO, unpacker: Unpacker) -> Iterator[Member]:
    """Yield the members of a compressed tar file, or the one file that is compressed."""
    modified = _modified(stream)
    stream.seek(0)
    plain = PlainStream(stream, unpacker)
    if is_tar(plain.peek(512)):
        yield from members_of_stream(plain, unpacker, counted=True)
        return
    suffix = _SUFFIXES.get(path.suffix.lower())
    name = path.name if suffix is None else path.stem + suffix
    candidate = Candidate(name if suffix is not None else f"{name}.unpacked", modified)
    try:
        yield unpacker.member(candidate, plain.pieces, counted=True)
    except ARCHIVE_DAMAGE as error:
        yield unpacker.broken(candidate, f"damaged ({error})")


class PlainStream:
    """What a compressed stream holds, read forward only; every byte of it is counted."""

    def __init__(self, stream: BinaryIO, unpacker: Unpacker) -> None:
        self._stream = stream
        self._unpacker = unpacker
        self._make = _maker(stream)
        self._decompressor = self._make()
        self._waiting = b""
        self._held = b""

    def peek(self, n_bytes: int) -> bytes:
        """Return the next bytes without taking them."""
        while len(self._held) < n_bytes:
            piece = self._next()
            if not piece:
                break
            self._held += piece
        return self._held[:n_bytes]

    def read(self, n_bytes: int) -> bytes:
        """Return up to `n_bytes`; fewer only at the end."""
        pieces = [self._held[:n_bytes]]
        left = n_bytes - len(pieces[0])
        self._held = self._held[n_bytes:]
        while left > 0:
            piece = self._next()
            if not piece:
                break
            pieces.append(piece[:left])
            self._held = piece[left:]
            left -= len(pieces[-1])
        return b"".join(pieces)

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it."""
        while piece := self.read(_PIECE):
            yield piece

    def _next(self) -> bytes:
        while True:
            if self._decompressor.eof:
                # What follows may be another stream, or filling.
                rest = (self._decompressor.unused_data or self._waiting).lstrip(b"\0")
                rest = rest or self._stream.read(_READ).lstrip(b"\0")
                if not rest:
                    return b""
                self._decompressor, self._waiting = self._make(), rest
            piece = self._decompressed()
            if piece:
                self._unpacker.count(len(piece))
                return piece

    def _decompressed(self) -> bytes:
        if isinstance(self._decompressor, _Inflater):
            if not self._waiting:
                self._waiting = self._stream.read(_READ)
                self._check_end()
            piece, self._waiting = self._decompressor.decompress(self._waiting, _PIECE)
            return piece
        blocks = self._decompressor
        if blocks.needs_input:
            self._waiting = self._waiting or self._stream.read(_READ)
            self._check_end()
            given, self._waiting = self._waiting, b""
        else:
            given = b""
        return blocks.decompress(given, _PIECE)

    def _check_end(self) -> None:
        if not self._waiting:
            raise EOFError("it is cut short")


class _Inflater:
    """zlib's decompressor for gzip, with the end as the others tell it."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, n_bytes: int) -> tuple[bytes, bytes]:
        """Return what comes out, and what is left of `data`."""
        piece = self._inner.decompress(data, n_bytes)
        return piece, self._inner.unconsumed_tail


_Decompressor = _Inflater | bz2.BZ2Decompressor | lzma.LZMADecompressor


def _maker(stream: BinaryIO) -> Callable[[], _Decompressor]:
    stream.seek(0)
    start = stream.read(2)
    stream.seek(0)
    if start == b"\x1f\x8b":
        return _Inflater
    if start == b"BZ":
        return bz2.BZ2Decompressor
    return lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)


def _modified(stream: BinaryIO) -> str | None:
    """Return the time that a gzip header tells (RFC 1952, 2.3)."""
    head = stream.read(8)
    seconds = int.from_bytes(head[4:8], "little")
    if head[:2] != b"\x1f\x8b" or not seconds:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
