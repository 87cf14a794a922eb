"""Damage every file of an index, one at a time, and see what every reader says of it.

    python -m benchmarks.faults.index_flips --index INDEX --seconds 600

The index is copied, opened by a writer, and given two more versions, so that there is an older copy
of each file. Each damage is done to a fresh copy of it. Then

1. `verify` must name the file, or nothing that anybody reads may have changed;
2. listing, searching, reading all rows and thumbnails, and adding a reference must each refuse,
   naming the file, or do exactly what they do with the undamaged index;
3. `repair` must leave the references that are whole as they were; after the references that it
   names are indexed again, the index must be equal to the undamaged one, and a second repair must
   find nothing.

Exit 0 when all of that held for every damage, else 1.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.faults.damage import Damage, copied, damages
from framematch.errors import FrameMatchError
from framematch.index import Index, IndexWriter, compact, read_references, repair, verify
from framematch.index.header import read_header
from framematch.index.identity import Entry
from framematch.index.lines import encode_line
from framematch.index.quarantine import SEEN
from framematch.index.reading import read_entries
from framematch.index.segment import segment_path
from framematch.records import CodeName, HashSpec, Hits

#: Files that hold nothing: whatever is in them, the lock on them is what counts.
NOTHING_IN_IT = ("readers.lock", "writer.lock", "catalogue.sqlite-shm")

_LINKED = frozenset({"segments", "derived"})

#: Names what was read, or the error that refused it.
Answers = Mapping[str, str | FrameMatchError]


@dataclass(frozen=True, slots=True)
class Base:
    """An undamaged index and what is known of it.

    Attributes
    ----------
    folder : Path
        The index.
    older : Path
        An earlier state of it.
    specs : mapping of CodeName to HashSpec
        Its specifications.
    entries : tuple of Entry
        What it lists.
    answers : Answers
        What it answers.
    """

    folder: Path
    older: Path
    specs: Mapping[CodeName, HashSpec]
    entries: tuple[Entry, ...]
    answers: Answers


@dataclass(slots=True)
class Tally:
    """What came of the damages of one file and kind.

    Attributes
    ----------
    tried, flipped : int
        Damages, and bits flipped by them.
    named : int
        Named by `verify`.
    irrelevant : int
        Not named, and nothing that is read was changed.
    refused, right : int
        Readings that refused, and that were those of the undamaged index.
    healed, again : int
        Indexes that were equal after the repair, and after indexing again what it named.
    failures : list of str
        What must not happen.
    """

    tried: int = 0
    flipped: int = 0
    named: int = 0
    irrelevant: int = 0
    refused: int = 0
    right: int = 0
    healed: int = 0
    again: int = 0
    failures: list[str] = field(default_factory=list)


def prepared(index: Path, work: Path) -> Base:
    """Return a copy of an index with an earlier state beside it."""
    folder, older = work / "index", work / "older"
    shutil.copytree(index, folder)
    specs = read_header(folder).specs
    if (folder / SEEN).exists():
        # In the form that a run of `index add` would bring it into.
        lines = map(json.loads, filter(None, (folder / SEEN).read_text().splitlines()))
        (folder / SEEN).write_bytes(b"".join(map(encode_line, lines)))
    IndexWriter(folder, specs).close()
    entries = _listed(folder)
    held = {entry.segment: segment_path(folder, entry.segment).read_bytes() for entry in entries}
    late = entries[: max(1, len(entries) // 4)]
    with IndexWriter(folder, specs) as writer:
        writer.remove([entry.reference.sha256 for entry in late])
    compact(folder)
    shutil.copytree(folder, older)
    with IndexWriter(folder, specs) as writer:
        for entry in late:
            writer.publish_encoded(entry.reference, [held[entry.segment]], entry.rows)
    compact(folder)
    # An earlier content under the present name.
    (now,) = (folder / "derived").iterdir()
    (before,) = (older / "derived").iterdir()
    before.rename(before.with_name(now.name))
    return Base(folder, older, specs, _listed(folder), answers(folder, specs))


def _listed(folder: Path) -> tuple[Entry, ...]:
    return read_entries(folder, read_header(folder))


def with_log(base: Base, work: Path) -> Base:
    """Return the index as a writer leaves it that is killed before its log is moved."""
    folder = work / "log"
    copied(base.folder, work / "writing", linked=_LINKED)
    first = read_references(base.folder)[0]
    with IndexWriter(work / "writing", base.specs) as writer:
        writer.attribute(replace(first, show=f"{first.show} again"))
        copied(work / "writing", folder, linked=_LINKED)
    # Whoever reads it last moves the log: on a copy.
    read = work / "read"
    copied(folder, read, linked=_LINKED)
    return replace(base, folder=folder, entries=_listed(read), answers=answers(read, base.specs))


def answers(folder: Path, specs: Mapping[CodeName, HashSpec]) -> Answers:
    """Return what each way of reading gives, as digests, and what refused."""
    ways: dict[str, Callable[[], object]] = {
        "list": lambda: read_references(folder),
        "linear": lambda: _searched(folder, "linear"),
        "sieve": lambda: _searched(folder, "sieve"),
        "all": lambda: _everything(folder),
        "add": lambda: _added(folder, specs),
    }
    found: dict[str, str | FrameMatchError] = {}
    for name, way in ways.items():
        try:
            found[name] = _digest(way())
        except FrameMatchError as error:
            found[name] = error
    return found


def _searched(folder: Path, backend: Any) -> object:  # noqa: ANN401 - a name of a structure
    """Return what a search for a few frames says, with all that is shown of its hits."""
    with Index.open(folder, backend=backend, min_information=5) as index:
        if not len(index):
            return ()
        told: list[object] = []
        rows = np.arange(0, len(index), max(1, len(index) // 5))
        for name in ("appearance", "structure"):
            codes = _asked(folder, name)
            near = index.search_nearest(name, codes, 4, exact=True)
            within = index.search_within(name, codes, 40)
            for hits in (near, within):
                told += [hits.query, hits.row, hits.distance, index.features(hits.row[:20])]
                told += [index.thumbnail(row) for row in hits.row[:5].tolist()]
                told += [_row(index, hits)]
        return (*told, index.codes("structure", rows))


def _row(index: Index, hits: Hits) -> tuple[object, ...]:
    table = index.rows
    names = ("reference", "timestamp_s", "duration_s", "quality", "information", "box")
    return tuple(getattr(table, name)[hits.row] for name in names)


def _asked(folder: Path, name: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return codes to search for: the same for every copy of an index."""
    width = 32 if name == "appearance" else 64
    held = _KNOWN[name]
    noise = np.random.default_rng(1).integers(0, 256, (len(held), width), dtype=np.uint8)
    return held ^ (noise & np.roll(noise, 1) & np.roll(noise, 2) & np.roll(noise, 3))


