"""Whole libraries: two processes beside one, memory beside the size of the library, bytes a frame.

Memory is the sum over all processes of a job, sampled while it runs: resident pages, those that
several processes share counted in shares (PSS).
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.kill.publish_loop import SPECS, invented
from benchmarks.speed.figures import Figure, median_ratio
from framematch.hashing import SPECS as HASH_SPECS
from framematch.index import Index, IndexWriter
from framematch.index.segment import open_segment, segment_path

#: What is indexed: some seven minutes of video in files of all sizes, none of which takes long.
LIBRARY = (
    *("sintel-trailer", "steamboat-willie", "synfig-shorts", "penny-and-chip"),
    "big-buck-bunny/other-encodes",
)
#: Files of the smaller library whose memory is measured; the other one has four times as many.
SMALL = 12
#: Rows of the invented index whose memory is measured, in references of a thousand.
ROWS = 100_000


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the figures of this section."""
    library = [media / folder for folder in LIBRARY if (media / folder).is_dir()]
    return [
        *_processes(library, scratch, runs),
        *_memory(library, scratch),
        *_on_disk(scratch / "bulk-1"),
        *_in_memory(scratch / "bulk-invented"),
    ]


def _add(index: Path, paths: Sequence[Path], processes: int) -> subprocess.Popen[bytes]:
    subprocess.run(["rm", "-rf", str(index)], check=True)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "framematch", "--index", str(index), "index", "add"),
            *("--processes", str(processes), "--show", "Library", *map(str, paths)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def _processes(library: Sequence[Path], scratch: Path, runs: int) -> list[Figure]:
    """Return how much sooner two processes are done than one, start and end included."""
    took_s: dict[int, list[float]] = {1: [], 2: []}
    for run in range(runs + 1):
        for processes in (1, 2) if run % 2 else (2, 1):
            started_s = time.perf_counter()
            status = _add(scratch / f"bulk-{processes}", library, processes).wait()
            if status:
                raise RuntimeError(f"index add on {processes} processes ended with {status}")
            if run:  # the first one warms the page cache
                took_s[processes].append(time.perf_counter() - started_s)
    with Index.open(scratch / "bulk-1") as one, Index.open(scratch / "bulk-2") as two:
        if one.info != two.info:
            raise RuntimeError("one process and two made different indexes")
        video_s = sum(ref.duration_s for ref in one.references())
        named = f"{len(one.references())} files, {video_s:.0f} s of video"
    ratio = median_ratio(took_s[1], took_s[2])
    return [
        Figure(
            name=f"index add, two processes ({named})",
            value=f"{np.median(took_s[2]):.1f}",
            unit="s",
            ratio=ratio,
            against="one process: times as fast",
            asked=">= 1.8",
            holds=ratio >= 1.8,
        )
    ]


def _memory(library: Sequence[Path], scratch: Path) -> list[Figure]:
    """Return the peak memory of jobs on a small library and on one of four times its files."""
    files = sorted(file for folder in library for file in folder.glob("*.mp4"))
    peaks = []
    for times in (1, 4):
        folder = scratch / f"bulk-{times}-fold"
        for number in range(times * SMALL):
            copy = folder / f"{number:03}.mp4"
            if not copy.exists():
                folder.mkdir(parents=True, exist_ok=True)
                # An empty box at the end: another content, the same video.
                original = files[number % SMALL].read_bytes()
                copy.write_bytes(original + (number // SMALL) * b"\x00\x00\x00\x08free")
        peaks.append(_peak_bytes(_add(scratch / "bulk-memory", [folder], 2)))
    ratio = peaks[1] / peaks[0]
    return [
        Figure(
            name=f"peak memory of index add on two processes, {4 * SMALL} files",
            value=f"{peaks[1] / 1e6:.0f}",
            unit="MB",
            ratio=ratio,
            against=f"{SMALL} files ({peaks[0] / 1e6:.0f} MB)",
            asked="<= 1.15",
            holds=ratio <= 1.15,
        )
    ]


def _peak_bytes(process: subprocess.Popen[bytes]) -> int:
    """Return the highest sum of proportional set sizes of a process and its children."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_pss_bytes, [process.pid, *_children(process.pid)])))
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"index add ended with {process.returncode}")
    return peak


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _on_disk(index: Path) -> list[Figure]:
    """Return the bytes of a frame in an index, all and by array."""
    with IndexWriter(index, HASH_SPECS) as writer:
        entries = writer.entries()
    rows = sum(entry.rows for entry in entries)
    by_array: dict[str, int] = {}
    for entry in entries:
        file = open_segment(segment_path(index, entry.segment), entry.rows, HASH_SPECS)
        for name, field in file.fields.items():
            by_array[name] = by_array.get(name, 0) + field.nbytes
    total = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    listed = ", ".join(f"{name} {size / rows:.0f}" for name, size in by_array.items())
    return [
        Figure(
            name=f"a frame on disk, of {rows} frames",
            value=f"{total / rows:.0f}",
            unit=f"bytes ({listed})",
        )
    ]


_OPENING = """
import sys
from pathlib import Path
from framematch.index import Index

def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return [int(line.split()[1]) * 1024 for line in lines if line[:8] in ("RssAnon:", "RssFile:")]

before = held()
index = Index.open(Path(sys.argv[1]))
index.rows
opened = held()
for name in ("appearance", "structure"):
    index.search_nearest(name, index.codes(name, [0]), 10)
print(*before, *opened, *held())
"""


def _in_memory(index: Path) -> list[Figure]:
    """Return the bytes of a frame in the memory of a process that searches an index."""
    with IndexWriter(index, SPECS) as writer:
        for number in range(ROWS // 1000):
            reference, frames = invented(number, 1000)
            if not writer.has(reference.sha256):
                writer.publish(reference, frames)
    done = subprocess.run(
        [sys.executable, "-c", _OPENING, str(index)], capture_output=True, text=True, check=True
    )
    anon, file, opened, opened_file, searched, searched_file = map(int, done.stdout.split())
    return [
        Figure(
            name=f"a frame in memory, index of {ROWS} frames opened",
            value=f"{(opened - anon) / ROWS:.0f}",
            unit=f"bytes, and {(opened_file - file) / ROWS:.0f} of the mapped files",
        ),
        Figure(
            name="the same, after a search by each code",
            value=f"{(searched - anon) / ROWS:.0f}",
            unit=f"bytes, and {(searched_file - file) / ROWS:.0f} of the mapped files",
        ),
    ]
