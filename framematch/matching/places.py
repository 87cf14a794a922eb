"""Sightings and segments to the places in references that a query shows, as they are written down.

Owns which places are told and in which order; the show is decided in `attribution`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from framematch.hashing import SPECS
from framematch.index import Index
from framematch.matching.lines import TOLERANCE_S
from framematch.matching.temporal import Segment
from framematch.matching.verify import Sighting
from framematch.records import Match, Reference

_MOST_MATCHES = 8
# A clip of many shots has more of them to show.
_MOST_CLIP_MATCHES = 24
# Sightings of one reference within this many log odds of its best are equally probable.
_AS_PROBABLE = 3.0
# Beyond these log odds the longer segment comes first.
_SURE = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one reference: its sightings, the most probable first, and its segment.

    Attributes
    ----------
    reference : int
        Position of the reference in the index.
    sightings : tuple of Sighting
        At least one.
    segment : Segment or None
        Of a clip: where it runs along the reference.
    """

    reference: int
    sightings: tuple[Sighting, ...]
    segment: Segment | None

    @property
    def rank(self) -> tuple[float, float]:
        """How much speaks for it: larger is more."""
        log_odds = self.sightings[0].log_odds
        weight = 0.0 if self.segment is None else self.segment.weight
        return min(log_odds, _SURE) + weight, log_odds


def find_places(
    index: Index, sightings: Sequence[Sighting], segments: Sequence[Segment]
) -> list[Place]:
    """Return where the sightings lie, the best place first.

    A segment is a place where a sighting on it speaks for it. Of each reference the sightings on no
    segment are a place of their own only where it has no other. Of a clip, places whose frames
    another one explains much better are left out.

    Parameters
    ----------
    index : Index
        What was searched.
    sightings : sequence of Sighting
        Verified leads, the most probable first; the first one is always told.
    segments : sequence of Segment
        Empty for a still.
    """
    places: list[Place] = []
    for number, group in _by_reference(index, sightings).items():
        own = [segment for segment in segments if segment.reference == number]
        found = [
            Place(number, tuple(on), segment)
            for segment, on in ((each, on_segment(index, group, each)) for each in own)
            if on and (on[0].log_odds > 0 or on[0] is sightings[0])
        ]
        told = {id(sighting) for place in found for sighting in place.sightings}
        first = group[0] is sightings[0]
        if (first and id(group[0]) not in told) or (group[0].log_odds > 0 and not found):
            found.append(Place(number, tuple(group), None))
        places += found
    if segments:
        best = _best_of_frames(sightings)
        places = [place for place in places if _is_near_best(place, best)]
    return sorted(places, key=lambda place: tuple(-part for part in place.rank))


def _best_of_frames(sightings: Iterable[Sighting]) -> dict[float, float]:
    """Return the log odds of the best sighting of each frame."""
    best: dict[float, float] = {}
    for sighting in sightings:
        best[sighting.query_s] = max(best.get(sighting.query_s, -inf), sighting.log_odds)
    return best


def _is_near_best(place: Place, best: Mapping[float, float]) -> bool:
    """Say whether no other place explains its frames much better."""
    own = _best_of_frames(place.sightings)
    return sum(best[time] - own[time] for time in own) <= _AS_PROBABLE * len(own)


def on_segment(index: Index, sightings: Iterable[Sighting], segment: Segment) -> list[Sighting]:
    """Return the sightings of the segment's reference that lie on its line, within its frames."""
    table = index.rows
    found: list[Sighting] = []
    for sighting in sightings:
        row = sighting.lead.row
        if int(table.reference[row]) != segment.reference or not segment.holds(sighting.query_s):
            continue
        expected_s = segment.reference_s(sighting.query_s)
        start_s = float(table.timestamp_s[row])
        end_s = start_s + float(table.duration_s[row])
        if max(start_s - expected_s, expected_s - end_s) <= 2 * TOLERANCE_S:
            found.append(sighting)
    return found


def tell(index: Index, references: Sequence[Reference], places: Sequence[Place]) -> list[Match]:
    """Return places as they are written down, the best ones, in the order given."""
    clip = any(place.segment is not None for place in places)
    return [
        _match(index, references[place.reference], place)
        for place in places[: _MOST_CLIP_MATCHES if clip else _MOST_MATCHES]
    ]


def _by_reference(index: Index, sightings: Sequence[Sighting]) -> dict[int, list[Sighting]]:
    groups: dict[int, list[Sighting]] = {}
    for sighting in sightings:
        groups.setdefault(int(index.rows.reference[sighting.lead.row]), []).append(sighting)
    return groups


def _nearest(sightings: Sequence[Sighting]) -> Sighting:
    """Return the sighting with the nearest codes among those about as probable as the first.

    Neighbours in one shot all align; which of them the query is, the codes tell best.
    """
    near = [s for s in sightings if s.log_odds >= sightings[0].log_odds - _AS_PROBABLE]
    return max(near, key=lambda s: (s.lead.closeness, s.log_odds, -s.lead.row))


def _match(index: Index, reference: Reference, place: Place) -> Match:
    sighting, segment = _nearest(place.sightings), place.segment
    lead, alignment = sighting.lead, sighting.alignment
    reference_s, query_s, duration_s = (
        float(index.rows.timestamp_s[lead.row]),
        sighting.query_s,
        0.0,
    )
    if segment is not None:
        query_s, duration_s = segment.query_s, segment.duration_s
        # Of a clip that runs backwards the match starts where the reference does.
        ends = (query_s, query_s + duration_s)
        reference_s = min(segment.reference_s(end_s) for end_s in ends)
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
