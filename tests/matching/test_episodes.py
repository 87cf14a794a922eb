"""Episode ranges, worked out by hand: the weight of an episode is exp(1.5 * log odds)."""

import math

import pytest

from framematch.matching.episodes import Stretch, clip_range, episode_range
from framematch.records import EpisodeId, EpisodeRange

SEASON = [EpisodeId(1, number) for number in range(1, 7)]


def odds(share: float) -> float:
    """Return the log odds that give an episode this weight."""
    return math.log(share)


def ask(shares: dict[int, float]) -> EpisodeRange:
    found = episode_range({SEASON[n - 1]: odds(share) for n, share in shares.items()}, SEASON)
    assert found is not None
    return found


def test_episode_range_single_episode_is_all_of_it() -> None:
    found = episode_range({SEASON[2]: -3.0}, SEASON)
    assert found == EpisodeRange(SEASON[2], SEASON[2], 1.0, SEASON[2])


def test_episode_range_is_the_smallest_run_that_holds_nine_tenths() -> None:
    found = ask({2: 0.05, 3: 0.60, 4: 0.32, 6: 0.03})
    assert (found.first, found.last) == (SEASON[2], SEASON[3])
    assert found.mass == pytest.approx(0.92)


def test_episode_range_spans_episodes_without_evidence() -> None:
    found = ask({1: 0.5, 4: 0.5})
    assert (found.first, found.last, found.best) == (SEASON[0], SEASON[3], None)
    assert found.mass == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("shares", "best"),
    [
        ({2: 0.66, 3: 0.33, 4: 0.01}, 2),
        ({2: 0.62, 3: 0.37, 4: 0.01}, None),
        ({2: 0.48, 3: 0.20, 4: 0.16, 5: 0.16}, None),
    ],
    ids=["twice-the-next", "too-near-the-next", "under-a-half"],
)
def test_episode_range_best_is_named_only_where_it_stands_out(
    shares: dict[int, float], best: int | None
) -> None:
    assert ask(shares).best == (None if best is None else SEASON[best - 1])


def test_episode_range_shared_by_all_is_the_whole_season() -> None:
    found = episode_range(dict.fromkeys(SEASON, 6.0), SEASON)
    assert found is not None
    assert (found.first, found.last, found.best) == (SEASON[0], SEASON[-1], None)
    assert found.mass == pytest.approx(1.0)


def test_episode_range_of_equal_runs_is_the_earliest() -> None:
    # Of twenty equal episodes any eighteen hold nine tenths.
    season = [EpisodeId(2, number) for number in range(1, 21)]
    found = episode_range(dict.fromkeys(season, 0.0), season)
    assert found is not None
    assert found.first == season[0]
    assert found.last in season[17:19]


def test_episode_range_of_runs_of_one_length_is_the_heavier() -> None:
    found = ask({1: 0.09, 2: 0.84, 3: 0.07})
    assert (found.first, found.last) == (SEASON[0], SEASON[1])


def test_episode_range_crosses_seasons_in_broadcast_order() -> None:
    last, first = EpisodeId(1, 12), EpisodeId(2, 1)
    known = [EpisodeId(2, 2), first, last, EpisodeId(1, 11)]
    found = episode_range({last: 0.0, first: 0.0}, known)
    assert found is not None
    assert (found.first, found.last) == (last, first)


def test_episode_range_does_not_depend_on_the_level_of_the_evidence() -> None:
    low = episode_range({SEASON[0]: -900.0, SEASON[1]: -901.0}, SEASON)
    high = episode_range({SEASON[0]: 901.0, SEASON[1]: 900.0}, SEASON)
    assert low == high


def test_episode_range_without_evidence_is_none() -> None:
    assert episode_range({}, SEASON) is None


def test_episode_range_of_an_episode_nobody_indexed_is_still_given() -> None:
    found = episode_range({EpisodeId(3, 1): 1.0}, SEASON)
    assert found is not None
    assert found.first == EpisodeId(3, 1)


def frames(**episodes: dict[float, float]) -> dict[EpisodeId, dict[float, float]]:
    """Return log odds by episode (``e1``, ``e2``, ...) and time."""
    return {SEASON[int(name[1:]) - 1]: times for name, times in episodes.items()}


def stretch(number: int, *times_s: float) -> Stretch:
    return Stretch(SEASON[number - 1], frozenset(times_s))


def ends(found: EpisodeRange | None) -> tuple[EpisodeId, EpisodeId, EpisodeId | None]:
    assert found is not None
    return found.first, found.last, found.best


def test_clip_range_opening_and_own_shot_is_the_episode_of_the_own_shot() -> None:
    shared = {0.0: 8.0, 1.0: 8.0}
    found = clip_range(
        frames(e1=shared, e2=shared, e3={**shared, 5.0: 8.0, 6.0: 7.0}),
        SEASON,
        [stretch(number, 0.0, 1.0) for number in (1, 2)] + [stretch(3, 0.0, 1.0, 5.0, 6.0)],
    )
    assert ends(found) == (SEASON[2], SEASON[2], SEASON[2])


def test_clip_range_of_a_montage_holds_every_episode_that_it_is_cut_from() -> None:
    evidence = frames(e2={0.0: 8.0, 1.0: 8.0, 2.0: 8.0}, e4={3.0: 7.0, 4.0: 7.0}, e6={5.0: 6.0})
    stretches = [stretch(2, 0.0, 1.0, 2.0), stretch(4, 3.0, 4.0), stretch(6, 5.0)]
    assert ends(clip_range(evidence, SEASON, stretches)) == (SEASON[1], SEASON[5], None)
    # A single frame somewhere else is no stretch.
    assert ends(clip_range(evidence, SEASON, stretches[:1])) == (SEASON[1],) * 3


def test_clip_range_stretch_that_the_best_episode_explains_too_adds_nothing() -> None:
    evidence = frames(e1={0.0: 9.0, 1.0: 9.0, 2.0: 5.0, 3.0: 5.0}, e5={2.0: 8.0, 3.0: 8.0})
    found = clip_range(evidence, SEASON, [stretch(1, 0.0, 1.0, 2.0, 3.0), stretch(5, 2.0, 3.0)])
    assert ends(found) == (SEASON[0],) * 3


def test_clip_range_doubtful_stretch_adds_nothing() -> None:
    evidence = frames(e1={0.0: 9.0, 1.0: 9.0, 2.0: -8.0}, e5={2.0: 1.0})
    found = clip_range(evidence, SEASON, [stretch(1, 0.0, 1.0), stretch(5, 2.0)])
    assert ends(found) == (SEASON[0],) * 3


def test_clip_range_shared_shot_in_a_montage_adds_all_its_owners() -> None:
    shared = {3.0: 8.0, 4.0: 8.0}
    found = clip_range(
        frames(e1={0.0: 9.0, 1.0: 9.0, 2.0: 9.0}, e3=shared, e4=shared),
        SEASON,
        [stretch(1, 0.0, 1.0, 2.0), stretch(3, 3.0, 4.0), stretch(4, 3.0, 4.0)],
    )
    assert ends(found) == (SEASON[0], SEASON[3], None)


def test_clip_range_without_evidence_is_none() -> None:
    assert clip_range({}, SEASON) is None
