"""Edits of finished frames: what re-posting, filming and archiving do to a picture."""

import numpy as np
from PIL import Image
from scipy import ndimage

from framematch.calibration.operators import lettering
from framematch.calibration.operators.pixels import (
    Operator,
    Pixels,
    as_jpeg,
    centre,
    grey_of,
    on_ground,
    picture_of,
    resized,
    rounded,
)


def _jpeg20(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return as_jpeg(pixels, 20)


def _small(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return resized(pixels, 160, round(160 * pixels.shape[0] / pixels.shape[1]))


def _crop10(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return centre(pixels, 0.9)


def _crop30(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return centre(pixels, 0.7)


def _letterbox(pixels: Pixels, _: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    return on_ground(pixels, width, round(1.33 * height), 0)


def _padding(pixels: Pixels, _: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    return on_ground(pixels, round(1.2 * width), round(1.2 * height), 128)


def _gamma(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    power = 1.8 if rng.random() < 0.5 else 1 / 1.8
    return rounded(255 * (pixels / 255.0) ** power)


def _mirror(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _grey(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return picture_of(grey_of(pixels))


def _tint(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return rounded(pixels * rng.permutation([1.15, 0.9, 0.7]))


def _timecode(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return lettering.boxed(pixels, f"01:{rng.integers(10, 60)}:{rng.integers(10, 60)}:04")


def _rotate3(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    angle = 3.0 if rng.random() < 0.5 else -3.0
    return np.asarray(Image.fromarray(pixels).rotate(angle, Image.Resampling.BICUBIC))


def _squeezed(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return resized(pixels, round(pixels.shape[0] * 4 / 3), pixels.shape[0])


def _screen(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a photo of a screen that shows the picture: askew, soft, dimmer, noisy."""
    height, width = pixels.shape[:2]
    near, far = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), rng.uniform(0.02, 0.09, (4, 2))
    corners = np.where(near == 0, far, 1 - far) * (width, height)
    edges = near * (width, height)
    # Pillow wants, for every pixel of the photo, where in the picture it lies.
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, edges, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    mapping = np.linalg.solve(np.array(rows), np.array(values))
    photo = Image.fromarray(pixels).transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        tuple(mapping.tolist()),
        Image.Resampling.BILINEAR,
        fillcolor=(60, 60, 60),
    )
    soft = ndimage.gaussian_filter(np.asarray(photo, dtype=np.float32), (0.8, 0.8, 0))
    return rounded(0.85 * soft + rng.normal(0, 6, soft.shape))


def _web_page(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return lettering.web_page(pixels)


FINISHED: dict[str, Operator] = {
    "jpeg-20": _jpeg20,
    "small-160": _small,
    "crop-10": _crop10,
    "crop-30": _crop30,
    "letterbox": _letterbox,
    "padding": _padding,
    "gamma": _gamma,
    "mirror": _mirror,
    "grey": _grey,
    "tint": _tint,
    "timecode": _timecode,
    "rotate-3": _rotate3,
    "squeezed": _squeezed,
    "screen-photo": _screen,
    "web-page": _web_page,
}
