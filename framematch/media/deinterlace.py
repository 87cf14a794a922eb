"""Removal of combing from frames that say that they are interlaced. Must not open files."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

import av
from av import VideoFrame
from av.filter import Graph

from framematch.media.timeline import Timed


def deinterlaced(frames: Iterable[Timed[VideoFrame]]) -> Iterator[Timed[VideoFrame]]:
    """Yield as many frames with the same times; those flagged as interlaced have passed bwdif.

    Progressive streams pass untouched. From the first flagged frame on all frames go through the
    filter, which needs their neighbours and leaves unflagged ones as they are.
    """
    weaver: _Weaver | None = None
    for frame in frames:
        if weaver is not None and weaver.layout != _layout(frame.item):
            yield from weaver.finish()
            weaver = None
        if weaver is None and frame.item.interlaced_frame:
            weaver = _Weaver(frame.item)
        if weaver is None:
            yield frame
        else:
            yield from weaver.push(frame)
    if weaver is not None:
        yield from weaver.finish()


def _layout(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


class _Weaver:
    """One filter graph for frames of one size and pixel format."""

    def __init__(self, frame: VideoFrame) -> None:
        self.layout = _layout(frame)
        self._waiting: deque[Timed[VideoFrame]] = deque()
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base,
        )
        bwdif = self._graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
        self._graph.link_nodes(source, bwdif, self._graph.add("buffersink")).configure()

    def push(self, frame: Timed[VideoFrame]) -> Iterator[Timed[VideoFrame]]:
        self._waiting.append(frame)
        self._graph.vpush(frame.item)
        yield from self._pull()

    def finish(self) -> Iterator[Timed[VideoFrame]]:
        self._graph.vpush(None)
        yield from self._pull()

    def _pull(self) -> Iterator[Timed[VideoFrame]]:
        while self._waiting:
            try:
                picture = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return
            # One comes out for each that went in, in order: the times are those of the input.
            yield replace(self._waiting.popleft(), item=picture)
