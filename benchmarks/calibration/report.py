"""What the confidence is worth, in tables."""

import numpy as np

from framematch.calibration.cases import Cases
from framematch.calibration.fit import Fit
from framematch.calibration.outcome import Outcome

# Subsets of the index's shows, and how often each size is drawn.
_SEED, _DRAWS = 7, 20


def table(outcome: Outcome) -> str:
    """Return the figures, a line per family."""
    head = (
        f"{'family':10} {'known':>6} {'strangers':>9} {'AUC':>6} {'ECE':>6} {'r@1%':>6} {'at':>6}"
        f" {'r>=.8':>6} {'wrong':>6} {'s>=.8':>6} {'s>=.9':>6}"
    )
    lines = [head]
    for name in ["all", *sorted(set(outcome.family.tolist()))]:
        part = outcome if name == "all" else outcome.take(outcome.family == name)
        least = part.threshold(0.01)
        lines.append(
            f"{name:10} {int(part.known.sum()):6} {int((~part.known).sum()):9} {part.auc():6.3f}"
            f" {part.calibration_error():6.3f} {part.found_from(least):6.3f} {least:6.3f}"
            f" {part.found_from(0.8):6.3f} {part.wrong_from(0.8):6.3f}"
            f" {part.strangers_from(0.8):6.4f} {part.strangers_from(0.9):6.4f}"
        )
    return "\n".join(lines)


def size_table(cases: Cases, found: Fit) -> str:
    """Return how the strangers' best log odds grow with the index: drawn subsets of its shows."""
    generator = np.random.default_rng(_SEED)
    strangers = cases.take(cases.answer < 0)
    odds = found.log_odds(strangers)
    n_shows = odds.shape[1]
    lines = ["strangers' best log odds by shows in the index: median, 90 %, 95 %, 99 %"]
    for count in (2, 4, 8, n_shows):
        best = np.concatenate(
            [odds[:, generator.permutation(n_shows)[:count]].max(axis=1) for _ in range(_DRAWS)]
        )
        shares = np.percentile(best, (50, 90, 95, 99))
        lines.append(f"{count:4} shows " + " ".join(f"{share:6.2f}" for share in shares))
    return "\n".join(lines)
