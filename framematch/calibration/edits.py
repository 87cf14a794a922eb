"""What may have happened to a finished frame before it is asked about.

Owns the edits that `framematch calibrate` makes to a library's own frames, in NumPy and Pillow
alone. All take uint8 (H, W, 3) and a generator, and give a picture of any size. Knows neither index
nor matcher.
"""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

Pixels = npt.NDArray[np.uint8]
Change = Callable[[Pixels, np.random.Generator], Pixels]


def as_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Return the picture after a round through JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    return np.asarray(JpegImageFile(buffer).convert("RGB"))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    image = Image.fromarray(pixels).resize((max(width, 16), max(height, 16)))
    return np.asarray(image, dtype=np.uint8)


def _posted(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    return as_jpeg(pixels, int(dice.integers(60, 90)))


def _crushed(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    return as_jpeg(pixels, int(dice.integers(15, 30)))


def _small(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    share = float(dice.uniform(160, 240)) / pixels.shape[1]
    size = [round(side * min(share, 1.0)) for side in pixels.shape[:2]]
    return as_jpeg(_resized(pixels, size[1], size[0]), 80)


def _cropped(pixels: Pixels, share: float, dice: np.random.Generator) -> Pixels:
    """Return `share` of each side, cut out anywhere."""
    height, width = pixels.shape[:2]
    tall, wide = round(height * share), round(width * share)
    top, left = int(dice.integers(height - tall + 1)), int(dice.integers(width - wide + 1))
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def _crop10(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    return _cropped(pixels, 0.9, dice)


def _crop30(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    return _cropped(pixels, 0.7, dice)


def _barred(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    bar = round(pixels.shape[0] * float(dice.uniform(0.08, 0.2)))
    axis = ((bar, bar), (0, 0), (0, 0)) if dice.random() < 0.5 else ((0, 0), (bar, bar), (0, 0))
    return np.pad(pixels, axis)


def _mirrored(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _grey(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return np.repeat(np.asarray(Image.fromarray(pixels).convert("L"))[..., np.newaxis], 3, axis=2)


def _gamma(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    power = float(dice.choice([1 / 1.7, 1.7]))
    curve = np.rint(255 * (np.arange(256) / 255) ** power).astype(np.uint8)
    return curve[pixels]


def _page(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """Return the picture on a light page, between lines that stand for text."""
    height, width = pixels.shape[:2]
    page = np.full((round(height * 1.9), round(width * 1.5), 3), 246, dtype=np.uint8)
    top, left = round(height * 0.3), round(width * dice.uniform(0.05, 0.4))
    page[top : top + height, left : left + width] = pixels
    step = max(height // 14, 4)
    for line in range(top + height + step, len(page) - step, step):
        page[line : line + step // 3, left : left + round(width * dice.uniform(0.5, 1.0))] = 90
    page[: step * 2] = dice.integers(30, 220, 3)
    return page


#: The edits, each under its name.
FINISHED: dict[str, Change] = {
    "posted": _posted,
    "crushed": _crushed,
    "small": _small,
    "crop-10": _crop10,
    "crop-30": _crop30,
    "bars": _barred,
    "mirror": _mirrored,
    "grey": _grey,
    "gamma": _gamma,
    "page": _page,
}
