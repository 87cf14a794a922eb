"""Straight lines through points of two timelines: the offset and the speed on which most agree.

Pure arithmetic. A point is a stretch of reference time, seen at one query time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Points within this of a line lie on it, inclusive: both timelines are sampled every half second.
TOLERANCE_S = 0.75
# Time between samples of a reference.
_SAMPLE_S = 0.5
#: A speed is fitted within this share of one that is tried.
MOST_DRIFT = 0.06
# A fitted speed differs from the one tried by so many standard errors, else that one stays; and an
# unusual speed or direction explains this much more.
_SURE_ERRORS, _UNUSUAL = 3.0, 1.15
# A line is grown and fitted again at most so often; fewer pictures than this fit no speed.
_ROUNDS, _LEAST_FITTED = 8, 4


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """P points in order of query time.

    Attributes
    ----------
    query_s, start_s, end_s : float64 (P,)
        When each was seen, and the stretch of the reference that it stands for.
    weight : float64 (P,)
        What each counts.
    first : int64 (F,)
        Position of the first point of each of the F query times.
    """

    query_s: Floats
    start_s: Floats
    end_s: Floats
    weight: Floats
    first: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float, float, float]]) -> Self:
        """Return the points of rows (query_s, start_s, end_s, weight) in order of query time."""
        query_s, start_s, end_s, weight = np.array(list(rows), dtype=np.float64).reshape(-1, 4).T
        first = np.flatnonzero(np.diff(query_s, prepend=-np.inf) > 0)
        return cls(query_s, start_s, end_s, weight, first)

    def misses(self, rate: float, offset_s: Floats) -> Floats:
        """Return by how many seconds each point misses N lines, float64 (N, P)."""
        expected = rate * self.query_s + offset_s[:, np.newaxis]
        return np.maximum(np.maximum(self.start_s - expected, expected - self.end_s), 0.0)

    def support(self, misses: Floats) -> Floats:
        """Return the weight on each of N lines, float64 (N,): of each query time the best point."""
        on_line = np.where(misses <= TOLERANCE_S, self.weight, 0.0)
        support: Floats = np.maximum.reduceat(on_line, self.first, axis=1).sum(axis=1)
        return support


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the points on it.

    Attributes
    ----------
    rate : float
        Reference seconds per query second.
    offset_s : float
        Reference time at query time 0.
    members : tuple of int
        Positions of the points on it, one per query time, in order.
    weight : float
        What they count.
    """

    rate: float
    offset_s: float
    members: tuple[int, ...]
    weight: float


def best_line(points: Points, rates: Iterable[float]) -> Line:
    """Return the line with the most weight; the first rate wins unless another explains more."""
    best: Line | None = None
    for rate in rates:
        line = _grown(points, _through_most(points, rate))
        if best is None or line.weight > _UNUSUAL * best.weight:
            best = line
    if best is None:
        raise ValueError("no rates to try")
    return best


def _through_most(points: Points, rate: float) -> Line:
    """Return the line of one rate on which the heaviest points lie; of equals the earliest."""
    offsets = np.unique(points.start_s - rate * points.query_s)
    support = points.support(points.misses(rate, offsets))
    near = offsets[support >= support.max() - 1e-9]
    return _on(points, rate, float(near[0]))


def _on(points: Points, rate: float, offset_s: float) -> Line:
    """Return a line with the points on it: of each query time the heaviest, then the nearest."""
    misses = points.misses(rate, np.array([offset_s]))[0]
    order = np.lexsort((misses, -points.weight, points.query_s))
    order = order[misses[order] <= TOLERANCE_S]
    times = points.query_s[order]
    members = order[np.diff(times, prepend=-np.inf) > 0]
    return Line(rate, offset_s, tuple(members.tolist()), float(points.weight[members].sum()))


def _grown(points: Points, line: Line) -> Line:
    """Return a line fitted to its points and grown by what then lies on it, until it rests."""
    seed = line.rate
    for _ in range(_ROUNDS):
        rate, offset_s = _fitted(points, np.array(line.members, dtype=np.int64), seed)
        grown = _on(points, rate, offset_s)
        if grown.weight < line.weight - 1e-9:
            return line
        rests = grown.members == line.members
        line = grown
        if rests:
            break
    return line


def _fitted(points: Points, members: npt.NDArray[np.int64], seed: float) -> tuple[float, float]:
    """Return rate and offset of the members by least squares; held pictures count less.

    A picture that stands long says little of when it was seen; a sampled one stands for the time
    until the next sample, and so does the query's frame.
    """
    held_s = np.maximum(points.end_s[members] - points.start_s[members], _SAMPLE_S)
    seen_s = points.start_s[members] + (held_s - _SAMPLE_S) / 2
    query_s = points.query_s[members]
    share = points.weight[members] / held_s**2
    total = share.sum()
    if total <= 0:
        return seed, float(np.median(seen_s - seed * query_s))
    middle = (share * query_s).sum() / total
    level = (share * seen_s).sum() / total
    spread = (share * (query_s - middle) ** 2).sum()
    rate = seed
    if len(members) >= _LEAST_FITTED and spread > 0:
        slope = float((share * (query_s - middle) * (seen_s - level)).sum() / spread)
        away = seen_s - level - slope * (query_s - middle)
        unknown = float((share * (held_s / 4) ** 2).sum() / total)
        noise = max(float((share * away**2).sum() / total), unknown)
        # Neighbouring frames err together: some half of them count.
        error = (2 * noise * total / len(members) / spread) ** 0.5
        if abs(slope - seed) > _SURE_ERRORS * error:
            rate = min(max(slope, seed - MOST_DRIFT * abs(seed)), seed + MOST_DRIFT * abs(seed))
    return rate, float(level - rate * middle)
