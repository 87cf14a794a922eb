"""`quarantine/`: what a repair took out of service, and which references wait to be indexed again.

Owns that folder. Nothing in it is read by a search, and nothing in it is ever deleted: what was
damaged may still be of use to whoever has a better copy.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.durable import flush_folder, write_durably
from framematch.index import arrays
from framematch.index.content import listed, unlisted
from framematch.index.identity import Entry
from framematch.index.lines import decode_line, encode_line, lines_of
from framematch.records import Reference

QUARANTINE = "quarantine"

#: The references that wait to be indexed again, for this program.
WAITING = "waiting.jsonl"

#: The same as a manifest for `framematch index add`.
MANIFEST = "again.csv"

#: Bytes copied at a time.
_PIECE_BYTES = 1 << 20

#: Where `framematch.ingest.seen` notes the files that it read.
SEEN = "seen.jsonl"


@dataclass(frozen=True, slots=True)
class Again:
    """A reference that must be indexed again.

    Attributes
    ----------
    entry : Entry
        What the index said of it.
    file : str
        Where the file is, as far as is known: absolute where it was noted.
    reason : str
        What became of its rows.
    """

    entry: Entry
    file: str
    reason: str

    @property
    def reference(self) -> Reference:
        """The reference."""
        return self.entry.reference

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index repair --json` writes."""
        return self.reference.to_dict() | {"file": self.file, "reason": self.reason}


def waiting(folder: Path, indexed: Iterable[str]) -> tuple[Again, ...]:
    """Return the references that repairs took out of service and that are not indexed again yet.

    Parameters
    ----------
    folder : Path
        The index.
    indexed : iterable of str
        SHA-256 of every reference that it lists.
    """
    there = set(indexed)
    held: dict[str, Again] = {}
    with contextlib.suppress(OSError):
        for line in lines_of(folder / QUARANTINE / WAITING):
            content = decode_line(line)
            if content is not None:
                entry = unlisted(content["put"], content["head"])
                held[entry.reference.sha256] = Again(entry, content["file"], content["reason"])
    return tuple(one for sha256, one in held.items() if sha256 not in there)


def write_waiting(folder: Path, again: Sequence[Again]) -> None:
    """Write down, for good, which references wait."""
    place = folder / QUARANTINE
    place.mkdir(exist_ok=True)
    flush_folder(folder)
    lines = [
        encode_line(
            {
                "put": listed(one.entry),
                "head": one.entry.head,
                "file": one.file,
                "reason": one.reason,
            }
        )
        for one in again
    ]
    write_durably(place / MANIFEST, [_manifest(again)])
    write_durably(place / WAITING, lines)


def _manifest(again: Iterable[Again]) -> bytes:
    """Return the manifest that says what the files were; those with no name in UTF-8 left out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("path", "show", "season", "episode", "kind"))
    for one in again:
        reference, episode = one.reference, one.reference.episode
        with contextlib.suppress(UnicodeEncodeError):
            one.file.encode("utf-8")
            numbers = ("", "") if episode is None else (episode.season, episode.episode)
            rows.writerow((one.file, reference.show, *numbers, reference.kind))
    return text.getvalue().encode("utf-8")


def put_aside(folder: Path, path: Path) -> str:
    """Keep what the file `path` of the index `folder` holds in its quarantine; it stays in place.

    Returns
    -------
    str
        Name of the copy inside the index, the beginning of its digest in it: equal content is kept
        once.

    Raises
    ------
    OSError
        It cannot be written.
    """
    place = folder / QUARANTINE
    place.mkdir(exist_ok=True)
    flush_folder(folder)
    name = f"{path.name}.{arrays.digest([path.read_bytes()])[:12]}"
    target = place / name
    if not target.exists():
        try:
            os.link(path, target)
            flush_folder(place)
        except OSError:
            # A file system without hard links.
            write_durably(target, _pieces(path))
    return f"{QUARANTINE}/{name}"


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece


def files_seen(folder: Path) -> dict[str, str]:
    """Return where each file that was read stood, absolute, by SHA-256; the latest place counts."""
    held: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in lines_of(folder / SEEN):
            with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                content = json.loads(line) if line.startswith(b"{") else decode_line(line)
                if content is not None:
                    held[str(content["sha256"])] = str(content["path"])
    return held
