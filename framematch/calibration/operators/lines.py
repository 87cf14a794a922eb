"""Operators that find lines in a frame: each a different idea of what a line is.

All take luma, float32 (H, W), 0 to 1, and give ink, float32 (H, W), 0 for paper to 1 for a full
line. Sizes follow the picture's height, and contrast is judged against its surroundings, so that a
dark frame has lines as a bright one has.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from framematch.calibration.operators.pixels import Plane

_BASE_HEIGHT = 360.0
# Contrast below this is noise, not a line, however little else there is around it.
_FLOOR = 0.02


def _unit(grey: Plane) -> float:
    return float(grey.shape[0] / _BASE_HEIGHT)


def _blur(plane: npt.NDArray[np.floating], sigma: float) -> Plane:
    blurred: Plane = ndimage.gaussian_filter(plane.astype(np.float32, copy=False), sigma)
    return blurred


def levelled(grey: Plane) -> Plane:
    """Return luma relative to its surroundings: about mean .5 and deviation .2 everywhere."""
    reach = 20 * _unit(grey)
    away = grey - _blur(grey, reach)
    spread = np.sqrt(_blur(away * away, reach)) + np.float32(_FLOOR)
    return (0.5 + 0.2 * away / spread).astype(np.float32)


def xdog(grey: Plane, sigma: float = 0.9) -> Plane:
    """Return ink by extended difference of Gaussians (Winnemoeller, Kyprianidis, Olsen, 2012)."""
    level, sigma = levelled(grey), sigma * _unit(grey)
    fine, coarse = _blur(level, sigma), _blur(level, 1.6 * sigma)
    response = fine + 18 * (fine - coarse)
    ink: Plane = -np.tanh(np.minimum(8 * (response - 0.22), 0.0))
    return ink


def dog(grey: Plane, sigma: float = 1.3) -> Plane:
    """Return ink on both sides of every edge: a plain difference of Gaussians at a wider scale."""
    level, sigma = levelled(grey), sigma * _unit(grey)
    band = np.abs(_blur(level, sigma) - _blur(level, 2.5 * sigma))
    ink: Plane = np.clip((band - 0.035) * 12, 0, 1)
    return ink


def thin_edges(grey: Plane) -> Plane:
    """Return edges one pixel wide, kept where they hang on a strong one (Canny, 1986)."""
    smooth = _blur(levelled(grey), 1.3 * _unit(grey))
    down, along = ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1)
    strength = np.hypot(down, along)
    sector = np.round(np.arctan2(down, along) * 4 / np.pi).astype(np.int64) % 4
    crest = np.zeros(grey.shape, dtype=bool)
    for number, (row, column) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = np.roll(strength, (-row, -column), (0, 1))
        behind = np.roll(strength, (row, column), (0, 1))
        crest |= (sector == number) & (strength >= ahead) & (strength > behind)
    weak = crest & (strength > 0.12)
    labels, count = ndimage.label(weak, np.ones((3, 3)))
    kept = np.zeros(count + 1, dtype=bool)
    kept[labels[crest & (strength > 0.35)]] = True
    kept[0] = False
    ink: Plane = kept[labels].astype(np.float32)
    return ink


def below_surroundings(grey: Plane) -> Plane:
    """Return what is darker than its surroundings: an adaptive threshold, as a scanner does it."""
    unit = _unit(grey)
    soft = _blur(grey, 0.7 * unit)
    spread = np.sqrt(_blur((soft - _blur(soft, 15 * unit)) ** 2, 15 * unit))
    dark = soft < _blur(soft, 6 * unit) - 0.35 * spread - 0.5 * _FLOOR
    return _blur(dark.astype(np.float32), 0.5 * unit)


def zero_crossings(grey: Plane) -> Plane:
    """Return where the Laplacian changes sign across a clear slope (Marr and Hildreth, 1980)."""
    unit = _unit(grey)
    level = levelled(grey)
    curved = ndimage.gaussian_laplace(level, 1.8 * unit)
    slope = ndimage.gaussian_gradient_magnitude(level, 1.8 * unit)
    sign = curved > 0
    crossing = np.zeros(grey.shape, dtype=bool)
    crossing[1:] |= sign[1:] != sign[:-1]
    crossing[:, 1:] |= sign[:, 1:] != sign[:, :-1]
    ink: Plane = (crossing & (slope > 0.03)).astype(np.float32)
    return ink


def thickened(ink: Plane, width_px: float) -> Plane:
    """Return ink drawn with a broader pen."""
    broad: Plane = ndimage.grey_dilation(ink, size=max(2, round(width_px)))
    return _blur(broad, 0.25 * width_px)
