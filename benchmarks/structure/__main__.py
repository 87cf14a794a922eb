"""Run the comparison: ``python -m benchmarks.structure --media ../shared/media``.

Prints rank-1 per edit and code, then how far apart the codes of unrelated pictures lie.
``--write-mean`` makes the mean vector of the structure code instead; that is done once, because
codes depend on it.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.structure.comparison import compare
from benchmarks.structure.mean import write_mean


def main() -> int:
    """Print the report, or write the mean vector."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structure")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--queries", type=int, default=364, help="query frames over all titles")
    parser.add_argument("--view-every", type=int, default=5, help="ask with views every n-th query")
    parser.add_argument("--write-mean", action="store_true", help="make structure_mean.f32 anew")
    given = parser.parse_args()
    if given.write_mean:
        print(write_mean(given.media))
        return 0
    for line in compare(given.media, given.queries, given.view_every):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
