"""Evidence to probability: a small fitted model, readable, with its provenance.

The model is a logistic regression over the evidence of one verified lead; it says how probable it
is that query and reference show the same picture. benchmarks/calibration fits the one that ships,
on data that no evaluation uses; `framematch.calibration` fits one to a library of the user's.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Self

from framematch.errors import ConfigError
from framematch.given import read_given

#: At least this confidence, and the verdict is ``match``.
MATCH_FROM = 0.8
#: Below this, it is ``no-match``; between the two, ``inconclusive``.
NO_MATCH_BELOW = 0.3
#: No evidence of pictures alone gives more than this.
MOST_CONFIDENT = 0.999

# The model was fitted on no smaller indexes: fewer rows make nothing surer.
_LEAST_ROWS = 100

# No file of weights is so large.
_MOST_BYTES = 16 << 20

# Beyond so many cells of strokes, more of them tell no more.
_ENOUGH_STROKES = 200.0

#: Names of the evidence, in the order of the model's weights.
EVIDENCE = (
    "sharpness",
    "agreement",
    "contrast",
    "explained",
    "substance",
    "likeness",
    "appearance",
    "sharpness_above",
    "agreement_above",
    "overlap",
    "upright",
)


@dataclass(frozen=True, slots=True)
class Level:
    """How well a query agrees with what shows something else (`framematch.matching.chance`).

    Attributes
    ----------
    sharpness, agreement : float
        As in `framematch.matching.align.Alignment`.
    """

    sharpness: float
    agreement: float


#: The level where it is not known: the median over the calibration's queries.
TYPICAL = Level(sharpness=4.1, agreement=0.29)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one verified lead.

    Attributes
    ----------
    sharpness, agreement, contrast, explained, substance : float
        As in `framematch.matching.align.Alignment`.
    likeness : float
        Of the structure features where the query is known, as in `Lead`.
    appearance : float
        How unusual the resemblance of the codes is, 0 (as unrelated pictures) to 1 (the same code).
    overlap : float
        Share of the query that lies on the reference, times the share of the reference that it
        covers: 1 for a whole picture on a whole frame. Chance has many views to choose from, and
        most of them are of parts.
    upright : float
        1 where the query is neither mirrored nor turned, else 0.
    level : Level
        What the same query gets from strangers.
    """

    sharpness: float
    agreement: float
    contrast: float
    explained: float
    substance: float
    likeness: float
    appearance: float
    overlap: float
    upright: float
    level: Level = TYPICAL

    def vector(self) -> tuple[float, ...]:
        """Return the model's input: each number on the scale on which evidence adds up."""
        return (
            math.log(max(self.sharpness, 1.0)),
            self.agreement,
            math.log(max(self.contrast, 1.0)),
            self.explained,
            math.log(min(max(self.substance, 1.0), _ENOUGH_STROKES)),
            min(max(self.likeness, 0.0), 1.0),
            self.appearance,
            math.log(max(self.sharpness, 1.0) / max(self.level.sharpness, 1.0)),
            self.agreement - self.level.agreement,
            self.overlap,
            self.upright,
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression.

    Attributes
    ----------
    weights : tuple of float
        One for each name of `EVIDENCE`.
    bias : float
        Log odds where all evidence is zero, in an index of `rows` rows.
    rows : int
        Rows of the index that the bias is for.
    size_weight : float
        How much the log odds sink when the index grows by a factor of e. A picture is found in one
        place: each place's share of that chance shrinks with their number (1.0 by Bayes' rule for
        rows that are independent of each other; neighbours in a shot are not).
    provenance : str
        On what it was fitted, and how.
    """

    weights: tuple[float, ...]
    bias: float
    rows: int
    size_weight: float
    provenance: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the model of a calibration file on disk.

        Raises
        ------
        ConfigError
            There is none, or it is not one that this release reads.
        """
        try:
            data = json.loads(read_given(path, _MOST_BYTES, "calibration file").decode("utf-8"))
        except ConfigError:
            raise
        except (ValueError, RecursionError) as error:
            raise ConfigError(
                f"{path}: is no calibration file (not JSON); name one that"
                " framematch calibrate has written"
            ) from error
        if not isinstance(data, dict):
            raise ConfigError(
                f"{path}: is no calibration file; name one that framematch calibrate has written"
            )
        try:
            return cls.from_dict(data)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}, with framematch calibrate") from error

    def to_dict(self) -> dict[str, Any]:
        """Return the content of a calibration file, its numbers to four places."""
        return {
            "evidence": list(EVIDENCE),
            "weights": [round(weight, 4) for weight in self.weights],
            "bias": round(self.bias, 4),
            "rows": self.rows,
            "size_weight": round(self.size_weight, 4),
            "provenance": self.provenance,
        }

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
            model = cls(
                weights,
                float(data["bias"]),
                int(data["rows"]),
                float(data["size_weight"]),
                str(data["provenance"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ConfigError(f"calibration is incomplete ({error}); fit it again") from error
        if len(weights) != len(EVIDENCE):
            raise ConfigError(
                f"calibration has {len(weights)} weights for {len(EVIDENCE)} numbers; fit it again"
            )
        if model.rows < 1 or not all(map(math.isfinite, (*weights, model.bias, model.size_weight))):
            raise ConfigError("calibration holds numbers that make no sense; fit it again")
        return model

    def for_rows(self, rows: int) -> Self:
        """Return the model for an index of so many rows; of fewer than 100, the one for 100."""
        rows = max(rows, _LEAST_ROWS)
        shift = self.size_weight * math.log(rows / self.rows)
        return replace(self, bias=self.bias - shift, rows=rows)

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
