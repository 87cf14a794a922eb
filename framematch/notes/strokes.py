"""The strokes of a picture, by ink: what is thin and unlike the ground around it. Decides nothing.

Writing over a drawing is most often in another ink than the drawing, so inks are kept apart: dark
neutral, red, green and blue on a lighter ground, and anything light on a darker one. Pure functions
on arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

#: Inks in the order of `Strokes.ink`: what a stroke is drawn with.
INKS = ("dark", "red", "green", "blue", "light")

# A stroke is narrower than this, in pixels, and so many levels away from its ground.
_WIDEST = 9
_DARKER, _LIGHTER = 28, 36
# Ink is coloured where its channels differ by so much beyond this share of how dark it is.
_SPREAD, _SPREAD_SHARE = 14, 0.4
# Fewer pixels than this are a speck.
_SPECK = 3
# An ink with fewer pixels than this writes nothing.
_FEWEST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Strokes of a picture, and the blobs that they form, ink by ink.

    Attributes
    ----------
    strength : uint8 (H, W)
        How far a pixel is from the ground around it, in levels; 0 where nothing is drawn.
    labels : int32 (H, W)
        Number of the blob that a pixel belongs to, from 1; 0 for none.
    box : int32 (N, 4)
        Left, top, right and lower edge of each blob in pixels, the last two exclusive.
    ink : int8 (N,)
        Position in `INKS`.
    """

    strength: Plane
    labels: npt.NDArray[np.int32]
    box: npt.NDArray[np.int32]
    ink: npt.NDArray[np.int8]


def strokes_of(pixels: Pixels) -> Strokes:
    """Return the strokes of a picture, uint8 (H, W, 3)."""
    # Imported late, for half a second.
    from scipy import ndimage

    low = np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    high = np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    green = np.ascontiguousarray(pixels[..., 1])
    darker = _eroded(_dilated(low)) - low
    lighter = green - _dilated(_eroded(green))
    is_dark = darker > _DARKER
    is_light = (lighter > _LIGHTER) & ~is_dark
    coloured = (high - low) > _SPREAD + _SPREAD_SHARE * darker
    tinted = is_dark & coloured
    masks = (
        is_dark & ~coloured,
        tinted & (pixels[..., 0] == high),
        tinted & (green == high) & (pixels[..., 0] != high),
        tinted & (pixels[..., 2] == high) & (pixels[..., 0] != high) & (green != high),
        is_light,
    )
    labels = np.zeros(low.size, np.int32)
    boxes: list[tuple[int, int, int, int]] = []
    inks: list[int] = []
    for ink, mask in enumerate(masks):
        places = np.flatnonzero(mask)
        if len(places) < _FEWEST:
            continue
        found, count = ndimage.label(mask, np.ones((3, 3)))
        of_place = found.ravel()[places]
        keep = np.bincount(of_place, minlength=count + 1) >= _SPECK
        labels[places] = np.where(keep, np.cumsum(keep) + len(boxes), 0)[of_place]
        boxes += [
            (x.start, y.start, x.stop, y.stop)
            for (y, x), kept in zip(ndimage.find_objects(found), keep[1:], strict=True)
            if kept
        ]
        inks += [ink] * (len(boxes) - len(inks))
    strength = np.where(is_dark, darker, np.where(is_light, lighter, 0)).astype(np.uint8)
    return Strokes(
        strength,
        labels.reshape(low.shape),
        np.array(boxes, np.int32).reshape(-1, 4),
        np.array(inks, np.int8),
    )


def _dilated(plane: Plane) -> Plane:
    return _extreme(_extreme(plane, np.maximum, 0), np.maximum, 1)


def _eroded(plane: Plane) -> Plane:
    return _extreme(_extreme(plane, np.minimum, 0), np.minimum, 1)


def _extreme(plane: Plane, choose: np.ufunc, axis: int) -> Plane:
    """Return the extreme within `_WIDEST` pixels along an axis, edges repeated."""
    half = _WIDEST // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (half, half)
    out = np.moveaxis(np.pad(plane, padding, mode="edge"), axis, 0)
    # A window of 8 from three doublings, and one more: far fewer steps than nine.
    for step in (1, 2, 4, 1):
        out = choose(out[:-step], out[step:])
    return np.asarray(np.moveaxis(out, 0, axis))
