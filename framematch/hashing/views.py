"""Which parts of a query are looked at, and how: the views.

Queries are multiplied, not references. A view is a box of the picture, mirrored or not; a box may
reach outside the picture, which is how a crop is laid over the whole frame that it was cut from.
Inverted polarity needs no view: the structure code ignores the sign of an edge, and the appearance
code of a negative is the complement of the positive's. Pure functions on arrays.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.hashing.panels import WHOLE, Box, find_panels, is_sheet, trim_borders
from framematch.hashing.preprocess import luma

_CENTRE_CROPS = (0.9, 0.8, 0.7)
_SURROUNDS = (1.15, 1.3, 1.45)
_CORNERS = 0.75
_INSETS = 0.55
# A picture without the bars that its reference has: 2.35:1 or 4:3 inside 16:9.
_BARRED = ((0.0, -0.165, 1.0, 1.33), (-0.165, 0.0, 1.33, 1.0))
# How a model sheet is cut, beside what stands alone on it: share of the sheet, places a side.
_SHEET_WINDOWS = ((0.75, 2), (0.5, 3))


@dataclass(frozen=True, slots=True)
class View:
    """A part of the query.

    Attributes
    ----------
    box : tuple of 4 floats
        x, y, width and height as shares of the picture; may reach outside it.
    mirrored : bool
        Turned left to right after cutting.
    quarter_turns : int
        How often the picture is turned counterclockwise before cutting; the box is of the turned
        one.
    """

    box: Box
    mirrored: bool
    quarter_turns: int = 0

    def with_box(self, box: Box) -> "View":
        """Return the same view of another box."""
        return View(box, self.mirrored, self.quarter_turns)

    def overlap(self) -> float:
        """Return the share of the picture in the box, times the share of the box in the picture."""
        x, y, width, height = self.box
        across = max(0.0, min(x + width, 1.0) - max(x, 0.0))
        down = max(0.0, min(y + height, 1.0) - max(y, 0.0))
        return (across * down) ** 2 / (width * height)

    def box_on_picture(self) -> Box:
        """Return the box as shares of the picture as it was given, cut to what lies inside it."""
        left, top = max(self.box[0], 0.0), max(self.box[1], 0.0)
        right = min(self.box[0] + self.box[2], 1.0)
        bottom = min(self.box[1] + self.box[3], 1.0)
        for _ in range(self.quarter_turns):
            left, top, right, bottom = 1.0 - bottom, left, 1.0 - top, right
        return (left, top, max(right - left, 0.0), max(bottom - top, 0.0))


def inner_box(outer: Box, inner: Box) -> Box:
    """Return `inner`, given as shares of `outer`, as shares of what `outer` is given in."""
    x, y, width, height = outer
    return (x + inner[0] * width, y + inner[1] * height, inner[2] * width, inner[3] * height)


def _scaled(box: Box, scale: float, along: float = 0.5, down: float = 0.5) -> Box:
    """Return the box of `scale` times the size, lying at the given shares of the room left over."""
    room = 1.0 - scale
    return inner_box(box, (room * along, room * down, scale, scale))


def query_views(
    grey: npt.NDArray[np.float32], effort: Literal["still", "clip"] = "still"
) -> tuple[View, ...]:
    """Return the views of one picture, the most likely first.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.
    effort : {"still", "clip"}
        A single picture gets everything: the whole, without its borders, panels on a sheet, centre
        and corner crops, surrounds, each also mirrored. A frame of a clip gets the first few only,
        because its neighbours add to it.
    """
    trimmed = trim_borders(grey)
    boxes = [WHOLE] if trimmed == WHOLE else [trimmed, WHOLE]
    if effort == "clip":
        boxes += [_scaled(boxes[0], 0.85), _scaled(boxes[0], 1.2)]
        return _both_ways(boxes) + _turned(grey, upside_down=False)
    for panel in find_panels(grey):
        boxes += [panel, _scaled(panel, 0.95)]
    for base in dict.fromkeys([trimmed, WHOLE]):
        boxes += [_scaled(base, scale) for scale in (*_CENTRE_CROPS, *_SURROUNDS)]
        boxes += [_scaled(base, _CORNERS, along, down) for along in (0, 1) for down in (0, 1)]
    boxes += [inner_box(boxes[0], barred) for barred in _BARRED]
    boxes += [_scaled(WHOLE, _INSETS, *place) for place in _places(3)]
    return _both_ways(boxes) + _turned(grey, upside_down=True)


def _turned(grey: npt.NDArray[np.float32], *, upside_down: bool) -> tuple[View, ...]:
    """Return the whole picture lying on its sides, where it stands upright, and on its head."""
    turns = (1, 3) if grey.shape[0] > grey.shape[1] else ()
    return tuple(View(WHOLE, False, n) for n in (*turns, *((2,) if upside_down else ())))


def reference_boxes(pixels: npt.NDArray[np.uint8]) -> tuple[Box, ...]:
    """Return what of a reference still is coded: the whole picture, then parts of a model sheet.

    A drawing covers a part of its model sheet, so a sheet gets a row for each drawing that stands
    alone and for overlapping windows. A picture without a flat ground is coded as a whole only.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.
    """
    grey = luma(pixels)
    if not is_sheet(grey):
        return (WHOLE,)
    boxes = [WHOLE, trim_borders(grey), *find_panels(grey)]
    for share, n_places in _SHEET_WINDOWS:
        boxes += [_scaled(boxes[1], share, *place) for place in _places(n_places)]
    return tuple(dict.fromkeys(boxes))


def crop(pixels: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.uint8]:
    """Return the part of a picture, uint8 (H, W, 3), inside a box; at least one pixel of it."""
    height, width = pixels.shape[:2]
    top, left = min(round(box[1] * height), height - 1), min(round(box[0] * width), width - 1)
    bottom = max(round((box[1] + box[3]) * height), top + 1)
    right = max(round((box[0] + box[2]) * width), left + 1)
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def _places(n: int) -> list[tuple[float, float]]:
    """Return n by n places, each as its shares along and down."""
    shares = [step / (n - 1) for step in range(n)]
    return [(along, down) for down in shares for along in shares]


def _both_ways(boxes: list[Box]) -> tuple[View, ...]:
    unique = list(dict.fromkeys(boxes))
    return tuple(View(box, mirrored) for mirrored in (False, True) for box in unique)


def window_matrix(source: int, start: float, size: float, target: int) -> npt.NDArray[np.float32]:
    """Return float32 (target, source): area averages of a window; beyond an end the end repeats."""
    edges = start + size * np.arange(target + 1, dtype=np.float64) / target
    samples = np.arange(source, dtype=np.float64)
    inside = np.clip(edges, 0.0, source)
    weights = np.clip(
        np.minimum(inside[1:, None], samples + 1.0) - np.maximum(inside[:-1, None], samples),
        0.0,
        None,
    )
    weights[:, 0] += np.clip(np.minimum(edges[1:], 0.0) - edges[:-1], 0.0, None)
    weights[:, -1] += np.clip(edges[1:] - np.maximum(edges[:-1], source), 0.0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def cut(
    grey: npt.NDArray[np.float32],
    view: View,
    height: int,
    width: int,
    resampling: Image.Resampling = Image.Resampling.HAMMING,
) -> npt.NDArray[np.float32]:
    """Return the picture that a view shows, float32 (height, width), of a float32 (H, W) one.

    Resampled as references are, with Pillow's Hamming filter, where no other one is asked for.
    Outside the picture its border repeats, so that no edge appears that nobody drew.
    """
    grey = np.rot90(grey, view.quarter_turns)
    x, y, box_width, box_height = view.box
    rows, more_rows, top = _covering(y * grey.shape[0], box_height * grey.shape[0], grey.shape[0])
    columns, more_columns, left = _covering(
        x * grey.shape[1], box_width * grey.shape[1], grey.shape[1]
    )
    part = grey[rows, columns]
    if any((*more_rows, *more_columns)):
        part = np.pad(part, (more_rows, more_columns), mode="edge")
    right = min(left + box_width * grey.shape[1], part.shape[1])
    bottom = min(top + box_height * grey.shape[0], part.shape[0])
    image = Image.fromarray(np.ascontiguousarray(part))
    seen = np.asarray(image.resize((width, height), resampling, (left, top, right, bottom)))
    return np.ascontiguousarray(seen[:, ::-1]) if view.mirrored else seen


def _covering(start: float, size: float, whole: int) -> tuple[slice, tuple[int, int], float]:
    """Return the samples that a window touches, how many are missing at both ends, and its start.

    At least one sample; the start is counted from the first, the missing ones included.
    """
    first = math.floor(start)
    stop = max(math.ceil(start + size), first + 1)
    inside = slice(min(max(first, 0), whole - 1), max(min(stop, whole), 1))
    return inside, (max(0, inside.start - first), max(0, stop - inside.stop)), start - first
