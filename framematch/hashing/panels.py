"""Finds pictures inside a picture: flat borders, frames on a layout sheet, a player in a web page.

Two ways, because sheets come in two sorts: whatever stands alone on a flat ground, and rectangles
of long straight lines. Pure functions on arrays.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_resize

Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

# A row or column belongs to a flat border when nearly all of it lies within this of the border's
# grey.
_FLAT_LEVELS = 12.0
_FLAT_SHARE = 0.98
_ROWS_AT_A_TIME = 8
# A border thinner than this share is left, and a picture that would shrink below that share is
# kept whole.
_LEAST_BORDER = 0.015
_LEAST_PICTURE = 0.12

# A flat ground takes up this share of the edge; ink differs from it by more than so many levels.
_GROUND_SHARE, _INK_LEVELS = 0.5, 14.0
_SHEET_SHARE = 0.9

_SIDE = 320
_EDGE_LEVELS = 9.0
_LEAST_SIDE = 0.18
_MOST_LINES = 40
_THIN = 5
_LEAST_AREA, _MOST_AREA = 0.03, 0.92
_SIDE_SUPPORT = 0.6
_MOST_PANELS = 5
_SAME_BOX, _BESIDE = 0.75, 0.05


def trim_borders(grey: npt.NDArray[np.float32]) -> Box:
    """Return the box inside borders of any flat colour, as shares of the picture.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.

    Returns
    -------
    tuple of 4 floats
        x, y, width, height; the whole picture where there is no border, or nothing but border.
    """
    top, bottom = _border(grey), _border(grey[::-1])
    left, right = _border(grey.T), _border(grey.T[::-1])
    height, width = grey.shape
    box = (
        left / width,
        top / height,
        (width - left - right) / width,
        (height - top - bottom) / height,
    )
    if box[2] < _LEAST_PICTURE or box[3] < _LEAST_PICTURE:
        return WHOLE
    if max(box[0], box[1], 1 - box[0] - box[2], 1 - box[1] - box[3]) < _LEAST_BORDER:
        return WHOLE
    return box


def _border(grey: npt.NDArray[np.float32]) -> int:
    """Return how many rows from the first on are flat and of the first row's grey."""
    ground = np.median(grey[0])
    # Most pictures have no border: only as many rows are looked at as it takes.
    for start in range(0, len(grey), _ROWS_AT_A_TIME):
        some = grey[start : start + _ROWS_AT_A_TIME]
        flat = (np.abs(some - ground) <= _FLAT_LEVELS).mean(axis=1) >= _FLAT_SHARE
        if not flat.all():
            return start + int(flat.argmin())
    return len(grey)


def find_panels(grey: npt.NDArray[np.float32]) -> tuple[Box, ...]:
    """Return boxes inside the picture that look like pictures of their own, the largest first.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.

    Returns
    -------
    tuple of boxes
        At most five, as shares of the picture; empty for most finished frames.
    """
    small = _small(grey)
    found = _rectangles(small) + _islands(small)
    return _apart(sorted(found, key=_by_size), _SAME_BOX)[:_MOST_PANELS]


def find_frames(grey: npt.NDArray[np.float32]) -> tuple[Box, ...]:
    """Return boxes with four straight sides that lie beside each other, the largest first.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.
    """
    return _apart(sorted(_rectangles(_small(grey)), key=_by_size), _BESIDE)


