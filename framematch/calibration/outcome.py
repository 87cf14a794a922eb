"""What the confidence is worth on titles that it was not fitted on."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framematch.calibration.cases import REVIEWED, Cases, cases_of
from framematch.calibration.fit import Fit, fit
from framematch.calibration.sightings import Sightings
from framematch.matching.confidence import MOST_CONFIDENT

_BINS = 10


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
    loss : float64 (N,)
        Negative logarithm of the probability that the answer was given, no larger than that of
        what no confidence goes below.
    weight : float64 (N,)
        As in `Cases`.
    title, family : str (N,)
        As in `Cases`.
    """

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    loss: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    title: npt.NDArray[np.str_]
    family: npt.NDArray[np.str_]

    @classmethod
    def of(cls, cases: Cases, confidence: npt.NDArray[np.float64]) -> "Outcome":
        """Return the outcome of cases, given each show's confidence, float64 (N, S)."""
        first = confidence.argmax(axis=1)
        each = np.arange(len(confidence))
        told = np.where(
            cases.answer >= 0, confidence[each, cases.answer], 1 - confidence.sum(axis=1)
        )
        return cls(
            confidence=confidence.max(axis=1),
            right=(first == cases.answer) & (confidence.max(axis=1) > 0),
            known=cases.answer >= 0,
            loss=-np.log(np.clip(told, 1 - MOST_CONFIDENT, MOST_CONFIDENT)),
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

    def brier(self) -> float:
        """Return the mean square of what the confidence lacks to 1 where right, to 0 where not."""
        return float(np.average((self.confidence - self.right) ** 2, weights=self.weight))

    def log_loss(self) -> float:
        """Return the mean loss, weighted: 0 for an oracle, .69 for a coin."""
        return float(np.average(self.loss, weights=self.weight))

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


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A fit, and the titles that it has not seen."""

    titles: tuple[str, ...]
    fit: Fit


def held_out(
    sightings: Sightings,
    start: npt.NDArray[np.float64],
    *,
    folds: int | None = None,
    earlier: Fit | None = None,
) -> Outcome:
    """Return the outcome of every title under a fit that has not seen it.

    Parameters
    ----------
    sightings, start, earlier
        As for `fit`.
    folds : int, optional
        How many fits are made, each without its share of the titles; by default one for each.
    """
    return judged_held_out(sightings, folds_of(sightings, start, folds=folds, earlier=earlier))


def folds_of(
    sightings: Sightings,
    start: npt.NDArray[np.float64],
    *,
    folds: int | None = None,
    earlier: Fit | None = None,
) -> list[Fold]:
    """Return the fits by which `held_out` judges."""
    titles = sorted(set(sightings.title))
    n_folds = min(folds or len(titles), len(titles))
    outs = [tuple(titles[fold::n_folds]) for fold in range(n_folds)]
    return [Fold(out, fit(sightings, start, held_out=out, earlier=earlier)) for out in outs]


def judged_held_out(sightings: Sightings, folds: list[Fold]) -> Outcome:
    """Return the outcome of every title under the fit that has not seen it."""
    parts = []
    for fold in folds:
        cases = cases_of(sightings, fold.fit.weights)
        # `take` of the cases would make every fold weigh 1: the weights stay shares of the whole.
        outcome = Outcome.of(cases, fold.fit.confidence(cases))
        parts.append(outcome.take(np.isin(cases.title, fold.titles)))
    return Outcome.joined(parts)


def reviewed_as_they_are(sightings: Sightings, folds: list[Fold]) -> Outcome:
    """Return the outcome of what people decided on, asked once as it is of the whole index.

    Each counts alike, and is judged by the fit that has not seen its title.
    """
    parts = []
    for fold in folds:
        cases = cases_of(sightings, fold.fit.weights)
        # The whole index, with every show in it, comes first.
        first = np.arange(len(cases.title)) < len(sightings.title)
        chosen = first & (cases.family == REVIEWED) & np.isin(cases.title, fold.titles)
        parts.append(Outcome.of(cases, fold.fit.confidence(cases)).take(chosen))
    joined = Outcome.joined(parts)
    return replace(joined, weight=np.full(len(joined.weight), 1 / max(len(joined.weight), 1)))
