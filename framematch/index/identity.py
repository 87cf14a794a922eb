"""What makes two indexes the same: the digest of their content, and the order of their rows.

Owns both rules, which docs/index-format.md states for other languages. Knows no files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framematch.index.header import CODE_NAMES, FORMAT_VERSION
from framematch.records import CodeName, HashSpec, Reference


@dataclass(frozen=True, slots=True)
class Entry:
    """A reference as the catalogue lists it.

    Attributes
    ----------
    reference : Reference
        The indexed file.
    segment : str
        SHA-256 of its segment file.
    rows : int
        Rows in that segment.
    head : str
        SHA-256 of the head of that file, which gives the digest of each of its arrays; empty where
        the index was last written to by a release that did not note it.
    """

    reference: Reference
    segment: str
    rows: int
    head: str = ""


def broadcast_order(entry: Entry) -> tuple[str, bool, int, int, str]:
    """Return the sort key of references: show, season and episode (those without last), SHA-256.

    The path takes no part: an index built from another folder has the same rows.
    """
    reference = entry.reference
    episode = reference.episode
    season, number = (0, 0) if episode is None else (episode.season, episode.episode)
    return (reference.show, episode is None, season, number, reference.sha256)


def index_id(specs: Mapping[CodeName, HashSpec], entries: Sequence[Entry]) -> str:
    """Return the identity of an index with this content, 16 hexadecimal digits.

    Neither the order of insertion nor paths, clocks or the machine take part.
    """
    content = {
        "format_version": FORMAT_VERSION,
        "specs": [
            [name, spec.algorithm, spec.bits, spec.version, spec.parameters]
            for name, spec in ((name, specs[name]) for name in CODE_NAMES)
        ],
        "references": sorted(_identity(entry) for entry in entries),
    }
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def _identity(entry: Entry) -> list[str]:
    """Return the part of an entry that the identity covers; an empty text stands for no episode."""
    reference = entry.reference
    episode = "" if reference.episode is None else str(reference.episode)
    return [reference.sha256, reference.show, episode, reference.kind, entry.segment]
