"""Lays a picture over a frame to a part of a pixel, and its tones over the frame's.

Search and alignment say where a picture lies to within a cell of their grid; to hold it against
the frame pixel by pixel takes more. Place and size are refined by least squares on the pictures
themselves (Lucas and Kanade, 1981), what does not fit counting less and less (Tukey's weights), so
that a figure which one of both lacks does not pull. Then a curve per channel takes away what
levels, gamma and colour matrices of another encode change. Pure functions on arrays; decides
nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.hashing.panels import Box
from framematch.hashing.preprocess import luma
from framematch.hashing.views import View, cut, inner_box
from framematch.matching.looks import reduced

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# Moves a picture by parts of a pixel, which the filter of codes and thumbnails does not.
_FILTER = Image.Resampling.BICUBIC
# Rows at which place and size are refined, one after another, how often at each at most, which
# samples of these are looked at, and the least deviation, in levels: between flat colours edges are
# all there is to go by, and off by a lot at first.
_STEPS = ((36, 4, 1, 24.0), (72, 3, 1, 16.0), (144, 2, 2, 10.0), (288, 2, 3, 6.0))
# Up to so many rows a smaller picture will do.
_FEW = 144
# A step of less than this part of a pixel is none.
_THERE = 0.04
# Off by no more than this factor is as well.
_AS_WELL = 1.03
# What is off by so many deviations counts for nothing; deviations below this are noise.
_TUKEY, _LEAST_DEVIATION = 4.7, 2.0
# The border of what a picture covers is left out by this share: bars and half pixels.
_RIM = 0.012
# Samples that tones are fitted on, about.
_SAMPLES = 8_000
# How strongly tones stay as they are where the colours of the picture do not tell, as a share of
# what all samples say.
_HOLD = 3e-4


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A picture laid over a frame.

    Attributes
    ----------
    view : View
        The part of the picture that covers the frame.
    seen : float32 (H, W, 3)
        What it shows there, its tones brought to the frame's.
    frame : float32 (H, W, 3)
        The frame.
    inside : bool (H, W)
        Where the picture covers the frame.
    likeness : float
        Correlation of both in luma, -1 to 1.
    shift : float
        By how much the tones had to be moved, as a root mean square in levels of 256.
    tint : float
        The same of what is left of that once light and dark are taken away: of the colour.
    """

    view: View
    seen: Plane
    frame: Plane
    inside: Mask
    likeness: float
    shift: float
    tint: float


def sized(pixels: Pixels, rows: int, columns: int) -> Pixels:
    """Return a picture, uint8 (H, W, 3), at another size, area-averaged."""
    if pixels.shape[:2] == (rows, columns):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((columns, rows), _FILTER))


def covered(view: View, rows: int, columns: int, rim: float = _RIM) -> Mask:
    """Return where a view shows the picture and not what lies outside it, bool (H, W)."""
    x, y, width, height = view.box
    down = y + height * (np.arange(rows) + 0.5) / rows
    along = x + width * (np.arange(columns) + 0.5) / columns
    inside: Mask = ((down > rim * height) & (down < 1 - rim * height))[:, None] & (
        (along > rim * width) & (along < 1 - rim * width)
    )[None]
    return inside[:, ::-1] if view.mirrored else inside


def refined(pixels: Pixels, view: View, frame: Pixels) -> View:
    """Return the view of a picture that lies best on a frame, near the one given.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        The picture.
    view : View
        About the part of it that covers the frame.
    frame : uint8 (h, w, 3)
        The frame, of any size.
    """
    grey, few = luma(pixels), luma(reduced(pixels))
    known = luma(frame)
    start = view
    for rows, times, apart, least in _STEPS:
        if rows > 1.5 * known.shape[0]:
            break
        columns = round(rows * 16 / 9)
        target = np.asarray(Image.fromarray(known).resize((columns, rows), _FILTER))
        for _ in range(times):
            seen = cut(few if rows <= _FEW else grey, view, rows, columns, _FILTER)
            inside = covered(view, rows, columns)
            if inside.mean() < 0.05:
                return view
            moved = _step(seen, target, inside, apart, least)
            if moved is None:
                break
            view = _moved(view, *moved)
            if max(map(abs, moved)) * columns < _THERE:
                break
    # A view that lies as well to begin with is right, such as the whole picture.
    small = np.asarray(Image.fromarray(known).resize((192, 108), _FILTER))
    return start if _misfit(few, start, small) < _AS_WELL * _misfit(few, view, small) else view


