"""Sightings to an answer: shows and their confidence, the verdict, the episodes, the evidence.

Evidence counts scenes, not frames: of each show only the best sighting of each distinct place
counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from framematch.hashing import SPECS
from framematch.index import Index
from framematch.matching.confidence import MATCH_FROM, NO_MATCH_BELOW, share_out
from framematch.matching.episodes import Stretch, clip_range
from framematch.matching.leads import SCENE_S
from framematch.matching.places import Place, find_places, tell
from framematch.matching.temporal import Segment
from framematch.matching.verify import Sighting, in_order
from framematch.records import (
    Candidate,
    CodeName,
    EpisodeId,
    EpisodeRange,
    Match,
    Reference,
    Verdict,
)

_MOST_CANDIDATES = 5
# Spread of the distance between codes of unrelated pictures, in bits, as a normal tail would have
# to have it: of the structure code one pair in 1,000 is within 202 bits, one in 10,000 within 171
# (benchmarks/structure), further out than its deviation of 14 says. Pictures share skies, horizons,
# centred figures.
_CHANCE_SPREAD: dict[CodeName, float] = {"structure": 20.0, "appearance": 8.5}
# What further frames of a clip may add to or take from the best one's log odds.
_LEAST_FURTHER, _MOST_FURTHER = -1.5, 2.0
_FURTHER_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The answer of the sightings: the fields of the same names of `framematch.Attribution`."""

    verdict: Verdict
    show: str | None
    confidence: float
    episodes: EpisodeRange | None
    candidates: tuple[Candidate, ...]
    matches: tuple[Match, ...]
    expected_false_matches: float | None


def nothing(verdict: Verdict) -> Conclusion:
    """Return the conclusion of no evidence at all."""
    return Conclusion(verdict, None, 0.0, None, (), (), None)


def conclude(
    index: Index, sightings: Sequence[Sighting], segments: Sequence[Segment], n_views: int
) -> Conclusion:
    """Return the answer.

    Parameters
    ----------
    index : Index
        What was searched.
    sightings : sequence of Sighting
        Verified leads, the most probable first.
    segments : sequence of Segment
        Of a clip: where it runs along a reference. Empty for a still.
    n_views : int
        How many codes were searched for: what chance had.
    """
    if not sightings:
        return nothing("no-match")
    references = index.references()
    by_show: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        by_show.setdefault(owner_of(index, references, sighting).show, []).append(sighting)
    odds = {show: _show_log_odds(index, group) for show, group in by_show.items()}
    ranked = sorted(odds, key=lambda show: (-odds[show], show))
    shares = share_out([odds[show] for show in ranked])
    candidates = [Candidate(show, share) for show, share in zip(ranked, shares, strict=True)]
    confidence = candidates[0].confidence
    verdict: Verdict = "inconclusive"
    if confidence >= MATCH_FROM:
        verdict = "match"
    elif confidence < NO_MATCH_BELOW:
        verdict = "no-match"
    best = by_show[ranked[0]]
    places = find_places(index, best, segments)
    return Conclusion(
        verdict=verdict,
        show=ranked[0] if verdict == "match" else None,
        confidence=confidence,
        episodes=_episodes(index, references, ranked[0], best, places)
        if verdict == "match"
        else None,
        candidates=tuple(c for c in candidates[:_MOST_CANDIDATES] if c.confidence >= 0.0005),
        matches=() if verdict == "no-match" else tuple(tell(index, references, places)),
        expected_false_matches=_by_chance(best[0], index.info.frames, n_views),
    )


def owner_of(index: Index, references: Sequence[Reference], sighting: Sighting) -> Reference:
    """Return the reference that a sighting is in, of all `references` of the index."""
    return references[int(index.rows.reference[sighting.lead.row])]


def _show_log_odds(index: Index, sightings: Sequence[Sighting]) -> float:
    """Return a show's log odds: its best sighting's, moved by the best of a clip's other scenes."""
    best_of_frame: dict[float, Sighting] = {}
    for sighting in sightings:
        known = best_of_frame.get(sighting.query_s)
        if known is None or sighting.log_odds > known.log_odds:
            best_of_frame[sighting.query_s] = sighting
    first, *others = in_order(best_of_frame.values())
    counted = [first]
    for sighting in others:
        # Frames of one scene are one observation, in the clip as in the reference.
        if all(_apart(index, sighting, known) for known in counted):
            counted.append(sighting)
    return first.log_odds + sum(
        min(max(sighting.log_odds, _LEAST_FURTHER), _MOST_FURTHER)
        for sighting in counted[1 : 1 + _FURTHER_FRAMES]
    )


def _apart(index: Index, one: Sighting, other: Sighting) -> bool:
    """Say whether two sightings are of different scenes, of the clip and of the show."""
    if abs(one.query_s - other.query_s) < SCENE_S:
        return False
    table, rows = index.rows, (one.lead.row, other.lead.row)
    if table.reference[rows[0]] != table.reference[rows[1]]:
        return True
    return bool(abs(table.timestamp_s[rows[0]] - table.timestamp_s[rows[1]]) >= SCENE_S)


def _episodes(
    index: Index,
    references: Sequence[Reference],
    show: str,
    sightings: Sequence[Sighting],
    places: Sequence[Place],
) -> EpisodeRange | None:
    """Return the range that a show's sightings leave; a clip's frames add up per episode."""
    known = [r.episode for r in references if r.show == show and r.episode is not None]
    best: dict[EpisodeId, dict[float, float]] = {}
    for sighting in sightings:
        episode = owner_of(index, references, sighting).episode
        if episode is None:
            continue
        frames = best.setdefault(episode, {})
        frames[sighting.query_s] = max(frames.get(sighting.query_s, -math.inf), sighting.log_odds)
    stretches = [
        Stretch(episode, frozenset(sighting.query_s for sighting in place.sightings))
        for place in places
        if place.segment is not None and (episode := references[place.reference].episode)
    ]
    return clip_range(best, known, stretches)


def _by_chance(sighting: Sighting, n_rows: int, n_views: int) -> float:
    """Return how many rows of unrelated pictures would come as near, by the code that found it.

    A normal tail below the middle distance, for every row and every view.
    """
    code = sighting.lead.code
    middle = SPECS[code].bits / 2
    depth = (middle - sighting.lead.distance) / _CHANCE_SPREAD[code]
    return n_rows * n_views * 0.5 * math.erfc(depth / math.sqrt(2))
