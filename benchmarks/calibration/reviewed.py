"""What verdicts add to a calibration: ``python -m benchmarks.calibration.reviewed --scratch DIR``.

Draws a studio, triages its leak, decides on every finding by the truth, and holds the shipped
calibration against fits without and with these verdicts, on files of shows that neither has seen.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from framematch.calibration import Settings
from framematch.calibration.fit import Fit, fit
from framematch.calibration.library import collect, files_by_show
from framematch.calibration.outcome import Fold, Outcome, folds_of, reviewed_as_they_are
from framematch.calibration.reviewed import collect_reviewed
from framematch.calibration.sightings import Sightings
from framematch.demo import StudioSettings, Truth, generate
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import LocalExecutor, add, plan
from framematch.matching.confidence import shipped_model
from framematch.triage import Wanted, kept_case, reviewed_files, triage
from framematch.verdicts import About, Judgement, VerdictLog, judged
from framematch.workers import usable_processors


def review(case: Path, truth: Truth, shows: frozenset[str]) -> Counter[str]:
    """Decide on every finding of a case as whoever knows the truth would; return how often what."""
    of = {leaked.path.removeprefix("leak/"): leaked.show for leaked in truth.leak}
    counts: Counter[str] = Counter()
    with VerdictLog(case) as log:
        for finding in kept_case(case).findings:
            said = finding.attribution
            about = About(finding.key, said.verdict, said.show, said.confidence, said.index.id)
            own = of[finding.paths[0]]
            judgement: Judgement = "not-ours"
            if own in shows:
                judgement = "confirmed" if said.show == own else "other-show"
            log.add("truth", judged([about], judgement, own if judgement == "other-show" else None))
            counts[f"{judgement} where the answer was {said.verdict}"] += 1
    return counts


def line(name: str, outcome: Outcome) -> str:
    """Return one row of the table."""
    cells = (outcome.calibration_error(), outcome.brier(), outcome.log_loss(),
             outcome.found_from(0.8), outcome.strangers_from(0.8))  # fmt: skip
    return f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


def compare(library: Sightings, reviewed: Sightings) -> list[str]:
    """Return the table: the files as they are, each counted once, its show or case held out."""
    shipped = Fit.of(shipped_model())
    both = Sightings.joined([library, reviewed])
    folds = folds_of(both, shipped.weights, folds=10, earlier=shipped)
    without = [
        Fold(
            one.titles,
            fit(library, shipped.weights, held_out=one.titles, earlier=shipped),
        )
        for one in folds
    ]
    return [
        "| | calibration error | Brier | log loss | found at .8 | strangers at .8 |",
        "|---|---|---|---|---|---|",
        line("shipped", reviewed_as_they_are(both, [Fold(tuple({*both.title}), shipped)])),
        line("refit to the library", reviewed_as_they_are(both, without)),
        line("refit to both", reviewed_as_they_are(both, folds)),
    ]


def main() -> int:
    """Draw, index, triage, decide, ask, compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration.reviewed")
    parser.add_argument("--scratch", type=Path, required=True, help="an empty folder")
    parser.add_argument("--shows", type=int, default=8)
    parser.add_argument("--frames", type=int, default=8, help="of each show of the library")
    parser.add_argument("--seed", type=int, default=103)
    given = parser.parse_args()
    began = time.monotonic()
    settings = StudioSettings(
        seed=given.seed, n_shows=given.shows, n_episodes=2, episode_s=24.0, leak_per_stage=2,
        n_strangers=40,
    )  # fmt: skip
    truth = generate(given.scratch, settings)
    items, _ = plan([given.scratch / "library"])
    add(given.scratch / "index", items, executor=LocalExecutor())
    case = given.scratch / "case"
    with Index.open(given.scratch / "index", min_information=MINIMUM) as index:
        triage(Wanted(given.scratch / "leak", case, reads_notes=False), index)
        shows = frozenset(reference.show for reference in index.references())
        for what, number in sorted(review(case, truth, shows).items()):
            print(f"{number} {what}")
        files, skipped = reviewed_files([case])
        skips = [*skipped]
        reviewed = collect_reviewed(
            index, files, usable_processors(), skips.append, lambda *_: None
        )
        asked = Settings(frames=given.frames)
        library = collect(
            index, files_by_show(index, skips.append), asked, skips.append, lambda *_: None
        )
    print(f"{len(reviewed.title)} reviewed files, {reviewed.show.count('')} of them strangers;")
    print(
        f"{len(library.title)} queries of the library's {len(set(library.title))} shows;", end=" "
    )
    print(f"{len(skips)} left out; {time.monotonic() - began:.0f} s")
    print("\n".join(compare(library, reviewed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
