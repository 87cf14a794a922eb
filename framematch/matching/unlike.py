"""Where a picture shows something else than the frame it lies on, beyond what coding does.

Coding blurs, rings at edges and shifts by parts of a pixel; it does not lighten an area or take
away a line. So both pictures are smoothed alike, what differs may differ by a share of how much the
frame changes right there, and what is left counts in pieces of some size and strength. Pure
functions on arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.case_records import Box
from framematch.matching.laying import Laid, luma_of
from framematch.matching.looks import largest_of

Plane = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# How much colour counts beside light, and how much smoother it is looked at: coding keeps less.
_CHROMA = (0.7, 0.6)
_SMOOTH, _SMOOTH_CHROMA, _SMOOTH_AREAS = 1.0, 2.0, 5.0
# Areas are looked at in blocks of so many pixels.
_BLOCK = 4
# Of the range of the frame within a pixel, so much may differ.
_SLACK = 0.35
# Levels of 256 that differ visibly, pixel by pixel and on areas; never less than so many times what
# is usual in this pair.
_VISIBLE, _VISIBLE_AREA = 12.0, 6.0
_USUAL, _USUAL_AREA = 6.0, 6.0
# A piece counts no more than this, in times of what is visible, at any place.
_MOST = 4.0
# Pieces nearer to each other than this share of the height are one.
_NEAR = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of the frame that differs.

    Attributes
    ----------
    box : Box
        Around it, as shares of the frame.
    weight : float
        Its size as a share of the frame, weighted by how strongly it differs, up to fourfold.
    share : float
        Its size as a share of the frame.
    strength : float
        How strongly it differs on average: visibly from 1 on.
    mask : bool (H, W)
        Where it is.
    """

    box: Box
    weight: float
    share: float
    strength: float
    mask: Mask


def opponent(planes: Plane) -> Plane:
    """Return light, and red and blue beside it, float32 (3, H, W), of float32 (H, W, 3)."""
    grey = luma_of(planes)
    return np.stack(
        [grey, _CHROMA[0] * (planes[..., 0] - grey), _CHROMA[1] * (planes[..., 2] - grey)]
    )


def _smoothed(planes: Plane) -> Plane:
    # Imported late, for half a second.
    from scipy import ndimage

    sizes = (_SMOOTH, _SMOOTH_CHROMA, _SMOOTH_CHROMA)
    return np.stack(
        [
            ndimage.gaussian_filter(plane, size, truncate=2.5)
            for plane, size in zip(planes, sizes, strict=True)
        ]
    )


def _on_areas(signed: Plane) -> Plane:
    """Return how far areas are off, float32 (H, W), of float32 (3, H, W)."""
    from scipy import ndimage

    _, rows, columns = signed.shape
    down, along = -rows % _BLOCK, -columns % _BLOCK
    padded = np.pad(signed, ((0, 0), (0, down), (0, along)), mode="edge")
    blocks = padded.reshape(3, (rows + down) // _BLOCK, _BLOCK, -1, _BLOCK).mean(axis=(2, 4))
    size = _SMOOTH_AREAS / _BLOCK
    off = np.abs(np.stack([ndimage.gaussian_filter(each, size, truncate=2.0) for each in blocks]))
    whole = off.max(axis=0).repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)
    return np.asarray(whole[:rows, :columns], dtype=np.float32)


def unlike(pair: Laid, around: Sequence[Plane] = ()) -> Plane:
    """Return how much a picture differs from its frame, float32 (H, W): visibly from 1 on.

    Parameters
    ----------
    pair : Laid
        Picture and frame.
    around : sequence of float32 (H, W, 3)
        What the shot shows right before and after: what lies between is alike.
    """
    from scipy import ndimage

    seen = _smoothed(opponent(pair.seen))
    known = [_smoothed(opponent(planes)) for planes in (pair.frame, *around)]
    low, high = np.minimum.reduce(known), np.maximum.reduce(known)
    spread = np.stack(
        [
            ndimage.maximum_filter(top, 3) - ndimage.minimum_filter(bottom, 3)
            for top, bottom in zip(high, low, strict=True)
        ]
    )
    off = np.maximum(low - seen, 0) + np.maximum(seen - high, 0)
    off = np.maximum(off - _SLACK * spread, 0).max(axis=0)
    # On areas what goes both ways cancels: grain, and edges that are off by a part of a pixel.
    areas = _on_areas(np.minimum(seen - low, 0) + np.maximum(seen - high, 0))
    usual = float(np.median(np.abs(seen[0] - known[0][0])[pair.inside]))
    usual_area = float(np.median(areas[pair.inside]))
    found: Plane = np.maximum(
        off / max(_VISIBLE, _USUAL * usual), areas / max(_VISIBLE_AREA, _USUAL_AREA * usual_area)
    )
    return np.where(pair.inside, found, 0).astype(np.float32)


def pieces(differing: Plane) -> list[Piece]:
    """Return the parts of a frame that differ, the weightiest first.

    Parameters
    ----------
    differing : float32 (H, W)
        From `unlike`.
    """
    from scipy import ndimage

    from framematch.hashing.ink import grown, opened

    mask = opened(differing > 1, 2)
    if not mask.any():
        return []
    rows, columns = mask.shape
    reach = 2 * max(1, round(_NEAR * rows / 2)) + 1
    labels, count = ndimage.label(grown(mask, reach))
    labels = np.where(mask, labels, 0)
    strength = np.bincount(
        labels.ravel(), np.minimum(differing, _MOST).ravel(), minlength=count + 1
    )
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    found: list[Piece] = []
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        if place is None:
            continue
        down, along = place
        box = (
            along.start / columns,
            down.start / rows,
            (along.stop - along.start) / columns,
            (down.stop - down.start) / rows,
        )
        weight, share = strength[number] / mask.size, sizes[number] / mask.size
        mean = strength[number] / sizes[number]
        found.append(Piece(box, float(weight), float(share), float(mean), labels == number))
    return sorted(found, key=lambda piece: (-piece.weight, piece.box))


def steps_of(planes: Plane) -> Plane:
    """Return how steep a picture, float32 (H, W, 3), is from pixel to pixel, float32 (H, W)."""
    steps = [np.hypot(*np.gradient(planes[..., each])) for each in range(3)]
    return np.asarray(largest_of(np.stack(steps, axis=-1)), dtype=np.float32)
