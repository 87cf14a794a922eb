"""Members of an archive, written down as a decoder hands them over, piece by piece.

Counts once more what comes: a decoder that an archive has taken over must not fill the disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from framematch.config import ArchiveLimits
from framematch.media.archives.member import CannotWriteError, Folder, Member
from framematch.media.guard import sense, text, whole
from framematch.sandbox import Conversation, Message

_NAME = re.compile(r"\d{6,9}(\.[A-Za-z0-9]{1,10})?")


class Received:
    """Members of one archive.

    Parameters
    ----------
    into : Path
        An existing, empty folder of ours.
    limits : ArchiveLimits
        What may come.
    """

    def __init__(self, into: Path, limits: ArchiveLimits) -> None:
        self._folder = Folder(into)
        self._limits = limits
        self._n_bytes = self._n_members = 0
        self._written: dict[str, int] = {}
        self._file: IO[bytes] | None = None
        self._name = ""

    def members(self, decoder: Conversation) -> Iterator[Member]:
        """Yield members as they are complete.

        Raises
        ------
        OSError
            A file cannot be written.
        InputError
            The archive cannot be read, or took its decoder down.
        """
        try:
            for message in decoder.rest():
                with sense(decoder):
                    member = self._taken(message)
                if member is not None:
                    yield member
        except CannotWriteError as error:
            raise error.__cause__ or error from None
        finally:
            if self._file is not None:
                # Torn off in the middle.
                self._file.close()
                self._folder.remove(self._name)

    def _taken(self, message: Message) -> Member | None:
        """Do what a message says; return the member that is complete with it."""
        body = message.body
        if "create" in body:
            self._end_file()
            self._create(text(body["create"]))
        elif "write" in body:
            self._write(message)
        elif "remove" in body:
            self._remove(text(body["remove"]))
        else:
            self._end_file()
            return self._member(body["member"])
        return None

    def _create(self, name: str) -> None:
        if not _NAME.fullmatch(name) or name in self._written:
            raise ValueError("no name for a file")
        self._file, self._name = self._folder.create(name), name
        self._written[name] = 0

    def _write(self, message: Message) -> None:
        (piece,) = message.arrays
        if self._file is None:
            raise ValueError("bytes of no file")
        self._n_bytes += piece.size
        # A piece over the limit is cut off on the other side, after it has come.
        if self._n_bytes > self._limits.max_bytes:
            raise ValueError("more bytes than may come")
        self._folder.write(self._file, piece.tobytes())
        self._written[self._name] += piece.size

    def _remove(self, name: str) -> None:
        self._end_file()
        del self._written[name]
        self._folder.remove(name)

    def _member(self, told: dict[str, Any]) -> Member:
        self._n_members += 1
        # The last one may say that there are too many.
        if self._n_members > self._limits.max_members + 2:
            raise ValueError("more members than may come")
        path: Path | None = None
        size = None
        if told["path"] is not None:
            name = text(told["path"])
            size = whole(told["size"], self._limits.max_bytes)
            if self._written.pop(name) != size:
                raise ValueError("a member of another size")
            path = self._folder.path(name)
        modified, reason = (
            None if each is None else text(each) for each in (told["modified"], told["reason"])
        )
        return Member(text(told["name"]), path, size, modified, reason)

    def _end_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
