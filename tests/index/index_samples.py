"""Small invented references, and a child process that dies where a test says."""

import hashlib
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from io import IOBase
from pathlib import Path
from typing import TypeVar

import numpy as np

from framematch.index import Index
from framematch.records import EpisodeId, FrameBatch, HashSpec, Reference

T = TypeVar("T")

SPECS = {
    "appearance": HashSpec("pdq", 256, 1, (("luma", "bt601"), ("window", "64"))),
    "structure": HashSpec("gradient", 512, 1, (("seed", "7"),)),
}


def reference(name: str, show: str = "Kites", episode: EpisodeId | None = None) -> Reference:
    return Reference(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=f"library/{name}.mkv",
        show=show,
        episode=episode,
        kind="other" if episode is None else "episode",
        media="video",
        width=640,
        height=360,
        duration_s=12.5,
    )


def frames(n: int, seed: int) -> FrameBatch:
    rng = np.random.default_rng(seed)
    return FrameBatch(
        timestamp_s=np.arange(n) * 0.5,
        duration_s=np.full(n, 0.5),
        appearance=rng.integers(0, 256, (n, 32), dtype=np.uint8),
        quality=rng.integers(0, 101, n, dtype=np.uint8),
        structure=rng.integers(0, 256, (n, 64), dtype=np.uint8),
        features=rng.integers(0, 256, (n, 576), dtype=np.uint8),
        information=rng.integers(0, 101, n, dtype=np.uint8),
        box=rng.random((n, 4), dtype=np.float32),
        thumbnails=tuple(
            b"\xff\xd8" + rng.bytes(int(rng.integers(0, 40))) + b"\xff\xd9" for _ in range(n)
        ),
    )


def flip_bits(code: np.ndarray, n_bits: int, seed: int = 0) -> np.ndarray:
    """Return a packed code that differs in exactly `n_bits` bits."""
    bits = np.unpackbits(code)
    bits[np.random.default_rng(seed).permutation(len(bits))[:n_bits]] ^= 1
    return np.packbits(bits)


def same_frames(left: FrameBatch, right: FrameBatch) -> bool:
    arrays = (
        "timestamp_s",
        "duration_s",
        "appearance",
        "quality",
        "structure",
        "features",
        "information",
        "box",
    )
    return left.thumbnails == right.thumbnails and all(
        np.array_equal(getattr(left, name), getattr(right, name)) for name in arrays
    )


def identity(path: Path) -> str:
    with Index.open(path) as index:
        return index.info.id


def segment_files(path: Path) -> list[Path]:
    return sorted((path / "segments").iterdir())


def in_child(action: Callable[[], None]) -> int:
    """Run `action` in a forked child; return its exit status, negative for a signal."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_before_step(step: int, prepare: Callable[[], T], action: Callable[[T], object]) -> bool:
    """Run `action` on what `prepare` gave in a child, killed just before a call into the system.

    It is the `step`-th call of `action`, counted from 0, of `os`, `fcntl`, a file object or an
    SQLite connection. Returns whether the child was killed: it was not where `action` takes fewer
    steps.
    """
    left = step

    def count(frame: object, event: str, called: object) -> None:
        nonlocal left
        if event != "c_call":
            return
        owner = getattr(called, "__self__", None)
        module = getattr(called, "__module__", None)
        if isinstance(owner, sqlite3.Connection | IOBase) or module in ("posix", "fcntl"):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    def watched() -> None:
        prepared = prepare()
        sys.setprofile(count)
        try:
            action(prepared)
        finally:
            sys.setprofile(None)

    status = in_child(watched)
    assert status in (0, -signal.SIGKILL)
    return status != 0
