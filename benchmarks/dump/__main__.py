"""Build a dump for triage: ``python -m benchmarks.dump --studio S --media M --out DUMP``."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

from framematch.demo import StudioSettings, generate


def main() -> int:
    """Draw the studio where it is missing, then the dump and its answer sheet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dump")
    parser.add_argument(
        "--studio", type=Path, required=True, help="a demo studio; drawn if missing"
    )
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--out", type=Path, required=True, help="the dump: a new folder")
    parser.add_argument("--files", type=int, default=2000, help="files in it")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2, help="processes that draw")
    parser.add_argument(
        "--day-two", type=Path, help="write the dump of the day after here: a new folder"
    )
    given = parser.parse_args()
    # What draws is imported when the arguments are known to be right.
    from benchmarks.dump import truth
    from benchmarks.dump.build import build, next_day
    from benchmarks.dump.write import Site

    if (given.studio / "truth.json").is_file():
        from framematch.demo import read_truth

        settings = read_truth(given.studio).settings
    else:
        settings = StudioSettings(seed=given.seed, leak_per_stage=10, n_strangers=60)
        generate(given.studio, settings, given.workers, _tell)
    site = Site(given.out, given.studio, given.media, settings, given.seed)
    told = {"seed": given.seed, "files": given.files, "studio": asdict(settings)}
    answers = given.out.with_name(f"{given.out.name}.truth.json")
    if given.out.exists():
        rows = truth.read(answers)
    else:
        start = time.monotonic()
        rows = build(
            site, given.files, given.workers, lambda done, total: _tell("dump", done, total)
        )
        truth.write(answers, rows, told)
        print(f"\n{len(rows)} files in {time.monotonic() - start:.0f} s; the truth: {answers}")
    if given.day_two is not None:
        later, moves = next_day(site, rows, given.day_two)
        answers = given.day_two.with_name(f"{given.day_two.name}.truth.json")
        truth.write(answers, later, told, moves)
        print(
            f"{len(moves.new)} new, {len(moves.changed)} changed, {len(moves.gone)} gone,"
            f" {len(moves.renamed)} renamed; the truth: {answers}"
        )
    return 0


def _tell(part: str, done: int, total: int) -> None:
    print(f"\r{part} {done}/{total}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
