"""What an appearance code costs, beside the pdqhash package on the same pictures."""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pdqhash

from framematch.hashing import appearance

SIZES = ((576, 1024), (360, 640))
ROUNDS = 15
BATCH = 8


def measure() -> list[str]:
    """Return a line per size: milliseconds a picture of both, taken in turn, and their ratio."""
    lines = []
    rng = np.random.default_rng(0)
    for height, width in SIZES:
        batch = rng.integers(0, 256, (BATCH, height, width, 3), dtype=np.uint8)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            ours.append(_seconds(partial(appearance.encode, batch)))
            theirs.append(_seconds(partial(_package, batch)))
        mine, package = (1000 * float(np.median(t)) / BATCH for t in (ours, theirs))
        lines.append(
            f"{width}x{height}: appearance.encode {mine:.2f} ms, pdqhash.compute {package:.2f} ms,"
            f" {package / mine:.1f} times as long"
        )
    return lines


def _package(batch: npt.NDArray[np.uint8]) -> None:
    for picture in batch:
        pdqhash.compute(picture)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
