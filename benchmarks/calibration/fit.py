"""Fits weights and bias to cases by the likelihood of the confidence that the product reports.

The product shares probability out among the shows and "none of them" (`share_out`), so that is the
likelihood: a multinomial logit with one set of weights for all shows.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.calibration.cases import Cases, cases_of
from benchmarks.calibration.evidence import Sightings

_L2 = 2e-4
_ROUNDS = 4
# By Bayes' rule the odds of one place in an index sink with the number of places, no faster.
_MOST_SIZE_WEIGHT = 1.0
# Log odds of a show that was not sighted.
_NEVER = -50.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Weights of the evidence, float64 (7,), none negative, the bias, the weight of the size."""

    weights: npt.NDArray[np.float64]
    bias: float
    size_weight: float

    def log_odds(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the log odds of each show, float64 (N, S); very low where it was not sighted."""
        level = self.bias - self.size_weight * cases.size[:, None]
        return np.where(cases.sighted, cases.evidence @ self.weights + level, _NEVER)

    def confidence(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the probability of each show, float64 (N, S); what is missing to 1 is "none"."""
        odds = np.exp(self.log_odds(cases))
        share: npt.NDArray[np.float64] = odds / (1 + odds.sum(axis=1, keepdims=True))
        return share


def fit_cases(cases: Cases) -> Fit:
    """Return the fit to the cases that may be fitted on."""
    chosen = cases.take(cases.fits)
    spread = chosen.evidence[chosen.sighted].std(axis=0) + 1e-3
    rows = np.flatnonzero(chosen.answer >= 0)
    told = chosen.evidence[rows, chosen.answer[rows]]

    def loss(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights, bias, size_weight = values[:-2], values[-2], values[-1]
        level = bias - size_weight * chosen.size
        odds = np.where(chosen.sighted, np.exp(chosen.evidence @ weights + level[:, None]), 0.0)
        whole = 1 + odds.sum(axis=1)
        share = odds / whole[:, None]
        weight = chosen.weight
        likelihood = weight[rows] @ (told @ weights + level[rows]) - weight @ np.log(whole)
        slope = weight[rows] @ told - np.einsum("n,ns,nsk->k", weight, share, chosen.evidence)
        surplus = -weight * share.sum(axis=1)
        surplus[rows] += weight[rows]
        penalty = _L2 * float(((weights * spread) ** 2).sum())
        rise = [-surplus.sum(), surplus @ chosen.size]
        return penalty - likelihood, np.concatenate([2 * _L2 * weights * spread**2 - slope, rise])

    start = np.concatenate([1.0 / spread / len(spread), [-5.0, 0.5]])
    bounds = [(0.0, None)] * len(spread) + [(None, None), (0.0, _MOST_SIZE_WEIGHT)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Fit(found.x[:-2], float(found.x[-2]), float(found.x[-1]))


def fit(sightings: Sightings, held_out: str | None, start: npt.NDArray[np.float64]) -> Fit:
    """Return the fit to all titles but one.

    Which sighting of a show is its best depends on the weights, so fitting and choosing take turns.
    """
    weights = start
    for _ in range(_ROUNDS):
        cases = cases_of(sightings, weights)
        found = fit_cases(cases.take(cases.title != held_out))
        weights = found.weights
    return found
