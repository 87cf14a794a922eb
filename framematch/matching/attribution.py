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
from framematch.matching.episodes import episode_range
from framematch.matching.temporal import Segment
from framematch.matching.verify import Sighting
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
_MOST_MATCHES = 8
# Spread of the distance between codes of unrelated pictures, in bits, measured between titles
# (benchmarks/structure). Wider than of random bits: pictures share skies, horizons, centred
# figures.
_CHANCE_SPREAD: dict[CodeName, float] = {"structure": 30.0, "appearance": 8.5}
# Sightings of one reference within this many log odds of its best are equally probable.
_AS_PROBABLE = 3.0
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
    odds = {show: _show_log_odds(group) for show, group in by_show.items()}
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
    return Conclusion(
        verdict=verdict,
        show=ranked[0] if verdict == "match" else None,
        confidence=confidence,
        episodes=_episodes(index, references, ranked[0], best) if verdict == "match" else None,
        candidates=tuple(c for c in candidates[:_MOST_CANDIDATES] if c.confidence >= 0.0005),
        matches=() if verdict == "no-match" else _matches(index, references, best, segments),
        expected_false_matches=_by_chance(best[0], index.info.frames, n_views),
    )


def owner_of(index: Index, references: Sequence[Reference], sighting: Sighting) -> Reference:
    """Return the reference that a sighting is in, of all `references` of the index."""
    return references[int(index.rows.reference[sighting.lead.row])]


def _show_log_odds(sightings: Sequence[Sighting]) -> float:
    """Return a show's log odds: its best sighting's, moved by the best of a clip's others."""
    best_of_frame: dict[float, float] = {}
    for sighting in sightings:
        known = best_of_frame.get(sighting.query_s, -math.inf)
        best_of_frame[sighting.query_s] = max(known, sighting.log_odds)
    first, *further = sorted(best_of_frame.values(), reverse=True)
    return first + sum(
        min(max(value, _LEAST_FURTHER), _MOST_FURTHER) for value in further[:_FURTHER_FRAMES]
    )


def _episodes(
    index: Index, references: Sequence[Reference], show: str, sightings: Sequence[Sighting]
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
    times = {time for frames in best.values() for time in frames}
    floor = min((s.log_odds for s in sightings), default=0.0)
    summed = {
        episode: sum(frames.get(time, floor) for time in times) / math.sqrt(len(times))
        for episode, frames in best.items()
    }
    return episode_range(summed, known)


def _matches(
    index: Index,
    references: Sequence[Reference],
    sightings: Sequence[Sighting],
    segments: Sequence[Segment],
) -> tuple[Match, ...]:
    """Return the best sighting of each reference, with its segment where there is one."""
    runs = {segment.reference: segment for segment in segments}
    groups: dict[int, list[Sighting]] = {}
    for sighting in sightings:
        groups.setdefault(int(index.rows.reference[sighting.lead.row]), []).append(sighting)
    matches = [
        _match(index, references[number], _nearest(group), runs.get(number))
        for number, group in groups.items()
        if group[0].log_odds > 0 or group[0] is sightings[0]
    ]
    return tuple(matches[:_MOST_MATCHES])


def _nearest(sightings: Sequence[Sighting]) -> Sighting:
    """Return the sighting with the nearest codes among those about as probable as the first.

    Neighbours in one shot all align; which of them the query is, the codes tell best.
    """
    near = [s for s in sightings if s.log_odds >= sightings[0].log_odds - _AS_PROBABLE]
    return max(near, key=lambda s: (s.lead.closeness, s.log_odds, -s.lead.row))


def _match(
    index: Index, reference: Reference, sighting: Sighting, segment: Segment | None
) -> Match:
    """Return the evidence as it is written down."""
    lead, alignment = sighting.lead, sighting.alignment
    reference_s, query_s, duration_s = (
        float(index.rows.timestamp_s[lead.row]),
        sighting.query_s,
        0.0,
    )
    if segment is not None:
        query_s = segment.votes[0].query_s
        reference_s = max(0.0, query_s + segment.offset_s)
        duration_s = segment.votes[-1].query_s - query_s
    return Match(
        show=reference.show,
        episode=reference.episode,
        reference=reference.sha256,
        reference_s=reference_s,
        query_s=query_s,
        duration_s=duration_s,
        code=lead.code,
        distance=lead.distance,
        similarity=1.0 - lead.distance / SPECS[lead.code].bits,
        score=min(max(alignment.agreement, 0.0), 1.0),
        mirrored=alignment.view.mirrored,
        box=alignment.view.box_on_picture(),
    )


def _by_chance(sighting: Sighting, n_rows: int, n_views: int) -> float:
    """Return how many rows of unrelated pictures would come as near, by the code that found it.

    A normal tail below the middle distance, for every row and every view.
    """
    code = sighting.lead.code
    middle = SPECS[code].bits / 2
    depth = (middle - sighting.lead.distance) / _CHANCE_SPREAD[code]
    return n_rows * n_views * 0.5 * math.erfc(depth / math.sqrt(2))
