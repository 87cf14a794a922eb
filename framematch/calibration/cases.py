"""Sightings to cases: of every query the best evidence per show, and what the answer should be.

Every query of a known show is asked twice: as it is, and with its own show taken out of the index,
when "none of them" is right. So half of all questions are strangers', as in a dump of many shows.
All of it is asked again of a smaller index, a few of the shows: what chance offers grows with size.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.calibration.sightings import Sightings

_KNOWN_SHARE = 0.5
# The strangers' half: queries whose own show is taken out, against pictures of no show at all.
_TAKEN_OUT_SHARE = 0.5
# Shows that stay in the smaller index, and what draws them.
_FEW_SHOWS, _SEED = 3, 3


#: Family of the queries that people have decided on. Each weighs as the average query of the
#: library does, of known shows and of strangers; all of them no more than this share of either:
#: what people look at is no random sample of what there is. Beside a library's only.
REVIEWED, MOST_REVIEWED = "reviewed", 0.25

#: Rows of the index that the bias is for.
ROWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Questions with their answers.

    Attributes
    ----------
    evidence : float64 (N, S, 11)
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
    size : float64 (N,)
        Logarithm of the number of rows in the index, relative to `ROWS`.
    title, family : str (N,)
        Held out together; what was done to the picture.
    """

    evidence: npt.NDArray[np.float64]
    sighted: npt.NDArray[np.bool_]
    answer: npt.NDArray[np.int64]
    fits: npt.NDArray[np.bool_]
    weight: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]
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
            self.size[chosen],
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
    plain = sightings.rows == sightings.rows.min()
    few = _few_shows(own, sighted[plain].any(axis=0))
    own_rows = np.where(known, sightings.show_rows[own], 0)
    parts = []
    for kept, asked, rows in (
        # What the whole index holds beside the shows that were sighted is in `rows` alone.
        (np.ones_like(few), np.ones_like(known), sightings.rows),
        (few, plain, few @ sightings.show_rows),
    ):
        without = kept.copy()
        without[np.flatnonzero(known), own[known]] = False
        nobody = np.full(n_queries, -1)
        parts += [
            (kept & sighted, own, place_right | ~known, rows, asked),
            (without & sighted, nobody, np.ones_like(known), rows - own_rows, asked & known),
        ]
    joined = [np.concatenate([part[column][part[4]] for part in parts]) for column in range(4)]
    query = np.concatenate([np.flatnonzero(part[4]) for part in parts])
    answer = joined[1]
    title, family = np.array(sightings.title)[query], np.array(sightings.family)[query]
    taken_out = (answer < 0) & known[query]
    return Cases(
        evidence=evidence[query],
        sighted=joined[0],
        answer=answer,
        fits=joined[2],
        weight=_weights(title, answer >= 0, taken_out, family == REVIEWED),
        size=np.log(np.maximum(joined[3], 1) / ROWS),
        title=title,
        family=family,
    )


def _few_shows(own: npt.NDArray[np.int64], held: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return a few shows for every query, its own among them, bool (Q, S).

    Drawn from those that the smallest index holds, bool (S,): what stands only in a larger one
    would be a show without a chance to be sighted.
    """
    generator = np.random.default_rng(_SEED)
    few = np.zeros((len(own), len(held)), dtype=bool)
    for query, show in enumerate(own):
        few[query, generator.permutation(np.flatnonzero(held))[:_FEW_SHOWS]] = True
        if show >= 0:
            few[query, show] = True
    return few


def _weights(
    title: npt.NDArray[np.str_],
    known: npt.NDArray[np.bool_],
    taken_out: npt.NDArray[np.bool_],
    reviewed: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """Return the share of each case: fixed for each of three groups, titles of one alike.

    Reviewed ones take theirs from the known and from the strangers alike, and leave both as heavy.
    """
    weight = np.zeros(len(title))
    stranger_share = 1 - _KNOWN_SHARE
    of_no_show = ~known & ~taken_out & ~reviewed
    # Where there are no pictures of no show, those taken out are all the strangers.
    taken_out_share = _TAKEN_OUT_SHARE if of_no_show.any() else 1.0
    groups = (
        (known & ~reviewed, _KNOWN_SHARE),
        (taken_out & ~reviewed, stranger_share * taken_out_share),
        (of_no_show, stranger_share * (1 - taken_out_share)),
    )
    for group, share in groups:
        if not group.any():
            continue
        names, position, count = np.unique(title[group], return_inverse=True, return_counts=True)
        weight[group] = share / len(names) / count[position]
    weight /= weight.sum()
    for half in (known, ~known):
        own = half & reviewed
        if own.any():
            share = min(own.sum() / half.sum(), MOST_REVIEWED)
            whole = weight[half].sum()
            weight[half] *= 1 - share
            weight[own] = whole * share / own.sum()
    return weight
