"""What an outcome means for the index: published, attributed anew, left alone, or a failure.

Owns the rule that the first file of a content decides, in whatever order the outcomes come, so that
a job has the same result on one process and on many.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from framematch.index import IndexWriter
from framematch.ingest.absolute import absolute
from framematch.ingest.items import IngestItem
from framematch.ingest.missing import WasHere, missing_below
from framematch.ingest.presence import is_there
from framematch.ingest.report import IngestReport, IngestWarning
from framematch.ingest.task import CodedSegment, Outcome
from framematch.records import EpisodeId, ItemFailure, Reference, ReferenceKind

Value = TypeVar("Value")


class Settling:
    """Takes the outcomes of one job.

    Parameters
    ----------
    items : sequence of IngestItem
        The job.
    """

    def __init__(self, items: Sequence[IngestItem]) -> None:
        self._items = items
        self._writer: IndexWriter | None = None
        self._held: dict[str, Reference] = {}
        self._damaged: set[str] = set()
        self._by_path: dict[Path, set[str]] = {}
        self._first: dict[str, int] = {}
        self._added: dict[int, Reference] = {}
        self._unchanged: dict[int, str] = {}
        self._twins: dict[int, str] = {}
        self._formers: list[tuple[int, str]] = []
        self._removed: list[Reference] = []
        self._kept: list[str] = []
        self._failures: dict[int, ItemFailure] = {}
        self._warnings: dict[int, list[IngestWarning]] = {}
        self._frames = 0
        self._media_s = self._processor_s = 0.0

    def start(
        self,
        writer: IndexWriter,
        references: Iterable[Reference],
        damaged: Iterable[str] = (),
    ) -> None:
        """Begin with an index that holds `references`; the rows of some are `damaged`."""
        self._writer = writer
        self._damaged = set(damaged)
        for reference in references:
            self._note_held(reference)

    @property
    def known(self) -> frozenset[str]:
        """Digests of the contents that the index holds, undamaged."""
        return frozenset(self._held.keys() - self._damaged)

    def take(self, outcome: Outcome) -> None:
        """Carry one outcome into the index."""
        position = outcome.position
        self._processor_s += outcome.processor_s
        if outcome.failure is not None or outcome.sha256 is None:
            if outcome.failure is not None:
                self._failures[position] = outcome.failure
            return
        sha256 = outcome.sha256
        first = self._first.get(sha256)
        if first is not None and first < position:
            self._twins[position] = sha256
            return
        self._first[sha256] = position
        held = self._held.get(sha256)
        if outcome.coded is not None and (held is None or sha256 in self._damaged):
            self._publish(position, sha256, outcome.coded)
        elif held is not None:
            self._attribute(position, held, replaces=first)
        formers = self._by_path.get(absolute(self._items[position].path), set()) - {sha256}
        self._formers += [(position, former) for former in sorted(formers)]
        if first is not None:
            self._twins[first] = sha256

    def remove_missing(self, folders: Sequence[Path], was_here: WasHere) -> None:
        """Remove references from below `folders` whose file is gone; comes after `finish`."""
        gone, kept = missing_below(folders, list(self._held.values()), was_here)
        if gone:
            self._open_writer.remove([reference.sha256 for reference in gone])
            for reference in gone:
                del self._held[reference.sha256]
        self._removed += gone
        self._kept += kept

    def report(self) -> IngestReport:
        """Return what was done."""
        return IngestReport(
            added=_in_order(self._added),
            unchanged=_in_order(self._unchanged),
            removed=tuple(self._removed),
            failures=_in_order(self._failures),
            warnings=tuple(one for many in _in_order(self._warnings) for one in many),
            kept=(*self._kept, *self._left_damaged()),
            frames=self._frames,
            media_s=self._media_s,
            processor_s=self._processor_s,
        )

    def _left_damaged(self) -> list[str]:
        """Say of which references the rows are still damaged."""
        left = [self._held[sha256] for sha256 in sorted(self._damaged & self._held.keys())]
        if not left:
            return []
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        return [
            f"{left[0].path}{more}: damaged in the index; add the file again, or take it out with"
            f" framematch index remove {left[0].sha256[:16]}; framematch index verify names all"
        ]

    def _publish(self, position: int, sha256: str, coded: CodedSegment) -> None:
        item = self._items[position]
        reference = Reference(
            sha256=sha256,
            path=str(item.path),
            show=item.show,
            episode=item.episode,
            kind=item.kind,
            media=coded.info.kind,
            width=coded.info.width,
            height=coded.info.height,
            duration_s=coded.info.duration_s or 0.0,
            warning=coded.warning,
        )
        self._open_writer.publish_encoded(reference, coded.pieces, coded.rows)
        self._damaged.discard(sha256)
        self._note_held(reference)
        self._added[position] = reference
        self._frames += coded.rows
        if coded.info.kind != "image":
            self._media_s += coded.media_s
        self._warn(position, item.note, coded.warning)

    def _attribute(self, position: int, held: Reference, *, replaces: int | None) -> None:
        """Give a content that the index holds the attribution of an item, if it is another one.

        `replaces` is an item further down the job that the content was settled by before.
        """
        item = self._items[position]
        was_added = replaces is not None and self._added.pop(replaces, None) is not None
        same = _attribution(held) == _attribution(item)
        if same and not was_added:
            self._unchanged[position] = str(item.path)
            if absolute(held.path) != absolute(item.path) and not is_there(held.path):
                self._change(held, item)  # the file was moved
            return
        self._added[position] = self._change(held, item)
        # Nobody may lose a file of one show to another without a word.
        was = (
            None if same or was_added else f"was {_told(held)} as {held.path}; is {_told(item)} now"
        )
        self._warn(position, was, item.note, held.warning)

    def _change(self, held: Reference, item: IngestItem) -> Reference:
        changed = dataclasses.replace(
            held, path=str(item.path), show=item.show, episode=item.episode, kind=item.kind
        )
        self._open_writer.attribute(changed)
        self._note_held(changed)
        return changed

    def finish(self, was_here: WasHere) -> None:
        """Settle what needs all outcomes: files of one content, and contents that have gone.

        What a file held before its content changed is removed, unless another file holds it now,
        it was indexed as something else, or it was never read here (`was_here`), as after a merge.
        """
        for position, sha256 in self._twins.items():
            self._leave_to_first(position, sha256)
        for position, former in self._formers:
            held, item = self._held.get(former), self._items[position]
            if held is None or absolute(held.path) != absolute(item.path):
                continue
            if former in self._first:
                self._change(held, self._items[self._first[former]])
            elif not was_here(item.path, former):
                continue
            elif _attribution(held) == _attribution(item):
                self._open_writer.remove([former])
                self._removed.append(self._held.pop(former))
            else:
                self._warn(
                    position,
                    f"has another content than {_named(held)}, which was indexed from this path and"
                    f" stays; framematch index remove {former[:16]} takes it out",
                )

    def _leave_to_first(self, position: int, sha256: str) -> None:
        """Note that an item has the content of an earlier one, which decides."""
        held, first = self._held[sha256], self._items[self._first[sha256]]
        self._unchanged[position] = str(self._items[position].path)
        self._warnings.pop(position, None)
        if _attribution(held) != _attribution(self._items[position]):
            self._warn(position, f"the same file as {first.path}, which stays {_named(held)}")

    def _note_held(self, reference: Reference) -> None:
        self._held[reference.sha256] = reference
        self._by_path.setdefault(absolute(reference.path), set()).add(reference.sha256)

    def _warn(self, position: int, *reasons: str | None) -> None:
        path = str(self._items[position].path)
        self._warnings.setdefault(position, []).extend(
            IngestWarning(path, reason) for reason in reasons if reason
        )

    @property
    def _open_writer(self) -> IndexWriter:
        if self._writer is None:
            raise RuntimeError("an outcome came before the job was started")
        return self._writer


def _told(owner: Reference | IngestItem) -> str:
    return " ".join(map(str, filter(None, (owner.show, owner.episode, f"({owner.kind})"))))


def _in_order(by_position: dict[int, Value]) -> tuple[Value, ...]:
    return tuple(by_position[position] for position in sorted(by_position))


def _named(held: Reference) -> str:
    return f"{held.show} {held.episode or ''}".strip()


def _attribution(owner: Reference | IngestItem) -> tuple[str, EpisodeId | None, ReferenceKind]:
    return owner.show, owner.episode, owner.kind
