"""Fits weights and bias to cases by the likelihood of the confidence that the product reports.

The product shares probability out among the shows and "none of them" (`share_out`), so that is the
likelihood: a multinomial logit with one set of weights for all shows. A fit starts from nothing, or
from a model that is known already and that few questions must not move far.
"""

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.calibration.cases import ROWS, Cases, cases_of
from framematch.calibration.sightings import Sightings
from framematch.matching.confidence import Model

_L2 = 2e-4
_ROUNDS = 4
# By Bayes' rule the odds of one place in an index sink with the number of places, no faster.
_MOST_SIZE_WEIGHT = 1.0
# Log odds of a show that was not sighted.
_NEVER = -50.0
# How far a library may be from what a known model was fitted on: standard deviation of what each
# kind of evidence adds to the log odds, and of the bias. (tests and docs/matching.md say more.)
_WEIGHT_STEP, _BIAS_STEP = 0.5, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Weights of the evidence, float64 (7,), none negative, the bias, the weight of the size.

    The bias is for an index of `framematch.calibration.cases.ROWS` rows.
    """

    weights: npt.NDArray[np.float64]
    bias: float
    size_weight: float

    @classmethod
    def of(cls, model: Model) -> "Fit":
        """Return a model as a fit."""
        level = model.for_rows(ROWS)
        return cls(np.array(level.weights), level.bias, level.size_weight)

    def model(self, provenance: str) -> Model:
        """Return the fit as a model, rounded as it is written down."""
        weights = tuple(round(float(weight), 4) for weight in self.weights)
        return Model(weights, round(self.bias, 4), ROWS, round(self.size_weight, 4), provenance)

    def log_odds(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the log odds of each show, float64 (N, S); very low where it was not sighted."""
        level = self.bias - self.size_weight * cases.size[:, None]
        return np.where(cases.sighted, cases.evidence @ self.weights + level, _NEVER)

    def confidence(self, cases: Cases) -> npt.NDArray[np.float64]:
        """Return the probability of each show, float64 (N, S); what is missing to 1 is "none"."""
        odds = np.exp(self.log_odds(cases))
        share: npt.NDArray[np.float64] = odds / (1 + odds.sum(axis=1, keepdims=True))
        return share


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """A model that is known, and what it takes to leave it.

    Attributes
    ----------
    known : Fit
        Where a fit without any question ends.
    pictures : int
        Independent pictures that the questions were made of: the more, the less `known` counts.
    """

    known: Fit
    pictures: int


@dataclass(frozen=True, slots=True, eq=False)
class _Penalty:
    """A cost of ``((values - anchor) * stiffness) ** 2``, float64 (9,) all, within bounds."""

    anchor: npt.NDArray[np.float64]
    stiffness: npt.NDArray[np.float64]
    start: npt.NDArray[np.float64]
    bounds: list[tuple[float | None, float | None]]


def _penalty(evidence: npt.NDArray[np.float64], prior: Prior | None) -> _Penalty:
    """Return the cost of weights, bias and size weight for evidence, float64 (M, 7)."""
    bounds: list[tuple[float | None, float | None]] = [(0.0, None)] * evidence.shape[1]
    if prior is None:
        spread = evidence.std(axis=0) + 1e-3
        return _Penalty(
            anchor=np.zeros(len(spread) + 2),
            stiffness=np.append(np.sqrt(_L2) * spread, [0.0, 0.0]),
            start=np.concatenate([1.0 / spread / len(spread), [-5.0, 0.5]]),
            bounds=[*bounds, (None, None), (0.0, _MOST_SIZE_WEIGHT)],
        )
    known = prior.known
    anchor = np.append(known.weights, [known.bias, known.size_weight])
    # What evidence adds, not how it varies: where all of it is alike, a weight is a second bias.
    adds = np.sqrt((evidence**2).mean(axis=0)) + 1e-3
    steps = np.append(adds / _WEIGHT_STEP, [1 / _BIAS_STEP, 0.0])
    # One library has about one size: how confidence sinks with it cannot be learnt there.
    fixed = (known.size_weight, known.size_weight)
    return _Penalty(
        anchor, steps / np.sqrt(2 * prior.pictures), anchor, [*bounds, (None, None), fixed]
    )


def fit_cases(cases: Cases, prior: Prior | None = None) -> Fit:
    """Return the fit to the cases that may be fitted on."""
    # Imported late: whoever only reads a calibration file does not wait for it.
    from scipy.optimize import minimize

    chosen = cases.take(cases.fits)
    penalty = _penalty(chosen.evidence[chosen.sighted], prior)
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
        away = (values - penalty.anchor) * penalty.stiffness
        rise = np.append(-slope, [-surplus.sum(), surplus @ chosen.size])
        return float(away @ away) - likelihood, rise + 2 * away * penalty.stiffness

    found = minimize(loss, penalty.start, jac=True, method="L-BFGS-B", bounds=penalty.bounds)
    return Fit(found.x[:-2], float(found.x[-2]), float(found.x[-1]))


def fit(
    sightings: Sightings,
    held_out: Container[str],
    start: npt.NDArray[np.float64],
    prior: Prior | None = None,
    *,
    smaller: bool = True,
) -> Fit:
    """Return the fit to all titles but some.

    Which sighting of a show is its best depends on the weights, so fitting and choosing take turns.

    Parameters
    ----------
    sightings : Sightings
        What was seen.
    held_out : container of str
        Titles that are left out.
    start : float64 (7,)
        Weights that choose the first time.
    prior : Prior, optional
        A model to stay near.
    smaller : bool
        As in `cases_of`.
    """
    weights = start
    for _ in range(_ROUNDS):
        cases = cases_of(sightings, weights, smaller=smaller)
        kept = np.array([title not in held_out for title in cases.title.tolist()])
        found = fit_cases(cases.take(kept), prior)
        weights = found.weights
    return found
