"""A matched picture beside the released frame: a received copy, another composite, unfinished.

Owns where the released frame comes from: the reference file where it is at hand and still the one
that was indexed, else the index's small picture. What differs is said by
`framematch.matching.release`.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.case_records import Basis, Relation, Release
from framematch.config import MediaLimits
from framematch.errors import FrameMatchError, InputError
from framematch.hashing import crop
from framematch.hashing.panels import WHOLE, Box
from framematch.index import Index
from framematch.matcher import Examined
from framematch.matching.difference import Matched, difference
from framematch.matching.film import Span, hold_against_film
from framematch.matching.release import Held, hold
from framematch.matching.stage import judge
from framematch.matching.stage_evidence import in_words
from framematch.media import decode_thumbnail, encode_thumbnail, open_media, sha256_of
from framematch.records import Reference, Stage

Pixels = npt.NDArray[np.uint8]

_DRAWN = ("line-art", "rough", "storyboard")
_FINISHED = ("final", "unknown")
# Stages that only the frame tells from a finished picture; a picture that differs on less than this
# share of it is finished for the rest, unless it is so sure that it is not.
_PAINTED = ("flat-colour", "background-only")
_PARTLY, _SURE = 0.4, 0.9
# A copy is at least so near its frame once tones are evened out, in decibels: poor ones of other
# hands had 25.8 and more, flat colours that tones were evened out on 17 to 19.
_LEAST_DB = 24.0
# A time code stands within this share of the upper or lower edge.
_EDGE = 0.2
# Seconds around a row's time in which its frame is looked for first, where none of these fits, and
# as long as the row lasts.
_AROUND_S, _FURTHER_S, _FURTHEST_S = 1.05, 2.5, 6.0


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
    if examined.attribution.media == "image" and examined.attribution.error is not None:
        said = ("only part of the picture could be read, so what it lacks says nothing",)
        return _release("undetermined", "index-thumbnail", place.time_s, said)
    pixels, matched = examined.frame.pixels, examined.matched
    stage = examined.attribution.stage or Stage("unknown", 0.0)
    basis: Basis = "index-thumbnail"
    time_s, held = place.time_s, None
    if stage.label not in _DRAWN and read_references:
        found = _in_file(place, pixels, matched, limits)
        if found is not None:
            time_s, held = found
            basis = "reference-file"
    if held is None:
        held = hold(pixels, matched.view, matched.thumbnail, place.thumbnails, exact=False)
    sheet = place.reference.kind == "model-sheet"
    return release_of(held, stage, pixels, matched, basis, time_s, of_sheet=sheet)


def _release(
    relation: Relation, basis: Basis, time_s: float | None, differs: tuple[str, ...] = ()
) -> Release:
    return Release(relation, basis, time_s, None, None, differs, ())


def release_of(
    held: Held,
    stage: Stage,
    pixels: Pixels,
    matched: Matched,
    basis: Basis,
    time_s: float,
    *,
    of_sheet: bool = False,
) -> Release:
    """Return what came out of holding a picture against a frame as a record.

    Parameters
    ----------
    held : Held
        What came out.
    stage : Stage
        The picture's production stage.
    pixels : uint8 (H, W, 3)
        The picture.
    matched : Matched
        How it lies on the frame.
    basis : str
        What it was held against.
    time_s : float
        When the frame is shown, in seconds.
    of_sheet : bool
        Whether it is no frame but a model sheet, which no drawing is an earlier state of.
    """
    held = _without_timecode(held, stage)
    same = held.verdict == "same-picture"
    is_copy = same and _is_near(held)
    if stage.label in _PAINTED and not is_copy:
        # The frame itself says more than the index's picture of another moment.
        frame = np.asarray(held.pair.frame, dtype=np.uint8)
        matched = Matched(held.pair.view, decode_thumbnail(encode_thumbnail(frame)))
        stage = judge(pixels, matched)
    unfinished = stage.label not in _FINISHED and not of_sheet and not _finished_else(held, stage)
    if unfinished and not is_copy:
        lacks = in_words(difference(pixels, matched))
        said = (f"it is not finished: {stage.label}", *lacks)
        return _release("work-in-progress", basis, time_s, said)
    if same and not is_copy:
        said = ("its lines are the frame's, but its tones are too far from it for a copy",)
        return _release("undetermined", basis, time_s, said)
    if same and stage.label in _PAINTED and stage.confidence >= _SURE:
        said = (f"it lies on the frame without a difference, and yet looks like {stage.label}",)
        return _release("undetermined", basis, time_s, said)
    return Release(
        relation=held.verdict,
        basis=basis,
        frame_s=time_s,
        psnr_db=held.psnr_db,
        differing_share=held.differing_share,
        differs=held.differs,
        regions=held.regions,
    )


def _is_near(held: Held) -> bool:
    """Say whether a picture is as near its frame as a copy is."""
    return held.psnr_db is None or held.psnr_db >= _LEAST_DB


def _without_timecode(held: Held, stage: Stage) -> Held:
    """Take a burnt-in time code for what it is where nothing else differs."""
    at_edge = all(y >= 1 - _EDGE or y + height <= _EDGE for _, y, _, height in held.regions)
    if held.verdict != "differs" or "timecode" not in stage.flags or not at_edge:
        return held
    # What the ratio is made of is the time code.
    return replace(
        held, verdict="same-picture", psnr_db=None, differs=("a time code is laid over it",)
    )


def _finished_else(held: Held, stage: Stage) -> bool:
    """Say whether a picture may be finished but for the places where it differs.

    A flat show's frame with a part of it missing looks like flat colour, or like a background; what
    is in work lacks light and shade all over.
    """
    if stage.label not in _PAINTED or stage.confidence >= _SURE:
        return False
    share = held.differing_share
    # Where the picture could not be held against its own frame, its stage was not either.
    return held.verdict == "undetermined" or (share is not None and share < _PARTLY)


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

    def spans_s(self) -> tuple[Span, Span]:
        """Return from when to when its frame may be, and where to look further."""
        times = [float(self.index.rows.timestamp_s[row]) for row in self.beside]
        first, last = min([*times, self.time_s]), max([*times, self.end_s])
        near = (max(first, self.time_s - _AROUND_S), min(last, self.time_s + _AROUND_S))
        further = (
            self.time_s - _FURTHER_S,
            max(self.time_s + _FURTHER_S, min(last, self.time_s + _FURTHEST_S)),
        )
        return near, further


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
        return hold_against_film(path, pixels, matched, *place.spans_s(), limits)
    except (InputError, OSError):
        return None


def is_unchanged(path: Path, sha256: str) -> bool:
    """Say whether a file is there and still has the digest that the index knows."""
    try:
        seen = path.stat()
        key = (str(path), seen.st_size, seen.st_mtime_ns, seen.st_ino)
        return _digest(*key) == sha256
    except (OSError, FrameMatchError):
        return False


@lru_cache(maxsize=4096)
def _digest(path: str, _size: int, _modified_ns: int, _inode: int) -> str:
    """Return the digest of a file, read once as long as it stays what it is."""
    return sha256_of(Path(path))
