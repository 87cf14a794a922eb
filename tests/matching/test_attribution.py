"""From sightings to an answer, on rows and evidence that are made up."""

import math

import pytest
from stand_in import StandIn, reference

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.align import Alignment
from framematch.matching.attribution import Conclusion, conclude, nothing
from framematch.matching.leads import Lead
from framematch.matching.temporal import Segment, Vote
from framematch.matching.verify import Sighting, in_order
from framematch.records import EpisodeId

#: Alpha has four episodes, Beta one, and Gamma is a film; each has rows at 0, 10 and 20 s.
REFERENCES = [
    *(reference(name, "Alpha", number) for number, name in enumerate("abcd", start=1)),
    reference("e", "Beta", 1),
    reference("f", "Gamma", None),
]
A1, A2, A3, A4, BETA, FILM = (3 * position for position in range(6))


@pytest.fixture
def index() -> StandIn:
    rows = [(position, 10.0 * step) for position in range(6) for step in range(3)]
    return StandIn.of(REFERENCES, rows)


def sighting(
    row: int,
    log_odds: float,
    *,
    query_s: float = 0.0,
    distance: int = 60,
    agreement: float = 0.8,
    view: View | None = None,
) -> Sighting:
    seen = view or View((0.1, 0.2, 0.5, 0.6), mirrored=False)
    alignment = Alignment(agreement, 40.0, 20.0, 0.9, 150.0, seen)
    lead = Lead(row, View(WHOLE, mirrored=False), "structure", distance, 128, 0.7)
    return Sighting(query_s, lead, alignment, log_odds)


def ask(index: StandIn, *sightings: Sighting, n_views: int = 70) -> Conclusion:
    return conclude(index, in_order(sightings), (), n_views)


def test_conclude_strong_sighting_is_a_match_with_its_evidence(index: StandIn) -> None:
    found = ask(index, sighting(A2 + 1, 6.0), sighting(BETA, -5.0))
    assert (found.verdict, found.show) == ("match", "Alpha")
    assert found.confidence == pytest.approx(math.exp(6) / (1 + math.exp(6) + math.exp(-5)))
    assert found.episodes is not None
    assert str(found.episodes.best) == "S01E02"
    (match,) = found.matches
    assert (match.show, match.episode, match.reference) == ("Alpha", EpisodeId(1, 2), "b" * 64)
    assert (match.reference_s, match.query_s, match.duration_s) == (10.0, 0.0, 0.0)
    assert (match.code, match.distance) == ("structure", 60)
    assert match.similarity == pytest.approx(1 - 60 / 512)
    assert match.score == 0.8
    assert match.box == pytest.approx((0.1, 0.2, 0.5, 0.6))


@pytest.mark.parametrize(
    ("log_odds", "verdict"),
    [(1.45, "match"), (1.3, "inconclusive"), (-0.8, "inconclusive"), (-0.9, "no-match")],
)
def test_conclude_verdict_follows_the_confidence(
    index: StandIn, log_odds: float, verdict: str
) -> None:
    found = ask(index, sighting(A1, log_odds))
    assert found.verdict == verdict
    assert (found.show is not None) == (verdict == "match")
    assert (found.episodes is not None) == (verdict == "match")
    assert bool(found.matches) == (verdict != "no-match")


def test_conclude_two_shows_alike_is_not_a_match(index: StandIn) -> None:
    found = ask(index, sighting(A1, 5.0), sighting(BETA, 5.0))
    assert (found.verdict, found.show) == ("inconclusive", None)
    assert [candidate.show for candidate in found.candidates] == ["Alpha", "Beta"]
    assert found.candidates[0].confidence == found.candidates[1].confidence


def test_conclude_many_sightings_of_one_frame_count_as_one(index: StandIn) -> None:
    one = ask(index, sighting(A1, 1.0))
    many = ask(index, *(sighting(A1 + step, 1.0) for step in range(3)), sighting(A2, 1.0))
    assert many.confidence == pytest.approx(one.confidence)


def test_conclude_further_frames_of_a_clip_add_and_take(index: StandIn) -> None:
    one = ask(index, sighting(A1, 1.0))
    agreeing = ask(index, sighting(A1, 1.0), sighting(A1 + 1, 1.0, query_s=5.0))
    doubtful = ask(index, sighting(A1, 1.0), sighting(A1 + 1, -9.0, query_s=5.0))
    assert doubtful.confidence < one.confidence < agreeing.confidence
    # A frame may take, but never everything: clips hold shots that no reference has.
    assert doubtful.confidence > 0.3


