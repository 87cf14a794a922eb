"""What tells a picture from the frame that it was matched to, once it is laid over it.

Colour, shade, background or lines that one has and the other lacks. Pure functions on arrays;
decides nothing.
"""

from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt

from framematch.hashing.ink import grown, spread_of
from framematch.hashing.preprocess import luma
from framematch.hashing.views import View, cut
from framematch.matching.looks import by_block, largest_of, reduced, steps_apart

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float32]

_ROWS, _COLUMNS = 144, 256
_BLOCK = 4
# A line or an edge steps by more than this from pixel to pixel, and an alignment is this good.
_LINE = 14.0
_NEAR = 7
# A soft step between blocks, and none.
_SOFT, _EDGE, _NONE = 1.6, 14.0, 0.9
# A step of any sort between blocks.
_STEP = 4.0
# A block that the other picture's colours foretell to within so many levels is alike.
_ALIKE = 12.0
# Colour of less than this mean spread is none.
_COLOURLESS = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The frame that a picture was matched to.

    Attributes
    ----------
    view : View
        The part of the picture that covers the frame.
    thumbnail : uint8 (144, 256, 3)
        The frame, as the index keeps it.
    """

    view: View
    thumbnail: Pixels


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs where picture and frame lie on each other.

    Attributes
    ----------
    colour_missing : float
        How much of the frame's colourfulness the picture lacks, -1 (has twice as much) to 1.
    frame_colour : float
        Mean spread of the frame's channels, as a share of 255.
    shade_missing, shade_extra : float
        Share of the frame's soft steps where the picture is flat, and the reverse.
    frame_shade : float
        Share of the frame's clean places with soft steps.
    tones_missing, tones_extra : float
        Share of the picture's flat places where the frame has a step of any sort, and the reverse:
        shadows with a hard edge, effects, figures.
    lines_missing, lines_extra : float
        Share of the frame's lines that the picture lacks, and the reverse.
    empty : float
        Share of the frame's lines around which the picture has nothing at all.
    alike : float
        Share of the area where the picture's colours foretell the frame's.
    tone : float
        How much of the frame's colour is foretold by the picture's, 0 to 1.
    hole : float
        Of the area: the largest part in one piece that is not alike.
    inside : float
        Of the frame: how much of it the picture covers.
    """

    colour_missing: float
    frame_colour: float
    shade_missing: float
    shade_extra: float
    frame_shade: float
    tones_missing: float
    tones_extra: float
    lines_missing: float
    lines_extra: float
    empty: float
    alike: float
    tone: float
    hole: float
    inside: float

    def vector(self) -> npt.NDArray[np.float64]:
        """Return the numbers in the order of `DIFFERENCE`, float64 (14,)."""
        return np.array(astuple(self))


#: Names of the numbers.
DIFFERENCE = tuple(field.name for field in fields(Difference))


def seen_as(pixels: Pixels, view: View) -> Pixels:
    """Return what a view shows, in colour, at the size of a thumbnail: uint8 (144, 256, 3)."""
    small = reduced(pixels)
    planes = [
        cut(small[..., channel].astype(np.float32), view, _ROWS, _COLUMNS) for channel in range(3)
    ]
    return np.clip(np.rint(np.stack(planes, axis=-1)), 0, 255).astype(np.uint8)