def _misfit(grey: Plane, view: View, target: Plane) -> float:
    """Return how many levels a view is off, light and contrast aside and up to 40 a pixel."""
    inside = covered(view, *target.shape)
    if not inside.any():
        return np.inf
    rows, columns = target.shape
    seen, wanted = cut(grey, view, rows, columns, _FILTER)[inside], target[inside]
    terms = np.stack([np.ones_like(seen), seen, seen * seen / 255])
    solved = _solved(terms, wanted, _weights(wanted - seen - np.float32(np.median(wanted - seen))))
    off = wanted - (seen if solved is None else solved @ terms)
    return float(np.minimum(np.abs(off), 40.0).mean())


def _step(
    seen: Plane, target: Plane, inside: Mask, apart: int, least: float
) -> tuple[float, float, float, float] | None:
    """Return how to move and to stretch a window, in shares of it: along, down, wider, higher."""
    rows, columns = seen.shape
    chosen = np.zeros_like(inside)
    chosen[1:-1:apart, 1:-1:apart] = inside[1:-1:apart, 1:-1:apart]
    down, along = np.nonzero(chosen)
    if len(down) < 100:
        return None
    light = seen[down, along]
    right = (seen[down, along + 1] - seen[down, along - 1]) * (columns / 2)
    below = (seen[down + 1, along] - seen[down - 1, along]) * (rows / 2)
    at_x = ((along + 0.5) / columns - 0.5).astype(np.float32)
    at_y = ((down + 0.5) / rows - 0.5).astype(np.float32)
    moves = (right, below, right * at_x, below * at_y)
    # The square takes up what gamma does, which would pull otherwise.
    terms = np.stack([np.ones_like(light), light, light * light / 255, *moves])
    wanted = target[down, along]
    off = wanted - light
    solved = _solved(terms, wanted, _weights(off - np.float32(np.median(off)), least))
    if solved is not None:
        solved = _solved(terms, wanted, _weights(wanted - solved @ terms, least))
    if solved is None:
        return None
    contrast = float(solved[1] + 2 * solved[2] * light.mean() / 255)
    if contrast < 0.1:
        return None
    # A step further than the grid of the alignment is a slip.
    move = np.clip(solved[3:] / contrast, -0.03, 0.03)
    return float(move[0]), float(move[1]), float(move[2]), float(move[3])


def _weights(
    off: npt.NDArray[np.float32], least: float = _LEAST_DEVIATION
) -> npt.NDArray[np.float32]:
    """Return Tukey's weights of what is left over; no deviation is less than `least` levels."""
    deviation = max(1.4826 * float(np.median(np.abs(off))), least)
    inner = np.clip(1 - (off / (_TUKEY * deviation)) ** 2, 0, None)
    return np.asarray(inner * inner, dtype=np.float32)


def _solved(
    terms: npt.NDArray[np.float32],
    wanted: npt.NDArray[np.float32],
    weight: npt.NDArray[np.float32],
    hold: npt.NDArray[np.float64] | float = 0.0,
) -> npt.NDArray[np.float32] | None:
    """Return the weighted least squares of terms, float32 (T, N); none where nothing decides.

    `hold`, float64 (T,), is how strongly each is kept near zero.
    """
    weighted = terms * weight
    square = (weighted @ terms.T).astype(np.float64)
    square += np.diag(1e-6 * np.diag(square) + 1e-9 + hold)
    try:
        return np.linalg.solve(square, (weighted @ wanted).astype(np.float64)).astype(np.float32)
    except np.linalg.LinAlgError:
        return None


