"""Appearance codes of many windows of one picture, without cutting any of them out.

Everything between a picture and its PDQ coefficients is linear: cutting, shrinking, PDQ's filter,
its samples, its cosines. So the coefficients of a window are one product with a matrix from the
left and one from the right, and the windows share the picture. Pure functions on arrays.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.appearance import encode_coefficients, frequency_basis
from framematch.hashing.panels import Box
from framematch.hashing.tent import blur_matrix
from framematch.hashing.views import window_matrix

# Size at which windows are thought to be cut for PDQ: its filter's windows are odd on both axes,
# which takes the distance between a frame and its own view from some 30 bits to 6 (measured on 12
# frames).
_ROWS, _COLUMNS = 288, 320
#: A picture of this size has all that PDQ sees of it, and of windows of half of it.
ENOUGH_ROWS, ENOUGH_COLUMNS = 240, 320


def encode_windows(grey: npt.NDArray[np.float32], boxes: Sequence[Box]) -> npt.NDArray[np.uint8]:
    """Return the appearance codes of windows of a picture and of their turns and mirrors.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255; much larger than `ENOUGH_ROWS` by `ENOUGH_COLUMNS` costs time only.
    boxes : sequence of V boxes
        As shares of the picture; outside of it its border repeats.

    Returns
    -------
    uint8 (V, 8, 32)
        In the order of `appearance.DIHEDRAL`.
    """
    if not boxes:
        return np.zeros((0, 8, 32), dtype=np.uint8)
    rows, columns = grey.shape
    upright = np.stack([_analysis(rows, box[1] * rows, box[3] * rows, _ROWS) for box in boxes])
    level = np.stack(
        [_analysis(columns, box[0] * columns, box[2] * columns, _COLUMNS) for box in boxes]
    )
    coefficients = (upright @ grey) @ level.transpose(0, 2, 1)
    return encode_coefficients(coefficients.astype(np.float64))


@lru_cache(maxsize=512)
def _analysis(source: int, start: float, size: float, cut: int) -> npt.NDArray[np.float32]:
    """Return the way from an axis to the 16 frequencies of a window of it, float32 (16, source)."""
    window = window_matrix(source, start, size, cut)
    return np.asarray(_frequencies(cut) @ window, dtype=np.float32)


@lru_cache(maxsize=2)
def _frequencies(side: int) -> npt.NDArray[np.float64]:
    """Return the way from an axis of `side` pixels to its 16 frequencies, float64 (16, side)."""
    return np.asarray(frequency_basis() @ blur_matrix(side))