def covered(view: View) -> Mask:
    """Return where a view shows the picture and not what lies outside it, bool (144, 256)."""
    x, y, width, height = view.box
    down = y + height * (np.arange(_ROWS) + 0.5) / _ROWS
    along = x + width * (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    inside: Mask = ((down > 0) & (down < 1))[:, None] & ((along > 0) & (along < 1))[None]
    return inside[:, ::-1] if view.mirrored else inside


def difference(pixels: Pixels, matched: Matched) -> Difference:
    """Return what tells a picture, uint8 (H, W, 3), from the frame that it was matched to."""
    query, frame = seen_as(pixels, matched.view), matched.thumbnail
    inside = covered(matched.view)
    if not inside.any():
        inside = np.ones_like(inside)
    colour_query, colour_frame = (float(spread_of(p)[inside].mean()) for p in (query, frame))
    missing = (colour_frame - colour_query) / max(colour_frame, colour_query, _COLOURLESS)
    grey_query, grey_frame = luma(query), luma(frame)
    shade_missing, shade_extra, frame_shade = _shades(grey_query, grey_frame, inside)
    tones_missing = _tones(grey_query, grey_frame, inside)
    tones_extra = _tones(grey_frame, grey_query, inside)
    lines_missing, lines_extra, empty = _lines(grey_query, grey_frame, inside)
    alike, tone, hole = _foretold(query, frame, inside)
    return Difference(
        colour_missing=missing,
        frame_colour=colour_frame / 255,
        shade_missing=shade_missing,
        shade_extra=shade_extra,
        frame_shade=frame_shade,
        tones_missing=tones_missing,
        tones_extra=tones_extra,
        lines_missing=lines_missing,
        lines_extra=lines_extra,
        empty=empty,
        alike=alike,
        tone=tone,
        hole=hole,
        inside=float(inside.mean()),
    )


def _blocks(plane: Plane) -> Plane:
    """Return block means, float32 (36, 64, ...), of float32 (144, 256, ...)."""
    means: Plane = (by_block(plane, _BLOCK, np.add) / _BLOCK**2).astype(np.float32)
    return means


def _clean(grey: Plane, inside: Mask) -> Mask:
    """Return which blocks, and all around them, hold no edge, bool (36, 64)."""
    edged = by_block(grey, _BLOCK, np.maximum) - by_block(grey, _BLOCK, np.minimum) > _EDGE
    within = inside[_BLOCK // 2 :: _BLOCK, _BLOCK // 2 :: _BLOCK]
    return ~grown(edged, 3) & within


def _shades(query: Plane, frame: Plane, inside: Mask) -> tuple[float, float, float]:
    """Return shares: soft steps of the frame missing, of the query extra, soft of clean places."""
    known = _clean(frame, inside)
    clean = _clean(query, inside) & known
    of_query, of_frame = _blocks(query), _blocks(frame)
    soft_frame, gone, soft_query, extra, pairs, soft = 0, 0, 0, 0, 0, 0
    for (step_q, both), (step_f, own) in zip(
        steps_apart(of_query, clean), steps_apart(of_frame, known), strict=True
    ):
        stepped_q = both & (step_q > _SOFT) & (step_q < _EDGE)
        stepped_f = own & (step_f > _SOFT) & (step_f < _EDGE)
        soft_frame += int((stepped_f & both).sum())
        gone += int((stepped_f & both & (step_q < _NONE)).sum())
        soft_query += int(stepped_q.sum())
        extra += int((stepped_q & (step_f < _NONE)).sum())
        pairs += int(own.sum())
        soft += int(stepped_f.sum())
    # A handful of steps says nothing: shares are drawn to none by ten.
    return gone / (soft_frame + 10), extra / (soft_query + 10), soft / max(pairs, 1)


def _tones(flat: Plane, other: Plane, inside: Mask) -> float:
    """Return on which share of the flat places of one plane the other steps."""
    clean = _clean(flat, inside)
    one, two = by_block(flat, _BLOCK, np.add), by_block(other, _BLOCK, np.add)
    places, stepped = 0, 0
    for axis in (0, 1):
        both = clean[1:] & clean[:-1] if axis == 0 else clean[:, 1:] & clean[:, :-1]
        still = both & (np.abs(np.diff(one, axis=axis)) < _NONE * _BLOCK**2)
        places += int(still.sum())
        stepped += int((still & (np.abs(np.diff(two, axis=axis)) > _STEP * _BLOCK**2)).sum())
    return stepped / (places + 10)


def _steps(grey: Plane) -> Plane:
    """Return the larger step to the pixel above and to the left, float32 (144, 256)."""
    padded = np.pad(grey, ((1, 0), (1, 0)), mode="edge")
    return np.maximum(
        np.abs(np.diff(padded, axis=0))[:, 1:], np.abs(np.diff(padded, axis=1))[1:]
    ).astype(np.float32, copy=False)


def _lines(query: Plane, frame: Plane, inside: Mask) -> tuple[float, float, float]:
    """Return shares: the frame's lines missing, the query's lines extra, the frame's in nothing."""
    steps = _steps(query), _steps(frame)
    # A dim or soft copy has its lines too: each picture's own contrast counts, within bounds.
    levels = [np.clip(0.35 * np.percentile(s[inside], 97), 5.0, _LINE) for s in steps]
    of_query, of_frame = ((s > level) & inside for s, level in zip(steps, levels, strict=True))
    weak = steps[0] > 0.4 * levels[0]
    n_frame, n_query = max(int(of_frame.sum()), 1), max(int(of_query.sum()), 1)
    return (
        float((of_frame & ~grown(of_query, _NEAR)).sum()) / n_frame,
        float((of_query & ~grown(of_frame, _NEAR)).sum()) / n_query,
        float((of_frame & ~grown(weak, 2 * _NEAR + 1)).sum()) / n_frame,
    )


def _foretold(query: Pixels, frame: Pixels, inside: Mask) -> tuple[float, float, float]:
    """Return the share of area alike, the share of colour foretold, and the largest hole."""
    known, wanted = _blocks(query.astype(np.float32)), _blocks(frame.astype(np.float32))
    within = inside[_BLOCK // 2 :: _BLOCK, _BLOCK // 2 :: _BLOCK]
    x, y = known[within].astype(np.float64) / 255, wanted[within].astype(np.float64)
    terms = np.column_stack([np.ones(len(x)), x, x**2])
    weight = np.ones(len(x))
    # Fitted again without what did not fit: a figure that one of both lacks must not count.
    for _ in range(3):
        fit = np.linalg.lstsq(terms * weight[:, None], y * weight[:, None], rcond=1e-3)[0]
        off = largest_of(np.abs(terms @ fit - y))
        weight = 1 / (1 + (off / _ALIKE) ** 2)
    spread = ((y - y.mean(axis=0)) ** 2).sum() + len(y) * _ALIKE
    tone = max(0.0, 1 - float(((terms @ fit - y) ** 2).sum() / spread))
    unlike = np.zeros(within.shape, dtype=bool)
    unlike[within] = off > _ALIKE
    return float((off <= _ALIKE).mean()), tone, _largest(unlike) / max(int(within.sum()), 1)


def _largest(mask: Mask) -> int:
    """Return the size of the largest piece of a mask once thin rims are taken off."""
    # Imported late, for half a second.
    from scipy import ndimage

    labels, count = ndimage.label(ndimage.binary_opening(mask, np.ones((2, 2), dtype=bool)))
    return int(np.bincount(labels.ravel())[1:].max()) if count else 0
