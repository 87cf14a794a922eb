"""Fits weights and bias to cases by the likelihood of the confidence that the product reports.

The product shares probability out among the shows and "none of them" (`share_out`), so that is the
likelihood: a multinomial logit with one set of weights for all shows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from framematch.calibration.cases import REVIEWED, ROWS, Cases, cases_of
from framematch.calibration.sightings import Sightings
from framematch.matching.confidence import Model

_L2 = 2e-4
# How far a fit may go from an earlier one at no great cost: half a log odds for each deviation of
# the evidence. Each query is asked up to four times.
_PRIOR, _ASKED = 0.5, 4
_ROUNDS = 4
# By Bayes' rule the odds of one place in an index sink with the number of places, no faster.
_MOST_SIZE_WEIGHT = 1.0
# Log odds of a show that was not sighted.
_NEVER = -50.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Weights of the evidence, float64 (11,), none negative, the bias, the weight of the size."""

    weights: npt.NDArray[np.float64]
    bias: float
    size_weight: float

    @classmethod
    def of(cls, model: Model) -> Self:
        """Return a model of the product as a fit, to be held against others."""
        model = model.for_rows(ROWS)
        return cls(np.array(model.weights), model.bias, model.size_weight)

    def model(self, provenance: str) -> Model:
        """Return the fit as a model of the product."""
        weights = tuple(float(weight) for weight in self.weights)
        return Model(weights, self.bias, ROWS, self.size_weight, provenance)

    def log_odds(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the log odds of each show, float64 (N, S); very low where it was not sighted."""
        level = self.bias - self.size_weight * cases.size[:, None]
        return np.where(cases.sighted, cases.evidence @ self.weights + level, _NEVER)

    def confidence(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the probability of each show, float64 (N, S); what is missing to 1 is "none"."""
        odds = np.exp(self.log_odds(cases))
        share: npt.NDArray[np.float64] = odds / (1 + odds.sum(axis=1, keepdims=True))
        return share


def fit_cases(cases: Cases, earlier: Fit | None = None) -> Fit:
    """Return the fit to the cases that may be fitted on, near an earlier one where it is given."""
    chosen = cases.take(cases.fits)
    spread = chosen.evidence[chosen.sighted].std(axis=0) + 1e-3
    rows = np.flatnonzero(chosen.answer >= 0)
    told = chosen.evidence[rows, chosen.answer[rows]]
    if earlier is None:
        towards, pull = np.zeros(len(spread)), _L2
        least, most = 0.0, _MOST_SIZE_WEIGHT
        start = np.concatenate([1.0 / spread / len(spread), [-5.0, (least + most) / 2]])
    else:
        towards, pull = earlier.weights, _ASKED / (2 * _PRIOR**2) / _number(chosen)
        least = most = earlier.size_weight
        start = np.concatenate([earlier.weights, [earlier.bias, earlier.size_weight]])

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias, sinks = values[:-2], values[-2], values[-1]
        level = bias - sinks * chosen.size
        odds = np.where(chosen.sighted, np.exp(chosen.evidence @ weights + level[:, None]), 0.0)
        whole = 1 + odds.sum(axis=1)
        share = odds / whole[:, None]
        weight = chosen.weight
        likelihood = weight[rows] @ (told @ weights + level[rows]) - weight @ np.log(whole)
        slope = weight[rows] @ told - np.einsum("n,ns,nsk->k", weight, share, chosen.evidence)
        surplus = -weight * share.sum(axis=1)
        surplus[rows] += weight[rows]
        away = (weights - towards) * spread
        penalty = pull * float((away**2).sum())
        rise = [-surplus.sum(), surplus @ chosen.size]
        return penalty - likelihood, np.concatenate([2 * pull * away * spread - slope, rise])

    bounds = [(0.0, None)] * len(spread) + [(None, None), (least, most)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Fit(found.x[:-2], float(found.x[-2]), float(found.x[-1]))


def _number(cases: Cases) -> float:
    """Return how many cases speak; those that people decided on as many as their weight says."""
    reviewed = cases.family == REVIEWED
    return float((~reviewed).sum() / (1 - cases.weight[reviewed].sum()))


def fit(
    sightings: Sightings,
    start: npt.NDArray[np.float64],
    *,
    held_out: Collection[str] = (),
    earlier: Fit | None = None,
) -> Fit:
    """Return the fit to all titles but those held out.

    Which sighting of a show is its best depends on the weights, so fitting and choosing take turns.

    Parameters
    ----------
    sightings : Sightings
        The evidence.
    start : float64 (11,)
        Weights that choose the first sightings.
    held_out : collection of str
        Titles that are not looked at.
    earlier : Fit, optional
        A fit to much more evidence. Its weights are left only as far as this evidence demands, and
        its weight of the size, of which one index tells nothing, is kept.
    """
    weights = start
    for _ in range(_ROUNDS):
        cases = cases_of(sightings, weights)
        found = fit_cases(cases.take(~np.isin(cases.title, list(held_out))), earlier)
        weights = found.weights
    return found
