"""The decoding of what a plan asks for.

Owns the loop; the plan belongs to `sparing`. What does not come out as planned is not repaired
here: then everything is decoded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction

import av
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from framematch.media.sparing import CannotSpareError, Planner
from framematch.media.timeline import Timed


def spared(
    plan: Planner, container: InputContainer, stream: VideoStream
) -> Iterator[Timed[VideoFrame]]:
    """Yield the wanted frames, each with the time to the next, as `timeline.select` does.

    Raises
    ------
    CannotSpareError
        Something is damaged or interlaced, or a wanted frame does not come out of the decoder.
    """
    wanted: deque[int] = deque()
    waiting: Timed[VideoFrame] | None = None
    try:
        for step in plan.steps(_read(container, stream)):
            wanted.extend(step.wanted)
            for frame in _wanted_of(stream, step.packets, wanted):
                start_s = plan.placed_s(frame.pts or 0)
                if waiting is not None:
                    yield _until(waiting, start_s)
                waiting = Timed(frame, start_s, Fraction(0))
        for frame in _wanted_of(stream, [None], wanted):
            start_s = plan.placed_s(frame.pts or 0)
            if waiting is not None:
                yield _until(waiting, start_s)
            waiting = Timed(frame, start_s, Fraction(0))
    except (av.FFmpegError, OSError) as error:
        raise CannotSpareError from error
    if wanted or waiting is None:
        raise CannotSpareError
    yield _until(waiting, plan.end_s)


def _until(frame: Timed[VideoFrame], end_s: Fraction) -> Timed[VideoFrame]:
    return Timed(frame.item, frame.start_s, end_s - frame.start_s)


def _read(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """Yield the packets of the stream, without the one that flushes the decoder."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except IndexError:
            return  # As in `decoding.undamaged`.
        if packet is None:
            return
        if packet.size:
            yield packet


def _wanted_of(
    stream: VideoStream, packets: list[Packet[VideoStream]] | list[None], wanted: deque[int]
) -> Iterator[VideoFrame]:
    """Decode packets (``None`` flushes); yield what is wanted, in order, and take it off."""
    decode = stream.codec_context.decode
    for packet in packets:
        for frame in decode(packet):
            if frame.is_corrupt or frame.interlaced_frame:
                raise CannotSpareError
            if wanted and frame.pts == wanted[0]:
                wanted.popleft()
                yield frame
