"""A whole triage of a folder, as `framematch triage` runs it, and what became of what is there.

    python -m benchmarks.bombs.whole DUMP SCRATCH

The index holds one drawn picture.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.triage import Wanted, triage


def whole(dump: Path, scratch: Path) -> str:
    """Return how many things were found, by what became of them, and what was said last."""
    picture = scratch / "known.png"
    noise = np.random.default_rng(7).integers(0, 256, (9, 16, 3), np.uint8)
    Image.fromarray(noise).resize((320, 180)).save(picture)
    add(scratch / "index", [IngestItem(picture, "Known", None, "film")])
    wanted = Wanted(dump, scratch / "case", processes=1, reads_notes=False)
    with Index.open(scratch / "index", min_information=MINIMUM) as index:
        report = triage(wanted, index)
    uses = Counter(entry.use for entry in report.case.entries)
    told = ", ".join(f"{number} {use}" for use, number in sorted(uses.items()))
    reasons = [entry.reason for entry in report.case.entries if entry.reason]
    return f"{told}" + (f" (last: {reasons[-1]})" if reasons else "")


if __name__ == "__main__":
    sys.stdout.write(whole(Path(sys.argv[1]), Path(sys.argv[2])) + "\n")
