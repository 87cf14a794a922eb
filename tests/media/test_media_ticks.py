from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from framematch.media.ticks import Shown, Ticks
from framematch.media.timeline import Timed, select

BASE = Fraction(1, 90_000)


def frames_of(times: list[int], sizes: list[int] | None = None) -> list[Shown]:
    given_sizes = sizes or [100] * len(times)
    return [
        Shown(time, size, is_key=number == 0)
        for number, (time, size) in enumerate(zip(times, given_sizes, strict=True))
    ]


@given(
    st.lists(st.integers(1, 200_000), min_size=1, max_size=40),
    st.integers(-5000, 5000),
    st.fractions(Fraction(1, 3), 30, max_denominator=7),
)
def test_wanted_frames_without_burst_are_those_that_select_takes(
    gaps: list[int], first: int, fps: Fraction
) -> None:
    times = [first]
    for gap in gaps:
        times.append(times[-1] + gap)
    *starts, until = times
    timed = [
        Timed(pts, (pts - first) * BASE, (after - pts) * BASE)
        for pts, after in zip(starts, times[1:], strict=True)
    ]
    expected = [frame.item for frame in select(timed, fps)]
    assert Ticks(BASE, fps, 1, None).wanted(frames_of(starts), until) == expected


def test_first_frame_is_wanted_even_where_no_tick_lies_on_it() -> None:
    ticks = Ticks(Fraction(1, 100), Fraction(1), 1, 0)
    assert ticks.wanted(frames_of([10, 20, 30]), 40) == [10]
    assert ticks.start == 0


def test_times_count_on_over_several_calls() -> None:
    ticks = Ticks(Fraction(1, 100), Fraction(2), 1, None)
    assert ticks.wanted(frames_of([0, 30]), 60) == [0, 30]
    assert ticks.wanted(frames_of([60, 90]), 120) == [90]


def test_calm_stream_is_looked_at_at_the_main_ticks_only() -> None:
    sizes = [5000, *([100, 900] * 6), *[10] * 12]
    wanted = Ticks(Fraction(1, 12), Fraction(2), 2, None).wanted(
        frames_of(list(range(25)), sizes), 25
    )
    assert wanted == [0, 3, 6, 9, 12, 18, 24]


def test_key_frame_on_the_way_is_looked_at_in_between() -> None:
    frames = [Shown(k, 10, is_key=k in (0, 14)) for k in range(18)]
    frames[1:12] = [Shown(k, 1000, is_key=False) for k in range(1, 12)]
    assert 15 in Ticks(Fraction(1, 12), Fraction(2), 2, None).wanted(frames, 18)
