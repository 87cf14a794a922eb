"""The files of references, where they are at hand and still those that were indexed.

Whatever lies at a reference's path is handed out only after its bytes were found to be the indexed
ones, from the descriptor that they were read from: what is put in its place later is never served.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from framematch.errors import InputError
from framematch.index import Index
from framematch.media import closest_moments, open_media, open_unnoticed
from framematch.media.sniff import HEAD_BYTES, recognise
from framematch.records import Frame, Reference

_MOST_DIGESTS = 4096
#: Seconds before a moment in which the frame that is on screen then may have come up, and frames
#: that are decoded at most to get there.
_BEFORE_S, _MOST_FRAMES = 1.0, 1500
#: Longest side of a frame that is shown, in pixels.
FRAME_SIDE = 1024

#: What a file is called where a browser may be able to show it itself, by the format's name.
_TYPES = {
    "mov": "video/mp4",
    "ogg": "video/ogg",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "asf": "video/x-ms-asf",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
}
#: What browsers play; whether one does depends on the codec, too.
_PLAYED = frozenset(("video/mp4", "video/webm", "video/x-matroska", "video/ogg"))


class OutOfReachError(Exception):
    """The file of a reference cannot be shown; says why."""


class OpenedReference:
    """A file that was found to be the indexed one; a context manager that closes it.

    Attributes
    ----------
    size : int
        Bytes.
    media_type : str or None
        What it is to a browser; ``None`` where none shows it.
    """

    def __init__(self, stream: io.BufferedReader, path: Path) -> None:
        self._stream, self._path = stream, path
        self.size = os.fstat(stream.fileno()).st_size
        self.media_type = _type_of(path, os.pread(stream.fileno(), HEAD_BYTES, 0))

    def __enter__(self) -> OpenedReference:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    @property
    def plays(self) -> bool:
        """Whether a browser may be able to play it."""
        return self.media_type in _PLAYED

    def fps(self) -> float | None:
        """Return how many frames it shows in a second, as far as it says so."""
        try:
            with open_media(self._path) as media:
                return None if media.info.fps is None else float(media.info.fps)
        except InputError:
            return None

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield its bytes from `start` to `stop`, the last one excluded."""
        while start < stop:
            piece = os.pread(self._stream.fileno(), min(256 << 10, stop - start), start)
            if not piece:
                return
            start += len(piece)
            yield piece


class ReferenceFiles:
    """Opens the files of references; remembers what their digests were. Threads share one."""

    def __init__(self) -> None:
        self._digests: OrderedDict[tuple[int, ...], str] = OrderedDict()
        self._lock, self._reading = threading.Lock(), threading.Lock()

    def opened(self, reference: Reference) -> OpenedReference:
        """Return the file of a reference.

        Raises
        ------
        OutOfReachError
            There is none at its path, or another one by now.
        """
        path = Path(reference.path)
        try:
            stream = open_unnoticed(path)
        except InputError as error:
            raise OutOfReachError(str(error)) from error
        try:
            if self._digest(stream) == reference.sha256:
                return OpenedReference(stream, path)
        except OSError as error:
            stream.close()
            raise OutOfReachError(
                f"{path}: cannot be read ({error.strerror or error}); check the disk it lies on"
            ) from error
        except BaseException:
            stream.close()
            raise
        stream.close()
        raise OutOfReachError(
            f"{path}: is not the file that was indexed any more; put that one back, or index this"
        )

    def frame(self, reference: Reference, at_s: float) -> Frame:
        """Return the frame of a reference's file that is on screen at a time.

        Raises
        ------
        OutOfReachError
            The file is not at hand, or shows nothing then.
        """
        path = Path(reference.path)
        with self.opened(reference):
            pass
        later = -1.0

        def of_these_the_last(_: object) -> list[float]:
            nonlocal later
            later -= 1
            return [later]

        try:
            found = closest_moments(
                path, max(0.0, at_s - _BEFORE_S), at_s, of_these_the_last, most=_MOST_FRAMES
            )
        except InputError as error:
            raise OutOfReachError(str(error)) from error
        if not found:
            raise OutOfReachError(f"{path}: shows nothing at {at_s:.3f} s")
        with self.opened(reference):  # and it is still the same file
            return found[0].shown.frame()

    def _digest(self, stream: io.BufferedReader) -> str:
        """Return the digest of a file, read once as long as it stays what it is."""
        seen = os.fstat(stream.fileno())
        key = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
        with self._lock:
            known = self._digests.get(key)
        if known is not None:
            return known
        with self._reading:  # a player asks for a file several times at once
            with self._lock:
                known = self._digests.get(key)
            if known is None:
                known = hashlib.file_digest(stream, "sha256").hexdigest()
            with self._lock:
                self._digests[key] = known
                while len(self._digests) > _MOST_DIGESTS:
                    self._digests.popitem(last=False)
        return known


def rows_of(index: Index, position: int) -> range:
    """Return the rows of the reference at a position of `Index.references()`."""
    column = index.rows.reference
    first, stop = (int(np.searchsorted(column, position, side=side)) for side in _SIDES)
    return range(first, stop)


def rows_around(index: Index, position: int, at_s: float, n: int) -> range:
    """Return up to `n` rows of a reference that are nearest to a time, in order of time."""
    rows = rows_of(index, position)
    times = index.rows.timestamp_s[rows.start : rows.stop]
    middle = int(np.searchsorted(times, at_s, side="right")) - 1
    first = max(0, min(middle - n // 2, len(rows) - n))
    return rows[first : first + n]


_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def _type_of(path: Path, head: bytes) -> str | None:
    try:
        name = recognise(path, head).name
    except InputError:
        return None
    if name == "matroska":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return _TYPES.get(name)
