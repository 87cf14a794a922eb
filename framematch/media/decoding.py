"""Packets to frames: what a decoder makes of an intact or damaged stream.

Owns the decode loop and what counts as a break. Must not know times, looks or limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import av
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

#: Told of a break: presentation time in the stream's time base (``None`` where unknown), and why.
OnBreak = Callable[[int | None, str], None]


def undamaged(
    container: InputContainer, stream: VideoStream, on_break: OnBreak
) -> Iterator[VideoFrame]:
    """Yield the frames that decode without a flaw, in order of presentation.

    Damaged packets and frames are reported to `on_break` and left out; decoding goes on behind them
    as far as the demuxer can read.
    """
    last_packet = last_frame = None
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, OSError) as error:
            on_break(None, reason_of(error))
            return
        except IndexError:
            # PyAV 18 stumbles at the end over streams that appeared on the way; ours, of a lower
            # number, has been flushed by then.
            break
        if packet is None:
            break
        if packet.pts is not None and not packet.is_discard:
            last_packet = max(packet.pts, last_packet or packet.pts)
        for frame in _decode(packet, on_break):
            if frame.is_corrupt:
                on_break(frame.pts, "part of the picture is missing")
                continue
            last_frame = frame.pts
            yield frame
    # While it is drained, a decoder with threads forgets the errors of its last packets.
    if last_packet is not None and last_frame is not None and last_packet > last_frame:
        on_break(last_packet, "the last pictures are missing")


def reason_of(error: Exception) -> str:
    """Return ffmpeg's words without its error number and the path."""
    return str(getattr(error, "strerror", None) or error)


def _decode(packet: Packet[VideoStream], on_break: OnBreak) -> list[VideoFrame]:
    try:
        return packet.decode()
    except av.FFmpegError as error:
        on_break(packet.pts if packet.pts is not None else packet.dts, reason_of(error))
        return []
