"""Make every bomb, meet it as the product does in a fresh process, and print what it cost.

    python -m benchmarks.bombs
    python -m benchmarks.bombs pdf zip --most-s 120

A word picks the bombs whose names begin with it. Nothing is kept: a bomb is made, met and removed.
Exits 1 where one took more than a minute of processor time or 2 GB, or had to be ended here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bombs.archives import ARCHIVES
from benchmarks.bombs.bomb import Bomb
from benchmarks.bombs.documents import DOCUMENTS
from benchmarks.bombs.measure import Cost, measured
from benchmarks.bombs.pictures import PICTURES
from benchmarks.bombs.videos import VIDEOS

#: What no bomb may take: seconds of a processor, and megabytes.
MOST_S, MOST_MB = 60.0, 2000.0
_HEAD = (
    "| bomb | claims | bytes | processor s | seconds | MB | outcome |\n"
    "|---|---|---|---|---|---|---|"
)
_LONGEST = 120


def bombs(words: Sequence[str] = ()) -> list[Bomb]:
    """Return the bombs whose names begin with one of these words, all of them without words."""
    known = (*PICTURES, *DOCUMENTS, *ARCHIVES, *VIDEOS)
    return [one for one in known if not words or one.name.startswith(tuple(words))]


def meet(bomb: Bomb, folder: Path, *, most_s: float, most_mb: float) -> tuple[int, Cost]:
    """Return the bytes of a bomb and what it cost; it is removed."""
    path = bomb.made(folder)
    size = path.stat().st_size
    if bomb.way == "triage":
        dump = folder / "dump"
        dump.mkdir()
        path = path.rename(dump / path.name)
        command = [sys.executable, "-m", "benchmarks.bombs.whole", str(dump), str(folder)]
    else:
        command = [sys.executable, "-m", "benchmarks.bombs.look", str(path), str(folder / "out")]
    cost = measured(command, most_s=most_s, most_mb=most_mb, scratch=folder)
    path.unlink()
    return size, cost


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bombs", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--most-s", type=float, default=300.0, help="ended after so long")
    parser.add_argument("--most-mb", type=float, default=6000.0, help="ended at so much memory")
    parser.add_argument("--folder", type=Path, help="where they are made; a temporary one else")
    given = parser.parse_args(arguments)
    print(_HEAD)
    dear = 0
    for bomb in bombs(given.words):
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            size, cost = meet(bomb, Path(folder), most_s=given.most_s, most_mb=given.most_mb)
        dear += cost.cut is not None or cost.processor_s > MOST_S or cost.peak_mb > MOST_MB
        print(_row(bomb, size, cost), flush=True)
    return 1 if dear else 0


def _row(bomb: Bomb, size: int, cost: Cost) -> str:
    said = cost.said if cost.cut is None else f"ended for {cost.cut}"
    if cost.cut is None and cost.code:
        said = f"exit {cost.code}: {said}"
    said = said.replace("|", "/")
    said = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3]}..."
    return (
        f"| {bomb.name} | {bomb.claims} | {size:,} | {cost.processor_s:.1f} | {cost.seconds:.1f} |"
        f" {cost.peak_mb:.0f} | {said} |"
    )


if __name__ == "__main__":
    sys.exit(main())
