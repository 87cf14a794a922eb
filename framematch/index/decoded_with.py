"""`decoders.jsonl`: with which decoders the rows of an index were made.

Owns that file. No part of the index: it answers no query, and where it is lost or damaged the
header says what decoded the first references. Asks no decoder itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from framematch.durable import write_durably
from framematch.errors import IndexStoreError
from framematch.index.header import read_header
from framematch.index.lines import decode_line, encode_line, lines_of

NAME = "decoders.jsonl"

#: Decoders by name, with their versions.
Decoders = Mapping[str, str]


def decoders_of(folder: Path) -> tuple[dict[str, str], ...]:
    """Return the sets of decoders that made rows of the index `folder`, the first one first.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexCorruptError
        Its header is damaged.
    """
    noted = _noted(folder)
    first = dict(read_header(folder).decoder)
    return noted or ((first,) if first else ())


def note_decoders(folder: Path, decoders: Decoders) -> None:
    """Note that rows are made with these decoders; the writer's lock of the index is held.

    Raises
    ------
    IndexStoreError
        The file cannot be written.
    """
    noted = decoders_of(folder)
    if not decoders or dict(decoders) in noted:
        return
    # What a new index says in its header of the very decoders that fill it need not be said twice.
    same = [one for one in noted if not _says_more(one, decoders)]
    kept = [*(one for one in noted if one not in same), dict(decoders)]
    try:
        write_durably(folder / NAME, [encode_line({"decoders": one}) for one in kept])
    except OSError as error:
        raise IndexStoreError(
            f"{folder / NAME}: cannot be written ({error.strerror});"
            " make room or give access, then run again"
        ) from error


def _says_more(one: Decoders, other: Decoders) -> bool:
    """Return whether `one` says something that `other` does not."""
    return any(other.get(name) != version for name, version in one.items())


def differing(made_with: Decoders, installed: Decoders) -> dict[str, tuple[str, str]]:
    """Return the decoders of which two sets name unequal versions: theirs, and those installed.

    What only one of them names is passed over: earlier releases named fewer.
    """
    return {
        name: (made_with[name], installed[name])
        for name in sorted(made_with.keys() & installed.keys())
        if made_with[name] != installed[name]
    }


def _noted(folder: Path) -> tuple[dict[str, str], ...]:
    """Return what whole lines of the file say."""
    found: list[dict[str, str]] = []
    try:
        for line in lines_of(folder / NAME):
            try:
                content = decode_line(line) or {}
            except ValueError:
                continue
            decoders = content.get("decoders")
            if isinstance(decoders, dict) and decoders:
                found.append({str(name): str(version) for name, version in decoders.items()})
    except OSError:
        return ()
    return tuple(found)
