"""Time on a stream: repair of presentation times, and the choice of the frames on screen at ticks.

Pure arithmetic on `Fraction` seconds. Knows no format and no pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic, TypeVar

from framematch.errors import ConfigError

T = TypeVar("T")

#: A step back by more than this is a new timeline (spliced or wrapped), not a jittering clock.
_SPLICE_S = Fraction(1)

#: Where timestamps may restart, a step ahead by more than this is a splice too (ffmpeg's own
#: figure).
_LEAP_S = Fraction(10)


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """Something that stands on screen from `start_s` for `length_s` seconds."""

    item: T
    start_s: Fraction
    length_s: Fraction


class Timeline:
    """Turn the presentation times of a stream into strictly increasing seconds from its start.

    Parameters
    ----------
    start_s : Fraction or None
        Presentation time of the start of the stream, ``None`` where the container does not say.
    step_s : Fraction
        Nominal frame duration, for frames without a usable time.
    may_leap : bool
        Whether the container's clock may restart (MPEG transport and program streams).
    """

    def __init__(self, start_s: Fraction | None, step_s: Fraction, *, may_leap: bool) -> None:
        self._start_s = start_s
        self._step_s = step_s
        self._may_leap = may_leap
        self._raw_s: Fraction | None = None
        self._last_s: Fraction | None = None

    def place(self, raw_s: Fraction | None) -> Fraction:
        """Return the seconds at which the next frame, presented at `raw_s`, goes on screen."""
        if self._start_s is None or (self._last_s is None and raw_s is not None):
            # A frame before the announced start moves the start: no time is negative.
            known = [time for time in (self._start_s, raw_s) if time is not None]
            self._start_s = min(known, default=Fraction(0))
        placed = self._after_first(raw_s) if self._last_s is not None else self._first(raw_s)
        self._raw_s = raw_s if raw_s is not None else self._raw_s
        self._last_s = placed
        return placed

    def _first(self, raw_s: Fraction | None) -> Fraction:
        if raw_s is None or self._start_s is None:
            return Fraction(0)
        return raw_s - self._start_s

    def _after_first(self, raw_s: Fraction | None) -> Fraction:
        if self._last_s is None or self._start_s is None:
            return self._first(raw_s)
        next_s = self._last_s + self._step_s
        if raw_s is None:
            return next_s
        placed = raw_s - self._start_s
        ahead = placed - self._last_s
        if ahead < -_SPLICE_S or (self._may_leap and ahead > _LEAP_S):
            self._start_s = raw_s - next_s
            return next_s
        if ahead > 0:
            return placed
        # A repeated time stands a whole step later; one that moves on is only nudged past its
        # predecessor, so that the real clock is met again after a few frames.
        moves_on = self._raw_s is not None and raw_s > self._raw_s
        return self._last_s + (self._step_s / 4 if moves_on else self._step_s)


def check_fps(fps: Fraction | None) -> None:
    """Refuse a sampling rate that is not positive.

    Raises
    ------
    ConfigError
        It is zero or negative.
    """
    if fps is not None and fps <= 0:
        raise ConfigError(
            f"sampling rate {fps} per second is not positive; leave it out for all frames"
        )


def select(frames: Iterable[Timed[T]], fps: Fraction | None) -> Iterator[Timed[T]]:
    """Yield the frames on screen at the ticks ``k / fps``, each once, with the time to the next.

    `frames` are in order of time. A frame stands until the next begins, the first one also from 0.
    At least one frame is given where there is one; with `fps` ``None`` all are.
    """
    chosen: Timed[T] | None = None
    waiting: Timed[T] | None = None
    for frame in frames:
        if waiting is not None and (chosen is None or _holds_tick(waiting, frame.start_s, fps)):
            if chosen is not None:
                yield replace(chosen, length_s=waiting.start_s - chosen.start_s)
            chosen = waiting
        waiting = frame
    if waiting is None:
        return
    end_s = waiting.start_s + max(waiting.length_s, Fraction(0))
    if chosen is None or _holds_tick(waiting, end_s, fps):
        if chosen is not None:
            yield replace(chosen, length_s=waiting.start_s - chosen.start_s)
        chosen = waiting
    yield replace(chosen, length_s=end_s - chosen.start_s)


def _holds_tick(frame: Timed[T], until_s: Fraction, fps: Fraction | None) -> bool:
    """Tell whether a tick lies on `frame`, which stands until `until_s` (exclusive)."""
    if fps is None:
        return True
    tick_s = -(-frame.start_s * fps // 1) / fps
    return tick_s < until_s or tick_s == frame.start_s
