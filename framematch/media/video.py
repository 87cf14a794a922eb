"""Video through PyAV: demuxing, decoding, time and limits.

Owns what is asked of ffmpeg and what its failures mean. The look of a frame belongs to
`video_picture`, arithmetic on times to `timeline`. The only modules that import av are this one and
those it imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import IO

import av
from av import VideoFrame
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from framematch.config import DecoderSettings, MediaLimits
from framematch.errors import (
    MediaTooLargeError,
    UnreadableMediaError,
    UnsupportedFormatError,
)
from framematch.media.decoding import reason_of, undamaged
from framematch.media.deinterlace import deinterlaced
from framematch.media.look import Look
from framematch.media.source import Media
from framematch.media.spared import spared
from framematch.media.sparing import CannotSpareError, Planner, can_spare
from framematch.media.ticks import Pace
from framematch.media.timeline import Timed, Timeline, check_fps, select
from framematch.media.unnoticed import open_unnoticed
from framematch.media.video_look import Looker
from framematch.media.video_picture import display_size, to_pixels
from framematch.records import Frame, MediaInfo

#: Containers whose clock may restart in the middle.
_MAY_LEAP = frozenset(("mpegts", "mpeg"))

#: Containers that announce the time of their end and not their length.
_COUNTED_FROM_ZERO = ("matroska", "flv")

#: Frame rate of streams that tell none.
_DEFAULT_RATE = Fraction(25)

#: A stream that ends earlier than announced by more than this was cut short.
_MISSING_S = Fraction(1, 4)

#: More frames than this in the longest accepted time are an attack, whatever the stream's clock
#: says.
_MOST_FRAMES_PER_S = 240


def open_video(path: Path, demuxer: str, limits: MediaLimits, decoder: DecoderSettings) -> Media:
    """Open a video for which `recognise` named the demuxer; errors as for `open_media`."""
    with ExitStack() as unless_opened:
        media = VideoMedia(path, demuxer, limits, decoder)
        unless_opened.callback(media.close)
        media.start()
        unless_opened.pop_all()
        return media


class VideoMedia(Media):
    """A video; opened with `open_video`."""

    def __init__(
        self, path: Path, demuxer: str, limits: MediaLimits, decoder: DecoderSettings
    ) -> None:
        unknown = MediaInfo("video", demuxer, "", 0, 0, None, None)
        super().__init__(path, unknown)
        self._limits = limits
        self._decoder = decoder
        self._file: IO[bytes] = open_unnoticed(path)
        self._container: InputContainer | None = None
        self._ready: Iterator[Timed[VideoFrame]] | None = None
        self._sample_aspect: Fraction | None = None

    def close(self) -> None:
        """Close the file."""
        self._ready = None
        if self._container is not None:
            self._container.close()
            self._container = None
        self._file.close()

    def frames(self, fps: Fraction | None = None) -> Iterator[Frame]:
        """Yield frames; only those that are given are converted. See `Media.frames`."""
        check_fps(fps)
        for shown in self._shown(None if fps is None else Pace(fps)):
            pixels = to_pixels(shown.item, self._sample_aspect)
            yield Frame(pixels, float(shown.start_s), float(shown.length_s))

    def looks(
        self, fps: Fraction | None = None, burst: int = 1, lively: Fraction = Fraction(1)
    ) -> Iterator[Look]:
        """Yield frames, small; see `Media.looks`."""
        looker = Looker()
        for shown in self._shown(None if fps is None else Pace(fps, burst, lively)):
            times_s = float(shown.start_s), float(shown.length_s)
            yield looker.look(shown.item, self._sample_aspect, *times_s)

    def _shown(self, pace: Pace | None) -> Iterator[Timed[VideoFrame]]:
        """Yield the decoded frames on screen at the ticks; all frames without a pace."""
        if self._ready is None:
            self.start()
        decoded, self._ready = self._ready, None
        given_s = Fraction(0)
        if pace is not None and self._decoder.spare and can_spare(self.info):
            try:
                for shown in self._spared(pace):
                    yield shown
                    given_s = shown.start_s + shown.length_s
            except CannotSpareError:
                # All of it, behind the frames that are out already.
                decoded, self.warning = deinterlaced(self._timed()), None
            else:
                return
        for shown in select(decoded or (), None if pace is None else pace.all_fps):
            if shown.start_s >= given_s:
                yield shown

    def start(self) -> None:
        """Open the container and decode its first frame, which completes `info`."""
        self.warning = None
        decoded = deinterlaced(self._timed())
        first = next(decoded, None)
        if first is None or self._container is None:
            raise UnreadableMediaError(
                f"{self.path}: nothing could be decoded"
                f" ({self.warning or 'the stream is empty'}); get another copy"
            )
        container, stream = self._container, self._choose(self._container)
        width, height = display_size(first.item, self._sample_aspect)
        length_s = _announced_s(container, stream)
        self.info = MediaInfo(
            kind="video",
            container=self.info.container,
            codec=stream.codec_context.codec.canonical_name.lower(),
            width=width,
            height=height,
            duration_s=None if length_s is None else float(length_s),
            fps=stream.guessed_rate or stream.average_rate,
        )
        self._ready = chain((first,), decoded)

    def opened(self) -> tuple[InputContainer, VideoStream, Fraction | None]:
        """Return the container, opened anew, its stream and the shape of its pixels, for a search.

        The frames of `frames` are to be asked for anew after it.
        """
        self._ready = None
        return *self._open(threads=True), self._sample_aspect

    def _open(self, *, threads: bool) -> tuple[InputContainer, VideoStream]:
        if self._container is not None:
            self._container.close()
        self._file.seek(0)
        demuxer = self.info.container
        try:
            # The demuxer is forced and reads an open file; it may open nothing else by itself.
            self._container = av.open(
                self._file,
                "r",
                format=demuxer,
                options={"format_whitelist": demuxer, "protocol_whitelist": "none"},
                metadata_errors="replace",
            )
        except (av.FFmpegError, OSError, ValueError) as error:
            raise UnreadableMediaError(
                f"{self.path}: damaged or cut short, the {demuxer} file cannot be opened"
                f" ({reason_of(error)}); get another copy"
            ) from error
        stream = self._choose(self._container)
        self._sample_aspect = stream.sample_aspect_ratio
        self._check(stream.width, stream.height)
        length_s = _announced_s(self._container, stream)
        if length_s is not None and length_s > self._limits.max_duration_s:
            raise self._too_long(length_s)
        stream.thread_type = "AUTO" if threads else "NONE"
        stream.thread_count = 0 if threads else 1
        # Refuses larger frames in the middle of the stream before memory is taken for them.
        options = {"max_pixels": str(self._limits.max_pixels)}
        if self._decoder.skip_loop_filter:
            options["skip_loop_filter"] = "all"
        stream.codec_context.options = options
        return self._container, stream

    def _choose(self, container: InputContainer) -> VideoStream:
        """Return the largest video stream that is no cover picture."""
        covers = Disposition.attached_pic | Disposition.timed_thumbnails
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams:
            raise UnsupportedFormatError(
                f"{self.path}: has no video stream (sound or cover pictures only); leave it out"
            )
        known = [stream for stream in streams if stream.codec_context is not None]
        if not known:
            raise UnsupportedFormatError(
                f"{self.path}: its video codec is not known here; convert it to H.264"
            )
        return max(known, key=lambda stream: (stream.width * stream.height, -stream.index))

    def _timed(self) -> Iterator[Timed[VideoFrame]]:
        container, stream = self._open(threads=not self._decoder.spare)
        base = stream.time_base or Fraction(1, 1000)
        step_s = _step_s(stream)
        announced_s = _announced_s(container, stream, of_stream=True)
        start_s = None if stream.start_time is None else stream.start_time * base
        timeline = Timeline(start_s, step_s, may_leap=self.info.container in _MAY_LEAP)
        end_s = Fraction(0)
        for count, frame in enumerate(self._decoded(container, stream)):
            self._check(frame.width, frame.height)
            placed_s = timeline.place(None if frame.pts is None else frame.pts * base)
            if placed_s > self._limits.max_duration_s or self._too_many(count + 1):
                raise self._too_long(placed_s)
            length_s = frame.duration * base if frame.duration else step_s
            end_s = placed_s + length_s
            yield Timed(frame, placed_s, length_s)
        self._compare_ends(end_s, announced_s, step_s)

    def _compare_ends(
        self, end_s: Fraction, announced_s: Fraction | None, step_s: Fraction
    ) -> None:
        """Note it where the pictures end long before the announced end."""
        missing_s = max(_MISSING_S, 3 * step_s)
        if self.warning is None and announced_s is not None and announced_s - end_s > missing_s:
            self.warning = (
                f"cut short: the pictures end at {float(end_s):.3f} s"
                f" of {float(announced_s):.3f} s announced"
            )

    def _spared(self, pace: Pace) -> Iterator[Timed[VideoFrame]]:
        """Yield the frames on screen at the ticks, and decode no more than they need.

        Raises
        ------
        CannotSpareError
            It cannot be told ahead what is needed, or something is damaged.
        """
        container, stream = self._open(threads=False)
        step_s = _step_s(stream)
        plan = Planner(stream, pace, step_s)
        announced_s = _announced_s(container, stream, of_stream=True)
        for shown in spared(plan, container, stream):
            self._check(shown.item.width, shown.item.height)
            if plan.end_s > self._limits.max_duration_s + step_s or self._too_many(plan.count):
                raise self._too_long(plan.end_s)
            yield shown
        self._compare_ends(plan.end_s, announced_s, step_s)

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Yield undamaged frames; what could not be read goes into `warning`.

        Which frames a decoder with threads gives up around a break depends on the number of
        threads. So the first sign of one starts again without threads, behind the frames that are
        out already.
        """
        given = 0
        try:
            for frame in undamaged(container, stream, _stop):
                yield frame
                given += 1
        except _BreakSeenError:
            container, stream = self._open(threads=False)
        else:
            return
        base, start = stream.time_base or Fraction(0), stream.start_time or 0

        def note(time: int | None, reason: str) -> None:
            # The first break is the cause of later ones, as a rule.
            if self.warning is None:
                seconds = None if time is None else max(float((time - start) * base), 0.0)
                place = "" if seconds is None else f" at {seconds:.3f} s"
                self.warning = f"damaged{place}: {reason}"

        yield from islice(undamaged(container, stream, note), given, None)

    def _check(self, width: int, height: int) -> None:
        if width * height > self._limits.max_pixels:
            raise MediaTooLargeError(
                f"{self.path}: {width} x {height} pixels exceed the limit of"
                f" {self._limits.max_pixels}; make it smaller or raise the limit"
            )

    def _too_many(self, count: int) -> bool:
        """Tell whether so many frames are more than the longest accepted video can have."""
        return count > self._limits.max_duration_s * _MOST_FRAMES_PER_S

    def _too_long(self, length_s: Fraction) -> MediaTooLargeError:
        return MediaTooLargeError(
            f"{self.path}: {float(length_s):.0f} s of video exceed the limit of"
            f" {self._limits.max_duration_s:g} s; cut it or raise the limit"
        )


class _BreakSeenError(Exception):
    """Leaves the decode loop at the first sign of damage."""


def _stop(_time: int | None, _reason: str) -> None:
    raise _BreakSeenError


def _step_s(stream: VideoStream) -> Fraction:
    """Return the nominal frame duration in seconds."""
    return 1 / (stream.guessed_rate or stream.average_rate or _DEFAULT_RATE)


def _announced_s(
    container: InputContainer, stream: VideoStream, *, of_stream: bool = False
) -> Fraction | None:
    """Return the length in seconds that the file announces, or the video stream alone."""
    base = stream.time_base
    if stream.duration and base:
        return stream.duration * base
    if not container.duration or (of_stream and len(container.streams) > 1):
        return None
    length_s = Fraction(container.duration, av.time_base)
    if container.format.name.startswith(_COUNTED_FROM_ZERO) and stream.start_time and base:
        length_s -= stream.start_time * base
    return length_s
