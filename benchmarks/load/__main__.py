"""Ask one index from many threads and processes while another process writes to it.

    python -m benchmarks.load --index INDEX --queries 100000 --threads 8 --processes 2

The index is copied first: nothing is written to the one that is named. In each process, every
different query is asked alone before the threads start; each answer under load must be the same.
Exit 0 where no answer differs, nothing was raised, and memory is flat: what is resident in the last
tenth of the queries is at most 1.05 times what was resident when a fifth of them was done.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.load.asking import Shares
from benchmarks.load.threads import Outcome, Plan, run
from framematch.index import BACKENDS, verify

_FLAT = 1.05
_MB = 1 << 20


def main() -> int:
    """Run it, print the figures, and return whether all is as it should be."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="framematch-load-") as scratch:
        index = Path(scratch, "index")
        shutil.copytree(asked.index, index)
        until_s = time.time() + 60 * asked.minutes
        share = -(-asked.queries // asked.processes)
        plans = []
        for number in range(asked.processes):
            files = Path(scratch, f"files-{number}")
            files.mkdir()
            plans.append(
                Plan(
                    index,
                    files,
                    asked.backend,
                    share,
                    asked.threads,
                    10 * number,
                    until_s,
                    Shares(),
                )
            )
        writer = None if asked.no_writer else _writer(index)
        with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
            outcomes = list(pool.map(run, plans))
        written = None if writer is None else _stopped(writer)
        problems = verify(index).problems
    return _said(outcomes, written, len(problems))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Many threads and processes at one index.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=8, help="per process")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60.0, help="no query begins after these")
    parser.add_argument("--backend", choices=BACKENDS, default=None)
    parser.add_argument("--no-writer", action="store_true")
    return parser.parse_args()


def _writer(index: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.load.writing", str(index), "50000"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _stopped(writer: subprocess.Popen[str]) -> dict[str, int]:
    """Return what the writer did; it failed where this raises."""
    said, _ = writer.communicate()
    if writer.returncode:
        raise RuntimeError(f"the writer ended with {writer.returncode}")
    done: dict[str, int] = json.loads(said)
    return done


def _said(outcomes: list[Outcome], written: dict[str, int] | None, problems: int) -> int:
    good = not problems
    for number, outcome in enumerate(outcomes):
        asked = sum(outcome.asked.values())
        print(
            f"process {number}: {asked} answered in {outcome.seconds:.0f} s {outcome.asked},"
            f" {outcome.different} different, {outcome.n_errors} errors"
        )
        for error in outcome.errors:
            print(f"  {error}")
        for reading in outcome.readings:
            print(
                f"  after {reading.queries:>7}: {reading.resident / _MB:7.1f} MB resident,"
                f" {reading.open_files} open files"
            )
        ratio = growth(outcome)
        print(f"  resident at the end over that after a fifth: {ratio:.3f}")
        good &= not outcome.different and not outcome.n_errors and ratio <= _FLAT
    total = sum((Counter(outcome.asked) for outcome in outcomes), Counter[str]())
    print(f"together: {sum(total.values())} answered {dict(total)}")
    print(f"writer meanwhile: {written}; problems that verify finds afterwards: {problems}")
    return 0 if good else 1


def growth(outcome: Outcome) -> float:
    """Return what is resident in the last tenth of the queries over what was after a fifth."""
    total = outcome.readings[-1].queries
    early = [one.resident for one in outcome.readings if one.queries >= total / 5]
    late = [one.resident for one in outcome.readings if one.queries >= 0.9 * total]
    return max(late) / early[0]


if __name__ == "__main__":
    sys.exit(main())
