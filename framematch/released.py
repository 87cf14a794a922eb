"""A matched picture beside the released frame: a received copy, another composite, unfinished.

Owns where the released frame comes from: the reference file where it is at hand and still the one
that was indexed, else the index's small picture. What differs is said by
`framematch.matching.release`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from framematch.case_records import Basis, Release
from framematch.config import MediaLimits
from framematch.errors import FrameMatchError, InputError
from framematch.hashing import crop
from framematch.hashing.panels import WHOLE, Box, overlap, trim_borders
from framematch.hashing.preprocess import luma
from framematch.hashing.views import View, cut
from framematch.index import Index
from framematch.matcher import Examined
from framematch.matching.difference import Matched, difference
from framematch.matching.laying import covered, refined
from framematch.matching.release import Held, hold
from framematch.matching.stage_evidence import in_words
from framematch.media import decode_thumbnail, open_media, sha256_of
from framematch.records import Reference, Stage

if TYPE_CHECKING:
    from framematch.media.moments import Closest

Pixels = npt.NDArray[np.uint8]

_DRAWN = ("line-art", "rough", "storyboard")
_FINISHED = ("final", "unknown")
# Seconds around a row's time in which its frame is looked for first, where none of these fits, and
# as long as the row lasts.
_AROUND_S, _FURTHER_S, _FURTHEST_S = 1.05, 2.5, 6.0
# A whole picture that lies within this of the aligned view is tried as it is.
_NEARLY = 0.85
# Sketches: their size, the most that a place counts in levels, how near to the index's small picture
# the frames of the file must come to be those that were indexed, and what is near enough.
_COLUMNS, _ROWS = 128, 72
_MOST_LEVELS, _INDEXED, _CLOSE = 40.0, 10.0, 3.0


def held_against_release(
    index: Index,
    examined: Examined,
    *,
    limits: MediaLimits | None = None,
    read_references: bool = True,
) -> Release | None:
    """Return how a matched picture stands to the released frame.

    Parameters
    ----------
    index : Index
        What it was looked up in.
    examined : Examined
        The answer of `Matcher.examine`, with its pictures.
    limits : MediaLimits, optional
        What reading a reference may cost.
    read_references : bool
        Whether the reference file is opened where it is found; else the picture is held against
        the index's small one.

    Returns
    -------
    Release or None
        ``None`` where nothing was matched.
    """
    place = None if examined.row is None else _place(index, examined.row)
    digest = examined.attribution.sha256
    if digest is not None and any(each.sha256 == digest for each in index.references()):
        own = place is not None and place.reference.sha256 == digest
        return _release("same-file", "sha256", place.time_s if place and own else None)
    if examined.frame is None or examined.matched is None or place is None:
        return None
    pixels, matched = examined.frame.pixels, examined.matched
    stage = examined.attribution.stage or Stage("unknown", 0.0)
    time_s, basis, held = place.time_s, "index-thumbnail", None
    if stage.label not in _DRAWN and read_references:
        found = _in_file(place, pixels, matched, limits)
        if found is not None:
            time_s, held = found
            basis = "reference-file"
    if held is None:
        held = hold(pixels, matched.view, matched.thumbnail, place.thumbnails, exact=False)
    return _said(held, stage, pixels, matched, basis, time_s, place.reference)


def _release(
    relation: str, basis: Basis, time_s: float | None, differs: tuple[str, ...] = ()
) -> Release:
    return Release(relation, basis, time_s, None, None, differs, ())


def _said(
    held: Held,
    stage: Stage,
    pixels: Pixels,
    matched: Matched,
    basis: Basis,
    time_s: float,
    reference: Reference,
) -> Release:
    """Return what came out as a record."""
    unfinished = stage.label not in _FINISHED and reference.kind != "model-sheet"
    if unfinished and held.verdict != "same-picture":
        lacks = in_words(difference(pixels, matched))
        said = (f"it is not finished: {stage.label}", *lacks)
        return _release("work-in-progress", basis, time_s, said)
    return Release(
        relation=held.verdict,
        basis=basis,
        frame_s=time_s,
        psnr_db=held.psnr_db,
        differing_share=held.differing_share,
        differs=held.differs,
        regions=held.regions,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A row of the index, and the ones beside it.

    Attributes
    ----------
    index : Index
        The index.
    reference : Reference
        What the row is of.
    row : int
        The row.
    beside : tuple of int
        Rows of the same reference right before and after it.
    """

    index: Index
    reference: Reference
    row: int
    beside: tuple[int, ...]

    @property
    def time_s(self) -> float:
        return float(self.index.rows.timestamp_s[self.row])

    @property
    def end_s(self) -> float:
        return self.time_s + float(self.index.rows.duration_s[self.row])

    @property
    def box(self) -> Box:
        x, y, width, height = self.index.rows.box[self.row].tolist()
        return (x, y, width, height)

    def thumbnails(self) -> list[Pixels]:
        """Return the small pictures beside it."""
        return [decode_thumbnail(self.index.thumbnail(row)) for row in self.beside]

    def span_s(self) -> tuple[float, float]:
        """Return from when to when its frame may be: from the row before to the one after."""
        times = [float(self.index.rows.timestamp_s[row]) for row in self.beside]
        first, last = min([*times, self.time_s]), max([*times, self.end_s])
        return max(first, self.time_s - _AROUND_S), min(last, self.end_s + _AROUND_S)


