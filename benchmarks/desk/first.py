"""How soon a still is answered over an index of a million rows, and how soon the page is there."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks.desk.material import large_index, large_stills
from benchmarks.desk.process import Desk


def measure(media: Path, scratch: Path, rows: int, runs: int) -> int:
    """Print the figures: the page, the first still after it, and stills of a warm desk."""
    index, stills = large_index(media, scratch, rows), large_stills(scratch)
    pages: list[float] = []
    firsts: list[float] = []
    warm: list[float] = []
    answers: list[str] = []
    for run in range(runs):
        with Desk(index) as desk:
            pages.append(desk.page_s)
            first = stills[run % len(stills)]
            firsts.append(_timed(desk, first)[0])
            for still in (one for one in stills if one != first):
                seconds, said = _timed(desk, still)
                warm.append(seconds)
                if not run:
                    answers.append(f"{still.stem}: {said['verdict']} {said['show'] or ''}")
            memory = desk.memory()
    for what, taken in (
        ("from the start of the process to the page", pages),
        ("first still after that, request to answer", firsts),
        ("a still of a warm desk, request to answer", warm),
    ):
        print(
            f"{what}: median {statistics.median(taken):.2f} s, {min(taken):.2f} to"
            f" {max(taken):.2f} s ({len(taken)} times)"
        )
    print(f"resident: desk {memory[0]:.0f} MB, decoders {memory[1]:.0f} MB")
    print("; ".join(answers))
    return 0


def _timed(desk: Desk, still: Path) -> tuple[float, dict[str, str]]:
    began = time.perf_counter()
    said = desk.attributed(still)["attribution"]
    return time.perf_counter() - began, said
