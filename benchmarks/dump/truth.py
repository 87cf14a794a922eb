"""What a dump holds: the answer sheet beside it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

_FORMAT = "framematch-dump"


@dataclass(frozen=True, slots=True)
class Row:
    """One file of the dump.

    Attributes
    ----------
    path : str
        Relative to the dump; bytes that are no UTF-8 as lone surrogates.
    kind : str
        What it is: ``picture``, ``sequence``, ``layered``, ``document``, ``archive``, ``video``,
        ``other`` (not media), ``broken``, ``hostile``, ``link``, ``special``.
    show, stage : str or None
        Whose it is and how finished; ``None`` for what is of no show.
    episodes : tuple of str
        Every episode that shows it.
    shot, version : str or None, int or None
        What its versions have in common, and its number.
    note : str
        What is special about it.
    sha256 : str or None
        Digest of a regular file.
    duplicate_of : str or None
        The first path, in order, that has the same bytes.
    """

    path: str
    kind: str
    show: str | None = None
    stage: str | None = None
    episodes: tuple[str, ...] = ()
    shot: str | None = None
    version: int | None = None
    note: str = ""
    sha256: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What day two changed; the second of a pair is the path now."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)


def finished(dump: Path, rows: list[Row]) -> list[Row]:
    """Return the rows in order of path, with digests and duplicates as they lie on the disk."""
    first: dict[str, str] = {}
    done = []
    for row in sorted(rows, key=lambda row: os.fsencode(row.path)):
        path = dump / row.path
        digest = None
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        earlier = first.setdefault(digest, row.path) if digest else row.path
        original = None if earlier == row.path else earlier
        done.append(replace(row, sha256=digest, duplicate_of=original))
    return done


def walked(dump: Path) -> list[str]:
    """Return the path of everything in the dump that is no folder, in order."""
    found = []
    for folder, names, files in os.walk(dump):
        linked = [name for name in names if (Path(folder) / name).is_symlink()]
        found += [str((Path(folder) / name).relative_to(dump)) for name in (*files, *linked)]
    return sorted(found, key=os.fsencode)


def write(
    path: Path, rows: list[Row], settings: dict[str, Any], moves: Moves | None = None
) -> None:
    """Write the answer sheet."""
    content: dict[str, Any] = {"format": _FORMAT, "settings": settings}
    if moves is not None:
        content["moves"] = asdict(moves)
    content["files"] = [asdict(row) for row in rows]
    # Lone surrogates are written as escapes, which JSON readers give back.
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="ascii")


def read(path: Path) -> list[Row]:
    """Return the rows of an answer sheet."""
    content = json.loads(path.read_text(encoding="ascii"))
    return [Row(**{**row, "episodes": tuple(row["episodes"])}) for row in content["files"]]
