"""Publish invented references one by one: what the benchmark kills unless told otherwise."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

from framematch.index import IndexWriter
from framematch.records import CodeName, EpisodeId, FrameBatch, HashSpec, Reference

SPECS: dict[CodeName, HashSpec] = {
    "appearance": HashSpec("invented", 256, 1),
    "structure": HashSpec("invented", 512, 1),
}


def invented(number: int, n_rows: int) -> tuple[Reference, FrameBatch]:
    """Return a reference and `n_rows` random rows, equal for equal numbers."""
    rng = np.random.default_rng(number)
    reference = Reference(
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        path=f"library/{number}.mkv",
        show=f"Show {number % 3}",
        episode=EpisodeId(1, number),
        kind="episode",
        media="video",
        width=1920,
        height=1080,
        duration_s=n_rows / 2,
    )
    frames = FrameBatch(
        timestamp_s=np.arange(n_rows) / 2,
        duration_s=np.full(n_rows, 0.5),
        appearance=rng.integers(0, 256, (n_rows, 32), dtype=np.uint8),
        quality=rng.integers(0, 101, n_rows, dtype=np.uint8),
        structure=rng.integers(0, 256, (n_rows, 64), dtype=np.uint8),
        features=rng.integers(0, 256, (n_rows, 576), dtype=np.uint8),
        information=rng.integers(0, 101, n_rows, dtype=np.uint8),
        box=np.tile(np.array([0, 0, 1, 1], np.float32), (n_rows, 1)),
        thumbnails=tuple(b"\xff\xd8" + rng.bytes(6000) + b"\xff\xd9" for _ in range(n_rows)),
    )
    return reference, frames


def main() -> None:
    """Publish what the index ``argv[1]`` lacks of ``argv[2]`` references of ``argv[3]`` rows."""
    with IndexWriter(Path(sys.argv[1]), SPECS) as writer:
        for number in range(int(sys.argv[2])):
            reference, frames = invented(number, int(sys.argv[3]))
            if not writer.has(reference.sha256):
                writer.publish(reference, frames)


if __name__ == "__main__":
    main()
