"""How soon a still is answered over an index of a million rows, and how soon the page is there."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.desk.material import large_index, large_stills
from benchmarks.desk.process import Desk


@dataclass(slots=True)
class _Taken:
    """Seconds of the clock and of a processor, of everything that was timed alike."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"median {statistics.median(self.wall):.2f} s, {min(self.wall):.2f} to"
            f" {max(self.wall):.2f} s; {statistics.median(self.processor):.2f} s of a processor"
            f" ({len(self.wall)} times)"
        )


def measure(media: Path, scratch: Path, rows: int, runs: int, wait_s: float) -> int:
    """Print the figures: the page, the first still after it, and stills of a warm desk."""
    index, stills = large_index(media, scratch, rows), large_stills(scratch)
    page, first, warm = _Taken(), _Taken(), _Taken()
    answers: list[str] = []
    memory = (0.0, 0.0)
    for run in range(runs):
        with Desk(index) as desk:
            page.wall.append(desk.page_s)
            page.processor.append(desk.processor_s())
            time.sleep(wait_s)
            begun = stills[run % len(stills)]
            _timed(desk, begun, first)
            for still in (one for one in stills if one != begun):
                said = _timed(desk, still, warm)
                if not run:
                    answers.append(f"{still.stem}: {said['verdict']} {said['show'] or ''}")
            memory = desk.memory()
    print(f"from the start of the process to the page: {page}")
    print(f"first still {wait_s:g} s after that, request to answer: {first}")
    print(f"a still of a warm desk, request to answer: {warm}")
    print(f"resident: desk {memory[0]:.0f} MB, decoders {memory[1]:.0f} MB")
    print("; ".join(answers))
    return 0


def _timed(desk: Desk, still: Path, taken: _Taken) -> dict[str, str]:
    """Send a still, note what it took, and return what is said of it."""
    began, before_s = time.perf_counter(), desk.processor_s()
    said: dict[str, str] = desk.attributed(still)["attribution"]
    taken.wall.append(time.perf_counter() - began)
    taken.processor.append(desk.processor_s() - before_s)
    return said
