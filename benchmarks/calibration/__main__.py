"""Fit the confidence: ``python -m benchmarks.calibration --media MEDIA --out calibration.json``.

Prints what the fit is worth on titles it has not seen, and writes the fit to all of them.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.calibration.evidence import Asked, collect
from benchmarks.calibration.library import FILMS, SEEDS, build_index, draw_studios
from benchmarks.calibration.queries import Amounts, all_queries
from benchmarks.calibration.report import size_table, table
from framematch.calibration.cases import cases_of
from framematch.calibration.fit import Fit, fit
from framematch.calibration.outcome import Outcome, held_out
from framematch.calibration.sightings import Sightings
from framematch.calibration.writing import write_calibration
from framematch.matching.confidence import EVIDENCE, shipped_model

# Sizes of the index, in generated rows beside the real ones, and of how many queries each one is.
_CROWDS = ((0, 1), (20_000, 4), (200_000, 4))


def gather(media: Path, scratch: Path, workers: int) -> Sightings:
    """Draw, index and ask everything; a part of it again with distractors in the index."""
    studios = draw_studios(scratch)
    index = build_index(media, studios, scratch)
    queries = list(all_queries(media, studios, Amounts()))
    parts = []
    for turn, (distractors, one_of) in enumerate(_CROWDS):
        asked = Asked(index, distractors, scratch, media)
        parts.append(collect(asked, queries[turn % one_of :: one_of], workers))
    return Sightings.joined(parts)


def provenance(sightings: Sightings, outcome: Outcome, date: str) -> str:
    """Return in a few sentences where the weights come from and what they are worth."""
    known = sum(1 for show in sightings.show if show)
    return (
        f"benchmarks/calibration, {date}: {known} queries of {len(sightings.shows)} shows (drawn"
        f" studios of seeds {SEEDS[0]} and {SEEDS[1]}; {', '.join(FILMS)}) and"
        f" {len(sightings.title) - known} of strangers, through edits and line-art operators, half"
        " of all weight on questions without a right show. Held out by title: AUC"
        f" {outcome.auc():.3f}, calibration error {outcome.calibration_error():.3f}, found at"
        f" confidence .8 {outcome.found_from(0.8):.2f}, strangers at .8"
        f" {outcome.strangers_from(0.8):.4f} and at .9 {outcome.strangers_from(0.9):.4f}."
        " Command: python -m benchmarks.calibration --media MEDIA --out calibration.json"
    )


def main() -> int:
    """Gather evidence, or take what was kept; fit, report, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--out", type=Path, help="write the fit here")
    parser.add_argument(
        "--scratch", type=Path, help="keep studios and index here; default: nowhere"
    )
    parser.add_argument(
        "--evidence", type=Path, help="take the evidence from here, or keep it here"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes that ask")
    given = parser.parse_args()
    began = time.monotonic()
    if given.evidence and given.evidence.exists():
        sightings = Sightings.load(given.evidence)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            sightings = gather(given.media, given.scratch or Path(temporary), given.workers)
        if given.evidence:
            sightings.save(given.evidence)
    print(f"{len(sightings.title)} queries, {len(sightings.query)} sightings of", end=" ")
    print(f"{len(sightings.shows)} shows, {time.monotonic() - began:.0f} s")
    shipped = Fit.of(shipped_model())
    weights = shipped.weights
    cases = cases_of(sightings, weights)
    print("as shipped, which is no held-out figure where it was fitted on these titles:")
    print(table(Outcome.of(cases, shipped.confidence(cases))))
    outcome = held_out(sightings, weights)
    print("fitted, each title held out:")
    print(table(outcome))
    found = fit(sightings, weights)
    for name, weight in zip(
        [*EVIDENCE, "bias", "size"], [*found.weights, found.bias, found.size_weight], strict=True
    ):
        print(f"  {name:12} {weight:8.3f}")
    print(size_table(cases_of(sightings, found.weights), found))
    if given.out:
        said = provenance(sightings, outcome, time.strftime("%Y-%m-%d"))
        write_calibration(given.out, found.model(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