def _small(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    scale = min(1.0, _SIDE / max(grey.shape))
    height, width = grey.shape
    return area_resize(grey, max(8, round(height * scale)), max(8, round(width * scale)))


def _by_size(box: Box) -> tuple[float, Box]:
    return -box[2] * box[3], box


def _apart(boxes: Iterable[Box], most_overlap: float) -> tuple[Box, ...]:
    """Return the boxes that overlap none before them by as much."""
    kept: list[Box] = []
    for box in boxes:
        if all(overlap(box, other) < most_overlap for other in kept):
            kept.append(box)
    return tuple(kept)


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union of two boxes, 0 to 1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def is_sheet(grey: npt.NDArray[np.float32]) -> bool:
    """Say whether a picture, float32 (H, W), stands on a flat ground, as drawings on paper do."""
    return _ground(grey)[1] >= _SHEET_SHARE


def _ground(grey: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Return the grey of the picture's edge, and which share of the edge has it."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    return ground, float((np.abs(border - ground) <= _FLAT_LEVELS).mean())


def _islands(small: npt.NDArray[np.float32]) -> list[Box]:
    """Return what stands alone on a flat ground."""
    ground, share = _ground(small)
    if share < _GROUND_SHARE:
        return []
    # Imported late, for half a second: finished frames are most files and do not get here.
    from scipy import ndimage

    ink = np.abs(small - ground) > _INK_LEVELS
    # What hangs together; and without thin lines, which tie swatches and notes to a figure.
    joined = ndimage.binary_dilation(ink, iterations=2)
    solid = ndimage.binary_opening(ink, np.ones((_THIN, _THIN), dtype=bool))
    height, width = small.shape
    boxes: list[Box] = []
    for mask in (joined, ndimage.binary_dilation(solid, iterations=2)):
        for rows, columns in ndimage.find_objects(ndimage.label(mask)[0]):
            box = (
                columns.start / width,
                rows.start / height,
                (columns.stop - columns.start) / width,
                (rows.stop - rows.start) / height,
            )
            if _is_panel(box):
                boxes.append(box)
    return boxes


def _is_panel(box: Box) -> bool:
    """Say whether a box is large enough to be a picture, and not the whole."""
    return _LEAST_AREA <= box[2] * box[3] <= _MOST_AREA and min(box[2], box[3]) >= _LEAST_SIDE


def _rectangles(small: npt.NDArray[np.float32]) -> list[Box]:
    """Return boxes whose four sides are long straight edges."""
    height, width = small.shape
    across = np.zeros((height, width), dtype=bool)
    across[1:] = np.abs(np.diff(small, axis=0)) > _EDGE_LEVELS
    along = np.zeros((height, width), dtype=bool)
    along[:, 1:] = np.abs(np.diff(small, axis=1)) > _EDGE_LEVELS
    level = _long_runs(across, _LEAST_SIDE * width)
    upright = _long_runs(along.T, _LEAST_SIDE * height)
    near_level, near_upright = _thicken(across), _thicken(along.T)
    slack_x, slack_y = 0.03 * width, 0.03 * height
    boxes: list[Box] = []
    for top, left, right in level:
        for bottom, other_left, other_right in level:
            if bottom - top < _LEAST_SIDE * height:
                continue
            if abs(left - other_left) > slack_x or abs(right - other_right) > slack_x:
                continue
            sides = [
                column
                for column, start, stop in upright
                if start < top + 2 * slack_y and stop > bottom - 2 * slack_y
            ]
            west = min(sides, key=lambda column: abs(column - left), default=-width)
            east = min(sides, key=lambda column: abs(column - right), default=-width)
            if abs(west - left) > slack_x or abs(east - right) > slack_x:
                continue
            box = (west / width, top / height, (east - west) / width, (bottom - top) / height)
            support = min(
                near_level[top, west:east].mean(),
                near_level[bottom, west:east].mean(),
                near_upright[west, top:bottom].mean(),
                near_upright[east, top:bottom].mean(),
            )
            if support >= _SIDE_SUPPORT and _LEAST_AREA <= box[2] * box[3] <= _MOST_AREA:
                boxes.append(box)
    return boxes


def _thicken(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the mask grown by one row up and down."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    return grown


def _long_runs(mask: npt.NDArray[np.bool_], least: float) -> list[tuple[int, int, int]]:
    """Return (row, start, stop) of the longest runs of a row, at most 40, gaps of two closed."""
    closed = _thicken(mask)
    # A gap of up to two pixels is closed by growing each run by one at both ends.
    grown = closed.copy()
    grown[:, 1:] |= closed[:, :-1]
    grown[:, :-1] |= closed[:, 1:]
    padded = np.pad(grown, ((0, 0), (1, 1)))
    steps = np.diff(padded.astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, stops = np.nonzero(steps == -1)
    lengths = stops - starts
    order = np.argsort(-lengths, kind="stable")
    runs: list[tuple[int, int, int]] = []
    for position in order:
        if lengths[position] < least or len(runs) >= _MOST_LINES:
            break
        row, start, stop = int(rows[position]), int(starts[position]), int(stops[position])
        twin = any(
            abs(row - r) <= 2 and abs(start - s) <= 4 and abs(stop - e) <= 4 for r, s, e in runs
        )
        if not twin:
            runs.append((row, start, min(stop, mask.shape[1] - 1)))
    return runs
