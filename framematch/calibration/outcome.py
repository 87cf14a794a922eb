"""What a confidence is worth on questions whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.calibration.cases import Cases, cases_of
from framematch.calibration.fit import Fit, Prior, fit
from framematch.calibration.sightings import Sightings

_BINS = 10
# No probability is taken for less: one surprise must not outweigh all the rest.
_LEAST = 1e-6


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
    surprise : float64 (N,)
        Negative logarithm of the probability that was given to the right answer; not a number for
        cases that show what the search missed and not what the confidence is worth.
    weight : float64 (N,)
        As in `Cases`.
    title, family : str (N,)
        As in `Cases`.
    """

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    surprise: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    title: npt.NDArray[np.str_]
    family: npt.NDArray[np.str_]

    @classmethod
    def of(cls, cases: Cases, confidence: npt.NDArray[np.float64]) -> "Outcome":
        """Return the outcome of cases, given each show's confidence, float64 (N, S)."""
        first = confidence.argmax(axis=1)
        none = 1 - confidence.sum(axis=1)
        own = confidence[np.arange(len(first)), np.maximum(cases.answer, 0)]
        given = np.maximum(np.where(cases.answer >= 0, own, none), _LEAST)
        return cls(
            confidence=confidence.max(axis=1),
            right=(first == cases.answer) & (confidence.max(axis=1) > 0),
            known=cases.answer >= 0,
            surprise=np.where(cases.fits, -np.log(given), np.nan),
            weight=cases.weight,
            title=cases.title,
            family=cases.family,
        )

    @classmethod
    def joined(cls, parts: "Sequence[Outcome]") -> "Outcome":
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

    def log_loss(self) -> float:
        """Return the mean surprise: the least where every confidence is as high as it should be."""
        counted = ~np.isnan(self.surprise)
        return float(np.average(self.surprise[counted], weights=self.weight[counted]))

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


def outcome_of(sightings: Sightings, found: Fit, *, smaller: bool = True) -> Outcome:
    """Return the outcome of everything under one fit."""
    cases = cases_of(sightings, found.weights, smaller=smaller)
    return Outcome.of(cases, found.confidence(cases))


def held_out(
    sightings: Sightings,
    start: npt.NDArray[np.float64],
    prior: Prior | None = None,
    *,
    folds: int | None = None,
    smaller: bool = True,
) -> Outcome:
    """Return the outcome of every title under a fit to all others.

    Parameters
    ----------
    sightings : Sightings
        What was seen.
    start : float64 (7,)
        As in `fit`.
    prior : Prior, optional
        As in `fit`.
    folds : int, optional
        How many groups of titles are held out in turn; by default every title for itself.
    smaller : bool
        As in `cases_of`.
    """
    titles = sorted(set(sightings.title))
    parts = []
    for number in range(folds := min(folds or len(titles), len(titles))):
        away = frozenset(titles[number::folds])
        found = fit(sightings, away, start, prior, smaller=smaller)
        # `Cases.take` would make every title weigh 1: its share of the whole is kept here.
        outcome = outcome_of(sightings, found, smaller=smaller)
        parts.append(outcome.take(np.isin(outcome.title, sorted(away))))
    return Outcome.joined(parts)
