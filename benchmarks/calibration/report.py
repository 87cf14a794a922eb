"""What the confidence is worth on titles that it was not fitted on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.calibration.cases import Cases, cases_of
from benchmarks.calibration.evidence import Sightings
from benchmarks.calibration.fit import Fit, fit

_BINS = 10
# Subsets of the index's shows, and how often each size is drawn.
_SEED, _DRAWS = 7, 20


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The first candidate of every case, by a model that had not seen its title.

    Attributes
    ----------
    confidence : float64 (N,)
        Of the first candidate, 0.0 where there is none.
    right : bool (N,)
        Whether it is the right show.
    known : bool (N,)
        Whether there is a right show in the index.
    weight : float64 (N,)
        As in `Cases`.
    title, family : str (N,)
        As in `Cases`.
    """

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]
    title: npt.NDArray[np.str_]
    family: npt.NDArray[np.str_]

    @classmethod
    def of(cls, cases: Cases, confidence: npt.NDArray[np.float64]) -> "Outcome":
        """Return the outcome of cases, given each show's confidence, float64 (N, S)."""
        first = confidence.argmax(axis=1)
        return cls(
            confidence=confidence.max(axis=1),
            right=(first == cases.answer) & (confidence.max(axis=1) > 0),
            known=cases.answer >= 0,
            weight=cases.weight,
            title=cases.title,
            family=cases.family,
        )

    @classmethod
    def joined(cls, parts: "list[Outcome]") -> "Outcome":
        """Return the outcomes one after the other."""
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in cls.__dataclass_fields__
        }
        return cls(**columns)

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Outcome":
        """Return some of the cases."""
        return Outcome(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def auc(self) -> float:
        """Return how often a known case that is right is surer than a stranger, both weighted."""
        good, bad = self.known & self.right, ~self.known
        order = np.argsort(self.confidence[bad])
        ranks = self.confidence[bad][order]
        below = np.append(0.0, np.cumsum(self.weight[bad][order]))
        left = below[np.searchsorted(ranks, self.confidence[good], "left")]
        both = below[np.searchsorted(ranks, self.confidence[good], "right")]
        return float(np.average((left + both) / 2 / below[-1], weights=self.weight[good]))

    def calibration_error(self) -> float:
        """Return the expected calibration error over ten bins of equal width."""
        bins = np.minimum((self.confidence * _BINS).astype(np.int64), _BINS - 1)
        total = 0.0
        for number in range(_BINS):
            inside = bins == number
            if inside.any():
                gap = self.weight[inside] @ (self.confidence[inside] - self.right[inside])
                total += abs(float(gap))
        return total / float(self.weight.sum())

    def strangers_from(self, confidence: float) -> float:
        """Return the share of strangers with at least this confidence."""
        weight = self.weight[~self.known]
        return float(weight @ (self.confidence[~self.known] >= confidence) / weight.sum())

    def found_from(self, confidence: float) -> float:
        """Return the share of known cases with the right show and at least this confidence."""
        weight = self.weight[self.known]
        good = self.right[self.known] & (self.confidence[self.known] >= confidence)
        return float(weight @ good / weight.sum())

    def wrong_from(self, confidence: float) -> float:
        """Return the share of known cases with a wrong show and at least this confidence."""
        weight = self.weight[self.known]
        bad = ~self.right[self.known] & (self.confidence[self.known] >= confidence)
        return float(weight @ bad / weight.sum())

    def threshold(self, share: float) -> float:
        """Return the least confidence that at most `share` of the strangers reach."""
        order = np.argsort(-self.confidence[~self.known])
        reached = np.cumsum(self.weight[~self.known][order]) / self.weight[~self.known].sum()
        number = int(np.searchsorted(reached, share, "right"))
        values = self.confidence[~self.known][order]
        return float(np.nextafter(values[min(number, len(values) - 1)], 2.0))


def held_out(sightings: Sightings, start: npt.NDArray[np.float64]) -> Outcome:
    """Return the outcome of every title under a fit to all others."""
    parts = []
    for title in sorted(set(sightings.title)):
        found = fit(sightings, title, start)
        cases = cases_of(sightings, found.weights)
        own = cases.title == title
        # `take` would make every title weigh 1: the weights are kept as shares of the whole here.
        outcome = Outcome.of(cases, found.confidence(cases))
        parts.append(outcome.take(own))
    return Outcome.joined(parts)


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
