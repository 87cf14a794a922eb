"""Making an empty index: lock, folder, catalogue, and the header last.

Owns the order of these steps. A folder without header is no index, so a kill in between leaves
none, and the next attempt goes on from there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from framematch.durable import TEMPORARY_SUFFIX, flush_folder, write_durably
from framematch.errors import IndexNotFoundError, IndexStoreError
from framematch.index.catalogue import Catalogue
from framematch.index.header import (
    CATALOGUE,
    HEADER,
    JOURNAL,
    SEGMENTS,
    Header,
    encode_header,
    read_header,
)
from framematch.index.journal import Journal
from framematch.index.lock import READER_LOCK, WRITER_LOCK, lock_for_writing
from framematch.records import CodeName, HashSpec

#: What may already lie in the folder of a new index: tracked files, leftovers of a killed creation.
_ALLOWED = (
    "README.md",
    ".gitignore",
    ".gitkeep",
    WRITER_LOCK,
    READER_LOCK,
    SEGMENTS,
    CATALOGUE,
    CATALOGUE + "-wal",
    CATALOGUE + "-shm",
    CATALOGUE + "-journal",
    HEADER + TEMPORARY_SUFFIX,
)


def create_index(
    folder: Path, specs: Mapping[CodeName, HashSpec], decoder: Mapping[str, str]
) -> None:
    """Make an empty index in `folder`.

    Raises
    ------
    IndexStoreError
        The folder holds an index or other files, or cannot be written.
    IndexLockedError
        Another process writes there.
    """
    lock = prepare_folder(folder)
    try:
        try:
            read_header(folder)
        except IndexNotFoundError:
            write_empty(folder, specs, decoder)
        else:
            raise IndexStoreError(
                f"{folder}: there already is an index; add to it, or name another folder"
            )
    finally:
        os.close(lock)


def prepare_folder(folder: Path) -> int:
    """Make `folder` where it is missing and take its writer's lock; return the holding descriptor.

    Raises
    ------
    IndexStoreError
        The folder is no index and holds other files, or cannot be written.
    IndexLockedError
        Another process writes there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / HEADER).exists():
            foreign = sorted(held.name for held in folder.iterdir() if held.name not in _ALLOWED)
            if foreign and JOURNAL not in foreign:
                raise IndexStoreError(
                    f"{folder}: is no index and holds {foreign[0]!r}; name an empty or new folder"
                )
        return lock_for_writing(folder)
    except OSError as error:
        raise IndexStoreError(
            f"{folder}: cannot be written ({error.strerror}); name another folder with --index"
        ) from error


def write_empty(
    folder: Path, specs: Mapping[CodeName, HashSpec], decoder: Mapping[str, str]
) -> Header:
    """Write the files of an empty index into `folder`, whose writer's lock is held."""
    raw = encode_header(specs, decoder)
    try:
        (folder / SEGMENTS).mkdir(exist_ok=True)
        (folder / READER_LOCK).touch()
        with Catalogue.open_for_writing(folder) as catalogue:
            catalogue.create_tables(hashlib.sha256(raw).hexdigest())
        flush_folder(folder)
        write_durably(folder / HEADER, [raw])
        journal = Journal(folder, raw)
        with Catalogue.open_for_writing(folder) as catalogue:
            state = catalogue.state()
        if state is not None:
            journal.open(state, ())
        journal.close()
    except OSError as error:
        raise IndexStoreError(
            f"{folder}: cannot be written ({error.strerror});"
            " make room or give access, then run again"
        ) from error
    return read_header(folder)
