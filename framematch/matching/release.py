"""How a finished picture stands to the released frame that it lies on, with words and places.

A received copy differs by what coding, scaling and levels do; an earlier composite lacks something,
has something else, or other colours. Marks that somebody lays over a copy, such as a time code, a
watermark or subtitles, are told as such. Pure functions on arrays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from framematch.case_records import Box
from framematch.hashing.ink import grown
from framematch.hashing.views import View
from framematch.matching.laying import Laid, covered, laid, luma_of, refined, sized
from framematch.matching.unlike import Piece, pieces, steps_of, unlike

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

Verdict = Literal["same-picture", "differs", "undetermined"]

# Rows at which pictures are held against each other at most, and at least.
_MOST_ROWS, _LEAST_ROWS = 288, 90
# A piece of less weight than this says nothing.
_LEAST_WEIGHT = 0.0006
# Less of the frame than this, or a likeness below, cannot be told anything about.
_LEAST_INSIDE, _LEAST_LIKENESS = 0.3, 0.6
# Unless so many of its blocks of so many pixels with something on them agree: the rest is another
# background.
_LEAST_AGREEING, _BLOCK, _TEXTURED, _AGREED = 0.15, 12, 6.0, 0.85
# Levels may be moved by so much and colours tinted by so much before they are other ones.
_MOST_SHIFT, _MOST_TINT = 45.0, 16.0
# A shot moves where more than this share of it changes by so many levels from one picture to the
# next; then a difference to a picture of another moment says nothing.
_MOVING, _MOVING_LEVELS = 0.12, 16.0
# Edges: so many levels a pixel; letters: so dense; more than the other's by this factor.
_EDGE, _DENSE, _MORE = 8.0, 0.12, 2.0
_TOLD = 6
# Pieces no stronger than this, and together no larger: coding at few bits makes such as well.
_FAINT, _FAINT_SHARE = 1.5, 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What came out of holding a picture against a frame.

    Attributes
    ----------
    verdict : {"same-picture", "differs", "undetermined"}
        Whether they are one picture.
    pair : Laid
        Both, laid over each other.
    psnr_db : float or None
        Peak signal-to-noise ratio, tones as they are brought together; ``None`` where nothing
        differs at all, or they do not lie on each other.
    differing_share : float or None
        Share of what the picture covers that differs visibly.
    differs : tuple of str
        What differs, as sentences, the weightiest first.
    regions : tuple of Box
        Where, as shares of the frame, the largest first.
    """

    verdict: Verdict
    pair: Laid
    psnr_db: float | None
    differing_share: float | None
    differs: tuple[str, ...]
    regions: tuple[Box, ...]


def hold(
    pixels: Pixels,
    view: View,
    frame: Pixels,
    around: Callable[[], Sequence[Pixels]] = tuple,
    *,
    exact: bool,
) -> Held:
    """Hold a picture against a frame.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        The picture.
    view : View
        About the part of it that covers the frame.
    frame : uint8 (h, w, 3)
        The frame.
    around : callable
        Returns what the reference shows before and after it, uint8 (h, w, 3) each; asked only
        where something differs.
    exact : bool
        Whether these are its very neighbours, so that any moment of the shot lies between two of
        them; else others lie between that are not known.
    """
    rows, columns = _size(pixels, view, frame)
    view = refined(pixels, view, frame)
    pair = laid(pixels, view, frame, rows, columns)
    share_inside = float(covered(view, rows, columns, rim=0.0).mean())
    shown_rows = round(pixels.shape[0] * view.box[3])
    if share_inside < _LEAST_INSIDE:
        return _untold(pair, f"only {share_inside:.0%} of the released frame is on it: too little")
    if shown_rows < _LEAST_ROWS:
        return _untold(pair, f"it shows the frame {shown_rows} pixels high: too small to tell")
    if pair.likeness < _LEAST_LIKENESS and _agreeing(pair) < _LEAST_AGREEING:
        return _untold(pair, "it does not lie closely enough on the released frame to tell")
    found = _weighty(unlike(pair))
    near = [sized(other, rows, columns).astype(np.float32) for other in around()] if found else []
    if near:
        found = _weighty(unlike(pair, near))
        if not exact and found and _moves(pair, near):
            return _untold(
                pair, "the shot moves, and the index keeps too few of its pictures to tell"
            )
        if not exact and not found:
            return _untold(
                pair, "it lies between two pictures of a moving shot that the index keeps"
            )
    if not exact and not found and (pair.shift > _MOST_SHIFT or pair.tint > _MOST_TINT):
        return _untold(pair, "it is lighter or darker than the index's picture, as in a fade")
    return _told(pair, found)


