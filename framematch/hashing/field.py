"""The strokes of one picture, found once per size and pooled for any number of its views.

A view's strokes are those of the picture at the size at which the view is about as large as a
reference. Sizes lie a quarter apart, so all views of a picture share a handful of stroke fields,
where each would need its own. One picture's cache: not for several threads.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.panels import WHOLE, Box, trim_borders
from framematch.hashing.sizes import Sizes
from framematch.hashing.strokes import ORIENTATIONS, strokes
from framematch.hashing.structure import CELL_BLUR, HEIGHT, WIDTH
from framematch.hashing.views import View, cut

#: Samples of a stroke field next to a flat border that belong to its edge.
BORDER_EDGE = 2

# Sizes of the fields: steps of this factor, so that none is off by more than 12 %.
_STEP = 1.25
# Aspects nearer to each other than this factor share a field.
_ASPECT_STEP = 1.05
# Views smaller than this share of the picture get a field of their own surroundings only.
_SMALL, _AROUND = 0.45, 1.4
# A border thinner than this share is a matter of rounding.
_NO_BORDER = 1e-6
# Sides are whole multiples of this, so that the blurs' matrices are found again.
_SIDE_STEP = 16
# A field is made from a picture that is larger by at least this factor, where there is one.
_ROOM = 1.5


@dataclass(frozen=True, slots=True)
class _Field:
    """Strokes, float32 (8, H / 2, W / 2), of the part of the turned picture inside `box`."""

    drawn: npt.NDArray[np.float32]
    box: Box


class StrokeField:
    """The strokes of a picture.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.

    Attributes
    ----------
    sizes : Sizes
        The picture and its halves.
    """

    def __init__(self, grey: npt.NDArray[np.float32]) -> None:
        self.sizes = Sizes(grey)
        self._fields: dict[tuple[int, int, int, Box], _Field] = {}
        self._inner: dict[int, Box] = {}

    def cells(
        self, view: View, rows: int, columns: int, *, inside_borders: bool = False
    ) -> npt.NDArray[np.float32]:
        """Return the strokes of a view, blurred by half a cell and averaged per cell.

        As `structure.pool` of the strokes of the view's own picture, but for the size at which
        they were found. Outside the picture there are none.

        Parameters
        ----------
        view : View
            What to pool; may reach outside the picture.
        rows, columns : int
            Cells.
        inside_borders : bool
            Whether to leave out the picture's flat borders and the edges that they make.

        Returns
        -------
        float32 (8, rows, columns)
            How much of each orientation stands in each cell.
        """
        field = self._field(view)
        height, width = field.drawn.shape[1:]
        x, y, across, down = _inside(view.box, field.box)
        upper, rows_span = _pooling(height, y * height, down * height, rows)
        lower, columns_span = _pooling(width, x * width, across * width, columns)
        part = field.drawn[:, rows_span, columns_span]
        if inside_borders:
            left, top, wide, high = _inside(self._trimmed(view.quarter_turns), field.box)
            upper = upper * _kept(height, top, high, rows_span)
            lower = lower * _kept(width, left, wide, columns_span)
        pooled: npt.NDArray[np.float32] = np.matmul(np.matmul(upper, part), lower.T)
        if view.mirrored:
            turned = -np.arange(ORIENTATIONS) % ORIENTATIONS
            pooled = pooled[turned, :, ::-1]
        return np.ascontiguousarray(pooled, dtype=np.float32)

    def coverage(self, view: View, rows: int, columns: int) -> npt.NDArray[np.float32]:
        """Return which share of each cell of a view lies inside the picture, float32 (R, C)."""
        x, y, across, down = view.box
        shares = np.outer(_covered(y, down, rows), _covered(x, across, columns))
        return np.ascontiguousarray(shares[:, ::-1]) if view.mirrored else shares

    def _trimmed(self, quarter_turns: int) -> Box:
        """Return the turned picture's box inside its flat borders."""
        if quarter_turns not in self._inner:
            self._inner[quarter_turns] = trim_borders(np.rot90(self.sizes.whole, quarter_turns))
        return self._inner[quarter_turns]

    def _field(self, view: View) -> _Field:
        """Return the field whose strokes are nearest to a view's own."""
        across, down = view.box[2:]
        step = round(math.log(math.sqrt(across * down)) / math.log(_STEP))
        aspect = round(math.log(across / down) / math.log(_ASPECT_STEP))
        # What lies inside flat borders knows nothing of their edges: a crop's own picture has none.
        outer = self._trimmed(view.quarter_turns)
        if not _holds(outer, view.box):
            outer = WHOLE
        box = outer if math.sqrt(across * down) >= _SMALL else _surroundings(view.box, outer)
        key = (view.quarter_turns, step, aspect, box)
        if key not in self._fields:
            stretch = math.sqrt(_ASPECT_STEP**aspect)
            rows = _side(HEIGHT * box[3] / (_STEP**step / stretch))
            columns = _side(WIDTH * box[2] / (_STEP**step * stretch))
            whole = View(box, mirrored=False, quarter_turns=view.quarter_turns)
            sides = (_ROOM * rows / box[3], _ROOM * columns / box[2])
            if view.quarter_turns % 2:
                sides = sides[::-1]
            seen = cut(self.sizes.at_least(*sides), whole, rows, columns)
            self._fields[key] = _Field(strokes(seen[np.newaxis])[0], box)
        return self._fields[key]


