"""What a picture consists of, seen alone: ground, ink, colour, shade, islands.

The numbers that the stage is judged by. Pure functions on arrays; decides nothing.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.hashing.ink import opened, spread_of
from framematch.hashing.panels import find_frames
from framematch.hashing.preprocess import luma

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[np.float32]

_SIDE = 512
# A pixel belongs to the ground when no channel is further from it than this.
_GROUND_LEVELS = 24
# What differs by more than this between its channels is coloured.
_COLOURED = 42
# A stroke is no wider than this, in pixels at 512 a side.
_STROKE = 7
_BLOCK = 6
# Block next to block: no step, a soft one, an edge; levels of 256.
_NO_STEP, _EDGE = 1.6, 14.0
# Islands: large enough for a figure, small enough for a letter; shares of the picture's height.
_FIGURE, _LETTER = 0.22, (0.012, 0.07)
# Ground shut in by strokes: no more than this share of the picture.
_SPECK = 0.0004


@dataclass(frozen=True, slots=True)
class Looks:
    """What a picture consists of; shares of its pixels where nothing else is said.

    Attributes
    ----------
    ground : float
        Of about the commonest colour.
    ground_grey, ground_colour : float
        Luma of that colour and the spread of its channels, as shares of 255.
    thick : float
        Neither ground nor thin: areas wider than a stroke.
    thick_colour : float
        The same, and coloured.
    thin : float
        Strokes: not ground, and no wider than a stroke.
    thin_colour : float
        The same, and coloured.
    ink : float
        How far full ink is from the ground, as a share of 255.
    soft : float
        Share of the strokes between ground and full ink, as a pencil leaves.
    blank : float
        Of blocks of nothing but ground.
    clean, shaded : float
        Of blocks without an edge; of clean blocks three apart, those with a soft step between.
    grain : float
        Median deviation inside clean blocks, in levels of 256.
    colours : float
        Logarithm of how many of 4096 colours it takes to cover nine tenths.
    colourful, dark : float
        Mean spread of the channels and mean darkness, as shares of 255.
    midtones : float
        Between the ground and the deepest ink, near neither.
    figures, letters : float
        Logarithms of how many islands on the ground are as high as a figure, as a letter.
    notes : float
        Logarithm of how many coloured strokes are as small as a letter.
    largest : float
        Of the box around the largest island.
    slivers : float
        Logarithm of how many specks of ground are shut in by every thousand pixels of ink: strokes
        that were searched for cross each other again and again.
    frames : float
        Logarithm of how many frames of straight sides lie beside each other.
    panel : float
        Of the largest of them.
    tall : float
        Logarithm of height over width.
    """

    ground: float
    ground_grey: float
    ground_colour: float
    thick: float
    thick_colour: float
    thin: float
    thin_colour: float
    ink: float
    soft: float
    blank: float
    clean: float
    shaded: float
    grain: float
    colours: float
    colourful: float
    dark: float
    midtones: float
    figures: float
    letters: float
    notes: float
    largest: float
    slivers: float
    frames: float
    panel: float
    tall: float

    def vector(self) -> npt.NDArray[np.float64]:
        """Return the numbers in the order of `LOOKS`, float64 (25,)."""
        return np.array(astuple(self))


#: Names of the numbers.
LOOKS = tuple(field.name for field in fields(Looks))


def look_at(pixels: Pixels) -> Looks:
    """Return what a picture, uint8 (H, W, 3), consists of."""
    small = reduced(pixels)
    grey = luma(small)
    spread = spread_of(small)
    colour = _ground(small, grey)
    away = largest_of(np.abs(small.astype(np.int16) - colour))
    ground = away <= _GROUND_LEVELS
    thick = opened(~ground, _STROKE)
    thin = ~ground & ~thick
    coloured = spread > _COLOURED
    depth = float(np.percentile(away[thin], 90)) if thin.any() else 1.0
    clean, shaded, grain, blank = _blocks(small, ground)
    figures, letters, notes, largest, slivers = _islands(ground, thin & coloured)
    frames = find_frames(grey)
    return Looks(
        ground=float(ground.mean()),
        ground_grey=float(luma(colour[None, None].astype(np.uint8))[0, 0]) / 255,
        ground_colour=float(colour.max() - colour.min()) / 255,
        thick=float(thick.mean()),
        thick_colour=float((thick & coloured).mean()),
        thin=float(thin.mean()),
        thin_colour=float((thin & coloured).mean()),
        ink=depth / 255,
        soft=float((thin & (away < 0.6 * depth)).sum() / max(int(thin.sum()), 1)),
        blank=blank,
        clean=clean,
        shaded=shaded,
        grain=grain,
        colours=_colours(small),
        colourful=float(spread.mean()) / 255,
        dark=1 - float(grey.mean()) / 255,
        midtones=float(((away > 40) & (away < 100)).mean()),
        figures=figures,
        letters=letters,
        notes=notes,
        largest=largest,
        slivers=slivers,
        frames=float(np.log1p(len(frames))),
        panel=frames[0][2] * frames[0][3] if frames else 0.0,
        tall=float(np.log(pixels.shape[0] / pixels.shape[1])),
    )


def reduced(pixels: Pixels) -> Pixels:
    """Return a picture at most 512 pixels a side, area-averaged."""
    longest = max(pixels.shape[:2])
    if longest <= _SIDE:
        return pixels
    height, width = (max(1, round(side * _SIDE / longest)) for side in pixels.shape[:2])
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))


def _ground(small: Pixels, grey: Plane) -> npt.NDArray[np.int16]:
    """Return the commonest colour, int16 (3,): the median around the fullest bin."""
    few = small[::3, ::3].reshape(-1, 3)
    bins = (few >> 4).astype(np.int32)
    counts = np.bincount(bins[:, 0] << 8 | bins[:, 1] << 4 | bins[:, 2], minlength=4096)
    # A ground on the border of two bins would be halved: each bin counts with the ones above.
    cube = counts.reshape(16, 16, 16)
    for axis in range(3):
        shifted = np.zeros_like(cube)
        take = [slice(None)] * 3
        put = [slice(None)] * 3
        take[axis], put[axis] = slice(1, None), slice(None, -1)
        shifted[tuple(put)] = cube[tuple(take)]
        cube = cube + shifted
    low = np.array(np.unravel_index(int(cube.argmax()), cube.shape)) << 4
    inside = ((few >= low) & (few < low + 32)).all(axis=1)
    middle: npt.NDArray[np.int16] = np.median(few[inside], axis=0).astype(np.int16)
    return middle


def _blocks(small: Pixels, ground: Mask) -> tuple[float, float, float, float]:
    """Return shares of clean blocks, of soft steps between them, their grain, and blank blocks."""
    rows, columns = small.shape[0] // _BLOCK, small.shape[1] // _BLOCK
    if min(rows, columns) < 2:
        return 0.0, 0.0, 0.0, 0.0
    cut = small[: rows * _BLOCK, : columns * _BLOCK]
    highest = by_block(cut, _BLOCK, np.maximum)
    reach = largest_of(highest - by_block(cut, _BLOCK, np.minimum))
    clean = reach <= 2 * _EDGE
    means = by_block(cut.astype(np.float32), _BLOCK, np.add) / _BLOCK**2
    steps, pairs = 0, 0
    for step, both in steps_apart(means, clean):
        largest = largest_of(step)
        pairs += int(both.sum())
        steps += int((both & (largest > _NO_STEP) & (largest < _EDGE)).sum())
    grain = float(np.median(reach[clean])) / 2 if clean.any() else 0.0
    blank = by_block(ground[: rows * _BLOCK, : columns * _BLOCK], _BLOCK, np.logical_and).mean()
    return float(clean.mean()), steps / max(pairs, 1), grain, float(blank)


def steps_apart(
    means: npt.NDArray[Any], clean: Mask, distance: int = 3
) -> Iterator[tuple[npt.NDArray[Any], Mask]]:
    """Yield, down and along, the steps between blocks so far apart and where all between is clean.

    Light falls off too softly to be seen from one block to the next.
    """
    for axis in (0, 1):
        planes, free = np.moveaxis(means, axis, 0), np.moveaxis(clean, axis, 0)
        n = len(free) - distance
        if n > 0:
            both = np.logical_and.reduce([free[k : n + k] for k in range(distance + 1)])
            yield np.abs(planes[distance:] - planes[:-distance]), both


def largest_of(planes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the largest of three channels, (H, W) of (H, W, 3)."""
    # Channel by channel: reducing over an axis of three is ten times as slow.
    return np.asarray(np.maximum(np.maximum(planes[..., 0], planes[..., 1]), planes[..., 2]))


