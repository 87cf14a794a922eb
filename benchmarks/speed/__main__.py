"""Measure speed and memory: ``python -m benchmarks.speed --media MEDIA [--only SECTION]``.

Each section is a module of this package with ``measure(media, scratch, runs) -> list[Figure]``.
"""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from benchmarks.speed.figures import machine, table

#: The sections, in the order in which they are printed.
SECTIONS: tuple[str, ...] = (
    *("video", "profiles", "stills", "bulk"),
    *("search", "opening", "cluster"),
)


def main() -> int:
    """Measure the sections asked for; print a table of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="may be repeated")
    parser.add_argument("--runs", type=int, default=5, help="paired runs of each figure")
    parser.add_argument("--scratch", type=Path, help="keep generated clips and codes here")
    given = parser.parse_args()
    print(machine())
    if given.scratch:
        given.scratch.mkdir(parents=True, exist_ok=True)
        return _run(given, given.scratch)
    with tempfile.TemporaryDirectory() as temporary:
        return _run(given, Path(temporary))


def _run(given: argparse.Namespace, scratch: Path) -> int:
    for name in given.only or SECTIONS:
        section = importlib.import_module(f"benchmarks.speed.{name}")
        print(f"\n{(section.__doc__ or name).splitlines()[0]}\n", flush=True)
        print(table(section.measure(given.media, scratch, given.runs)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
