"""References of other indexes into one, without decoding anything.

Owns what happens where two indexes hold the same file. Each reference is published in one atomic
step, so that a merge that was interrupted is run again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.errors import ConfigError
from framematch.index import arrays
from framematch.index.decoded_with import decoders_of, note_decoders
from framematch.index.header import Header, check_specs, read_header
from framematch.index.identity import Entry
from framematch.index.lock import lock_for_reading
from framematch.index.reading import read_snapshot
from framematch.index.segment import missing, rotten, segment_path
from framematch.index.writer import IndexWriter
from framematch.records import Reference

#: Told how many references of how many are done.
OnMerged = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """A file or a path that both indexes hold, with something different about it.

    Attributes
    ----------
    kept, other : Reference
        What the index says, which stays, and what the other one says. Where the same path has
        another content in each, both are references of the index now.
    reason : str
        What differs, in a sentence.
    """

    kept: Reference
    other: Reference
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return one object of the report."""
        return {
            "kept": self.kept.to_dict(),
            "other": self.other.to_dict(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What a merge did.

    Attributes
    ----------
    added : tuple of Reference
        References that the index did not hold.
    unchanged : int
        References that it held already.
    conflicts : tuple of MergeConflict
        Files that it held as something else, and paths that it held with another content.
    """

    added: tuple[Reference, ...]
    unchanged: int
    conflicts: tuple[MergeConflict, ...]


def merge(into: Path, others: Sequence[Path], on_merged: OnMerged | None = None) -> MergeReport:
    """Publish the references of other indexes into one, which is made where there is none.

    The result is the same index, to its identity, as if all files had been added to it. The others
    are only read.

    Parameters
    ----------
    into : Path
        Folder of the index that grows.
    others : sequence of Path
        Folders of the others, in the order in which they decide about files that several hold.
    on_merged : callable, optional
        Told how far it is.

    Raises
    ------
    ConfigError
        The index was to be merged into itself.
    IndexNotFoundError
        One of the others is no index.
    IndexMismatchError
        The indexes hold codes of unequal specifications.
    IndexCorruptError
        A segment of another index is damaged or missing.
    IndexStoreError
        The index cannot be written, or another process is writing to it.
    """
    headers = [read_header(other) for other in others]
    for other in others:
        if into.exists() and into.samefile(other):
            raise ConfigError(f"{other}: is the index itself; name others to merge into it")
    if not headers:
        return MergeReport((), 0, ())
    for other, header in zip(others, headers, strict=True):
        check_specs(other, header, headers[0].specs)
    with IndexWriter(into, headers[0].specs, headers[0].decoder) as writer:
        merging = _Merging(writer, on_merged or _unheard)
        for other, header in zip(others, headers, strict=True):
            merging.take(other, header)
    return merging.report()


def _unheard(done: int, total: int) -> None:
    """Stand in for a listener."""


class _Merging:
    """One merge at work."""

    def __init__(self, writer: IndexWriter, on_merged: OnMerged) -> None:
        self._writer = writer
        self._on_merged = on_merged
        self._held = {entry.reference.sha256: entry for entry in writer.entries()}
        self._by_path = {entry.reference.path: entry.reference for entry in writer.entries()}
        self._added: list[Reference] = []
        self._unchanged = 0
        self._conflicts: list[MergeConflict] = []

    def take(self, other: Path, header: Header) -> None:
        """Publish what another index holds; meanwhile nothing is deleted from it."""
        lock = lock_for_reading(other)
        try:
            entries = read_snapshot(other, header).entries
            for decoders in decoders_of(other):
                note_decoders(self._writer.path, decoders)
            for done, entry in enumerate(entries):
                self._on_merged(done, len(entries))
                held = self._held.get(entry.reference.sha256)
                if held is None:
                    self._publish(other, entry)
                else:
                    self._compare(held, entry)
        finally:
            if lock is not None:
                os.close(lock)

    def report(self) -> MergeReport:
        """Return what was done."""
        return MergeReport(tuple(self._added), self._unchanged, tuple(self._conflicts))

    def _publish(self, other: Path, entry: Entry) -> None:
        path = segment_path(other, entry.segment)
        try:
            raw = path.read_bytes()
        except FileNotFoundError as error:
            raise missing(path) from error
        if arrays.digest([raw]) != entry.segment:
            raise rotten(path)
        self._writer.publish_encoded(entry.reference, [raw], entry.rows)
        self._held[entry.reference.sha256] = entry
        self._added.append(entry.reference)
        self._compare_paths(entry.reference)

    def _compare_paths(self, added: Reference) -> None:
        """Note where a path that says where it is means another content than here."""
        held = self._by_path.setdefault(added.path, added)
        if held is not added and os.path.isabs(added.path):  # noqa: PTH117 - it is text
            reason = f"{added.path}: has another content there; both are in the index now"
            self._conflicts.append(MergeConflict(held, added, reason))

    def _compare(self, held: Entry, entry: Entry) -> None:
        """Note what differs about a file that is there already."""
        kept, other = held.reference, entry.reference
        if (kept.show, kept.episode, kept.kind) != (other.show, other.episode, other.kind):
            reason = f"{other.path}: is {_named(kept)} here and {_named(other)} there"
        elif held.segment != entry.segment:
            reason = f"{other.path}: was looked at in another way there, such as another profile"
        else:
            self._unchanged += 1
            return
        self._conflicts.append(MergeConflict(kept, other, f"{reason}; what is here stays"))


def _named(reference: Reference) -> str:
    return " ".join(filter(None, (reference.show, str(reference.episode or ""), reference.kind)))
