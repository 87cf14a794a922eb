"""From weighted episodes to a range: what can be said of when a picture was broadcast."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from framematch.records import EpisodeId, EpisodeRange

#: The range holds at least this share of the probability.
MASS = 0.9
# The best episode stands out when it has this share, and this many times the next one's.
_BEST_SHARE, _BEST_LEAD = 0.5, 2.0
# A stretch of a clip is of another episode where its own explains each of its frames better by so
# many log odds, and at least one of them with so many.
_OTHER_BY, _OTHER_FROM = 4.0, 2.0
# A frame that was not found in an episode at all speaks against it at least so much.
_UNSEEN = -4.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of a clip that run along one episode.

    Attributes
    ----------
    episode : EpisodeId
        The episode.
    times_s : frozenset of float
        Times of its verified frames in the clip.
    """

    episode: EpisodeId
    times_s: frozenset[float]


def clip_range(
    frames: Mapping[EpisodeId, Mapping[float, float]],
    known: Sequence[EpisodeId],
    stretches: Sequence[Stretch] = (),
) -> EpisodeRange | None:
    """Return the range of a clip: of one episode's evidence, or of all that a montage is cut from.

    The evidence of frames adds up where one episode explains them. Stretches that it does not
    explain are looked at on their own, and the range holds both.

    Parameters
    ----------
    frames : mapping of EpisodeId to mapping of float to float
        Log odds of each verified frame of the clip, by its time, in each episode that has any.
    known : sequence of EpisodeId
        Every indexed episode of the show.
    stretches : sequence of Stretch
        Runs of frames along one episode; none for a still.
    """
    floor = min((value for each in frames.values() for value in each.values()), default=0.0)
    floor = min(floor, _UNSEEN)
    times = {time for each in frames.values() for time in each}
    if not times:
        return None
    summed = {
        episode: sum(each.get(time, floor) for time in times) / math.sqrt(len(times))
        for episode, each in frames.items()
    }
    whole = episode_range(summed, known)
    best = max(summed, key=lambda episode: (summed[episode], episode))
    others = {
        time
        for stretch in stretches
        if _is_of_another(stretch, frames, best, floor)
        for time in stretch.times_s
    }
    if whole is None or not others or others == times:
        return whole
    return _both(
        clip_range(_only(frames, times - others), known),
        clip_range(_only(frames, others), known, stretches),
    )


def _is_of_another(
    stretch: Stretch,
    frames: Mapping[EpisodeId, Mapping[float, float]],
    best: EpisodeId,
    floor: float,
) -> bool:
    """Say whether a stretch's own episode explains it, and the clip's best one does not."""
    own, other = frames.get(stretch.episode, {}), frames[best]
    times = [time for time in stretch.times_s if time in own]
    if stretch.episode == best or not times:
        return False
    gain = sum(own[time] - other.get(time, floor) for time in times)
    return gain >= _OTHER_BY * len(times) and max(own[time] for time in times) >= _OTHER_FROM


def _only(
    frames: Mapping[EpisodeId, Mapping[float, float]], times: set[float]
) -> dict[EpisodeId, dict[float, float]]:
    """Return the evidence of some frames."""
    chosen = {
        episode: {time: value for time, value in each.items() if time in times}
        for episode, each in frames.items()
    }
    return {episode: each for episode, each in chosen.items() if each}


def _both(one: EpisodeRange | None, other: EpisodeRange | None) -> EpisodeRange | None:
    """Return the range that holds two; no episode of several stands out."""
    if one is None or other is None:
        return one or other
    best = one.best if one.best == other.best else None
    mass = min(one.mass, other.mass)
    return EpisodeRange(min(one.first, other.first), max(one.last, other.last), mass, best)


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
        math.exp(log_odds[episode] - top) if episode in log_odds else 0.0 for episode in order
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
