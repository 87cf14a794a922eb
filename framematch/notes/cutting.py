"""Lines of writing to pictures that Tesseract reads well: upright size, one ink, nothing beneath.

Pure functions on arrays.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.notes.find import Line
from framematch.notes.strokes import INKS, strokes_of

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.uint8]

#: Tesseract was trained on letters about so high; round the line it wants some paper.
HEIGHT, _MARGIN = 36, 14
# So much above and below a line belongs to the cut, and so much beside it, where a last letter may
# have been left out; in line heights. What is higher or wider is a drawing's stroke; a part of a
# letter lies in the line with so much of its height.
_AROUND, _BESIDE, _TALLEST, _WIDEST, _WITHIN = 0.25, 1.0, 1.3, 5.0, 0.5
# Nothing is made larger than this.
_LARGEST = 6.0


def cleaned(pixels: Pixels, line: Line) -> Plane:
    """Return the ink of a line alone, dark on white, uint8 (H, W)."""
    cut, scale, (left, top, right, lower) = _cut(pixels, line)
    strokes = strokes_of(cut)
    box = strokes.box
    tall, wide = box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]
    high = line.height * scale
    inside = np.minimum(box[:, 3], lower) - np.maximum(box[:, 1], top) >= _WITHIN * tall
    inside &= (box[:, 2] > left - _BESIDE * high) & (box[:, 0] < right + _BESIDE * high)
    keep = np.zeros(len(box) + 1, np.bool_)
    keep[1:] = (
        inside & (strokes.ink == line.ink) & (tall <= _TALLEST * high) & (wide <= _WIDEST * high)
    )
    ink = np.where(keep[strokes.labels], strokes.strength, 0)
    return _on_white(ink.astype(np.float32))


def plain(pixels: Pixels, line: Line) -> Plane:
    """Return the cut as it is, in grey, dark on light, uint8 (H, W)."""
    cut, _, _ = _cut(pixels, line)
    grey = cut.min(axis=2) if INKS[line.ink] != "light" else 255 - cut[..., 1]
    return _on_white(float(np.percentile(grey, 90)) - grey.astype(np.float32))


def _cut(pixels: Pixels, line: Line) -> tuple[Pixels, float, tuple[float, float, float, float]]:
    """Return what is around a line at reading size, its scale, and the line's box in it."""
    height, width = pixels.shape[:2]
    room, beside = _AROUND * line.height, _BESIDE * line.height
    x0, y0 = max(int(line.box[0] - beside), 0), max(int(line.box[1] - room), 0)
    x1 = min(int(line.box[2] + beside) + 1, width)
    y1 = min(int(line.box[3] + room) + 1, height)
    scale = min(HEIGHT / line.height, _LARGEST)
    size = (max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1))
    image = Image.fromarray(np.ascontiguousarray(pixels[y0:y1, x0:x1]))
    method = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    left, top, right, lower = line.box
    placed = ((left - x0) * scale, (top - y0) * scale, (right - x0) * scale, (lower - y0) * scale)
    return np.asarray(image.resize(size, method)), scale, placed


def _on_white(ink: npt.NDArray[np.float32]) -> Plane:
    drawn = ink[ink > 0]
    full = max(float(np.percentile(drawn, 75)), 1.0) if drawn.size else 1.0
    grey = 255 - np.clip(ink * (255 / full), 0, 255)
    return np.pad(grey.round().astype(np.uint8), _MARGIN, constant_values=255)
