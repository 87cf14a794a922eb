"""Votes on where a clip lies: a common offset gives a segment, chance gives none."""

import numpy as np
import pytest

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.leads import Lead
from framematch.matching.temporal import SEQUENCE_RATES, Vote, find_segments


def vote(
    query_s: float,
    start_s: float,
    *,
    end_s: float | None = None,
    reference: int = 0,
    distance: int = 60,
    row: int = 0,
) -> Vote:
    """Return a vote; the smaller the distance, the stronger."""
    lead = Lead(row, View(WHOLE, mirrored=False), "structure", distance, 128, 0.5)
    end_s = start_s + 0.5 if end_s is None else end_s
    return Vote(query_s, lead, reference, start_s, end_s)


def test_find_segments_common_offset_is_one_segment_with_its_votes_in_order() -> None:
    times = [2.0, 0.0, 1.0, 0.5, 1.5]
    votes = [vote(time, 40.0 + time) for time in times]
    (segment,) = find_segments([*votes, vote(0.5, 90.0), vote(1.0, 3.0)])
    assert segment.offset_s == pytest.approx(40.0, abs=0.3)
    assert [v.query_s for v in segment.votes] == sorted(times)
    assert segment.weight == pytest.approx(sum(v.lead.strength for v in votes))


def test_find_segments_held_picture_agrees_with_every_moment_it_stands() -> None:
    # The reference holds one drawing from 10 to 14 s; the clip starts in the middle of it.
    held = [vote(query_s, 10.0, end_s=14.0) for query_s in (0.0, 0.5, 1.0, 1.5)]
    after = [vote(2.0, 14.0), vote(2.5, 14.5), vote(3.0, 15.0)]
    (segment,) = find_segments(held + after)
    assert len(segment.votes) == 7
    assert segment.offset_s == pytest.approx(12.0, abs=0.5)


def test_find_segments_votes_at_random_offsets_are_no_segment() -> None:
    dice = np.random.default_rng(1)
    votes = [vote(float(k), float(1000 * k + dice.uniform(0, 900))) for k in range(12)]
    assert find_segments(votes) == []


@pytest.mark.parametrize(("frames", "found"), [(2, 0), (3, 1)])
def test_find_segments_needs_three_frames(frames: int, found: int) -> None:
    votes = [vote(float(k), 20.0 + k) for k in range(frames)]
    assert len(find_segments(votes)) == found


def test_find_segments_counts_a_frame_once_and_takes_its_strongest_vote() -> None:
    twins = [vote(0.0, 20.0, distance=d, row=d) for d in (90, 40, 70)]
    assert find_segments(twins) == []
    (segment,) = find_segments([*twins, vote(1.0, 21.0), vote(2.0, 22.0)])
    assert [v.lead.row for v in segment.votes] == [40, 0, 0]


def test_find_segments_tolerance_is_three_quarters_of_a_second_inclusive() -> None:
    three = [vote(0.0, 20.0, end_s=20.0), vote(1.0, 21.0, end_s=21.0)]
    assert len(find_segments([*three, vote(2.0, 22.75, end_s=22.75)])) == 1
    # Between the two ends lies more than twice the tolerance: no offset suits all three.
    assert find_segments([*three, vote(2.0, 23.6, end_s=23.6)]) == []


def test_find_segments_are_the_heaviest_first_with_ties_by_reference() -> None:
    def run(reference: int, n: int) -> list[Vote]:
        return [vote(float(k), 50.0 * reference + k, reference=reference) for k in range(n)]

    segments = find_segments(run(7, 3) + run(2, 3) + run(5, 6))
    assert [segment.reference for segment in segments] == [5, 2, 7]


def test_find_segments_of_equal_offsets_is_the_earlier() -> None:
    votes = [vote(float(k), start + k) for start in (100.0, 30.0) for k in range(4)]
    (segment,) = find_segments(votes)
    assert segment.offset_s == pytest.approx(30.0, abs=0.3)


