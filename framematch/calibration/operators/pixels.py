"""Small steps that edits and drawings share: crop, resize, re-encode, warp. Owns no registry."""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]
Operator = Callable[[Pixels, np.random.Generator], Pixels]


def grey_of(pixels: Pixels) -> Plane:
    """Return BT.601 luma, float32 (H, W), 0 to 1."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32) / np.float32(255)
    grey: Plane = pixels.astype(np.float32) @ weights
    return grey


def picture_of(grey: npt.NDArray[np.floating]) -> Pixels:
    """Return a grey plane, 0 to 1, as uint8 (H, W, 3)."""
    levels = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    picture: Pixels = np.repeat(levels[..., None], 3, axis=2)
    return picture


def rounded(levels: npt.NDArray[np.floating]) -> Pixels:
    """Return levels of 0 to 255 as uint8, cut off at both ends."""
    whole: Pixels = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return whole


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture at another size, area-averaged when it shrinks."""
    size = (max(width, 8), max(height, 8))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def as_jpeg(pixels: Pixels, quality: int) -> Pixels:
    """Return the picture after a round through JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


def centre(pixels: Pixels, share: float) -> Pixels:
    """Return the middle of the picture, `share` of each side long."""
    height, width = pixels.shape[:2]
    tall, wide = round(height * share), round(width * share)
    top, left = (height - tall) // 2, (width - wide) // 2
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def on_ground(pixels: Pixels, width: int, height: int, grey: int) -> Pixels:
    """Return the picture in the middle of a flat ground of the given size."""
    ground = np.full((height, width, 3), grey, dtype=np.uint8)
    top, left = (height - pixels.shape[0]) // 2, (width - pixels.shape[1]) // 2
    ground[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return ground


def smooth_noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> Plane:
    """Return smooth noise, float32 of `shape`, mean 0, deviation 1, blobs about `sigma` wide."""
    # Drawn coarse and blown up: a wide Gaussian over every pixel is most of an operator's time.
    step = max(1, int(sigma / 3))
    rows, columns = shape[0] // step + 2, shape[1] // step + 2
    coarse = ndimage.gaussian_filter(rng.standard_normal((rows, columns)), sigma / step)
    fine = ndimage.zoom(coarse, step, order=1)[: shape[0], : shape[1]]
    noise: Plane = ((fine - fine.mean()) / (fine.std() + 1e-9)).astype(np.float32)
    return noise


def shaken(plane: Plane, reach_px: float, rng: np.random.Generator) -> Plane:
    """Return a plane displaced by a smooth field of `reach_px` deviation: a hand that wobbles."""
    height, width = plane.shape
    scale = height / 20
    down = smooth_noise(plane.shape, scale, rng) * reach_px
    along = smooth_noise(plane.shape, scale, rng) * reach_px
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    moved: Plane = ndimage.map_coordinates(
        plane, [rows + down, columns + along], order=1, mode="nearest"
    )
    return moved
