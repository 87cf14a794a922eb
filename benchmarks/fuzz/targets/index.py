"""Targets over the files of an index: header, segments, derived files, catalogue, what was seen."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks.fuzz.targets.target import Target, hold
from framematch.errors import IndexStoreError
from framematch.index import Index, IndexWriter, arrays, compact, verify
from framematch.index.derived_files import derived_files, find
from framematch.index.header import HEADER, encode_header, read_header
from framematch.index.saved_rows import SavedRows, load_rows, save_rows
from framematch.index.segment import check_segment, open_segment, thumbnail_at
from framematch.ingest.seen import NAME, Seen, Stamp
from framematch.records import CodeName, EpisodeId, FrameBatch, HashSpec, Reference

SPECS: dict[CodeName, HashSpec] = {
    "appearance": HashSpec("pdq", 256, 1, (("luma", "bt601"),)),
    "structure": HashSpec("gradient", 512, 1, (("seed", "7"),)),
}
_ROWS = 3


def frames(n: int, seed: int) -> FrameBatch:
    """Return made-up frames."""
    dice = np.random.default_rng(seed)
    return FrameBatch(
        timestamp_s=np.arange(n, dtype=np.float64) * 0.5,
        duration_s=np.full(n, 0.5),
        appearance=dice.integers(0, 256, (n, 32), dtype=np.uint8),
        quality=dice.integers(0, 101, n, dtype=np.uint8),
        structure=dice.integers(0, 256, (n, 64), dtype=np.uint8),
        features=dice.integers(0, 256, (n, 576), dtype=np.uint8),
        information=dice.integers(0, 101, n, dtype=np.uint8),
        box=dice.random((n, 4), dtype=np.float32),
        thumbnails=tuple(b"\xff\xd8" + dice.bytes(9) + b"\xff\xd9" for _ in range(n)),
    )


def reference(name: str, episode: EpisodeId | None = None) -> Reference:
    """Return a made-up reference."""
    return Reference(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=f"library/{name}.mkv",
        show="Kites",
        episode=episode,
        kind="other" if episode is None else "episode",
        media="video",
        width=640,
        height=360,
        duration_s=12.5,
    )


@lru_cache(maxsize=1)
def _index() -> dict[str, bytes]:
    """Return the files of a small index, by name."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        with IndexWriter(folder, SPECS) as writer:
            writer.publish(reference("a", EpisodeId(1, 2)), frames(_ROWS, 1))
            writer.publish(reference("b"), frames(_ROWS, 2))
        compact(folder)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def _written(folder: Path, *, but: str = "", data: bytes = b"") -> Path:
    """Write that index anew, one file of it replaced."""
    index = folder / "index"
    shutil.rmtree(index, ignore_errors=True)
    for name, content in _index().items():
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_bytes(data if name == but else content)
    return index


def _named(start: str, end: str) -> list[str]:
    return [name for name in _index() if name.startswith(start) and name.endswith(end)]


def _header(data: bytes, folder: Path) -> None:
    (folder / HEADER).write_bytes(data)
    header = read_header(folder)
    again = encode_header(header.specs, header.decoder)
    (folder / HEADER).write_bytes(again)
    hold(read_header(folder).specs == header.specs, "another header when it is written again")
    hold(header.spec, "a header of no codes")


def _arrays(data: bytes, folder: Path) -> None:
    path = folder / "a.fms"
    path.write_bytes(data)
    file = arrays.read_header(path)
    mapped = arrays.map_bytes(file)
    held = sum(arrays.view(file, mapped, name).nbytes for name in file.fields)
    hold(held <= len(data), f"{held} bytes of arrays in a file of {len(data)}")
    list(arrays.check_sums(file, mapped))


def _segment(data: bytes, folder: Path) -> None:
    path = folder / "a.fms"
    path.write_bytes(data)
    file = open_segment(path, _ROWS, SPECS)
    held = arrays.CheckedArrays(file, arrays.map_bytes(file), set())
    for row in range(_ROWS):
        hold(len(thumbnail_at(held, row)) <= len(data), "a thumbnail larger than the file")
    check_segment(path, _ROWS, SPECS)


