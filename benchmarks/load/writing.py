"""A writer at work on the index while others ask it: adds, removes, compacts.

    python -m benchmarks.load.writing INDEX SEED

Goes on until its standard input is closed, then removes what it added and says what it did. What it
adds are random codes, so that no answer of those who ask is another one for them.
"""

from __future__ import annotations

import dataclasses
import json
import select
import sys
from pathlib import Path

import numpy as np

from benchmarks.kill.publish_loop import invented
from framematch.hashing import SPECS
from framematch.index import IndexWriter, compact
from framematch.media import encode_thumbnail

#: What the invented references belong to.
SHOW = "Written meanwhile"

_ROWS = 40
_KEPT = 6


def main() -> None:
    """Write until nobody listens."""
    path, seed = Path(sys.argv[1]), int(sys.argv[2])
    published: list[str] = []
    pixels = np.random.default_rng(seed).integers(0, 256, (144, 256, 3), dtype=np.uint8)
    noise = encode_thumbnail(pixels)
    done = {"added": 0, "removed": 0, "compacted": 0}
    while not select.select([sys.stdin], [], [], 0)[0]:
        with IndexWriter(path, SPECS) as writer:
            for _ in range(3):
                reference, frames = invented(seed + done["added"], _ROWS)
                reference = dataclasses.replace(reference, show=SHOW)
                # Searched like all others, and looked at where it is found.
                frames = dataclasses.replace(
                    frames, information=np.full(_ROWS, 90, np.uint8), thumbnails=(noise,) * _ROWS
                )
                writer.publish(reference, frames)
                published.append(reference.sha256)
                done["added"] += 1
            while len(published) > _KEPT:
                done["removed"] += writer.remove([published.pop(0)])
        compact(path)
        done["compacted"] += 1
        # A pause, not to see what happens after it: whoever asks shall have a processor too.
        select.select([sys.stdin], [], [], 0.5)
    with IndexWriter(path, SPECS) as writer:
        done["removed"] += writer.remove(published)
    print(json.dumps(done))


if __name__ == "__main__":
    main()
