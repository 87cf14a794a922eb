"""Pictures to the small grey arrays that codes are made of.

Owns the luma weights and the exact area resampling. Pure functions on arrays; knows no files.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.errors import ConfigError

#: ITU-R BT.601 luma weights of red, green and blue, as PDQ and Pillow use them.
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def check_pixels(pixels: npt.NDArray[np.uint8]) -> None:
    """Refuse anything but uint8 (N, H, W, 3) with H and W at least 1.

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    if (
        pixels.dtype != np.uint8
        or pixels.ndim != 4
        or pixels.shape[3] != 3
        or 0 in pixels.shape[1:]
    ):
        raise ConfigError(
            f"pictures must be uint8 (N, H, W, 3), got {pixels.dtype} {pixels.shape};"
            " decode them with framematch.open_media"
        )


def luma(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return BT.601 luma.

    Parameters
    ----------
    pixels : uint8 (..., H, W, 3)
        sRGB.

    Returns
    -------
    float32 (..., H, W)
        0 to 255.
    """
    grey: npt.NDArray[np.float32] = np.multiply(pixels[..., 0], LUMA[0], dtype=np.float32)
    grey += pixels[..., 1] * LUMA[1]
    grey += pixels[..., 2] * LUMA[2]
    return grey


@lru_cache(maxsize=64)
def area_matrix(source: int, target: int) -> npt.NDArray[np.float32]:
    """Return the matrix that averages `source` samples into `target` cells, float32 (t, s).

    Each cell is the exact mean of the interval of the source that it covers, with partial weights
    at its ends, so growing an axis repeats samples and shrinking it averages them.
    """
    edges = np.arange(target + 1, dtype=np.float64) * (source / target)
    samples = np.arange(source, dtype=np.float64)
    low = np.maximum(edges[:-1, None], samples[None, :])
    high = np.minimum(edges[1:, None], samples[None, :] + 1.0)
    weights = np.clip(high - low, 0.0, None)
    matrix: npt.NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(
        np.float32
    )
    matrix.setflags(write=False)
    return matrix


def shrink(pixels: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    """Return pictures of another size, uint8 (N, height, width, 3), of uint8 (N, H, W, 3) ones.

    Pillow's Hamming filter, as in framematch.media: area averages that drop no column at odd
    ratios, in fixed-point arithmetic, so that every machine gets the same bytes.
    """
    if pixels.shape[1:3] == (height, width):
        return pixels
    small = np.empty((len(pixels), height, width, 3), dtype=np.uint8)
    for picture, into in zip(pixels, small, strict=True):
        image = Image.fromarray(np.ascontiguousarray(picture))
        into[:] = np.asarray(image.resize((width, height), Image.Resampling.HAMMING))
    return small


def area_resize(grey: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Return a float32 (..., H, W) picture averaged to float32 (..., height, width)."""
    rows = area_matrix(grey.shape[-2], height)
    columns = area_matrix(grey.shape[-1], width)
    return np.asarray(rows @ grey @ columns.T, dtype=np.float32)
