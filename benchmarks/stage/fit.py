"""Fits the stage models: multinomial logistic regression, rows of the table counting alike."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from framematch.matching.stage_model import StageModel, expanded

Floats = npt.NDArray[np.float64]

_L2 = 3e-3
_BOUND = 4.0


def fit(
    numbers: Floats,
    names: tuple[str, ...],
    answers: list[str],
    weight: Floats,
    penalty: float = _L2,
) -> StageModel:
    """Return the model of numbers, float64 (N, K), whose answers are N stages of given weight."""
    stages = tuple(sorted(set(answers)))
    terms = expanded(numbers)
    centre, scale = terms.mean(axis=0), terms.std(axis=0) + 1e-3
    standard = np.clip((terms - centre) / scale, -_BOUND, _BOUND)
    wanted = np.zeros((len(answers), len(stages)))
    wanted[np.arange(len(answers)), [stages.index(answer) for answer in answers]] = 1
    share = (weight / weight.sum())[:, None]
    shape = (len(stages), standard.shape[1])

    def loss(values: Floats) -> tuple[float, Floats]:
        weights, bias = values[: -len(stages)].reshape(shape), values[-len(stages) :]
        odds = standard @ weights.T + bias
        odds -= odds.max(axis=1, keepdims=True)
        logs = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        off = share * (np.exp(logs) - wanted)
        value = -float((share * wanted * logs).sum()) + penalty * float((weights**2).sum())
        slope = off.T @ standard + 2 * penalty * weights
        return value, np.concatenate([slope.ravel(), off.sum(axis=0)])

    start = np.zeros(shape[0] * shape[1] + len(stages))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 600})
    weights, bias = found.x[: -len(stages)].reshape(shape), found.x[-len(stages) :]
    return StageModel(stages, names, centre, scale, weights, bias)
