"""What the catalogue says, as text and as one number: how damage to it is told.

Owns the text of a reference, the checksum over it, and the sum over all of them, to which each
change adds and from which it takes away. Knows neither SQLite nor files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from framematch.index.identity import Entry
from framematch.records import EpisodeId, Reference

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))

#: Sums are of so many bits.
_BITS = 256


@dataclass(frozen=True, slots=True)
class Change:
    """State of a catalogue after a change.

    Attributes
    ----------
    number : int
        Counts the changes from 1.
    content : str
        `content_of` everything that it lists then.
    """

    number: int
    content: str


def listed(entry: Entry) -> list[Any]:
    """Return everything that the catalogue says of a reference, in the order of its checksum."""
    reference = entry.reference
    return [
        reference.sha256,
        reference.path,
        reference.show,
        None if reference.episode is None else str(reference.episode),
        reference.kind,
        reference.media,
        reference.width,
        reference.height,
        float(reference.duration_s),
        reference.warning,
        entry.segment,
        entry.rows,
    ]


def unlisted(values: Sequence[Any], head: str) -> Entry:
    """Return the entry that `listed` made `values` of.

    Raises
    ------
    ValueError, TypeError, AttributeError
        It did not.
    """
    sha256, path, show, episode, kind, media, width, height, duration_s, warning, *rest = values
    segment, rows = rest
    reference = Reference(
        sha256=sha256,
        path=path,
        show=show,
        episode=None if episode is None else EpisodeId.parse(episode),
        kind=kind,
        media=media,
        width=width,
        height=height,
        duration_s=duration_s,
        warning=warning,
    )
    return Entry(reference, segment, rows, head)


def checksum(entry: Entry) -> str:
    """Return the SHA-256 of everything that the catalogue says of a reference."""
    return hashlib.sha256(_ENCODER.encode(listed(entry)).encode("ascii")).hexdigest()


def weight(segment: str, rows: int, head: str) -> int:
    """Return what a segment adds to the content; a reference adds its checksum."""
    text = f"{segment} {rows} {head}".encode()
    return int.from_bytes(hashlib.sha256(text).digest())


def content_of(entries: Iterable[Entry]) -> str:
    """Return the content of a catalogue that lists `entries`, 64 hexadecimal digits."""
    return summed((checksum(entry), entry) for entry in entries)


def summed(entries: Iterable[tuple[str, Entry]]) -> str:
    """Return the content of entries whose checksums were computed already."""
    total = 0
    segments: dict[str, int] = {}
    for digest, entry in entries:
        total += int(digest, 16)
        if entry.segment not in segments:
            segments[entry.segment] = weight(entry.segment, entry.rows, entry.head)
    return as_text(total + sum(segments.values()))


def as_text(total: int) -> str:
    """Return a sum of weights, modulo 2^256, as 64 hexadecimal digits."""
    return f"{total % (1 << _BITS):064x}"
