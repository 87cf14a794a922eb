"""Which frames of a stream are wanted, by their times and by the sizes of their packets.

A frame on screen at a tick is wanted. At the ticks in between, of which there are some where fast
motion is to be looked at more often, it is wanted only where the packets since the last wanted one
are large: an encoder spends its bytes where pictures change, so small ones tell of a calm scene
without decoding. Whole numbers throughout, since this is asked of every frame of a film. Must not
decode.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

#: Packets of less than this share of the stream's average so far tell of a calm scene: of the
#: looks in between, two fifths; of those that are fast motion, a tenth (two films).
_LIVELY = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame that goes on screen.

    Attributes
    ----------
    pts : int
        Presentation time in the stream's time base.
    size : int
        Bytes of its packet.
    is_key : bool
        Whether it refers to no other frame.
    """

    pts: int
    size: int
    is_key: bool


class Ticks:
    """Chooses the wanted frames of one stream.

    Parameters
    ----------
    base : Fraction
        Time base of the stream, in seconds.
    fps : Fraction
        Ticks per second.
    burst : int
        How many times as often to look where the stream is lively.
    announced : int or None
        Presentation time at which the container says that the stream starts.

    Attributes
    ----------
    start : int
        Presentation time at which it does; a frame before the announced start moves it.
    """

    def __init__(self, base: Fraction, fps: Fraction, burst: int, announced: int | None) -> None:
        # Tick k lies at time k * _down / _up behind the start.
        self._up, self._down = (base * fps * burst).as_integer_ratio()
        self._burst = burst
        self._announced = announced
        self._begun = False
        self._known_bytes = self._known_packets = 0
        self._new_bytes = self._new_packets = 0
        self._has_new_key = False
        self.start = 0

    def wanted(self, frames: Iterable[Shown], until: int) -> list[int]:
        """Return the times of the wanted ones among the next frames; the very first always is.

        Parameters
        ----------
        frames : iterable of Shown
            In order of time.
        until : int
            When the last of them leaves the screen.
        """
        chosen: list[int] = []
        before: Shown | None = None
        for frame in frames:
            if before is not None and self._is_wanted(before, frame.pts):
                chosen.append(before.pts)
            before = frame
        if before is not None and self._is_wanted(before, until):
            chosen.append(before.pts)
        return chosen

    def _is_wanted(self, frame: Shown, until: int) -> bool:
        self._count(frame)
        if not self._begun:
            announced = self._announced
            self.start = frame.pts if announced is None else min(announced, frame.pts)
            self._begun = is_wanted = True
        else:
            begins = (frame.pts - self.start) * self._up
            first = -(-begins // self._down)
            last = max(first, -(-(until - self.start) * self._up // self._down) - 1)
            is_tick = last * self._down < (until - self.start) * self._up
            # Every so many ticks one counts in any case.
            is_main = last // self._burst * self._burst >= first
            is_wanted = is_tick and (is_main or self._is_lively())
        if is_wanted:
            self._new_bytes = self._new_packets = 0
            self._has_new_key = False
        return is_wanted

    def _count(self, frame: Shown) -> None:
        if frame.is_key:
            # Its size tells of the picture, not of a change; a cut as a rule.
            self._has_new_key = True
            return
        self._known_bytes += frame.size
        self._known_packets += 1
        self._new_bytes += frame.size
        self._new_packets += 1

    def _is_lively(self) -> bool:
        """Tell whether the packets since the last wanted frame are large, or begin anew."""
        new, known = self._new_bytes * self._known_packets, self._known_bytes * self._new_packets
        return self._has_new_key or new * _LIVELY.denominator >= known * _LIVELY.numerator
