"""Check distractors: ``python -m benchmarks.distractors --media MEDIA --scratch DIR --index DIR``.

Prints in how many bits the codes of distractors differ from those of their pictures, and how near
distractors come to pictures of titles that are not among them, beside as many rows of real titles.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.distractors.check import code_differences, nearest_distances, quantiles
from benchmarks.distractors.store import load
from benchmarks.structure.footage import frames_at, videos
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matching.clips import telling
from framematch.matching.query import Picture, ViewCodes, code_views

_EVERY_S = 12.0
_MOST_FILMS = 6


def _strangers(media: Path, titles: list[str]) -> list[ViewCodes]:
    """Return the codes of all views of some frames of titles."""
    found: list[ViewCodes] = []
    for title in titles:
        for film in videos(media, title)[:_MOST_FILMS]:
            frames = frames_at(film, np.arange(3.0, 240.0, _EVERY_S).tolist())
            found += [
                code_views(Picture.of(frame.pixels), "still") for frame in frames if telling(frame)
            ]
    return found


def main() -> int:
    """Load or make the distractors, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distractors")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--scratch", type=Path, required=True, help="keep pool and codes here")
    parser.add_argument("--index", type=Path, required=True, help="an index of real titles")
    parser.add_argument("--rows", type=int, default=100_000, help="distractors to make")
    parser.add_argument(
        "--ask",
        nargs="+",
        default=["big-buck-bunny", "penny-and-chip"],
        help="titles that are neither in the index nor among the distractors",
    )
    given = parser.parse_args()
    began = time.monotonic()
    distractors = load(given.rows, given.media, given.scratch, given.ask)
    seconds = time.monotonic() - began
    print(f"{len(distractors)} distractors of {len(distractors.pool)} pictures, {seconds:.0f} s")
    for name, bits in code_differences(distractors, 500).items():
        print(f"{name}: codes differ from the picture's own by {quantiles(bits)}")
    queries = _strangers(given.media, given.ask)
    with Index.open(given.index) as index:
        real = np.flatnonzero(index.rows.information >= MINIMUM)
        print(f"nearest of {len(real)} rows to {len(queries)} pictures of {', '.join(given.ask)}:")
        telling = np.flatnonzero(distractors.codes.information >= MINIMUM)
        for name in ("structure", "appearance"):
            held = index.codes(name, real)
            made = getattr(distractors.codes, name)[telling]
            asked = [getattr(query, name) for query in queries]
            for label, n in (("whole", 1), ("any view", None)):
                for kind, among in (
                    ("real titles", held),
                    ("distractors", made[: len(real)]),
                    (f"{len(made)} distractors", made),
                ):
                    nearest = [int(nearest_distances(codes[:n], among).min()) for codes in asked]
                    print(f"  {name}, {label}, {kind}: {quantiles(nearest)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
