"""Time a still against a million rows: ``python -m benchmarks.cost --media MEDIA --rows 1000000``.

One core: start it with ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1``; without, it starts itself so.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.cost.measure import Cost

_ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> int:
    """Build what is missing, ask, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--rows", type=int, default=1_000_000, help="distractors in the index")
    parser.add_argument("--runs", type=int, default=9, help="times that each still is asked")
    parser.add_argument("--scratch", type=Path, help="keep pool, codes and index here")
    parser.add_argument("--backend", choices=("linear", "flat", "sieve"), help="default: by size")
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="measure processor time instead of wall time: for a machine that is not idle",
    )
    parser.add_argument(
        "--recall", action="store_true", help="what the sieve misses, in place of time"
    )
    given = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in _ONE_CORE.items()):
        # The libraries read this when they are loaded.
        os.environ.update(_ONE_CORE)
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.cost", *sys.argv[1:]])  # noqa: S606
    if given.scratch:
        return _run(given, given.scratch)
    with tempfile.TemporaryDirectory() as temporary:
        return _run(given, Path(temporary))


def _run(given: argparse.Namespace, scratch: Path) -> int:
    from benchmarks.cost import recall
    from benchmarks.cost.material import build_index, stills
    from benchmarks.cost.measure import measure
    from benchmarks.distractors import with_distractors
    from framematch.hashing.information import MINIMUM
    from framematch.index import Index

    clock = time.process_time if given.processor_time else time.perf_counter
    with Index.open(build_index(scratch), min_information=MINIMUM) as real:
        if given.recall:
            exact, other = (
                with_distractors(real, given.rows, scratch, given.media, backend=backend)
                for backend in ("flat", "sieve")
            )
            print(f"{len(exact)} rows")
            print("\n".join(recall.table(recall.recall_of(exact, other, stills()))))
            return 0
        index = with_distractors(real, given.rows, scratch, given.media, backend=given.backend)
        began = clock()
        for name in ("structure", "appearance"):
            index.search_nearest(name, index.codes(name, [0]), 1)
        print(f"{len(index)} rows, back end {index.backend},", end=" ")
        print(f"search structures built in {clock() - began:.1f} s")
        costs = measure(index, stills(), given.runs, clock)
    print("\n".join(table(costs)))
    return 0


def table(costs: Sequence["Cost"]) -> list[str]:
    """Return the table, milliseconds, as lines of Markdown."""
    from benchmarks.cost.measure import PARTS

    lines = [f"| ms | {' | '.join(cost.kind for cost in costs)} |", "|---" * (len(costs) + 1) + "|"]
    rows = {part: [cost.seconds[part] for cost in costs] for part in PARTS}
    rows["**total, median**"] = [cost.total for cost in costs]
    rows["total, ninth tenth"] = [cost.worst for cost in costs]
    rows["not counted: making distractors' features"] = [cost.made_up for cost in costs]
    lines += [
        f"| {name} | {' | '.join(f'{1000 * value:.0f}' for value in values)} |"
        for name, values in rows.items()
    ]
    lines += ["", *(f"{cost.kind}: {'; '.join(cost.answers)}" for cost in costs)]
    return lines


if __name__ == "__main__":
    sys.exit(main())
