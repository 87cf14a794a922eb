"""Where a query lies in references: segments with sightings on them, and sightings alone."""

import pytest
from stand_in import StandIn, reference

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.align import Alignment
from framematch.matching.leads import Lead
from framematch.matching.places import find_places, on_segment, tell
from framematch.matching.temporal import Segment, Vote
from framematch.matching.verify import Sighting, in_order

VIEW = View(WHOLE, mirrored=False)
REFERENCES = [reference(name, "Alpha", number) for number, name in enumerate("abc", start=1)]
#: Rows of every reference: one per second for a minute.
LENGTH = 60


@pytest.fixture
def index() -> StandIn:
    rows = [(number, float(second)) for number in range(3) for second in range(LENGTH)]
    return StandIn.of(REFERENCES, rows)


def sighting(number: int, second: int, query_s: float, log_odds: float) -> Sighting:
    lead = Lead.of(number * LENGTH + second, VIEW, 60, 128, 0.5)
    return Sighting(query_s, lead, alignment(), log_odds)


def alignment() -> Alignment:
    return Alignment(0.8, 40.0, 20.0, 0.9, 100.0, VIEW)


def segment(number: int, start_s: float, query_s: float, n: int, rate: float = 1.0) -> Segment:
    """Return a segment of one vote per second of the clip."""
    votes = tuple(
        Vote(query_s + k, Lead.of(0, VIEW, 60, 128, 0.5), number, start_s + k, start_s + k + 0.5)
        for k in range(n)
    )
    return Segment(number, start_s - rate * query_s, votes, 0.8 * n, rate)


def test_find_places_segment_counts_where_a_sighting_lies_on_it(index: StandIn) -> None:
    on, off = segment(0, 20.0, 0.0, 5), segment(0, 50.0, 6.0, 5)
    found = find_places(index, [sighting(0, 22, 2.0, 6.0)], [on, off])
    assert [place.segment for place in found] == [on]


def test_find_places_of_a_montage_are_all_its_segments_the_longest_first(index: StandIn) -> None:
    segments = [segment(0, 20.0, 0.0, 3), segment(1, 5.0, 3.0, 6), segment(0, 40.0, 9.0, 4)]
    sightings = [sighting(0, 21, 1.0, 9.0), sighting(1, 6, 4.0, 8.0), sighting(0, 41, 10.0, 7.0)]
    found = find_places(index, in_order(sightings), segments)
    assert [place.segment for place in found] == [segments[1], segments[2], segments[0]]


def test_find_places_sightings_off_every_segment_are_one_place_per_reference(
    index: StandIn,
) -> None:
    stray = [sighting(1, 50, 0.0, 4.0), sighting(1, 10, 1.0, 3.0), sighting(2, 10, 1.0, -2.0)]
    own = segment(0, 20.0, 0.0, 5)
    found = find_places(index, in_order([sighting(0, 21, 1.0, 6.0), *stray]), [own])
    assert [(place.reference, place.segment) for place in found] == [(0, own), (1, None)]
    assert [each.query_s for each in found[1].sightings] == [0.0, 1.0]


def test_find_places_always_holds_the_first_sighting(index: StandIn) -> None:
    found = find_places(index, [sighting(2, 10, 0.0, -3.0)], [])
    assert [place.reference for place in found] == [2]
    # Also beside a segment of the same reference on which it does not lie.
    both = [sighting(0, 50, 0.0, 9.0), sighting(0, 22, 2.0, 5.0)]
    found = find_places(index, both, [segment(0, 20.0, 0.0, 5)])
    assert {place.segment is None for place in found} == {True, False}


@pytest.mark.parametrize(("second", "on"), [(22, True), (23, True), (24, False), (19, False)])
def test_on_segment_is_near_its_line_and_within_its_frames(
    index: StandIn, second: int, on: bool
) -> None:
    line = segment(0, 20.0, 0.0, 5)
    assert bool(on_segment(index, [sighting(0, second, 2.0, 1.0)], line)) == on
    assert not on_segment(index, [sighting(0, second + 4, 6.0, 1.0)], line)
    assert not on_segment(index, [sighting(1, second, 2.0, 1.0)], line)


def test_tell_segment_starts_where_its_first_frame_lies(index: StandIn) -> None:
    places = find_places(index, [sighting(0, 22, 3.0, 6.0)], [segment(0, 20.0, 1.0, 5)])
    (match,) = tell(index, REFERENCES, places)
    assert (match.query_s, match.reference_s, match.duration_s) == (1.0, 20.0, 4.0)


def test_tell_reversed_segment_starts_where_the_reference_does(index: StandIn) -> None:
    places = find_places(index, [sighting(0, 18, 2.0, 6.0)], [segment(0, 20.0, 0.0, 5, -1.0)])
    (match,) = tell(index, REFERENCES, places)
    assert (match.query_s, match.reference_s, match.duration_s) == (0.0, 16.0, 4.0)