#: Codes of the undamaged index that are asked for, by name; filled by `main` and by tests.
_KNOWN: dict[str, np.ndarray[Any, np.dtype[np.uint8]]] = {}


def ask_for_rows_of(folder: Path) -> None:
    """Choose what is searched for: a few rows of an index."""
    with Index.open(folder, backend="linear") as index:
        rows = np.arange(0, len(index), max(1, len(index) // 8))
        for name in ("appearance", "structure"):
            _KNOWN[name] = index.codes(name, rows)


def _everything(folder: Path) -> object:
    with Index.open(folder, backend="linear") as index:
        return [_frames(index, position) for position in range(len(index.references()))]


def _frames(index: Index, position: int) -> tuple[object, ...]:
    batch = index.frames(position)
    names = ("timestamp_s", "duration_s", "appearance", "quality", "structure", "features")
    more = (batch.information, batch.box, *batch.thumbnails)
    return (*(getattr(batch, name) for name in names), *more)


def _added(folder: Path, specs: Mapping[CodeName, HashSpec]) -> object:
    """Add a reference to a copy, made of the rows of the first one, and return all of it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        copy = Path(name) / folder.name
        copied(folder, copy, linked=_LINKED)
        with IndexWriter(copy, specs) as writer:
            entry = _ADDED[0]
            writer.publish_encoded(entry[0], [entry[1]], entry[2])
            # Damage to rows that adding does not look at is for the readers to find.
            return read_references(copy)


#: The reference that is added, its segment and its rows; filled by `main` and by tests.
_ADDED: list[tuple[Any, bytes, int]] = []


def choose(folder: Path) -> None:
    """Choose what is searched for and what is added."""
    ask_for_rows_of(folder)
    add_row_of(folder)


def add_row_of(folder: Path) -> None:
    """Choose what is added: the first reference once more, as another file."""
    entry = _listed(folder)[0]
    other = replace(entry.reference, sha256=hashlib.sha256(b"another").hexdigest(), path="new.mkv")
    _ADDED[:] = [(other, segment_path(folder, entry.segment).read_bytes(), entry.rows)]


def _digest(told: object) -> str:
    running = hashlib.sha256()

    def feed(one: object) -> None:
        if isinstance(one, np.ndarray):
            running.update(f"{one.dtype}{one.shape}".encode())
            running.update(np.ascontiguousarray(one).tobytes())
        elif isinstance(one, tuple | list):
            running.update(f"[{len(one)}".encode())
            for part in one:
                feed(part)
        elif isinstance(one, bytes):
            running.update(b"%d:" % len(one) + one)
        else:
            running.update(repr(one).encode())

    feed(told)
    return running.hexdigest()


def judge(base: Base, damage: Damage, work: Path, tally: Tally) -> None:
    """Do one damage to a copy and note what came of it."""

    def fresh() -> Path:
        folder = work / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        copied(base.folder, folder, linked=_LINKED)
        damage.apply(folder)
        return folder

    tally.tried += 1
    tally.flipped += damage.flipped
    what = f"{damage.file}: {damage.kind} {damage.detail}"
    try:
        named = _named(fresh(), damage.file)
        given = answers(fresh(), base.specs)
        for failure in _compare(base, damage, given, tally):
            tally.failures.append(f"{what}: {failure}")
        same = all(given[name] == base.answers[name] for name in given)
        tally.named += named
        if not named:
            if not (_may_be_lost(damage) or (same and _is_behind_a_log(base, damage))):
                tally.failures.append(f"{what}: not named by verify")
            elif same:
                tally.irrelevant += 1
        for failure in _repaired(base, fresh(), tally):
            tally.failures.append(f"{what}: {failure}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        tally.failures.append(f"{what}: {type(error).__name__}: {error}")


def _named(folder: Path, file: str) -> bool:
    """Return whether `verify` names a file."""
    try:
        found = verify(folder)
    except FrameMatchError as error:
        return _name(file) in str(error)
    told = [*found.problems, *found.notes]
    return any(_name(file) in f"{one.file} {one.reason}" for one in told)


def _name(file: str) -> str:
    """Return what a message calls a file: the log is the catalogue's."""
    return Path(file).name.removesuffix("-wal")


def _may_be_lost(damage: Damage) -> bool:
    """Return whether nobody is wronged by this damage: see docs/index-format.md."""
    if damage.file in NOTHING_IN_IT:
        return True
    if damage.kind == "gone":
        return damage.file == SEEN or damage.file.startswith("derived/")
    # Whole lines that are gone are files that are read again.
    return damage.file == SEEN and damage.kind in ("cut short", "another file", "older version")


def _is_behind_a_log(base: Base, damage: Damage) -> bool:
    """Return whether the damage is to a catalogue whose log has, or need not have, the bytes.

    While there is a log, nobody knows the digest of the file itself.
    """
    log = base.folder / "catalogue.sqlite-wal"
    return damage.file.startswith("catalogue.sqlite") and log.exists()


def _compare(base: Base, damage: Damage, given: Answers, tally: Tally) -> Iterator[str]:
    """Yield what a reading may not do."""
    for name, answer in given.items():
        if isinstance(answer, FrameMatchError):
            tally.refused += 1
            if _name(damage.file) not in str(answer):
                yield f"{name} refuses without naming it: {answer}"
        elif answer == base.answers[name]:
            tally.right += 1
        else:
            yield f"WRONG ANSWER of {name}"


def _repaired(base: Base, folder: Path, tally: Tally) -> Iterator[str]:
    """Repair the copy, do what the repair says, and yield what is not as it should be."""
    outcome = repair(folder, base.specs)
    wanted = base.entries
    left = {entry.reference.sha256: entry for entry in _listed(folder)}
    for entry in wanted:
        mine = left.get(entry.reference.sha256)
        if mine is not None and replace(mine, head=entry.head) != entry:
            yield f"repair changed {entry.reference.path}"
    named = {one.reference.sha256 for one in outcome.again}
    gone = {entry.reference.sha256 for entry in wanted} - set(left)
    if outcome.is_all and named != gone:
        yield f"repair names {len(named)} references, {len(gone)} are gone"
    if repair(folder, base.specs).done:
        yield "a second repair finds something"
    if outcome.again or gone:
        tally.again += 1
        with IndexWriter(folder, base.specs) as writer:
            for entry in wanted:
                if entry.reference.sha256 in gone:
                    raw = segment_path(base.folder, entry.segment).read_bytes()
                    writer.publish_encoded(entry.reference, [raw], entry.rows)
    else:
        tally.healed += 1
    found = verify(folder)
    if found.problems:
        yield f"after the repair verify says {found.problems[0]}"
    for name, answer in answers(folder, base.specs).items():
        if answer != base.answers[name]:
            yield f"after the repair {name} is not as before: {answer}"


def files_of(folder: Path) -> list[str]:
    """Return the files of an index by name inside it."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def run(
    base: Base, work: Path, files: list[str], *, seed: int, seconds: float, most: int
) -> dict[str, Tally]:
    """Damage files in turn until time or number is up; return what came of it, by kind."""
    tallies: dict[str, Tally] = {}
    streams = {file: damages(base.folder, base.older, file, seed) for file in files}
    end = time.monotonic() + seconds
    done: Counter[str] = Counter()
    while streams and time.monotonic() < end:
        for file, stream in list(streams.items()):
            damage = next(stream, None) if done[file] < most else None
            if damage is None:
                del streams[file]
                continue
            if time.monotonic() > end:
                break
            done[file] += 1
            sort = f"{_sort(file)}: {damage.kind}"
            judge(base, damage, work, tallies.setdefault(sort, Tally()))
    return tallies


def _sort(file: str) -> str:
    path = Path(file)
    return f"{path.parent.name}/*{path.suffix}" if path.parent.name else path.name


def write_table(tallies: Mapping[str, Tally]) -> bool:
    """Write what came of the damages; return whether all held."""
    columns = ("tried", "flipped", "named", "irrelevant", "refused", "right", "healed", "again")
    lines: list[tuple[str, ...]] = [("damage", *columns, "failures")]
    total: Counter[str] = Counter()
    for sort, tally in sorted(tallies.items()):
        numbers = {name: getattr(tally, name) for name in columns}
        numbers["failures"] = len(tally.failures)
        total.update(numbers)
        lines.append((sort, *map(str, numbers.values())))
    lines.append(("all", *(str(total[name]) for name in (*columns, "failures"))))
    for line in lines:
        print("| " + " | ".join(line) + " |", flush=True)
    for failure in itertools.chain(*(tally.failures for tally in tallies.values())):
        print(failure)
    return not total["failures"]


def main() -> int:
    """Damage the index that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(description="Damage every file of an index.")
    parser.add_argument("--index", type=Path, required=True, help="an index; it is copied")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--most", type=int, default=1_000_000, help="damages of each file")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flips-") as name:
        work = Path(name)
        choose(options.index)
        base = prepared(options.index, work)
        logged = with_log(base, work)
        share = options.seconds / 10
        logs = ["catalogue.sqlite-wal", "catalogue.sqlite-shm", "catalogue.sqlite"]
        found = run(logged, work, logs, seed=options.seed, seconds=share, most=options.most)
        found = {f"with a log, {sort}": tally for sort, tally in found.items()}
        found |= run(
            base,
            work,
            files_of(base.folder),
            seed=options.seed,
            seconds=options.seconds - share,
            most=options.most,
        )
    return 0 if write_table(found) else 1


if __name__ == "__main__":
    sys.exit(main())
