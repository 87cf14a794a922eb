"""Clips made of stretches of films: other rates, speeds, cuts, drawings. Owns the encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from framematch.calibration.operators import LINE_ART
from framematch.calibration.operators.pixels import Pixels

#: Frames per second of a numbered sequence.
SEQUENCE_FPS = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a source.

    Attributes
    ----------
    source : Path
        The film.
    start_s : float
        Its time where the piece begins.
    length_s : float
        How long the piece lasts in the clip.
    rate : float
        Seconds of the source per second of the clip; negative where it runs backwards.
    """

    source: Path
    start_s: float
    length_s: float
    rate: float = 1.0

    def at(self, inside_s: float) -> float:
        """Return the source's time so many seconds into the piece."""
        begins_s = self.start_s if self.rate > 0 else self.start_s - self.rate * self.length_s
        return begins_s + self.rate * inside_s


@dataclass(frozen=True, slots=True)
class Clip:
    """One query.

    Attributes
    ----------
    name, group : str
        What it is called, and the row of the table it counts in.
    pieces : tuple of Piece
        One after another.
    fps : int
        Frames per second.
    height : int
        In pixels; the width follows.
    operator : str
        Key of `LINE_ART`, or empty.
    crf : int
        Of x264.
    sequence : int
        0 for a video; else a numbered sequence in which each drawing stands for so many numbers.
    """

    name: str
    group: str
    pieces: tuple[Piece, ...]
    fps: int = 24
    height: int = 180
    operator: str = ""
    crf: int = 26
    sequence: int = 0

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return sum(piece.length_s for piece in self.pieces)

    def source_at(self, query_s: float) -> tuple[Path, float]:
        """Return the source and its time that the clip shows at an instant."""
        for piece in self.pieces:
            if query_s < piece.length_s:
                break
            query_s -= piece.length_s
        return piece.source, piece.at(min(query_s, piece.length_s))


def make(clip: Clip, folder: Path) -> Path:
    """Write a clip into `folder`, unless it is there; return the file, or a sequence's folder."""
    made = folder / (clip.name if clip.sequence else f"{clip.name}.mp4")
    if made.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    making = folder / f".making-{made.name}"
    if clip.sequence:
        _write_sequence(clip, making)
    else:
        _write_video(clip, making)
    making.rename(made)
    return made


def _write_video(clip: Clip, file: Path) -> None:
    with av.open(str(file), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=clip.fps)
        stream.pix_fmt, stream.thread_count = "yuv420p", 1
        stream.codec_context.options = {"preset": "veryfast", "crf": str(clip.crf)}
        for number, pixels in enumerate(_pictures(clip, clip.fps)):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _write_sequence(clip: Clip, folder: Path) -> None:
    """Write shot_0001.png and so on; drawings that stand for two numbers leave every other out."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, pixels in enumerate(_pictures(clip, SEQUENCE_FPS // clip.sequence)):
        name = f"shot_{1 + number * clip.sequence:04d}.png"
        Image.fromarray(pixels).save(folder / name)


def _pictures(clip: Clip, fps: int) -> Iterator[Pixels]:
    """Yield the clip's pictures, one per frame."""
    rng = np.random.default_rng(len(clip.name))
    for piece in clip.pieces:
        times = [piece.at(number / fps) for number in range(round(piece.length_s * fps))]
        shown = _on_screen(piece.source, sorted(times))
        known: tuple[Pixels, Pixels] | None = None
        for pixels in shown if piece.rate > 0 else reversed(list(shown)):
            # A source's frame is drawn once, however many frames of the clip it fills.
            if known is None or known[0] is not pixels:
                known = (pixels, _finish(pixels, clip, rng))
            yield known[1]


def _finish(pixels: Pixels, clip: Clip, rng: np.random.Generator) -> Pixels:
    """Return a frame at the clip's size, as line art where it is asked for."""
    width = 2 * round(clip.height * pixels.shape[1] / pixels.shape[0] / 2)
    image = Image.fromarray(pixels).resize((width, clip.height), Image.Resampling.BOX)
    small = np.asarray(image)
    if clip.operator:
        small = LINE_ART[clip.operator](small, rng)
    return np.ascontiguousarray(small[: len(small) // 2 * 2, : small.shape[1] // 2 * 2])


def _on_screen(source: Path, times_s: list[float]) -> Iterator[Pixels]:
    """Yield the frame on screen at each time; times in rising order."""
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        base, origin = stream.time_base or Fraction(1, 1000), stream.start_time or 0
        container.seek(origin + int(max(times_s[0], 0.0) / base), stream=stream)
        waiting = times_s[::-1]
        last: av.VideoFrame | None = None
        for frame in container.decode(stream):
            now_s = float(((frame.pts or 0) - origin) * base)
            if waiting and waiting[-1] < now_s - 1e-6:
                shown = _pixels_of(last or frame)
                while waiting and waiting[-1] < now_s - 1e-6:
                    yield shown
                    waiting.pop()
            last = frame
            if not waiting:
                return
        if last is None:
            raise SystemExit(f"{source}: nothing to see at {times_s[0]} s")
        shown = _pixels_of(last)
        for _ in waiting:
            yield shown


def _pixels_of(frame: av.VideoFrame) -> Pixels:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
