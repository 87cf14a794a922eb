"""The frame of a film that a picture fits best, looked for around the moment it was matched at.

An index keeps a few pictures a second, and the frame itself lies between them. Every frame of that
stretch is looked at, small, and the best is held against the picture. Owns where is looked and how
the best is told; decoding is `framematch.media.moments`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.config import MediaLimits
from framematch.hashing.panels import WHOLE, overlap, trim_borders
from framematch.hashing.preprocess import luma
from framematch.hashing.views import View, cut
from framematch.matching.difference import Matched
from framematch.matching.laying import covered, refined
from framematch.matching.release import Held, hold
from framematch.media import Closest, closest_moments

Pixels = npt.NDArray[np.uint8]
#: From when to when, in seconds.
Span = tuple[float, float]

# Seconds around the frame found in which is looked again.
_NEAR_S = 0.3
# A whole picture that lies within this of the aligned view is tried as it is.
_NEARLY = 0.85
# Sketches: their size, the most that a place counts in levels, how near to the index's small
# picture the frames of the file must come to be those that were indexed, and what is near enough.
_COLUMNS, _ROWS = 128, 72
_MOST_LEVELS, _INDEXED, _CLOSE = 40.0, 10.0, 3.0
# Another encode may be lighter; of the pictures of a fade it still is the one as light.
_LIGHT = 0.02


def hold_against_film(
    path: Path,
    pixels: Pixels,
    matched: Matched,
    span_s: Span,
    further_s: Span,
    limits: MediaLimits | None = None,
) -> tuple[float, Held] | None:
    """Hold a picture against the frame of a film that it fits best.

    Parameters
    ----------
    path : Path
        The film.
    pixels : uint8 (H, W, 3)
        The picture.
    matched : Matched
        How it lies on a frame near by, and that frame as the index keeps it.
    span_s, further_s : (float, float)
        From when to when the frame is looked for, and where none of that stretch fits.
    limits : MediaLimits, optional
        What reading the film may cost.

    Returns
    -------
    (float, Held) or None
        The frame's time in seconds and what came out; ``None`` where the film does not show there
        what the index keeps.

    Raises
    ------
    InputError
        The film cannot be read.
    """
    views = _views(pixels, matched)
    wanted = [_sketch(pixels, view) for view in views]
    wanted.append(_sketch(matched.thumbnail, View(WHOLE, mirrored=False)))
    found = _closest(path, span_s, wanted, limits)
    if found is None or found[1].distance > _CLOSE or len(found[1].around) < 2:
        # The row that the picture was matched to need not be the nearest one of its shot.
        found = _closest(path, further_s, wanted, limits)
    if found is None:
        return None
    number, closest = found
    held = _held(pixels, views[number], closest)
    if number == 0 and held.verdict != "same-picture":
        # Aligned with another moment it lay a little beside: look once more as it lies now.
        again = [_sketch(pixels, held.pair.view), wanted[-1]]
        time_s = closest.shown.timestamp_s
        found = _closest(path, (time_s - _NEAR_S, time_s + _NEAR_S), again, limits)
        if found is not None and found[1].shown.timestamp_s != time_s:
            closest = found[1]
            held = _held(pixels, held.pair.view, closest)
    return closest.shown.timestamp_s, held


def _held(pixels: Pixels, view: View, closest: "Closest") -> Held:
    def around() -> list[Pixels]:
        return [shown.frame().pixels for shown in closest.around]

    return hold(pixels, view, closest.shown.frame().pixels, around, exact=True)


def _closest(
    path: Path, span_s: Span, wanted: Sequence["_Sketch"], limits: MediaLimits | None
) -> "tuple[int, Closest] | None":
    """Return which of the sketches fits a frame of a stretch best, and that frame.

    The last sketch is what the index keeps: where no frame comes near it, it is another stretch,
    and there is no answer.
    """

    def distances(sketch: npt.NDArray[np.uint8]) -> list[float]:
        light = sketch.astype(np.float32)
        return [each.distance(light) for each in wanted]

    found = closest_moments(path, *span_s, distances, limits=limits)
    if not found or found[-1].distance > _INDEXED:
        return None
    best = min(range(len(found) - 1), key=lambda number: found[number].distance)
    return best, found[best]


@dataclass(frozen=True, slots=True, eq=False)
class _Sketch:
    """A picture as small as those of a stretch of film are looked at: light inside its cover."""

    light: npt.NDArray[np.float32]
    inside: npt.NDArray[np.bool_]

    def distance(self, other: npt.NDArray[np.float32]) -> float:
        """Return how far a frame is, in levels; light counts little and contrast not at all."""
        one, two = self.light, other[self.inside]
        level, known = float(one.mean()), float(two.mean())
        one, two = one - level, two - known
        slope = float(one @ two) / (float(one @ one) + 1.0)
        off = np.abs(two - min(max(slope, 0.5), 2.0) * one)
        return float(np.minimum(off, _MOST_LEVELS).mean()) + _LIGHT * abs(level - known)


def _sketch(pixels: Pixels, view: View) -> _Sketch:
    # Averaged as the frames of a film are when they are looked at.
    light = cut(luma(pixels), view, _ROWS, _COLUMNS, Image.Resampling.BOX)
    inside = covered(view, _ROWS, _COLUMNS)
    if not inside.any():
        inside = np.ones_like(inside)
    return _Sketch(light[inside], inside)


def _views(pixels: Pixels, matched: Matched) -> list[View]:
    """Return how the picture may lie: as it was aligned, whole, and without its borders.

    A copy of the whole frame lies exactly on it, and only so on the very frame: aligned with a
    neighbour of a moving shot it would lie best on that one.
    """
    aligned = matched.view
    views = [refined(pixels, aligned, matched.thumbnail)]
    turned = np.rot90(luma(pixels), aligned.quarter_turns)
    boxes = dict.fromkeys((WHOLE, trim_borders(np.ascontiguousarray(turned))))
    near = (box for box in boxes if overlap(box, aligned.box) > _NEARLY)
    return [*views, *map(aligned.with_box, near)]