def test_find_segments_do_not_depend_on_the_order_of_the_votes() -> None:
    dice = np.random.default_rng(4)
    votes = [vote(float(k), 60.0 + k + float(dice.uniform(-0.2, 0.2)), row=k) for k in range(8)]
    votes += [vote(float(k), float(dice.uniform(0, 300)), row=100 + k) for k in range(8)]
    shuffled = [votes[number] for number in dice.permutation(len(votes))]
    assert find_segments(shuffled) == find_segments(votes)


def test_find_segments_of_no_votes_are_none() -> None:
    assert find_segments([]) == []


def run(start_s: float, query_s: float, length_s: float, reference: int = 0) -> list[Vote]:
    """Return votes of a stretch of a clip, two per second."""
    return [
        vote(query_s + step / 2, start_s + step / 2, reference=reference)
        for step in range(int(2 * length_s))
    ]


def test_find_segments_of_a_montage_are_one_per_piece() -> None:
    pieces = [(10.0, 0.0, 0), (80.0, 4.0, 0), (30.0, 8.0, 1), (200.0, 12.0, 0)]
    votes = [each for start, query, number in pieces for each in run(start, query, 4.0, number)]
    found = sorted(find_segments(votes), key=lambda segment: segment.query_s)
    assert [segment.reference for segment in found] == [0, 0, 1, 0]
    for segment, (start_s, query_s, _) in zip(found, pieces, strict=True):
        assert segment.query_s == query_s
        assert segment.duration_s == 3.5
        assert segment.reference_s(query_s) == pytest.approx(start_s, abs=0.3)


def test_find_segments_after_a_removed_shot_go_on_at_another_offset() -> None:
    found = find_segments(run(10.0, 0.0, 5.0) + run(18.0, 5.0, 5.0))
    starts = sorted(segment.reference_s(segment.query_s) for segment in found)
    assert starts == pytest.approx([10.0, 18.0], abs=0.3)


def test_find_segments_frames_of_another_place_in_between_split_a_stretch() -> None:
    # The clip leaves its place for two seconds and comes back to it.
    away = run(300.0, 3.0, 2.0, reference=5)
    votes = run(10.0, 0.0, 3.0) + away + run(15.0, 5.0, 3.0)
    own = [segment for segment in find_segments(votes) if segment.reference == 0]
    assert sorted(segment.query_s for segment in own) == [0.0, 5.0]
    assert max(segment.duration_s for segment in own) < 3
    # Two frames that say something else are noise.
    short = [each for each in votes if not 3.5 < each.query_s < 5.0]
    own = [segment for segment in find_segments(short) if segment.reference == 0]
    assert [segment.duration_s for segment in own] == [7.5]


def test_find_segments_of_a_faster_clip_are_one_to_the_end() -> None:
    votes = [vote(step / 2, 50.0 + 25 / 24 * step / 2) for step in range(120)]
    (segment,) = find_segments(votes)
    assert len(segment.votes) == 120
    assert segment.rate == pytest.approx(25 / 24, abs=0.003)
    assert segment.reference_s(59.5) == pytest.approx(50.0 + 25 / 24 * 59.5, abs=0.5)


def test_find_segments_of_a_reversed_clip_run_backwards() -> None:
    votes = [vote(step / 2, 50.0 - step / 2) for step in range(12)]
    (segment,) = find_segments(votes)
    assert segment.rate == pytest.approx(-1.0)
    assert segment.reference_s(0.0) == pytest.approx(50.0, abs=0.5)


def test_find_segments_of_numbered_drawings_on_threes_need_the_rates_of_sequences() -> None:
    votes = [vote(step / 4, 50.0 + 3 * step / 4) for step in range(12)]
    assert max(len(segment.votes) for segment in find_segments(votes)) < 6
    (segment,) = find_segments(votes, rates=SEQUENCE_RATES)
    assert len(segment.votes) == 12
    assert segment.rate == pytest.approx(3.0, abs=0.1)


def test_segment_never_reaches_before_its_reference() -> None:
    (segment,) = find_segments([vote(float(k), max(0.0, k - 1.0)) for k in range(1, 5)])
    assert segment.reference_s(0.0) == 0.0
