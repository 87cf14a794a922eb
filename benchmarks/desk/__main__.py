"""Measure a desk: ``python -m benchmarks.desk load`` and ``python -m benchmarks.desk first``."""

import argparse
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Run what is asked; 0 where all is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk")
    parser.add_argument("what", choices=("load", "first"))
    parser.add_argument("--scratch", type=Path, help="keep what is drawn and indexed here")
    parser.add_argument("--files", type=int, default=200, help="load: stills sent at once")
    parser.add_argument("--rounds", type=int, default=3, help="load: how often all are sent")
    parser.add_argument("--media", type=Path, help="first: the development footage")
    parser.add_argument("--rows", type=int, default=1_000_000, help="first: rows of the index")
    parser.add_argument("--runs", type=int, default=5, help="first: desks that are started")
    parser.add_argument("--wait", type=float, default=0.0, help="first: seconds before a file")
    given = parser.parse_args()
    if given.what == "first" and given.media is None:
        parser.error("first wants --media")
    if given.scratch:
        return _run(given, given.scratch)
    with tempfile.TemporaryDirectory() as temporary:
        return _run(given, Path(temporary))


def _run(given: argparse.Namespace, scratch: Path) -> int:
    from benchmarks.desk import first, load

    scratch.mkdir(parents=True, exist_ok=True)
    if given.what == "load":
        return load.measure(scratch, given.files, given.rounds)
    return first.measure(given.media, scratch, given.rows, given.runs, given.wait)


if __name__ == "__main__":
    sys.exit(main())
