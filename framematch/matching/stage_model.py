"""Numbers about a picture to the probability of each stage: two small fitted models, readable.

Multinomial logistic regressions, one for a picture alone and one for a picture that was laid over
the frame it belongs to. benchmarks/stage fits them and writes `stages.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from framematch.errors import ConfigError
from framematch.matching.difference import DIFFERENCE
from framematch.matching.looks import LOOKS

Floats = npt.NDArray[np.float64]

#: What each model weighs.
NUMBERS: dict[str, tuple[str, ...]] = {"alone": LOOKS, "matched": LOOKS + DIFFERENCE}
#: Stages of whole pages, which a single frame says nothing about: judged alone.
OF_PAGES = ("model-sheet", "storyboard")
#: What a picture with its frame is told to be where it is a drawing; which one is judged alone.
DRAWING = "drawing"
OF_DRAWINGS = ("line-art", "rough")
#: What only the frame can tell: that the figures are missing.
BACKGROUND = "background-only"

# Every number counts as it is and by its logarithm, which tells next to nothing from nothing.
_LEAST = 0.01


def expanded(numbers: Floats) -> Floats:
    """Return numbers and their logarithms, float64 (..., 2K) of float64 (..., K)."""
    logarithms = np.sign(numbers) * np.log1p(np.abs(numbers) / _LEAST)
    return np.concatenate([numbers, logarithms], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class StageModel:
    """A multinomial logistic regression.

    Attributes
    ----------
    stages : tuple of str
        S stages.
    numbers : tuple of str
        Names of K numbers.
    centre, scale : float64 (2K,)
        Mean and spread of the expanded numbers.
    weights : float64 (S, 2K)
        Of the standardised numbers.
    bias : float64 (S,)
        Log odds where all numbers are at their mean.
    """

    stages: tuple[str, ...]
    numbers: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats
    bias: Floats

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], numbers: tuple[str, ...]) -> Self:
        """Return the model that a file describes.

        Raises
        ------
        ConfigError
            The file is for other numbers, or incomplete.
        """
        if data.get("numbers") != list(numbers):
            raise ConfigError("the stage model is for other numbers than this release's; fit again")
        try:
            model = cls(
                tuple(map(str, data["stages"])),
                numbers,
                *(
                    np.asarray(data[name], dtype=np.float64)
                    for name in ("centre", "scale", "weights", "bias")
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"the stage model is incomplete ({error}); fit again") from error
        n_stages, n_terms = len(model.stages), 2 * len(numbers)
        shapes = (model.centre.shape, model.scale.shape, model.weights.shape, model.bias.shape)
        if shapes != ((n_terms,), (n_terms,), (n_stages, n_terms), (n_stages,)):
            raise ConfigError(f"the stage model has arrays of shapes {shapes}; fit again")
        return model

    def to_dict(self) -> dict[str, Any]:
        """Return the model as it stands in the file."""
        return {
            "stages": list(self.stages),
            "numbers": list(self.numbers),
            "centre": np.round(self.centre, 4).tolist(),
            "scale": np.round(self.scale, 4).tolist(),
            "weights": np.round(self.weights, 3).tolist(),
            "bias": np.round(self.bias, 3).tolist(),
        }

    def _terms(self, numbers: Floats) -> Floats:
        # A picture unlike all that was fitted on must not weigh without end.
        return np.clip((expanded(numbers) - self.centre) / self.scale, -4.0, 4.0)

    def probabilities(self, numbers: Floats) -> Floats:
        """Return the probability of each stage, float64 (..., S), of float64 (..., K)."""
        odds = self._terms(numbers) @ self.weights.T + self.bias
        odds = np.exp(odds - odds.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))

    def shares(self, numbers: Floats) -> dict[str, float]:
        """Return the probability of each stage by name, of one picture's float64 (K,)."""
        return dict(zip(self.stages, self.probabilities(numbers).tolist(), strict=True))

    def reasons(self, numbers: Floats, count: int = 3) -> tuple[str, ...]:
        """Return the numbers that speak most for the first stage over the second, strongest first.

        Parameters
        ----------
        numbers : float64 (K,)
            Of one picture.
        count : int
            How many at most; those that speak against it are left out.
        """
        first, second = np.argsort(-self.probabilities(numbers), kind="stable")[:2]
        parts = self._terms(numbers) * (self.weights[first] - self.weights[second])
        speaks = parts.reshape(2, -1).sum(axis=0)
        order = np.argsort(-speaks, kind="stable")[:count]
        return tuple(self.numbers[number] for number in order if speaks[number] > 0)


def combined(alone: Mapping[str, Any], matched: Mapping[str, Any]) -> dict[str, Any]:
    """Return the probabilities of all stages of a picture that was held against its frame.

    Pages, and line art from rough, are judged alone; the rest is shared out by the frame.

    Parameters
    ----------
    alone, matched : mapping of str to float or float64 (N,)
        Probabilities of the stages by both models.
    """
    page = sum(alone[name] for name in OF_PAGES)
    drawn = sum(alone[name] for name in OF_DRAWINGS)
    together = {name: alone[name] for name in OF_PAGES}
    for name, share in matched.items():
        if name != DRAWING:
            together[name] = (1 - page) * share
    for name in OF_DRAWINGS:
        together[name] = (1 - page) * matched[DRAWING] * alone[name] / drawn
    return together


@lru_cache(maxsize=2)
def shipped_stage_model(kind: Literal["alone", "matched"]) -> StageModel:
    """Return the model that ships with this release."""
    text = resources.files("framematch.matching").joinpath("stages.json").read_text("utf-8")
    return StageModel.from_dict(json.loads(text)[kind], NUMBERS[kind])