def _size(pixels: Pixels, view: View, frame: Pixels) -> tuple[int, int]:
    """Return rows and columns at which both have something to show."""
    shown = round(pixels.shape[0] * view.box[3])
    rows = int(np.clip(min(shown, frame.shape[0]), _LEAST_ROWS, _MOST_ROWS))
    return rows, max(16, round(rows * frame.shape[1] / frame.shape[0]))


def _weighty(differing: Plane) -> list[Piece]:
    # On a smaller picture what coding does takes up a larger share.
    least = _LEAST_WEIGHT * (_MOST_ROWS / differing.shape[0]) ** 2
    return [piece for piece in pieces(differing) if piece.weight > least]


def _moves(pair: Laid, around: Sequence[Plane]) -> bool:
    grey = luma_of(pair.frame)
    return any(
        float((np.abs(luma_of(other) - grey) > _MOVING_LEVELS).mean()) > _MOVING for other in around
    )


def _agreeing(pair: Laid) -> float:
    """Return on which share of the blocks with something on them both show the same, 0 to 1."""
    rows, columns = (side // _BLOCK for side in pair.inside.shape)
    both = np.stack([luma_of(pair.seen), luma_of(pair.frame)])
    cut_off = both[:, : rows * _BLOCK, : columns * _BLOCK]
    blocks = cut_off.reshape(2, rows, _BLOCK, columns, _BLOCK).swapaxes(2, 3)
    blocks = blocks - blocks.mean(axis=(3, 4), keepdims=True)
    spread = np.sqrt((blocks**2).mean(axis=(3, 4)))
    textured = (spread > _TEXTURED).all(axis=0)
    if not textured.any():
        return 0.0
    alike = (blocks[0] * blocks[1]).mean(axis=(2, 3)) / (spread[0] * spread[1] + 1e-3)
    return float((alike[textured] > _AGREED).mean())


def _untold(pair: Laid, why: str) -> Held:
    return Held("undetermined", pair, None, None, (why,), ())


def _told(pair: Laid, found: Sequence[Piece]) -> Held:
    """Return the verdict on pieces that differ."""
    steep = (steps_of(pair.seen) > _EDGE, steps_of(pair.frame) > _EDGE) if found else ()
    edges = [_edges(pair, piece, steep) for piece in found]
    over = [_is_laid_over(pair, piece, *dense) for piece, dense in zip(found, edges, strict=True)]
    said: list[str] = []
    if pair.tint > _MOST_TINT:
        said.append(f"its colours are others throughout, by {pair.tint:.0f} levels of 256")
    if pair.shift > _MOST_SHIFT:
        said.append(f"it is lighter or darker throughout, by {pair.shift:.0f} levels of 256")
    verdict: Verdict = "differs" if said or not all(over) else "same-picture"
    beside = [piece for piece, laid_over in zip(found, over, strict=True) if not laid_over]
    if not said and beside and _is_faint(beside):
        verdict = "undetermined"
        said.append("what differs is so little and so faint that coding may have made it")
    for piece, dense, laid_over in list(zip(found, edges, over, strict=True))[:_TOLD]:
        said.append(
            f"something is laid over it {_where(piece.box)}"
            if laid_over
            else _sentence(pair, piece, *dense)
        )
    if len(found) > _TOLD:
        said.append(f"and {len(found) - _TOLD} smaller places")
    share = sum(piece.share for piece in found) * pair.inside.size / max(pair.inside.sum(), 1)
    return Held(
        verdict=verdict,
        pair=pair,
        psnr_db=_psnr(pair),
        differing_share=min(float(share), 1.0),
        differs=tuple(said),
        regions=tuple(
            piece.box
            for piece in sorted(found, key=lambda piece: -piece.box[2] * piece.box[3])[:16]
        ),
    )


def _is_faint(found: Sequence[Piece]) -> bool:
    """Say whether pieces may come from coding, such as grass and leaves at few bits."""
    small = sum(piece.share for piece in found) < _FAINT_SHARE
    return small and max(piece.strength for piece in found) < _FAINT


def _psnr(pair: Laid) -> float | None:
    square = float(((pair.seen - pair.frame)[pair.inside] ** 2).mean())
    return None if square < 1e-4 else float(10 * np.log10(255**2 / square))


def _edges(pair: Laid, piece: Piece, steep: Sequence[Mask]) -> tuple[float, float]:
    """Return how dense with edges picture and frame are where they differ, 0 to 1."""
    place = grown(piece.mask, 3) & pair.inside
    of_seen, of_frame = (float(mask[place].mean()) for mask in steep)
    return of_seen, of_frame


def _is_laid_over(pair: Laid, piece: Piece, of_seen: float, of_frame: float) -> bool:
    """Say whether a piece looks like lettering that somebody has laid over a copy."""
    if of_seen < max(_DENSE, _MORE * of_frame):
        return False
    x, y, width, height = piece.box
    band = height < 0.2 and (y > 0.72 or y + height < 0.2)
    corner = height < 0.25 and width < 0.4 and (x > 0.6 or x + width < 0.4)
    corner = corner and (y > 0.7 or y + height < 0.3)
    return band or corner or _is_see_through(pair, piece)


def _is_see_through(pair: Laid, piece: Piece) -> bool:
    """Say whether the frame still shows through, weaker, where a piece differs."""
    seen, known = luma_of(pair.seen)[piece.mask], luma_of(pair.frame)[piece.mask]
    known_spread = float(known.std())
    if len(known) < 50 or known_spread < 8:
        return False
    slope, _ = np.polyfit(known, seen, 1)
    likeness = float(np.corrcoef(known, seen)[0, 1])
    return likeness > 0.85 and 0.3 < slope < 0.95


def _sentence(pair: Laid, piece: Piece, of_seen: float, of_frame: float) -> str:
    """Return in words what a piece is."""
    where, size = _where(piece.box), f"{piece.share:.1%} of the frame"
    if piece.share > 0.25:
        return f"most of it is another picture {where}: {size}"
    if of_frame > 0.05 and of_frame > 1.5 * of_seen:
        return f"something of the released frame is missing {where}: {size}"
    if of_seen > 0.05 and of_seen > 1.5 * of_frame:
        return f"it has something {where} that the released frame has not: {size}"
    seen, known = pair.seen[piece.mask].mean(axis=0), pair.frame[piece.mask].mean(axis=0)
    away = seen - known
    grey = float(luma_of(away[None])[0])
    if float(np.abs(away - grey).max()) > max(8.0, 0.6 * abs(grey)):
        return f"it has other colours {where}: {size}"
    if abs(grey) > 5:
        return f"it is {'lighter' if grey > 0 else 'darker'} {where}: {size}"
    return f"it is drawn otherwise {where}: {size}"


def _where(box: Box) -> str:
    """Return where a box lies, in words."""
    x, y, width, height = box
    if width > 0.7 and height > 0.7:
        return "all over"
    across = ("left", "", "right")[min(int((x + width / 2) * 3), 2)] if width <= 0.7 else ""
    down = ("top", "", "bottom")[min(int((y + height / 2) * 3), 2)] if height <= 0.7 else ""
    if across and down:
        return f"at the {'upper' if down == 'top' else 'lower'} {across}"
    if across or down:
        return f"at the {across or down}"
    return "in the middle"
