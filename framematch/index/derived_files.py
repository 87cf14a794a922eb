"""The derived files of an index: where they stand, which one serves a snapshot, which may go.

The segments are the truth: a derived file that is missing, damaged or of another content is passed
over, and everything is read from the segments.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.durable import TEMPORARY_SUFFIX
from framematch.errors import IndexStoreError
from framematch.index import arrays
from framematch.index.arrays import ArrayFile, Mapped
from framematch.index.derived import COPIED, KIND, Derived, Place, shapes
from framematch.index.header import CODE_NAMES
from framematch.index.identity import Entry
from framematch.index.lock import no_readers
from framematch.index.segment import segment_path
from framematch.records import CodeName, HashSpec

DERIVED = "derived"
SUFFIX = ".fmd"

#: What to do about a damaged one.
ADVICE = "run `framematch index compact` to make it again; no answer needs it"

#: The arrays that say whose rows stand where: small, and checked whenever the file is opened.
_WHICH_ROWS = ("sha256", "segment", "start")


def derived_path(folder: Path, index_id: str) -> Path:
    """Return where the derived file of an index with that identity stands."""
    return folder / DERIVED / f"{index_id}{SUFFIX}"


def find(
    folder: Path,
    index_id: str,
    entries: Sequence[Entry],
    specs: Mapping[CodeName, HashSpec],
) -> Derived | None:
    """Return the derived file that serves a snapshot best, mapped; ``None`` where there is none.

    That of another content serves the references that it has in common with the snapshot, but for
    the few that must be left out so that the others have the same order in both. One that serves
    no row is none.

    Parameters
    ----------
    folder : Path
        The index.
    index_id : str
        Identity of the snapshot.
    entries : sequence of Entry
        Its references in broadcast order.
    specs : mapping of CodeName to HashSpec
        Specification of each code.
    """
    own = derived_path(folder, index_id)
    others = (path for path in derived_files(folder) if path != own)
    best: Derived | None = None
    for path in (own, *others):
        found = _opened(path, entries, specs)
        if found is not None and (best is None or found.n_served > best.n_served):
            best = found
        if best is not None and best.complete:
            break
    return best if best is not None and best.n_served else None


def derived_files(folder: Path) -> list[Path]:
    """Return the derived files of an index, finished ones, by name."""
    return sorted((folder / DERIVED).glob(f"*{SUFFIX}"))


def delete_others(folder: Path, kept: Path) -> None:
    """Delete the derived files of an index but one, unless somebody reads: then they stay.

    A reader may have one mapped, and on some file systems (NFS) loses what it maps when the file is
    deleted. The caller holds the writer's lock.
    """
    others = [file for file in derived_files(folder) if file != kept]
    if not others:
        return
    with no_readers(folder) as alone:
        if alone:
            for file in others:
                file.unlink(missing_ok=True)


def unfinished(folder: Path) -> list[Path]:
    """Return the derived files that a killed run did not finish."""
    return sorted((folder / DERIVED).glob(f"*{TEMPORARY_SUFFIX}"))


def open_derived(path: Path, specs: Mapping[CodeName, HashSpec]) -> ArrayFile:
    """Return the header of the derived file `path`, checked as far as it can be without reading it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    IndexStoreError
        It is cut short, damaged, or not a derived file of codes of `specs`.
    """
    file = arrays.read_header(path)
    try:
        n_references, rows = int(file.meta["references"]), int(file.meta["rows"])
        same = file.meta["specs"] == {name: specs[name].to_dict() for name in CODE_NAMES}
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise IndexStoreError(f"{path}: not a derived file; {ADVICE}") from error
    wanted = shapes(n_references, rows, specs)
    found = {name: (field.dtype, field.shape) for name, field in file.fields.items()}
    if file.kind != KIND or not same or found != wanted:
        raise IndexStoreError(f"{path}: not a derived file of the codes of this index; {ADVICE}")
    return file


def wrong_rows(file: ArrayFile, mapped: Mapped, folder: Path) -> Iterator[str]:
    """Yield the segments, by name of their file, whose rows are not here what their header says.

    A file made of a damaged segment has good checksums over bad bytes: those of the segment tell.
    Segments that are gone or have no readable header are passed over.
    """
    start = arrays.view(file, mapped, "start").tolist()
    segments = arrays.view(file, mapped, "segment")
    held = {name: arrays.view(file, mapped, name) for name in COPIED}
    for position, digest in enumerate(segments):
        path = segment_path(folder, digest.tobytes().hex())
        try:
            fields = arrays.read_header(path).fields
        except (IndexStoreError, OSError):
            continue
        rows = slice(start[position], start[position + 1])
        if any(
            name not in fields
            or hashlib.sha256(held[name][rows].data).hexdigest() != fields[name].sha256
            for name in COPIED
        ):
            yield path.name


def _opened(
    path: Path, entries: Sequence[Entry], specs: Mapping[CodeName, HashSpec]
) -> Derived | None:
    """Return the derived file `path` if it can serve the snapshot."""
    try:
        file = open_derived(path, specs)
        mapped = arrays.map_bytes(file)
    except (IndexStoreError, OSError, ValueError):
        return None
    held = {name: arrays.view(file, mapped, name) for name in _WHICH_ROWS}
    rows = np.diff(held["start"])
    if next(arrays.check_sums(file, mapped, _WHICH_ROWS), None) is not None:
        return None
    if held["start"][0] != 0 or held["start"][-1] != file.meta["rows"] or np.any(rows < 0):
        return None
    keys = [
        (sha256.tobytes(), segment.tobytes(), n)
        for sha256, segment, n in zip(held["sha256"], held["segment"], rows.tolist(), strict=True)
    ]
    known = {key: position for position, key in enumerate(keys)}
    old, new = [], []
    for position, entry in enumerate(entries):
        key = (bytes.fromhex(entry.reference.sha256), bytes.fromhex(entry.segment), entry.rows)
        if key in known:
            old.append(known[key])
            new.append(position)
    kept = _ascending(old)
    place = Place(np.array(old, dtype=np.int64)[kept], np.array(new, dtype=np.int64)[kept])
    starts = np.cumsum([0, *(entry.rows for entry in entries)], dtype=np.int64)
    return Derived(file, mapped, place, starts)


def _ascending(numbers: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return the places of a longest ascending subsequence of distinct numbers, int64 (n,).

    By patience sorting (Fredman, Discrete Mathematics 11, 1975), in n log n steps.
    """
    ends: list[int] = []  # the lowest number that a subsequence of each length may end in
    places: list[int] = []  # and where that stands
    before: list[int] = []  # for each place the one before it in its subsequence, -1 for none
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        places[length : length + 1] = [place]
    kept: list[int] = []
    place = places[-1] if places else -1
    while place >= 0:
        kept.append(place)
        place = before[place]
    return np.array(kept[::-1], dtype=np.int64)
