"""`repair`: a damaged index brought back to what is whole of it, and a list of what is not.

Owns the order: what is found is written down, then what was damaged is kept aside, then header,
segments, catalogue and derived file are written again, each in one step. A kill in between leaves
an index that is refused or answers as before, and the next repair goes on. Holds the writer's lock,
and works only while nobody reads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framematch.durable import TEMPORARY_SUFFIX, flush_folder, write_durably
from framematch.errors import IndexLockedError, IndexStoreError
from framematch.index.catalogue import Catalogue
from framematch.index.compaction import compact_locked
from framematch.index.derived_files import DERIVED, derived_files, judge_derived, unfinished
from framematch.index.header import CATALOGUE, HEADER, JOURNAL, SEGMENTS, no_index
from framematch.index.healing import Copies, healed, is_whole
from framematch.index.identity import Entry
from framematch.index.journal import judge_journal
from framematch.index.lock import lock_for_reading, lock_for_writing, no_readers
from framematch.index.quarantine import (
    MANIFEST,
    QUARANTINE,
    Again,
    files_seen,
    put_aside,
    waiting,
    write_waiting,
)
from framematch.index.salvage import Salvage, holds_something, salvage
from framematch.index.segment import SUFFIX, segment_path
from framematch.index.writer import IndexWriter
from framematch.records import CodeName, HashSpec

_UNKNOWN = "nobody knows any more which file it was; index the library again"


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file that was made whole again, or taken out of service.

    Attributes
    ----------
    file : str
        The file inside the index folder.
    reason : str
        What was the matter with it.
    did : str
        What was done about it.
    """

    file: str
    reason: str
    did: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index repair --json` writes."""
        return {"file": self.file, "reason": self.reason, "did": self.did}


@dataclass(frozen=True, slots=True)
class Repair:
    """Outcome of a repair, or what it would be.

    Attributes
    ----------
    done : tuple of Repaired
        What was damaged; empty where there was nothing to repair.
    again : tuple of Again
        References that must be indexed again, those of earlier repairs that still wait included.
    is_all : bool
        Whether `again` names all of them: no, where both catalogue and journal lost some.
    manifest : str
        File inside the index that `framematch index add --manifest` takes; empty without any.
    quarantined : tuple of str
        Files inside the index that keep what was damaged.
    references : int
        References that are left.
    """

    done: tuple[Repaired, ...]
    again: tuple[Again, ...]
    is_all: bool
    manifest: str
    quarantined: tuple[str, ...]
    references: int

    def to_dict(self) -> dict[str, Any]:
        """Return the object that `index repair --json` writes."""
        return {
            "done": [one.to_dict() for one in self.done],
            "again": [one.to_dict() for one in self.again],
            "again_is_all": self.is_all,
            "manifest": self.manifest,
            "quarantined": list(self.quarantined),
            "references": self.references,
        }


@dataclass(slots=True)
class _Plan:
    """What a repair has to do.

    Attributes
    ----------
    truth : Salvage
        Header and references.
    healed : dict of Entry to list of bytes
        Segments that can be made again.
    lost : list of Again
        References whose segment cannot.
    unnamed : list of Path
        Segments that no reference names, while not all references are known.
    derived : dict of Path to str
        Derived files that are damaged, and what is the matter with them.
    journal : bool
        Whether the journal has to be written again.
    others : list of Repaired
        What the next writer puts right by itself.
    waiting : tuple of Again
        References of earlier repairs.
    """

    truth: Salvage
    healed: dict[str, list[bytes]] = field(default_factory=dict)
    lost: list[Again] = field(default_factory=list)
    unnamed: list[Path] = field(default_factory=list)
    derived: dict[Path, str] = field(default_factory=dict)
    others: list[Repaired] = field(default_factory=list)
    journal: bool = False
    waiting: tuple[Again, ...] = ()

    @property
    def kept(self) -> list[Entry]:
        """References that stay."""
        gone = {one.reference.sha256 for one in self.lost}
        return [entry for entry in self.truth.entries if entry.reference.sha256 not in gone]

    @property
    def again(self) -> tuple[Again, ...]:
        """All references that must be indexed again."""
        lost = {one.reference.sha256 for one in self.lost}
        return (*(one for one in self.waiting if one.reference.sha256 not in lost), *self.lost)

    @property
    def writes_catalogue(self) -> bool:
        """Whether the catalogue has to be written again."""
        return self.truth.catalogue_error is not None or bool(self.lost)


def repair(path: Path, specs: Mapping[CodeName, HashSpec], *, dry_run: bool = False) -> Repair:
    """Make the index in the folder `path` whole again as far as its files allow.

    What follows from other files is made again: the header, the catalogue, the derived file, and
    segments of which all bytes are known. A segment that is damaged beyond that is taken out of
    service with its references, which are then named. Nothing damaged is deleted: it is kept in
    `quarantine/`. References that are whole give the answers that they gave before.

    Parameters
    ----------
    path : Path
        Folder of the index.
    specs : mapping of CodeName to HashSpec
        Specifications of this release, for a header that nothing else tells of.
    dry_run : bool
        Only say what would be done.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexLockedError
        A writer is at work, or somebody reads the index.
    IndexVersionError
        It was written by a newer release.
    IndexCorruptError
        Nothing says which codes it holds.
    IndexStoreError
        The folder cannot be written, or there is no room.
    """
    if not holds_something(path):
        raise no_index(path)
    if dry_run:
        lock = lock_for_reading(path)
        try:
            return _outcome(_planned(path, specs), ())
        finally:
            if lock is not None:
                os.close(lock)
    try:
        with _alone(path):
            plan = _planned(path, specs)
            kept = _carry_out(path, plan) if _has_work(plan) else ()
        if _has_work(plan):
            # What every writer puts right: leftovers, the journal, tables of an older release.
            IndexWriter(path, plan.truth.header.specs).close()
    except IndexStoreError:
        raise
    except OSError as error:
        raise IndexStoreError(
            f"{error.filename or path}: cannot be written ({error.strerror});"
            " make room or give access, then run again: what was whole still is"
        ) from error
    return _outcome(plan, kept)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep writers and readers off for a block."""
    writer = lock_for_writing(path)
    try:
        with no_readers(path) as alone:
            if not alone:
                raise IndexLockedError(
                    f"{path}: is being read; end what searches this index, then run again"
                )
            yield
    finally:
        os.close(writer)


def _has_work(plan: _Plan) -> bool:
    truth = plan.truth
    return bool(
        truth.header_error
        or plan.writes_catalogue
        or plan.healed
        or plan.unnamed
        or plan.derived
        or plan.others
    )


def _planned(path: Path, specs: Mapping[CodeName, HashSpec]) -> _Plan:
    """Return what has to be done; reads every byte of the index."""
    truth = salvage(path, specs)
    plan = _Plan(truth)
    seen = files_seen(path)
    plan.waiting = waiting(path, [entry.reference.sha256 for entry in truth.entries])
    copies: Copies | None = None
    judged: dict[str, bool] = {}
    for entry in truth.entries:
        if entry.segment not in judged:
            judged[entry.segment] = is_whole(path, entry)
            if not judged[entry.segment]:
                copies = copies or Copies.of(path, truth.header)
                made = healed(path, entry, truth.header, copies)
                if made is not None:
                    plan.healed[entry.segment] = made
        if not judged[entry.segment] and entry.segment not in plan.healed:
            plan.lost.append(_again(path, entry, seen))
    _plan_rest(path, plan)
    return plan


def _plan_rest(path: Path, plan: _Plan) -> None:
    """Add what needs no segment: segments without reference, derived files, journal, leftovers."""
    truth = plan.truth
    used = {entry.segment for entry in truth.entries}
    folder = path / SEGMENTS
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in names:
        if file.suffix == SUFFIX and file.stem not in used:
            if truth.is_all:
                plan.others.append(_leftover(f"{SEGMENTS}/{file.name}", "belongs to no reference"))
            else:
                plan.unnamed.append(file)
    unfinished_files = [
        *path.glob(f"*{TEMPORARY_SUFFIX}*"),
        *(file for file in names if file.name.endswith(TEMPORARY_SUFFIX)),
        *unfinished(path),
    ]
    plan.others += [
        _leftover(file.relative_to(path).as_posix(), "unfinished file of a killed run")
        for file in unfinished_files
    ]
    for file in derived_files(path):
        reason = judge_derived(file, path, truth.header, truth.entries)
        if reason is not None:
            plan.derived[file] = reason
    judged = judge_journal(path, truth.header_raw, truth.state)
    if judged is not None:
        plan.journal = True
        plan.others.append(Repaired(JOURNAL, judged.reason, "written again from the catalogue"))


def _leftover(file: str, reason: str) -> Repaired:
    return Repaired(file, reason, "deleted, unless somebody reads the index")


def _again(path: Path, entry: Entry, seen: Mapping[str, str]) -> Again:
    file = seen.get(entry.reference.sha256, os.path.abspath(entry.reference.path))  # noqa: PTH100 - not resolved
    segment = segment_path(path, entry.segment)
    state = "damaged" if segment.exists() else "missing"
    return Again(entry, file, f"{SEGMENTS}/{segment.name} is {state}")


def _carry_out(path: Path, plan: _Plan) -> tuple[str, ...]:
    """Do what is planned; return the names of what was kept aside."""
    truth = plan.truth
    kept: list[str] = []
    (path / SEGMENTS).mkdir(exist_ok=True)
    if plan.lost:
        write_waiting(path, plan.again)
    lost = {one.entry.segment for one in plan.lost}
    damaged = [segment_path(path, digest) for digest in (*plan.healed, *sorted(lost))]
    damaged += plan.unnamed
    if truth.header_error is not None:
        damaged.append(path / HEADER)
    kept += [put_aside(path, file) for file in damaged if file.exists()]
    for digest, pieces in plan.healed.items():
        write_durably(segment_path(path, digest), pieces)
    if plan.writes_catalogue:
        kept += _write_catalogue(path, plan)
    if plan.journal and (path / JOURNAL).exists():
        kept.append(put_aside(path, path / JOURNAL))
        (path / JOURNAL).unlink()
    if truth.header_error is not None:
        write_durably(path / HEADER, [truth.header_raw])
    for digest in lost:
        segment_path(path, digest).unlink(missing_ok=True)
    for file in plan.unnamed:
        file.unlink()
    flush_folder(path / SEGMENTS)
    if plan.derived:
        for file in plan.derived:
            file.unlink()
        flush_folder(path / DERIVED)
        compact_locked(path, truth.header, plan.kept, if_worth_it=False)
    return tuple(kept)


def _write_catalogue(path: Path, plan: _Plan) -> list[str]:
    """Write the catalogue anew, in one step; return what was kept of the old one."""
    truth, target = plan.truth, path / CATALOGUE
    kept: list[str] = []
    log = target.with_name(target.name + "-wal")
    if truth.catalogue_error is not None:
        kept += [put_aside(path, file) for file in (target, log) if file.exists()]
    else:
        # Its log into it: beside the new one it would be taken for that one's.
        Catalogue.open_for_writing(path).close()
    made = path / f"{CATALOGUE}{TEMPORARY_SUFFIX}"
    for left in path.glob(f"{made.name}*"):
        left.unlink()
    with Catalogue.create(made) as catalogue:
        catalogue.create_tables(truth.header.sha256, plan.kept, truth.change + 1)
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    flush_folder(path)
    made.replace(target)
    flush_folder(path)
    return kept


def _outcome(plan: _Plan, kept: Sequence[str]) -> Repair:
    """Return what there is to tell."""
    truth = plan.truth
    done: list[Repaired] = []
    if truth.header_error is not None:
        done.append(Repaired(HEADER, truth.header_error, "written again"))
    if truth.catalogue_error is not None:
        did = "written again" if truth.is_all else "written again, as far as it could be read"
        done.append(Repaired(CATALOGUE, truth.catalogue_error, did))
    done += [
        Repaired(
            f"{SEGMENTS}/{digest}{SUFFIX}",
            "is not what it was when it was written",
            "made whole again, to the byte",
        )
        for digest in plan.healed
    ]
    names = dict.fromkeys((one.entry.segment, one.reason) for one in plan.lost)
    done += [
        Repaired(f"{SEGMENTS}/{digest}{SUFFIX}", reason.split(" ", 1)[1], "taken out of service")
        for digest, reason in names
    ]
    done += [
        Repaired(f"{SEGMENTS}/{file.name}", _UNKNOWN, "taken out of service")
        for file in plan.unnamed
    ]
    done += [
        Repaired(f"{DERIVED}/{file.name}", reason, "made again from the segments")
        for file, reason in plan.derived.items()
    ]
    done += plan.others
    again = plan.again
    return Repair(
        done=tuple(done),
        again=again,
        is_all=truth.is_all,
        manifest=f"{QUARANTINE}/{MANIFEST}" if again else "",
        quarantined=tuple(dict.fromkeys(kept)),
        references=len(plan.kept),
    )
