"""Throw damaged and hostile files at everything that reads files, and count what comes of it.

    python -m benchmarks.fuzz media --minutes 60 --out FOLDER
    python -m benchmarks.fuzz media --files 2000 --formats png,exr --out FOLDER
    python -m benchmarks.fuzz parsers --seconds 60 --out FOLDER

``media`` mutates small files of every format by their structure and opens each in another process
in every way that the product does; FOLDER/summary.json has the counts, FOLDER/findings the files
that something went wrong with. ``parsers`` runs every parser of our own on mutated input, each for
so many seconds, and round after round with ``--until``: guided by coverage where atheris is
installed (``scripts/setup dev fuzz``), else by dice; FOLDER/round-N/TARGET.json says what came of
it. Exit 0 where nothing was found, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from benchmarks.fuzz.campaign import Campaign
from benchmarks.fuzz.parsers import by_coverage, by_dice, is_guided
from benchmarks.fuzz.seeds import seeds
from benchmarks.fuzz.targets import TARGETS


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    media = commands.add_parser("media", help="mutated files of every format")
    media.add_argument("--out", type=Path, required=True)
    media.add_argument("--seed", type=int, default=1)
    media.add_argument("--files", type=int, help="so many files at most")
    media.add_argument("--minutes", type=float, help="so long at most")
    media.add_argument("--until", help="up to this time of the day, HH:MM")
    media.add_argument("--formats", default="", help="names with commas; all by default")
    ours = commands.add_parser("parsers", help="every parser of our own")
    ours.add_argument("--out", type=Path, required=True)
    ours.add_argument("--seed", type=int, default=1)
    ours.add_argument("--seconds", type=float, default=60, help="for each target and round")
    ours.add_argument("--until", help="rounds up to this time of the day, HH:MM; one by default")
    ours.add_argument("--targets", default="", help="names with commas; all by default")
    ours.add_argument("--dice", action="store_true", help="without atheris, though it is there")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    return _media(given) if given.command == "media" else _parsers(given)


def _parsers(given: argparse.Namespace) -> int:
    run = by_dice if given.dice or not is_guided() else by_coverage
    names = tuple(filter(None, given.targets.split(","))) or tuple(TARGETS)
    end_s, number, found = _end_s(given), 0, False
    while number == 0 or (given.until and time.time() < end_s):
        folder = given.out / f"round-{number}"
        folder.mkdir(exist_ok=True)
        for name in names:
            if time.time() >= end_s:
                break
            run(name, given.seconds, folder, given.seed + number)
            said = json.loads((folder / f"{name}.json").read_text(encoding="ascii"))
            found |= bool(said["findings"])
            print(
                f"{name}: {said['runs']} inputs, {said['findings'] or 'nothing found'}", flush=True
            )
        number += 1
    return 1 if found else 0


def _media(given: argparse.Namespace) -> int:
    end_s = _end_s(given)
    campaign = Campaign(seeds(tuple(filter(None, given.formats.split(",")))), given.out, given.seed)
    tally = campaign.run(
        lambda number: (given.files is None or number < given.files) and time.time() < end_s
    )
    for key, count in sorted(tally.findings.items()):
        print(f"{count:6d}  {key}: {tally.told[key]}")
    print(f"{sum(tally.files.values())} files, {sum(tally.findings.values())} with findings")
    return 1 if tally.findings else 0


def _end_s(given: argparse.Namespace) -> float:
    if given.until:
        clock = datetime.strptime(given.until, "%H:%M").time()
        return datetime.combine(datetime.now().astimezone().date(), clock).timestamp()
    minutes = getattr(given, "minutes", None)
    return time.time() + 60 * minutes if minutes else float("inf")


if __name__ == "__main__":
    sys.exit(main())
