"""Sightings to cases: of every query the best evidence per show, and what the answer should be.

Every query of a known show is asked twice: as it is, and with its own show taken out of the index,
when "none of them" is right. So half of all questions are strangers', as in a dump of many shows.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.calibration.evidence import Sightings

_KNOWN_SHARE = 0.5
# The strangers' half: queries whose own show is taken out, against pictures of no show at all.
_TAKEN_OUT_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Questions with their answers.

    Attributes
    ----------
    evidence : float64 (N, S, 7)
        Of the best sighting of each of S shows.
    sighted : bool (N, S)
        Which shows were sighted at all.
    answer : int64 (N,)
        Position of the right show, -1 for "none of them".
    fits : bool (N,)
        Whether the case may be fitted on: not where the right show was seen at a wrong place only,
        or not at all, which is the search's miss and no evidence.
    weight : float64 (N,)
        Share of the case in the whole: titles count alike. Sums to 1.
    title, family : str (N,)
        Held out together; what was done to the picture.
    """

    evidence: npt.NDArray[np.float64]
    sighted: npt.NDArray[np.bool_]
    answer: npt.NDArray[np.int64]
    fits: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]
    title: npt.NDArray[np.str_]
    family: npt.NDArray[np.str_]

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Cases":
        """Return some of the cases, their weights again summing to 1."""
        weight = self.weight[chosen]
        return Cases(
            self.evidence[chosen],
            self.sighted[chosen],
            self.answer[chosen],
            self.fits[chosen],
            weight / weight.sum(),
            self.title[chosen],
            self.family[chosen],
        )


def cases_of(sightings: Sightings, weights: npt.NDArray[np.float64]) -> Cases:
    """Return the cases; of a show, the sighting counts that a model's `weights` prefer."""
    n_queries, n_shows = len(sightings.title), len(sightings.shows)
    order = np.argsort(-(sightings.evidence @ weights), kind="stable")
    pair = sightings.query[order] * n_shows + sightings.sighted[order]
    _, first = np.unique(pair, return_index=True)
    best = order[first]
    evidence = np.zeros((n_queries, n_shows, sightings.evidence.shape[1]))
    sighted = np.zeros((n_queries, n_shows), dtype=bool)
    right = np.zeros((n_queries, n_shows), dtype=bool)
    where = (sightings.query[best], sightings.sighted[best])
    evidence[where], sighted[where], right[where] = (
        sightings.evidence[best],
        True,
        sightings.right[best],
    )
    own = np.array(
        [sightings.shows.index(s) if s in sightings.shows else -1 for s in sightings.show]
    )
    known = own >= 0
    place_right = known & right[np.arange(n_queries), own]
    without = sighted.copy()
    without[np.flatnonzero(known), own[known]] = False
    title, family = np.array(sightings.title), np.array(sightings.family)
    every = np.concatenate([title, title[known]])
    answer = np.concatenate([own, np.full(known.sum(), -1)])
    taken_out = np.arange(len(every)) >= n_queries
    return Cases(
        evidence=np.concatenate([evidence, evidence[known]]),
        sighted=np.concatenate([sighted, without[known]]),
        answer=answer,
        fits=np.concatenate([place_right | ~known, np.ones(known.sum(), dtype=bool)]),
        weight=_weights(every, answer >= 0, taken_out),
        title=every,
        family=np.concatenate([family, family[known]]),
    )


def _weights(
    title: npt.NDArray[np.str_], known: npt.NDArray[np.bool_], taken_out: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the share of each case: fixed for each of three groups, titles of one alike."""
    weight = np.zeros(len(title))
    stranger_share = 1 - _KNOWN_SHARE
    groups = (
        (known, _KNOWN_SHARE),
        (taken_out, stranger_share * _TAKEN_OUT_SHARE),
        (~known & ~taken_out, stranger_share * (1 - _TAKEN_OUT_SHARE)),
    )
    for group, share in groups:
        names, position, count = np.unique(title[group], return_inverse=True, return_counts=True)
        weight[group] = share / len(names) / count[position]
    weight /= weight.sum()
    return weight
