"""Which packets of a stream must be decoded for the frames on screen at some ticks.

Between a key frame and the next, what comes after the last wanted picture in decoding order is left
out, and so is every unwanted picture that no other is predicted from. The wanted pictures, their
times and their durations are those of decoding everything. That needs to know the times ahead: a
run of pictures, from one key frame to the next, is planned when the run behind it has been read.
Owns the plan; must not decode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from av import Packet
from av.video.stream import VideoStream

from framematch.media.bitstream import Sort, Tell, teller_of
from framematch.media.ticks import Pace, Shown, Ticks
from framematch.records import MediaInfo

# Containers that give every packet the time at which it is shown, and mark key frames.
_CONTAINERS = frozenset(("mov", "matroska"))
# Codecs whose key frames refer to nothing before them.
_CODECS = frozenset(("h264", "hevc", "vp8", "vp9", "av1", "mpeg4"))

#: A run longer than this is not kept in memory.
_MOST_PACKETS = 1500
_MOST_BYTES = 96 << 20


class CannotSpareError(Exception):
    """The times of the stream are not such that it could be told ahead what is needed."""


def can_spare(info: MediaInfo) -> bool:
    """Tell whether the stream of such a file can be planned at all."""
    return info.container in _CONTAINERS and info.codec in _CODECS


@dataclass(frozen=True, slots=True)
class Step:
    """Packets to decode next, and the frames on screen that are wanted of them, in order.

    Attributes
    ----------
    packets : list of Packet
        In decoding order.
    wanted : list of int
        Presentation times of frames in the stream's time base.
    """

    packets: list[Packet[VideoStream]]
    wanted: list[int]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A packet, its time and its sort; whether it comes with settings that were not there yet."""

    packet: Packet[VideoStream]
    pts: int
    sort: Sort
    changes: bool

    @property
    def seen(self) -> bool:
        return self.sort.shown and not self.packet.is_discard


class Planner:
    """Plans the decoding of one stream.

    Parameters
    ----------
    stream : VideoStream
        Of a container and codec of which `can_spare` says so.
    pace : Pace
        How often to look.
    step_s : Fraction
        How long a frame without a duration stands, in seconds.

    Attributes
    ----------
    count : int
        Frames on screen so far, wanted or not.
    """

    def __init__(self, stream: VideoStream, pace: Pace, step_s: Fraction) -> None:
        base = stream.time_base or Fraction(1, 1000)
        self._base = base
        self._ticks = Ticks(base, pace, stream.start_time)
        self._step = round(step_s / base)
        context = stream.codec_context
        self._tell: Tell = teller_of(context.codec.canonical_name, context.extradata)
        self._settings = b""
        self._chosen: set[int] = set()
        self._until = 0
        self.count = 0

    @property
    def end_s(self) -> Fraction:
        """When the last frame so far leaves the screen, in seconds from the start."""
        return self.placed_s(self._until)

    def placed_s(self, pts: int) -> Fraction:
        """Return a presentation time in seconds from the start of the stream."""
        return (pts - self._ticks.start) * self._base

    def steps(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[Step]:
        """Yield what to decode.

        Raises
        ------
        CannotSpareError
            Times are missing, repeat, or are not in order over a key frame; pictures lead the first
            key frame; a run is too long; the container changes settings; the file ends within a
            packet.
        """
        held: list[_Unit] = []
        leading: list[_Unit] = []
        for run in self._runs(packets):
            ahead = [unit for unit in run if unit.pts < run[0].pts]
            if held:
                yield self._step_of(held, leading, ahead, run)
            elif any(unit.seen for unit in ahead):
                # Decoders give those that refer to nothing before the key frame, and no others.
                raise CannotSpareError
            held, leading = run, ahead
        if held:
            yield self._step_of(held, leading, [], None)

    def _runs(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[list[_Unit]]:
        """Yield the packets from one key frame to the next."""
        run: list[_Unit] = []
        n_bytes = 0
        begun = False
        for packet in packets:
            if not packet.size:
                continue
            if packet.is_keyframe and run:
                yield run
                run, n_bytes = [], 0
            unit = self._unit(packet)
            # Pictures that an edit list takes away stand before the first one only.
            begun |= unit.seen
            n_bytes += packet.size
            if (
                not (run or packet.is_keyframe)
                or packet.is_corrupt
                or (begun and packet.is_discard)
                or len(run) >= _MOST_PACKETS
                or n_bytes > _MOST_BYTES
            ):
                raise CannotSpareError
            run.append(unit)
        if run:
            yield run

    def _unit(self, packet: Packet[VideoStream]) -> _Unit:
        if packet.pts is None or packet.has_sidedata("new_extradata"):
            raise CannotSpareError
        sort = self._tell(memoryview(packet))
        changes = sort.settings not in (b"", self._settings)
        if changes:
            self._settings = sort.settings
        return _Unit(packet, packet.pts, sort, changes)

    def _step_of(
        self,
        run: list[_Unit],
        led: list[_Unit],
        ahead: list[_Unit],
        following: list[_Unit] | None,
    ) -> Step:
        """Return what to decode of a run: `led` of it is shown before, `ahead` comes behind it."""
        before = {unit.pts for unit in led}
        units = [unit for unit in (*run, *ahead) if unit.seen and unit.pts not in before]
        units.sort(key=lambda unit: unit.pts)
        if following is not None:
            until = following[0].pts
        else:
            last = units[-1] if units else run[-1]
            until = last.pts + (last.packet.duration or self._step)
        if any(one >= other for one, other in pairwise([*(unit.pts for unit in units), until])):
            raise CannotSpareError
        wanted = self._ticks.wanted(
            (Shown(unit.pts, unit.packet.size, unit.packet.is_keyframe) for unit in units), until
        )
        closed = not ahead and (following is None or following[0].sort.cuts)
        # What leads the next run is decoded with that one.
        needed = _needed(run, self._chosen.union(wanted), closed=closed)
        self._chosen = set(wanted)
        self.count += len(units)
        self._until = until
        return Step(needed, wanted)


def _needed(run: list[_Unit], chosen: set[int], *, closed: bool) -> list[Packet[VideoStream]]:
    """Return the packets that the chosen pictures of a run are decoded from."""
    stop = len(run)
    if closed:
        # Settings hold behind the next key frame too.
        while stop and run[stop - 1].pts not in chosen and not run[stop - 1].changes:
            stop -= 1
    return [unit.packet for unit in run[:stop] if unit.sort.referred or unit.pts in chosen]
