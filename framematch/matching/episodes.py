"""From weighted episodes to a range: what can be said of when a picture was broadcast."""

import math
from collections.abc import Mapping, Sequence

from framematch.records import EpisodeId, EpisodeRange

#: The range holds at least this share of the probability.
MASS = 0.9
# Log odds count this much towards telling episodes apart: evidence of one show's frames is
# correlated.
_WEIGHT = 1.5
# The best episode stands out when it has this share, and this many times the next one's.
_BEST_SHARE, _BEST_LEAD = 0.5, 2.0


def episode_range(
    log_odds: Mapping[EpisodeId, float], known: Sequence[EpisodeId]
) -> EpisodeRange | None:
    """Return the smallest contiguous range of broadcast order that holds 90 % of the posterior.

    Parameters
    ----------
    log_odds : mapping of EpisodeId to float
        The best evidence of each episode that has any.
    known : sequence of EpisodeId
        Every indexed episode of the show: what contiguous means.

    Returns
    -------
    EpisodeRange or None
        ``None`` without evidence. Of ranges of one length the one with the most mass, then the
        earliest.
    """
    if not log_odds:
        return None
    order = sorted(set(known) | set(log_odds))
    top = max(log_odds.values())
    weights = [
        math.exp(_WEIGHT * (log_odds[episode] - top)) if episode in log_odds else 0.0
        for episode in order
    ]
    total = sum(weights)
    shares = [weight / total for weight in weights]
    first, last, mass = _smallest(shares)
    ranked = sorted(zip(shares, order, strict=True), key=lambda pair: (-pair[0], pair[1]))
    share, best = ranked[0]
    next_share = ranked[1][0] if len(ranked) > 1 else 0.0
    stands_out = share >= _BEST_SHARE and share >= _BEST_LEAD * next_share
    return EpisodeRange(order[first], order[last], min(mass, 1.0), best if stands_out else None)


def _smallest(shares: Sequence[float]) -> tuple[int, int, float]:
    """Return first, last (inclusive) and mass of the shortest run that holds `MASS`."""
    for length in range(1, len(shares) + 1):
        runs = [
            (sum(shares[first : first + length]), -first)
            for first in range(len(shares) - length + 1)
        ]
        mass, negative_first = max(runs)
        if mass >= MASS:
            return -negative_first, -negative_first + length - 1, mass
    return 0, len(shares) - 1, 1.0