def _in_index(start: str, end: str, data: bytes, folder: Path) -> None:
    """Open, search and verify the index with one of its files replaced."""
    name = _named(start, end)[0]
    same = _index()[name] == data
    index = _written(folder, but=name, data=data)
    found = verify(index)
    hold(same or found.problems or name.startswith("derived") or end == ".sqlite",
         f"a changed {name} that verify calls whole")  # fmt: skip
    with Index.open(index) as opened:
        codes = opened.codes("structure")
        hold(codes.shape == (len(opened), 64), "codes of another shape")
        opened.search_nearest("structure", frames(1, 9).structure, 2)
        len(opened.rows)
        for row in range(len(opened)):
            opened.thumbnail(row)


def _derived(data: bytes, folder: Path) -> None:
    """Find a derived file that may not be one: it is passed over, or serves what it says."""
    name = _named("derived/", ".fmd")[0]
    index = _written(folder, but=name, data=data)
    with Index.open(index) as opened:
        hold(len(opened) == 2 * _ROWS, f"{len(opened)} rows")
        codes = opened.codes("structure")
        hold(codes.shape == (2 * _ROWS, 64), "codes of another shape")
        opened.search_within("appearance", frames(1, 9).appearance, 256)
    find(index, "0" * 16, (), SPECS)
    hold(derived_files(index), "the derived file is gone")
    verify(index)


def _saved_rows(data: bytes, folder: Path) -> None:
    path = folder / "rows"
    path.write_bytes(data)
    found = load_rows(path, SPECS["structure"])
    hold(found.codes.shape == (len(found.rows), 64), "rows and codes of other lengths")


def _saved_seed() -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "rows"
        save_rows(
            path, SPECS["structure"], SavedRows(frames(3, 1).structure, np.arange(3), n_given=3)
        )
        return path.read_bytes()


def _seen(data: bytes, folder: Path) -> None:
    (folder / NAME).write_bytes(data)
    with Seen(folder) as seen:
        seen.digest(folder / "a.mkv")
        seen.add(folder / "b.mkv", None, "0" * 64)
    hold(Seen(folder).was_here(folder / "b.mkv", "0" * 64), "what was added is gone")


def _seen_seed() -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "a.mkv").write_bytes(b"a")
        with Seen(folder) as seen:
            for name in "ab":
                seen.add(folder / f"{name}.mkv", Stamp.of(folder / "a.mkv"), "1" * 64)
        return (folder / NAME).read_bytes()


def _seeds(start: str, end: str) -> tuple[bytes, ...]:
    return tuple(_index()[name] for name in _named(start, end))


_WORDS = (
    *(b'"version"', b'"kind"', b'"meta"', b'"arrays"', b'"shape"', b'"offset"', b'"nbytes"'),
    *(b"Infinity", b"-1", b"1e999", b"null", b"NaN", b"[]", b"{}"),
)

TARGETS = (
    Target("index-header", lambda: _seeds(HEADER, ""), _header, (IndexStoreError,), _WORDS, True),
    Target("array-file", lambda: _seeds("segments/", ""), _arrays, (IndexStoreError,), _WORDS),
    Target("segment", lambda: _seeds("segments/", ""), _segment, (IndexStoreError,), _WORDS),
    Target(
        "segment-in-index",
        lambda: _seeds("segments/", "")[:1],
        lambda data, folder: _in_index("segments/", "", data, folder),
        (IndexStoreError,),
        _WORDS,
    ),
    Target("derived", lambda: _seeds("derived/", ".fmd"), _derived, (), _WORDS),
    Target(
        "catalogue",
        lambda: _seeds("catalogue", ".sqlite"),
        lambda data, folder: _in_index("catalogue", ".sqlite", data, folder),
        (IndexStoreError,),
    ),
    Target("saved-rows", lambda: (_saved_seed(),), _saved_rows, (IndexStoreError,), _WORDS),
    Target("seen", lambda: (_seen_seed(),), _seen, (), _WORDS, True),
)
