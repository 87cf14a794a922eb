"""The one way in which pictures become smaller, for references and queries, stills and video alike.

Pillow's fixed-point resampling runs in C with integer weights, so every machine gets the same
bytes. The filter is HAMMING: on film frames and line art it stays closer to the exact area average
than BOX, which drops or doubles whole columns at ratios such as 1.875, and needs the same time
(docs/media.md has the figures). Must not know where the pictures come from.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.config import WORKING_SIDE
from framematch.errors import ConfigError


def working_size(width: int, height: int, max_side: int = WORKING_SIDE) -> tuple[int, int]:
    """Return the size scaled to fit `max_side` pixels a side, never enlarged, at least 1."""
    longest = max(width, height)
    if longest <= max_side:
        return width, height
    # Integer rounding, so that no machine's floating point decides a size.
    scaled = [max(1, (side * max_side * 2 + longest) // (2 * longest)) for side in (width, height)]
    return scaled[0], scaled[1]


#: Left, top, right and bottom in pixels, which need not be whole.
PixelBox = tuple[float, float, float, float]


def resize_image(
    image: Image.Image, width: int, height: int, box: PixelBox | None = None
) -> Image.Image:
    """Return `image`, of any mode without palette, or a box of it, at `width` x `height` pixels."""
    whole = (0, 0, *image.size)
    if box in (None, whole):
        if image.size == (width, height):
            return image
        return image.resize((width, height), Image.Resampling.HAMMING)
    # HAMMING does not move pictures by parts of a pixel as they are.
    return image.resize((width, height), Image.Resampling.BICUBIC, box=box)


def resize_area(pixels: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the picture at exactly `width` x `height` pixels; the aspect ratio may change.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        Picture.
    width, height : int
        Size of the answer in pixels, at least 1. An axis that shrinks is averaged, an axis that
        grows is interpolated.

    Returns
    -------
    uint8 (height, width, 3)
        `pixels` itself where the size is right already.

    Raises
    ------
    ConfigError
        `pixels` is not such an array, or the size is not positive.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ConfigError(f"pictures must be uint8 (H, W, 3), got {pixels.dtype} {pixels.shape}")
    if width < 1 or height < 1:
        raise ConfigError(f"a picture cannot be {width} x {height} pixels")
    if pixels.shape[:2] == (height, width):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(resize_image(image, width, height))


def fit(pixels: npt.NDArray[np.uint8], max_side: int = WORKING_SIDE) -> npt.NDArray[np.uint8]:
    """Return the picture scaled down to `max_side` pixels a side; smaller ones as given.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        Picture.
    max_side : int
        Longest side of the answer in pixels, inclusive.

    Returns
    -------
    uint8 (h, w, 3)
    """
    height, width = pixels.shape[:2]
    return resize_area(pixels, *working_size(width, height, max_side))
