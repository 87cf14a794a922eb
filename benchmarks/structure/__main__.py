"""Run the comparison: ``python -m benchmarks.structure --media ../shared/media``.

Prints rank-1 per edit and code, then how far apart the codes of unrelated pictures lie.
``--write-mean`` makes the mean vector of the structure code instead; that is done once, because
codes depend on it. ``--variants`` compares other features and projections on titles that nothing
was fitted on, ``--choose`` the recipes for learned projections with each fitted title held out
once, and ``--write-projections PATH`` fits the chosen one and writes it.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.structure import crossfit, tables
from benchmarks.structure.comparison import compare
from benchmarks.structure.crossfit import Fitting
from benchmarks.structure.learned import CHOSEN, written
from benchmarks.structure.mean import write_mean
from benchmarks.structure.samples import FIT, TEST
from benchmarks.structure.variants import Variant


def main() -> int:
    """Print the report, or write the mean vector."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structure")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--queries", type=int, default=364, help="query frames over all titles")
    parser.add_argument("--view-every", type=int, default=5, help="ask with views every n-th query")
    parser.add_argument("--write-mean", action="store_true", help="make structure_mean.f32 anew")
    parser.add_argument("--variants", action="store_true", help="compare features, projections")
    parser.add_argument("--choose", action="store_true", help="compare recipes of projections")
    parser.add_argument("--write-projections", type=Path, help="fit and write the chosen recipe")
    parser.add_argument("--network", type=Path, help="compare this trained network as well")
    parser.add_argument("--scratch", type=Path, help="keep gathered pictures here for next time")
    given = parser.parse_args()
    if given.write_mean:
        print(write_mean(given.media))
        return 0
    for line in _report(given):
        print(line, flush=True)
    return 0


def _networks(path: Path | None) -> list[Variant]:
    """Return a trained network's variants; only this wants torch."""
    if path is None:
        return []
    from benchmarks.structure.network.scored import network_variants

    return network_variants(path)


def _report(given: argparse.Namespace) -> Iterator[str]:
    """Return the lines of what was asked for."""
    if given.write_projections is not None:
        matrix = CHOSEN.fitted(Fitting.of_split(given.media, FIT, given.scratch).pairs())
        return written(given.write_projections, matrix)
    if given.choose:
        return (
            line for line, _ in crossfit.compared(Fitting.of_split(given.media, FIT, given.scratch))
        )
    if given.variants:
        fitting, test = (
            Fitting.of_split(given.media, split, given.scratch) for split in (FIT, TEST)
        )
        return tables.compared(fitting, test, _networks(given.network))
    return compare(given.media, given.queries, given.view_every)


if __name__ == "__main__":
    sys.exit(main())
