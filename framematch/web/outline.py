"""The lines of a picture, thin and on nothing, to be laid over the frame that it was matched to.

A drawn line is a valley of brightness: across it brightness bends upwards. As in C. Steger, "An
unbiased detector of curvilinear structures" (IEEE PAMI 20, 1998), the bend of the smoothed picture
says where a valley is and which way it runs, and its slope how far from the deepest point a pixel
lies. So a line comes out as one line, whatever its width of one to three pixels, at a finer place
than a pixel; the side of an area that is darker than what lies beside it counts as well, for
pictures without drawn lines. What the paper's grain bends is measured and left out: a line bends
more, and is longer.
"""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from framematch.config import MediaLimits
from framematch.errors import CaseError, InputError
from framematch.media import open_media

#: Colour of lines where nobody asks for another, as RRGGBB.
OUTLINE_COLOUR = "ff2f6d"

#: The lines are drawn so many times finer than the picture: it is looked at larger than it is.
FINER = 3
#: What a case holds of a picture is smaller by far.
_LIMITS = MediaLimits(max_pixels=1 << 20)

#: Smoothing, in pixels of the picture: lines of one to three pixels are valleys by it.
_SIGMA = 0.9
#: Bend from which on a line goes on, and that which it must reach somewhere, in grey levels of 255.
_LOW, _HIGH = 3.5, 9.0
#: A line bends so many times more than the calmer part of the picture; and the most that is asked.
_OVER_GRAIN, _CALM, _MOST_LOW, _MOST_HIGH = 4.0, 40, 8.0, 18.0
#: Shortest line, in pixels of the picture.
_SHORTEST = 8
#: Half the width that lines are drawn with, in pixels of the answer, and their least strength.
_HALF_WIDTH, _FAINTEST = 1.4, 0.45

_Floats = npt.NDArray[np.floating[Any]]


def outline_of(path: Path, colour: str) -> bytes:
    """Return the lines of a picture of a case as a transparent PNG.

    Parameters
    ----------
    path : Path
        The picture; it is decoded as any other file of strangers.
    colour : str
        Colour of the lines, six hexadecimal digits.

    Returns
    -------
    bytes
        A PNG that covers the same as the picture, `FINER` times as large each way.

    Raises
    ------
    CaseError
        The picture is missing, damaged, or larger than any that a case holds.
    """
    try:
        with open_media(path, _LIMITS) as media:
            (frame,) = itertools.islice(media.frames(), 1)
    except (InputError, ValueError) as error:
        raise CaseError(
            f"{path}: cannot be looked at ({error}); run framematch case verify"
        ) from error
    return outline_of_pixels(frame.pixels, colour)


def outline_of_pixels(pixels: npt.NDArray[np.uint8], colour: str) -> bytes:
    """Return the lines of a picture, uint8 (H, W, 3), as `outline_of` does."""
    lines = lines_of(pixels)
    image = Image.frombytes("P", lines.shape[::-1], lines.tobytes())
    image.putpalette(bytes.fromhex(colour) * 256)
    data = io.BytesIO()
    image.save(data, "PNG", transparency=bytes(range(256)))
    return data.getvalue()


def lines_of(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return how strongly the lines of a picture cover each place.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.

    Returns
    -------
    uint8 (FINER * H, FINER * W)
        0 where there is no line, up to 255 on one.
    """
    bend, along, offset = _valleys(_brightness(pixels))
    calm = float(np.percentile(np.abs(bend), _CALM))
    low = min(max(_LOW, _OVER_GRAIN * calm), _MOST_LOW)
    high = min(max(_HIGH, 2.2 * _OVER_GRAIN * calm), _MOST_HIGH)
    on_line = (np.abs(offset) <= 0.75) & (bend > low) & (np.abs(along) < bend)
    kept = _long_and_strong(on_line, bend, high)
    near = ndimage.binary_dilation(kept, np.ones((3, 3))) & (bend > low / 2)
    cover = np.clip(_HALF_WIDTH - np.abs(offset), 0, 1) * np.clip(bend / high, _FAINTEST, 1)
    return np.asarray(np.where(near, 255 * cover, 0), np.uint8)


def _brightness(pixels: npt.NDArray[np.uint8]) -> _Floats:
    """Return what lines are dark against: ink on a saturated dark colour is dark, too."""
    colour = pixels.astype(np.float32)
    luma = colour @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray((luma + colour.max(axis=2)) / 2, np.float32)


def _valleys(grey: _Floats) -> tuple[_Floats, _Floats, _Floats]:
    """Return the bend across and along the valley at each place, and its distance in pixels."""

    def derived(down: int, right: int) -> _Floats:
        smooth = ndimage.gaussian_filter(grey, _SIGMA, order=(down, right), mode="nearest")
        finer = ndimage.zoom(smooth, FINER, order=1, mode="nearest", grid_mode=True)
        return np.asarray(finer, np.float32)

    slope_x, slope_y = derived(0, 1), derived(1, 0)
    xx, yy, xy = derived(0, 2), derived(2, 0), derived(1, 1)
    mean, half = (xx + yy) / 2, (xx - yy) / 2
    root = np.hypot(half, xy)
    across, along = mean + root, mean - root
    # The direction across the valley is the greater bend's own.
    angle = np.arctan2(xy, half) / 2
    slope = slope_x * np.cos(angle) + slope_y * np.sin(angle)
    offset = np.where(across > 0, -slope / np.maximum(across, 1e-6) * FINER, np.inf)
    scale = _SIGMA**2
    return across * scale, along * scale, offset


def _long_and_strong(
    on_line: npt.NDArray[np.bool_], bend: _Floats, high: float
) -> npt.NDArray[np.bool_]:
    """Return the lines of some length that reach the bend `high` somewhere."""
    labels, n = ndimage.label(on_line, np.ones((3, 3)))
    length = np.bincount(labels.ravel(), minlength=n + 1)
    reaches = np.zeros(n + 1, bool)
    reaches[labels[on_line & (bend > high)]] = True
    keep = reaches & (length > _SHORTEST * FINER)
    keep[0] = False
    return np.asarray(keep[labels])
