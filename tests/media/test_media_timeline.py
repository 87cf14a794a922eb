import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from framematch.media.timeline import Timed, Timeline, select

STEP = Fraction(1, 25)


def placed(
    raw: list[float | None], start: float | None = None, *, may_leap: bool = False
) -> list[float]:
    first = None if start is None else Fraction(str(start))
    timeline = Timeline(first, STEP, may_leap=may_leap)
    given = [None if time is None else Fraction(str(time)) for time in raw]
    return [float(timeline.place(time)) for time in given]


def test_times_without_an_announced_start_count_from_the_first_frame() -> None:
    assert placed([10.0, 10.04, 10.5]) == [0.0, 0.04, 0.5]


def test_first_frame_after_the_announced_start_keeps_its_distance() -> None:
    assert placed([10.5, 10.54], 10.0) == [0.5, 0.54]


def test_first_frame_before_the_announced_start_moves_the_start() -> None:
    assert placed([9.96, 10.0], 10.0) == [0.0, 0.04]


def test_missing_times_are_filled_with_the_nominal_step() -> None:
    assert placed([None, None, None, 0.2]) == [0.0, 0.04, 0.08, 0.2]


def test_stream_in_which_all_times_are_equal_runs_at_the_nominal_rate() -> None:
    assert placed([0.0] * 60)[-1] == 59 * 0.04


def test_repeated_time_is_met_again_by_the_real_clock() -> None:
    times = placed([0.0, 0.04, 0.04, 0.08, 0.12, 0.16])
    assert times[-1] == 0.16
    assert times[:3] == [0.0, 0.04, 0.08]


def test_clock_that_starts_again_goes_on() -> None:
    assert placed([5.0, 5.04, 0.0, 0.04]) == [0.0, 0.04, 0.08, 0.12]


def test_leap_of_a_transport_stream_is_a_splice_and_of_a_file_a_held_frame() -> None:
    assert placed([0.0, 95000.0, 95000.04], may_leap=True) == [0.0, 0.04, 0.08]
    assert placed([0.0, 60.0]) == [0.0, 60.0]


@given(st.lists(st.none() | st.integers(-(10**6), 10**6), min_size=1, max_size=60), st.booleans())
def test_times_always_increase_from_zero_or_later(raw: list[int | None], may_leap: bool) -> None:
    timeline = Timeline(None, STEP, may_leap=may_leap)
    times = [timeline.place(None if t is None else Fraction(t, 100)) for t in raw]
    assert times[0] >= 0
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


STREAMS = st.lists(st.integers(1, 400), min_size=1, max_size=40)


@given(STREAMS, st.integers(0, 300), st.sampled_from([Fraction(1), Fraction(2), Fraction(7, 3)]))
def test_selection_is_what_is_on_screen_at_the_ticks(
    lengths: list[int], offset: int, fps: Fraction
) -> None:
    frames, now = [], Fraction(offset, 100)
    for number, length in enumerate(lengths):
        frames.append(Timed(number, now, Fraction(length, 100)))
        now += Fraction(length, 100)
    expected = {0}
    tick = 0
    while tick / fps < now:
        shown = [f.item for f in frames if f.start_s <= tick / fps]
        expected.add(shown[-1] if shown else 0)
        tick += 1
    chosen = list(select(frames, fps))
    assert [f.item for f in chosen] == sorted(expected)
    ends = [f.start_s for f in chosen[1:]] + [now]
    assert [f.start_s + f.length_s for f in chosen] == ends


@given(STREAMS)
def test_selection_without_a_rate_gives_every_frame(lengths: list[int]) -> None:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    frames = [
        Timed(k, Fraction(start), Fraction(length))
        for k, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]
    assert list(select(frames, None)) == frames


def test_selection_of_nothing_is_nothing() -> None:
    assert list(select([], Fraction(2))) == []


def test_selection_of_a_frame_without_length_gives_it() -> None:
    frame = Timed("only", Fraction(3), Fraction(0))
    assert list(select([frame], Fraction(2))) == [frame]
