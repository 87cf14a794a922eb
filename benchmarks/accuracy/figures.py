"""The arithmetic of the report: thresholds, recall, calibration, ranges, times. Prints nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]

_BINS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The first answer of one method to N queries.

    Attributes
    ----------
    known : bool (N,)
        Whether the index holds a right show.
    right : bool (N,)
        Whether the first answer is that show.
    score : float64 (N,)
        How sure the method is; higher is surer, on any scale.
    """

    known: Flags
    right: Flags
    score: Values

    def threshold(self, share: float) -> float:
        """Return the least score that at most `share` of the unknown queries reach."""
        unknown = -np.sort(-self.score[~self.known])
        allowed = int(share * len(unknown) + 1e-9)
        if allowed >= len(unknown):
            return -np.inf
        return float(np.nextafter(unknown[allowed], np.inf))

    def recall(self, threshold: float, chosen: Flags) -> float:
        """Return the share of chosen known queries answered rightly with at least a score."""
        asked = self.known & chosen
        if not asked.any():
            return float("nan")
        return float((self.right & (self.score >= threshold))[asked].mean())

    def attributed(self, threshold: float, chosen: Flags) -> float:
        """Return the share of chosen unknown queries that reach a score."""
        asked = ~self.known & chosen
        return float((self.score >= threshold)[asked].mean()) if asked.any() else float("nan")

    def wrong(self, threshold: float, chosen: Flags) -> float:
        """Return the share of chosen known queries given a wrong show with at least a score."""
        asked = self.known & chosen
        if not asked.any():
            return float("nan")
        return float((~self.right & (self.score >= threshold))[asked].mean())

    def curve(self, chosen: Flags) -> tuple[Values, Values]:
        """Return false positive rates, rising, and the recall at each."""
        rates = np.arange(int((~self.known).sum()) + 1) / max(1, int((~self.known).sum()))
        recalls = [self.recall(self.threshold(float(rate)), chosen) for rate in rates]
        return rates, np.array(recalls)


@dataclass(frozen=True, slots=True)
class Bin:
    """Queries of about one confidence: how many, what was claimed, what came true."""

    n: float
    claimed: float
    right: float


def reliability(confidence: Values, right: Flags, weight: Values | None = None) -> list[Bin]:
    """Return ten bins of equal width; an empty one has n = 0.

    Parameters
    ----------
    confidence : float64 (N,)
        0 to 1, of the first answer.
    right : bool (N,)
        Whether it is right; never for an unknown query.
    weight : float64 (N,), optional
        What each query counts, 1 by default.
    """
    weight = np.ones(len(confidence)) if weight is None else weight
    numbers = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    bins = []
    for number in range(_BINS):
        inside = numbers == number
        n = float(weight[inside].sum())
        claimed = float(weight[inside] @ confidence[inside] / n) if n else 0.0
        came = float(weight[inside] @ right[inside] / n) if n else 0.0
        bins.append(Bin(n, claimed, came))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error."""
    total = sum(one.n for one in bins)
    if not total:
        return float("nan")
    return sum(one.n * abs(one.claimed - one.right) for one in bins) / total


def half_unknown(known: Flags) -> Values:
    """Return weights under which known and unknown queries count alike in sum."""
    n_known, n_unknown = int(known.sum()), int((~known).sum())
    weight = np.where(known, 0.5 / max(1, n_known), 0.5 / max(1, n_unknown))
    found: Values = weight * len(known)
    return found


@dataclass(frozen=True, slots=True)
class RangeCheck:
    """An episode range against the truth.

    Attributes
    ----------
    inside : bool
        Whether the range holds the episode that the query was taken from.
    no_wider : bool
        Whether it is no longer than the run from the first to the last true episode.
    width, true_width : int
        Both lengths, in episodes.
    """

    inside: bool
    no_wider: bool
    width: int
    true_width: int


def check_range(first: str, last: str, episodes: Sequence[str], order: Sequence[str]) -> RangeCheck:
    """Compare a range with the true episodes, the one that the query was taken from first.

    `order` is every indexed episode of the show, as broadcast.
    """
    place = {episode: number for number, episode in enumerate(order)}
    low, high = place[first], place[last]
    true = sorted(place[episode] for episode in episodes)
    width, true_width = high - low + 1, true[-1] - true[0] + 1
    return RangeCheck(low <= place[episodes[0]] <= high, width <= true_width, width, true_width)


def seconds_off(
    file: str, start_s: float, end_s: float, instants: Sequence[tuple[str, float]]
) -> float:
    """Return how far a matched stretch of a file lies from the nearest right instant, in seconds.

    Infinity where the file shows the picture nowhere.
    """
    away = [max(0.0, start_s - time_s, time_s - end_s) for name, time_s in instants if name == file]
    return min(away, default=float("inf"))
