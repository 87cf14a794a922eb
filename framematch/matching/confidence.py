"""Evidence to probability: a small fitted model, readable, with its provenance.

The model is a logistic regression over the evidence of one verified lead; it says how probable it
is that query and reference show the same picture. benchmarks/calibration fits it, on data that no
evaluation uses.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Self

from framematch.errors import ConfigError

#: At least this confidence, and the verdict is ``match``.
MATCH_FROM = 0.8
#: Below this, it is ``no-match``; between the two, ``inconclusive``.
NO_MATCH_BELOW = 0.3
#: No evidence of pictures alone gives more than this.
MOST_CONFIDENT = 0.999

#: Names of the evidence, in the order of the model's weights.
EVIDENCE = ("sharpness", "agreement", "contrast", "explained", "colour", "structure", "appearance")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one verified lead.

    Attributes
    ----------
    sharpness, agreement, contrast, explained, colour : float
        As in `framematch.matching.align.Alignment`.
    structure, appearance : float
        How unusual the resemblance of the codes is, 0 (as unrelated pictures) to 1 (the same code).
    """

    sharpness: float
    agreement: float
    contrast: float
    explained: float
    colour: float
    structure: float
    appearance: float

    def vector(self) -> tuple[float, ...]:
        """Return the model's input: each number on the scale on which evidence adds up."""
        return (
            math.log(max(self.sharpness, 1.0)),
            self.agreement,
            math.log(max(self.contrast, 1.0)),
            self.explained,
            self.colour,
            self.structure,
            self.appearance,
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression.

    Attributes
    ----------
    weights : tuple of float
        One for each name of `EVIDENCE`.
    bias : float
        Log odds where all evidence is zero.
    provenance : str
        On what it was fitted, and how.
    """

    weights: tuple[float, ...]
    bias: float
    provenance: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the model of a calibration file.

        Raises
        ------
        ConfigError
            The file is for other evidence.
        """
        evidence = data.get("evidence")
        if evidence != list(EVIDENCE):
            raise ConfigError(
                f"calibration is for {evidence}, this release weighs {list(EVIDENCE)}; fit it again"
            )
        try:
            weights = tuple(map(float, data["weights"]))
            model = cls(weights, float(data["bias"]), str(data["provenance"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"calibration is incomplete ({error}); fit it again") from error
        if len(weights) != len(EVIDENCE):
            raise ConfigError(
                f"calibration has {len(weights)} weights for {len(EVIDENCE)} numbers; fit it again"
            )
        return model

    def log_odds(self, evidence: Evidence) -> float:
        """Return the log odds that query and reference show the same picture."""
        terms = zip(self.weights, evidence.vector(), strict=True)
        return self.bias + sum(weight * value for weight, value in terms)


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """Return the model that ships with this release."""
    text = resources.files("framematch.matching").joinpath("calibration.json").read_text("utf-8")
    return Model.from_dict(json.loads(text))


def probability(log_odds: float) -> float:
    """Return the probability, 0 to 1, of log odds."""
    if log_odds < -700:
        return 0.0
    return 1.0 / (1.0 + math.exp(-log_odds))


def share_out(log_odds: Sequence[float]) -> list[float]:
    """Return the confidence of each of several answers of which at most one is right.

    Each answer's odds are against "none of them", which has its own share: together they are a
    distribution.
    """
    odds = [math.exp(min(value, 50.0)) for value in log_odds]
    whole = 1.0 + sum(odds)
    return [min(part / whole, MOST_CONFIDENT) for part in odds]
