"""Archives: what they hold is handed back piece by piece, since nothing can be written here."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import py7zr

from framematch.config import ArchiveLimits
from framematch.media.archives import seven_zip as _seven_zip
from framematch.media.archives.unpacking import unpack_into
from framematch.media.inside import documents as _documents
from framematch.media.inside.all_of import import_all
from framematch.media.unnoticed import given
from framematch.sandbox import Call, Operation

_NEEDED = (_documents, _seven_zip)
import_all(py7zr)


class _File:
    """A file that is written on the other side."""

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class _OtherSide:
    """Has files written by the process that asked."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, name: str) -> _File:
        self._call.say({"create": name})
        return _File()

    def write(self, file: _File, piece: bytes) -> None:
        del file  # one at a time
        self._call.say({"write": len(piece)}, [np.frombuffer(piece, np.uint8)])

    def remove(self, name: str) -> None:
        self._call.say({"remove": name})

    def path(self, name: str) -> Path:
        return Path(name)


def unpack(call: Call) -> None:
    """Unpack an archive."""
    path = Path(call.told["path"])
    limits = ArchiveLimits(**call.told["limits"])
    with given(path, call.files[0]):
        for member in unpack_into(path, _OtherSide(call), limits):
            told = dataclasses.asdict(member)
            call.say({"member": told | {"path": None if member.path is None else str(member.path)}})


OPERATIONS: dict[str, Operation] = {"unpack": unpack}