def by_block(plane: npt.NDArray[Any], size: int, combine: np.ufunc) -> npt.NDArray[Any]:
    """Return a plane, (H, W, ...), combined over blocks of `size` a side, which divides both."""
    rows = plane[::size]
    for offset in range(1, size):
        rows = combine(rows, plane[offset::size])
    blocks = rows[:, ::size]
    for offset in range(1, size):
        blocks = combine(blocks, rows[:, offset::size])
    return np.asarray(blocks)


def _colours(small: Pixels) -> float:
    """Return the logarithm of how many of 4096 colours cover nine tenths of a picture."""
    bins = (small[::2, ::2] >> 4).astype(np.int32)
    counts = np.sort(np.bincount((bins[..., 0] << 8 | bins[..., 1] << 4 | bins[..., 2]).ravel()))
    covered = np.cumsum(counts[::-1])
    return float(np.log1p(np.searchsorted(covered, 0.9 * covered[-1])))


def _islands(ground: Mask, coloured: Mask) -> tuple[float, float, float, float, float]:
    """Return logarithms of counts: figures, letters, notes; the largest box; slivers."""
    # Imported late, for half a second.
    from scipy import ndimage

    def sizes(mask: Mask) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return heights and widths of what hangs together, as shares of the picture's."""
        few = mask[::2, ::2]
        found = ndimage.find_objects(ndimage.label(few, np.ones((3, 3)))[0])
        spans = [[y.stop - y.start, x.stop - x.start] for y, x in found]
        height, width = np.array(spans, dtype=np.float64).reshape(-1, 2).T / [
            [few.shape[0]],
            [few.shape[1]],
        ]
        return height, width

    def count(chosen: npt.NDArray[np.bool_]) -> float:
        return float(np.log1p(chosen.sum()))

    tall, wide = sizes(~ground)
    letters = (tall > _LETTER[0]) & (tall < _LETTER[1]) & (wide < _LETTER[1])
    high, broad = sizes(coloured)
    notes = (high > _LETTER[0]) & (high < _LETTER[1]) & (broad < _LETTER[1])
    shut_in = np.bincount(ndimage.label(ground)[0].ravel())[1:]
    specks = int((shut_in < _SPECK * ground.size).sum())
    return (
        count((tall > _FIGURE) & (wide > _FIGURE / 4) & (wide < 0.6)),
        count(letters),
        count(notes),
        float((tall * wide).max(initial=0.0)),
        float(np.log1p(1000 * specks / max(int((~ground).sum()), 1))),
    )