def _place(index: Index, row: int) -> _Place:
    table = index.rows
    position = int(table.reference[row])
    reference = index.references()[position]
    beside: tuple[int, ...] = ()
    if reference.media != "image":
        beside = tuple(
            near
            for near in (row - 1, row + 1)
            if 0 <= near < len(table) and int(table.reference[near]) == position
        )
    return _Place(index, reference, row, beside)


def _in_file(
    place: _Place, pixels: Pixels, matched: Matched, limits: MediaLimits | None
) -> tuple[float, Held] | None:
    """Return the frame's time and what came out of holding a picture against the file's frame.

    ``None`` where the file is not at hand, is another one by now, or cannot be read there.
    """
    path = Path(place.reference.path)
    if not is_unchanged(path, place.reference.sha256):
        return None
    try:
        if place.reference.media == "image":
            with open_media(path, limits) as media:
                whole = next(iter(media.frames())).pixels
            frame = whole if place.box == WHOLE else crop(whole, place.box)
            return 0.0, hold(pixels, matched.view, frame, exact=True)
        return _in_film(path, place, pixels, matched, limits)
    except (InputError, OSError):
        return None


def is_unchanged(path: Path, sha256: str) -> bool:
    """Say whether a file is there and still has the digest that the index knows."""
    try:
        seen = os.stat(path)
        key = (str(path), seen.st_size, seen.st_mtime_ns, seen.st_ino)
        return _digest(*key) == sha256
    except (OSError, FrameMatchError):
        return False


@lru_cache(maxsize=4096)
def _digest(path: str, _size: int, _modified_ns: int, _inode: int) -> str:
    """Return the digest of a file, read once as long as it stays what it is."""
    return sha256_of(Path(path))


def _in_film(
    path: Path, place: _Place, pixels: Pixels, matched: Matched, limits: MediaLimits | None
) -> tuple[float, Held] | None:
    views = _views(pixels, matched)
    wanted = [_sketch(pixels, view) for view in views]
    wanted.append(_sketch(matched.thumbnail, View(WHOLE, mirrored=False)))
    start_s, end_s = place.span_s()
    span_s = (max(start_s, place.time_s - _AROUND_S), min(end_s, place.time_s + _AROUND_S))
    found = _closest(path, span_s, wanted, limits)
    if found is None or found[1].distance > _CLOSE:
        # The row that the picture was matched to need not be the nearest one of its shot.
        further = (
            min(start_s, place.time_s - _FURTHER_S),
            max(place.time_s + _FURTHER_S, min(end_s, place.time_s + _FURTHEST_S)),
        )
        found = _closest(path, further, wanted, limits)
    if found is None:
        return None
    number, closest = found

    def around() -> list[Pixels]:
        return [shown.frame().pixels for shown in closest.around]

    frame = closest.shown.frame().pixels
    return closest.shown.timestamp_s, hold(pixels, views[number], frame, around, exact=True)


def _closest(
    path: Path, span_s: tuple[float, float], wanted: Sequence["_Sketch"], limits: MediaLimits | None
) -> "tuple[int, Closest] | None":
    """Return which of the sketches fits a frame of a stretch best, and that frame.

    The last sketch is what the index keeps: where no frame comes near it, it is another stretch,
    and there is no answer.
    """
    # Imported late: it decodes video.
    from framematch.media.moments import closest_moments

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
        """Return how far a frame is, in levels, light and contrast aside."""
        one, two = self.light, other[self.inside]
        level, known = float(one.mean()), float(two.mean())
        slope = float(((one - level) * (two - known)).sum() / (((one - level) ** 2).sum() + 1.0))
        slope = min(max(slope, 0.5), 2.0)
        off = np.abs(two - known - slope * (one - level))
        return float(np.minimum(off, _MOST_LEVELS).mean())


def _sketch(pixels: Pixels, view: View) -> _Sketch:
    light = cut(luma(pixels), view, _ROWS, _COLUMNS)
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
    for box in dict.fromkeys((WHOLE, trim_borders(np.ascontiguousarray(turned)))):
        if overlap(box, aligned.box) > _NEARLY:
            views.append(aligned.with_box(box))
    return views
