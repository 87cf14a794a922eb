"""Two hundred files sent at once: none lost, answered as by the command line, memory flat."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.desk.material import studio_of
from benchmarks.desk.process import Desk, sampled

#: What a round may end with over what the first one ended with.
_FLAT = 1.05


def measure(scratch: Path, n: int, rounds: int) -> int:
    """Print the figures; return how many answers were lost or wrong, and 1 more for growth."""
    index, files = studio_of(scratch, n)
    began, before_s = time.perf_counter(), _children_s()
    wanted = _by_query(index, files)
    query_s, query_cpu_s = time.perf_counter() - began, _children_s() - before_s
    verdicts = [one["verdict"] for one in wanted]
    counted = ", ".join(f"{verdicts.count(one)} {one}" for one in sorted(set(verdicts)))
    print(f"{n} stills ({counted}), one framematch query --json: {query_s:.1f} s,", end=" ")
    print(f"{query_cpu_s:.0f} s of a processor", flush=True)
    with Desk(index) as desk:
        print(f"page after {desk.page_s:.1f} s")
        ends, bad = [], 0
        print("| round | s | of a processor, s | answered | different", end="")
        print(" | longest wait, s | median, s", end="")
        print(" | desk MB before, peak, after | decoders MB before, peak, after |")
        for number in range(1, rounds + 1):
            before, before_s = desk.memory(), desk.processor_s()
            with sampled(desk) as memory:
                began = time.perf_counter()
                answers, waits = _at_once(desk, files)
                seconds = time.perf_counter() - began
            after, used_s = desk.memory(), desk.processor_s() - before_s
            ends.append(sum(after))
            different = sum(one != other for one, other in zip(answers, wanted, strict=True))
            lost = sum(one is None for one in answers)
            bad += different
            peaks = [max(one[place] for one in memory) for place in (0, 1)]
            sizes = " | ".join(
                f"{before[place]:.0f}, {peaks[place]:.0f}, {after[place]:.0f}" for place in (0, 1)
            )
            print(f"| {number} | {seconds:.1f} | {used_s:.0f} | {n - lost} of {n}", end="")
            print(f" | {different} | {max(waits):.1f} | {statistics.median(waits):.1f}", end="")
            print(f" | {sizes} |", flush=True)
    growth = max(ends[1:], default=ends[0]) / ends[0]
    print(f"resident after the largest later round over that after the first: {growth:.3f}")
    return bad + (growth > _FLAT)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _by_query(index: Path, files: list[Path]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "framematch", "--index", str(index), "query", "--json"]
    asked = subprocess.run([*command, *map(str, files)], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in asked.stdout.splitlines()]


def _at_once(desk: Desk, files: list[Path]) -> tuple[list[dict[str, Any] | None], list[float]]:
    """Send all files at the same moment; what is not answered with 200 is lost."""
    ready = threading.Barrier(len(files))

    def send(file: Path) -> tuple[dict[str, Any] | None, float]:
        ready.wait()
        began = time.perf_counter()
        try:
            said = desk.attributed(file)["attribution"]
        except (OSError, RuntimeError, ValueError) as error:
            print(f"{file.name}: {error}")
            said = None
        return said, time.perf_counter() - began

    with ThreadPoolExecutor(len(files)) as together:
        found = list(together.map(send, files))
    return [said for said, _ in found], [wait for _, wait in found]
