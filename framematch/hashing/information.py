"""How much there is to see in a picture: the gate before every search.

A black frame equals every black frame, and PDQ's own quality does not flag them all. So each
picture gets a figure from 0 (flat) to 100, and pictures below `MINIMUM` are neither searched for
nor found.
"""

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_resize, check_pixels, luma, shrink

#: Pictures below this figure answer nothing.
MINIMUM = 15

_WIDTH, _HEIGHT = 64, 36
# A step of this many grey levels between neighbouring cells counts as something to see.
_STEP = 6.0
# Shares of the picture's cells: at this share of stepped cells a picture is full.
_FULL_SHARE = 0.5


def information(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return how much there is to see, uint8 (N,), 0 to 100.

    The share of the cells of a 64 by 36 grid that differ from their right or lower neighbour by at
    least six grey levels, on a square-root scale on which half of the cells gives 100.

    Parameters
    ----------
    pixels : uint8 (N, H, W, 3)
        sRGB.

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    check_pixels(pixels)
    small = shrink(pixels, 4 * _HEIGHT, 4 * _WIDTH)
    return _figure(area_resize(luma(small), _HEIGHT, _WIDTH))


def information_of_luma(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return what `information` does, of luma, uint8 (N, 144, 256)."""
    rows = grey.reshape(len(grey), _HEIGHT, 4, 4 * _WIDTH).sum(axis=2, dtype=np.uint16)
    cells = rows.reshape(len(grey), _HEIGHT, _WIDTH, 4).sum(axis=3, dtype=np.uint16)
    return _figure(cells.astype(np.float32) / np.float32(16))


def _figure(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    right = np.abs(np.diff(cells, axis=2))[:, :-1]
    below = np.abs(np.diff(cells, axis=1))[:, :, :-1]
    share = (np.maximum(right, below) >= _STEP).mean(axis=(1, 2))
    return np.asarray(100 * np.sqrt(np.minimum(share / _FULL_SHARE, 1.0)), dtype=np.uint8)