def _moved(view: View, along: float, down: float, wider: float, higher: float) -> View:
    # Reading the window further right by a share moves what it shows to the left by as much.
    aside = -along if view.mirrored else along
    box: Box = (aside - wider / 2, down - higher / 2, 1 + wider, 1 + higher)
    return view.with_box(inner_box(view.box, box))


def laid(pixels: Pixels, view: View, frame: Pixels, rows: int, columns: int) -> Laid:
    """Return a picture laid over a frame as a view says, its tones brought to the frame's.

    Parameters
    ----------
    pixels, frame : uint8 (H, W, 3)
        Both pictures.
    view : View
        The part of the picture that covers the frame, from `refined`.
    rows, columns : int
        Size at which they are laid over each other.
    """
    seen = _seen(pixels, view, rows, columns)
    known = sized(frame, rows, columns).astype(np.float32)
    inside = covered(view, rows, columns)
    if not inside.any():
        return Laid(view, seen, known, inside, 0.0, 0.0, 0.0)
    toned = _toned(seen, known, inside)
    change = (toned - seen)[inside]
    grey = luma_of(change)
    return Laid(
        view=view,
        seen=toned,
        frame=known,
        inside=inside,
        likeness=_correlation(luma_of(toned)[inside], luma_of(known)[inside]),
        shift=float(np.sqrt((grey * grey).mean())),
        tint=float(np.sqrt(((change - grey[:, None]) ** 2).sum(axis=1).mean())),
    )


def seen_at(pixels: Pixels, view: View, rows: int, columns: int) -> Pixels:
    """Return what a view shows at a size, its tones as they are, uint8 (rows, columns, 3)."""
    return np.clip(np.rint(_seen(pixels, view, rows, columns)), 0, 255).astype(np.uint8)


def _seen(pixels: Pixels, view: View, rows: int, columns: int) -> Plane:
    planes = [
        cut(pixels[..., each].astype(np.float32), view, rows, columns, _FILTER) for each in range(3)
    ]
    return np.stack(planes, axis=-1)


def luma_of(planes: Plane) -> Plane:
    """Return the luma of float32 (..., 3)."""
    return np.asarray(planes @ np.array([0.299, 0.587, 0.114], dtype=np.float32), dtype=np.float32)


def _toned(seen: Plane, known: Plane, inside: Mask) -> Plane:
    """Return a picture with its tones brought to those of the frame, float32 (H, W, 3)."""
    few = max(1, round(np.sqrt(inside.sum() / _SAMPLES)))
    chosen = inside[::few, ::few]
    x, y = seen[::few, ::few][chosen].T / 255, known[::few, ::few][chosen].T
    terms = _terms(x)
    wanted = y - 255 * x
    change = np.zeros((3, len(terms)), dtype=np.float32)
    for _ in range(4):
        weight = _weights(np.abs(wanted - change @ terms).max(axis=0))
        # What few colours cannot tell stays as it is: fitted on sky, a figure keeps its colours.
        hold = np.full(len(terms), _HOLD * float(weight.sum()))
        hold[0] = 0.0
        for channel in range(3):
            solved = _solved(terms, wanted[channel], weight, hold)
            if solved is not None:
                change[channel] = solved
    whole = change @ _terms(seen.reshape(-1, 3).T / 255)
    toned = np.clip(seen + whole.T.reshape(seen.shape), 0, 255)
    return np.ascontiguousarray(toned, dtype=np.float32)


def _terms(x: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return what a channel of the frame is made of: the picture's channels and their squares."""
    return np.concatenate([np.ones((1, x.shape[1])), x, x * x]).astype(np.float32)


def _correlation(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other) + 1.0))