def test_conclude_frames_of_one_scene_count_as_one(index: StandIn) -> None:
    alone = ask(index, sighting(A2, 1.0)).confidence
    # A held drawing: later frames of the clip, the same row of the show.
    held = [sighting(A2, 1.0, query_s=query_s) for query_s in (0.0, 2.0, 4.0)]
    assert ask(index, *held).confidence == pytest.approx(alone)
    # A picture that the clip shows only once, found in several places of the show.
    moment = [sighting(row, 1.0, query_s=0.5 * row) for row in (A2, A2 + 1, A2 + 2)]
    assert ask(index, *moment).confidence == pytest.approx(alone)
    apart = [sighting(row, 1.0, query_s=2.0 * row) for row in (A2, A2 + 1)]
    assert ask(index, *apart).confidence > alone + 0.1


def test_conclude_does_not_depend_on_the_order_of_equals(index: StandIn) -> None:
    several = [sighting(row, 3.0) for row in (A1, A3, BETA, FILM)]
    assert ask(index, *several) == ask(index, *reversed(several))


def test_conclude_frame_of_every_episode_gives_the_whole_range(index: StandIn) -> None:
    found = ask(index, *(sighting(row, 6.0) for row in (A1, A2, A3, A4)))
    assert found.episodes is not None
    assert str(found.episodes.first) == "S01E01"
    assert str(found.episodes.last) == "S01E04"
    assert found.episodes.best is None
    assert len(found.matches) == 4


def test_conclude_clip_frames_add_up_per_episode(index: StandIn) -> None:
    # The opening is in all episodes, the second frame in the third only.
    opening = [sighting(row, 6.0) for row in (A1, A2, A3, A4)]
    own = [sighting(A3 + 1, 6.0, query_s=5.0), sighting(A1 + 1, -6.0, query_s=5.0)]
    found = ask(index, *opening, *own)
    assert found.episodes is not None
    assert (str(found.episodes.first), str(found.episodes.last)) == ("S01E03", "S01E03")


def test_conclude_film_is_a_match_without_episodes(index: StandIn) -> None:
    found = ask(index, sighting(FILM + 2, 6.0))
    assert (found.verdict, found.show, found.episodes) == ("match", "Gamma", None)
    assert found.matches[0].episode is None
    assert found.matches[0].reference_s == 20.0


def test_conclude_mirrored_view_is_said_and_score_stays_within_one(index: StandIn) -> None:
    view = View((-0.2, -0.1, 1.4, 1.2), mirrored=True)
    (match,) = ask(index, sighting(A1, 6.0, view=view, agreement=1.2)).matches
    assert match.mirrored
    assert match.score == 1.0
    assert match.box == pytest.approx((0, 0, 1, 1))


def test_conclude_segment_is_given_on_both_timelines(index: StandIn) -> None:
    best = sighting(A2 + 1, 6.0, query_s=2.0)
    votes = tuple(Vote(2.0 + k, best.lead, 1, 9.5 + k, 10.0 + k) for k in range(5))
    segment = Segment(reference=1, offset_s=7.5, votes=votes, weight=3.0)
    found = conclude(index, [best], [segment], 10)
    (match,) = found.matches
    assert (match.query_s, match.reference_s, match.duration_s) == (2.0, 9.5, 4.0)


def test_conclude_segment_never_begins_before_its_reference(index: StandIn) -> None:
    best = sighting(A1, 6.0, query_s=1.0)
    segment = Segment(0, -1.3, (Vote(1.0, best.lead, 0, 0.0, 0.5),) * 3, 3.0)
    assert conclude(index, [best], [segment], 10).matches[0].reference_s == 0.0


def test_conclude_matches_are_one_per_reference_best_first_and_worth_showing(
    index: StandIn,
) -> None:
    found = ask(
        index, sighting(A1, 4.0), sighting(A1 + 1, 5.0), sighting(A3, 3.0), sighting(A2, -1.0)
    )
    assert [(m.reference[0], m.reference_s) for m in found.matches] == [("a", 10.0), ("c", 0.0)]


def test_conclude_expected_false_matches_grow_with_distance_index_and_views(
    index: StandIn,
) -> None:
    def expected(distance: int, n_views: int) -> float:
        found = ask(index, sighting(A1, 6.0, distance=distance), n_views=n_views)
        assert found.expected_false_matches is not None
        return found.expected_false_matches

    assert expected(60, 70) < expected(120, 70) < expected(200, 70)
    assert expected(200, 140) == pytest.approx(2 * expected(200, 70))
    # At the distance of unrelated codes half of all rows are nearer.
    assert expected(256, 1) == pytest.approx(18 / 2)


def test_conclude_without_sightings_is_no_match(index: StandIn) -> None:
    assert conclude(index, [], [], 70) == nothing("no-match")
    assert nothing("inconclusive").confidence == 0
