"""Opening: an index of ten million rows in a fresh process, its files out of the page cache.

``python -m benchmarks.speed.opening --media MEDIA --scratch DIR --rows N`` measures another size.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.speed.codes import drifted_rows, pool
from benchmarks.speed.figures import Figure, machine, table
from framematch.hashing import SPECS
from framematch.index import IndexWriter, compact
from framematch.records import EpisodeId, FrameBatch, Reference

ROWS = 10_000_000

#: Rows of an episode of 24 minutes after held drawings are one row, about.
ROWS_OF_REFERENCE = 714

#: What a fresh process does, timed inside it: opening, then a first search.
_CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from framematch.index import Index
began = time.perf_counter()
index = Index.open(Path(sys.argv[1]), min_information=1)
index.rows
opened = time.perf_counter()
codes = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
index.search_nearest("structure", codes, 16)
print(opened - began, time.perf_counter() - opened)
"""


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the figures of `ROWS` rows."""
    return measure_rows(media, scratch, runs, ROWS)


def measure_rows(media: Path, scratch: Path, runs: int, rows: int) -> list[Figure]:
    """Return the figures of an index of so many rows, built in `scratch` unless it is there."""
    folder = build(media, scratch, rows)
    size = f"{rows / 1e6:g} M rows"
    for file in (folder / "derived").glob("*"):
        file.unlink()
    began = time.perf_counter()
    done = compact(folder)
    compact_s = time.perf_counter() - began
    cold = [_opened(folder, cold=True) for _ in range(runs)]
    warm = [_opened(folder, cold=False) for _ in range(runs)]
    open_s = statistics.median(one[0] for one in cold)
    return [
        Figure(
            f"opened cold, {size}",
            f"{open_s:.2f}",
            "s",
            open_s,
            "a second",
            "< 1",
            open_s < 1,
        ),
        _seconds(f"first search of 64 codes after that, {size}", cold, 1),
        _seconds(f"opened warm, {size}", warm, 0),
        _seconds(f"first search after that, {size}", warm, 1),
        Figure(f"compacted, {size}", f"{compact_s:.1f}", "s"),
        Figure(f"derived file, {size}", f"{done.bytes / rows:.1f}", "bytes a row"),
    ]


def build(media: Path, scratch: Path, rows: int) -> Path:
    """Return the folder of an index of so many drifted rows, written unless it is there."""
    folder = scratch / f"opening-{rows}"
    if (folder / "built").exists():
        return folder
    codes = {
        name: drifted_rows(held, rows, scratch / f"drifted-{name}-{rows}.bin")
        for name, held in pool(media, scratch).items()
    }
    with IndexWriter(folder, SPECS) as writer:
        for number, start in enumerate(range(0, rows, ROWS_OF_REFERENCE)):
            own = slice(start, min(start + ROWS_OF_REFERENCE, rows))
            n = own.stop - own.start
            frames = FrameBatch(
                timestamp_s=np.arange(0.0, 2.0 * n, 2.0),
                duration_s=np.full(n, 2.0),
                appearance=np.array(codes["appearance"][own]),
                quality=np.full(n, 100, dtype=np.uint8),
                structure=np.array(codes["structure"][own]),
                features=np.zeros((n, 576), dtype=np.uint8),
                information=np.full(n, 50, dtype=np.uint8),
                box=np.tile(np.array([0, 0, 1, 1], dtype=np.float32), (n, 1)),
                thumbnails=(b"\xff\xd8\xff\xd9",) * n,
            )
            writer.publish(_reference(number), frames)
    (folder / "built").touch()
    return folder


def _reference(number: int) -> Reference:
    show, rest = divmod(number, 100)
    season, episode = divmod(rest, 20)
    return Reference(
        sha256=hashlib.sha256(f"opening {number}".encode()).hexdigest(),
        path=f"Show {show:04d}/S{season + 1:02d}E{episode + 1:02d}.mkv",
        show=f"Show {show:04d}",
        episode=EpisodeId(season + 1, episode + 1),
        kind="episode",
        media="video",
        width=1920,
        height=1080,
        duration_s=2.0 * ROWS_OF_REFERENCE,
    )


def _opened(folder: Path, *, cold: bool) -> tuple[float, float]:
    """Return the seconds of opening and of the first search in a fresh process."""
    if cold:
        for file in (*folder.glob("*"), *folder.glob("derived/*"), *folder.glob("segments/*")):
            if file.is_file():
                _forget(file)
    command = [sys.executable, "-c", _CHILD, str(folder)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    open_s, search_s = map(float, answer.stdout.split())
    return open_s, search_s


def _forget(file: Path) -> None:
    """Drop the pages of a file from the system's cache; needs no rights."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _seconds(what: str, times: list[tuple[float, float]], place: int) -> Figure:
    return Figure(what, f"{statistics.median(one[place] for one in times):.2f}", "s")


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.opening")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--scratch", type=Path, required=True, help="keep the index here")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    given.scratch.mkdir(parents=True, exist_ok=True)
    print(machine())
    print(table(measure_rows(given.media, given.scratch, given.runs, given.rows)), flush=True)


if __name__ == "__main__":
    main()
