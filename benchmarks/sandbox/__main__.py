"""Time the same work with and without confined decoders, in turn: `python -m benchmarks.sandbox`.

Three kinds of work: one file by a fresh `framematch query`; many files by one matcher, which stays
open; pictures and videos read and coded as `index add` does it. Each is done both ways, one after
the other, and the ratio of each pair counts: what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from framematch.config import PROFILES
from framematch.errors import InputError
from framematch.index import Index
from framematch.ingest.coding import code_file
from framematch.matcher import Matcher
from framematch.media import sort_of

_VARIABLE = "FRAMEMATCH_SANDBOX"
_MODES = ("off", "on")


def main() -> None:
    """Measure, print a table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, help="an index of any library")
    parser.add_argument("--dump", type=Path, required=True, help="unknown files")
    parser.add_argument("--files", type=int, default=60, help="how many of them")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    files = _pictures(given.dump, given.files)
    work: dict[str, Callable[[], None]] = {
        "one file, a fresh query": lambda: _query(given.index, files[0]),
        f"{len(files)} files, one matcher": _batch(given.index, files),
        f"{len(files)} files, coded": lambda: _code(files),
    }
    rows = []
    for name, do in work.items():
        seconds = _in_turn(do, given.rounds)
        ratios = [on / off for off, on in zip(seconds["off"], seconds["on"], strict=True)]
        rows.append({"work": name, **seconds, "ratio": statistics.median(ratios)})
        print(
            f"{name:<28} off {statistics.median(seconds['off']):7.3f} s"
            f"  on {statistics.median(seconds['on']):7.3f} s"
            f"  ratio {statistics.median(ratios):.3f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    if given.out is not None:
        given.out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def _pictures(folder: Path, wanted: int) -> list[Path]:
    """Return files that are read whole, evenly over the folder."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file() and not path.is_symlink() and sort_of(path) == "picture":
                found.append(path)
        except InputError:
            continue
    step = max(1, len(found) // wanted)
    return found[::step][:wanted]


def _in_turn(do: Callable[[], None], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each round by mode; a first round of each is not counted."""
    seconds: dict[str, list[float]] = {mode: [] for mode in _MODES}
    for number in range(rounds + 1):
        for mode in _MODES:
            os.environ[_VARIABLE] = mode
            began = time.perf_counter()
            do()
            if number:
                seconds[mode].append(time.perf_counter() - began)
    return seconds


def _query(index: Path, file: Path) -> None:
    command = [sys.executable, "-m", "framematch", "--index", str(index), "query", str(file)]
    subprocess.run(command, check=False, capture_output=True)


def _batch(index: Path, files: Sequence[Path]) -> Callable[[], None]:
    matcher = Matcher(Index.open(index))

    def attribute() -> None:
        for file in files:
            matcher.attribute(file)

    return attribute


def _code(files: Sequence[Path]) -> None:
    for file in files:
        try:
            code_file(file, PROFILES["thorough"], lambda _: None)
        except InputError:
            continue


if __name__ == "__main__":
    main()