def _side(length: float) -> int:
    return max(_SIDE_STEP, _SIDE_STEP * round(length / _SIDE_STEP))


def _holds(outer: Box, box: Box) -> bool:
    """Say whether a box lies inside another one, but for rounding."""
    x, y, across, down = _inside(box, outer)
    return min(x, y) > -_NO_BORDER and max(x + across, y + down) < 1 + _NO_BORDER


def _surroundings(box: Box, outer: Box) -> Box:
    """Return the box grown around its middle, as far as `outer` reaches."""
    x, y, across, down = box
    room_x, room_y = (_AROUND - 1) / 2 * across, (_AROUND - 1) / 2 * down
    left, top = max(outer[0], x - room_x), max(outer[1], y - room_y)
    right = min(outer[0] + outer[2], x + across + room_x)
    bottom = min(outer[1] + outer[3], y + down + room_y)
    return (left, top, max(right - left, 0.01), max(bottom - top, 0.01))


def _inside(box: Box, outer: Box) -> Box:
    """Return a box as shares of another one."""
    return (
        (box[0] - outer[0]) / outer[2],
        (box[1] - outer[1]) / outer[3],
        box[2] / outer[2],
        box[3] / outer[3],
    )


def _covered(start: float, size: float, cells: int) -> npt.NDArray[np.float32]:
    """Return which share of each of the cells from `start` on lies between 0 and 1."""
    edges = np.clip(start + size * np.arange(cells + 1) / cells, 0.0, 1.0)
    return np.asarray(np.diff(edges) * cells / size, dtype=np.float32)


def _kept(length: int, start: float, size: float, span: slice) -> npt.NDArray[np.float32]:
    """Return which samples of a span lie inside the borders, float32 (n,) of 0 and 1."""
    kept = np.ones(length, dtype=np.float32)
    if start > _NO_BORDER:
        kept[: max(0, round(start * length) + BORDER_EDGE)] = 0
    if start + size < 1 - _NO_BORDER:
        kept[max(0, round((start + size) * length) - BORDER_EDGE) :] = 0
    return kept[span]


@lru_cache(maxsize=4096)
def _pooling(
    length: int, start: float, size: float, cells: int
) -> tuple[npt.NDArray[np.float32], slice]:
    """Return the weights of an axis' samples in each cell of a window, and which samples those are.

    Float32 (cells, n): averages over cells, blurred by half a cell; the window's ends are mirrors,
    as far as it lies inside the axis.
    """
    first, stop = max(0, math.floor(start)), min(length, math.ceil(start + size))
    if stop <= first:
        return np.zeros((cells, 1), dtype=np.float32), slice(0, 1)
    cell = size / cells
    edges = start + cell * np.arange(cells + 1)
    middles = np.arange(first, stop) + 0.5
    # A cell blurred by a Gaussian: the difference of two of its integrals. What would leave the
    # window comes back by mirroring the samples at its ends.
    weights = np.zeros((cells, stop - first))
    for place in (middles, 2 * start - middles, 2 * (start + size) - middles):
        inside = _normal_integral((edges[:, None] - place[None, :]) / (CELL_BLUR * cell))
        weights += inside[1:] - inside[:-1]
    return np.asarray(weights / cell, dtype=np.float32), slice(first, stop)


def _normal_integral(depth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the share of a normal distribution below a depth in deviations, to 1e-7.

    Abramowitz and Stegun, 1964, formula 26.2.17. SciPy's costs half a second to import.
    """
    size = np.abs(depth)
    t = 1 / (1 + 0.2316419 * size)
    tail = t * (
        0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    )
    tail *= np.exp(-0.5 * size * size) / math.sqrt(2 * math.pi)
    return np.where(depth > 0, 1 - tail, tail)
