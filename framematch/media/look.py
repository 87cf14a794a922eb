"""Frames as small as codes and thumbnails need them: Y'CbCr of one size, straight from the decoder.

What a reference needs of a frame fits into 256 by 144 pixels. Each decoded plane is averaged to
that size once, in swscale's exact integer arithmetic, and colours are converted there, which costs
a fiftieth of converting the whole frame. All of it is linear, so that the codes agree with those of
the whole picture to less than what video coding changes (docs/media.md has the figures). Must not
read files or keep time.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.config import THUMBNAIL_SIZE
from framematch.media.downscale import resize_area

#: Weights of red and blue in the luma of JPEG, which the codes are made of: ITU-R BT.601.
JPEG_WEIGHTS = (0.299, 0.114)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What codes and thumbnails need of a picture on screen.

    Attributes
    ----------
    luma : uint8 (144, 256)
        BT.601 luma of sRGB, 0 to 255; the aspect ratio is squashed.
    size : tuple of int
        Height and width of the picture at working size.
    timestamp_s, duration_s : float
        As in `Frame`.
    planes : tuple of three uint8 (144, 256)
        Y'CbCr of full range, as they were averaged.
    weights : tuple of float
        Of red and blue in the luma of `planes`.
    """

    luma: npt.NDArray[np.uint8]
    size: tuple[int, int]
    timestamp_s: float
    duration_s: float
    planes: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
    weights: tuple[float, float] = JPEG_WEIGHTS

    def jpeg_image(self) -> Image.Image:
        """Return the picture in mode YCbCr as JPEG means it."""
        y, blue, red = self.planes
        if self.weights != JPEG_WEIGHTS:
            rows = _mixing(self.weights)
            y = self.luma
            blue, red = (_mixed(self.planes, row) for row in rows[1:])
        return Image.merge("YCbCr", [Image.fromarray(plane) for plane in (y, blue, red)])


def look_of_pixels(pixels: npt.NDArray[np.uint8], timestamp_s: float, duration_s: float) -> Look:
    """Return the look of a picture, uint8 (H, W, 3), sRGB."""
    image = Image.fromarray(np.ascontiguousarray(resize_area(pixels, *THUMBNAIL_SIZE)))
    y, blue, red = (np.asarray(channel) for channel in image.convert("YCbCr").split())
    return Look(y, pixels.shape[:2], timestamp_s, duration_s, (y, blue, red))


def luma_of(
    planes: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]],
    weights: tuple[float, float],
) -> npt.NDArray[np.uint8]:
    """Return BT.601 luma, uint8 (H, W), of Y'CbCr planes of full range with other weights."""
    return planes[0] if weights == JPEG_WEIGHTS else _mixed(planes, _mixing(weights)[0])


def _mixed(
    planes: tuple[npt.NDArray[np.uint8], ...], row: tuple[float, float, float]
) -> npt.NDArray[np.uint8]:
    """Return one plane of another Y'CbCr; chroma lies around 128."""
    y, blue, red = planes
    # Half for the rounding; chroma of the answer is centred as well where luma has no part in it.
    level = 0.5 - 128 * (row[1] + row[2]) + (0 if row[0] else 128)
    mixed = blue * np.float32(row[1])
    mixed += red * np.float32(row[2])
    mixed += np.float32(level)
    if row[0]:
        mixed += y
    np.clip(mixed, 0, 255, out=mixed)
    return mixed.astype(np.uint8)


@lru_cache(maxsize=8)
def _mixing(weights: tuple[float, float]) -> tuple[tuple[float, float, float], ...]:
    """Return the rows of the matrix from Y'CbCr of other weights to that of JPEG."""
    to_rgb = np.linalg.inv(_from_rgb(weights))
    matrix = _from_rgb(JPEG_WEIGHTS) @ to_rgb
    matrix[0, 0], matrix[1:, 0] = 1.0, 0.0
    return tuple((float(a), float(b), float(c)) for a, b, c in matrix)


def _from_rgb(weights: tuple[float, float]) -> npt.NDArray[np.float64]:
    red, blue = weights
    luma = np.array([red, 1 - red - blue, blue])
    return np.stack(
        [
            luma,
            (np.array([0.0, 0.0, 1.0]) - luma) / (2 * (1 - blue)),
            (np.array([1.0, 0.0, 0.0]) - luma) / (2 * (1 - red)),
        ]
    )
