"""Operators that are kept for testing: no fit, no prototype and no threshold has seen them.

Functions as in `framematch.calibration.operators`; nothing that fits may import these.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import ndimage

from framematch.calibration.operators import lines
from framematch.calibration.operators.pixels import (
    Operator,
    Pixels,
    Plane,
    grey_of,
    picture_of,
    resized,
    rounded,
    shaken,
    smooth_noise,
)


def _crop_corner(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return four fifths of the picture, cut from one corner."""
    height, width = pixels.shape[:2]
    tall, wide = round(0.8 * height), round(0.8 * width)
    top, left = int(rng.integers(2)) * (height - tall), int(rng.integers(2)) * (width - wide)
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def _blur(pixels: Pixels, _: np.random.Generator) -> Pixels:
    sigma = 3.0 * pixels.shape[0] / 360
    return rounded(ndimage.gaussian_filter(pixels.astype(np.float32), (sigma, sigma, 0)))


def _posterise(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return rounded(np.rint(pixels / 85.0) * 85.0)


def _inset(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the picture with somebody's camera in a corner, as in a reaction video."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    wide, tall = round(0.33 * width), round(0.33 * height)
    left, top = int(rng.integers(2)) * (width - wide), int(rng.integers(2)) * (height - tall)
    room = smooth_noise((tall, wide), tall / 6, rng)[..., None] * 12 + rng.integers(60, 180, 3)
    camera = Image.fromarray(rounded(room))
    pen = ImageDraw.Draw(camera)
    middle, size = wide / 2, tall / 4
    shirt, skin = tuple(rng.integers(40, 200, 3).tolist()), (205, 160, 130)
    pen.ellipse((middle - 2 * size, 2.6 * size, middle + 2 * size, 6 * size), fill=shirt)
    pen.ellipse((middle - size, 0.7 * size, middle + size, 3.2 * size), fill=skin)
    image.paste(camera, (left, top))
    return np.asarray(image)


def _halftone(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Return the picture sharpened, then printed in dots: a page of a magazine."""
    height, width = pixels.shape[:2]
    sharp = Image.fromarray(pixels).filter(ImageFilter.UnsharpMask(4, 180, 0))
    levels = np.asarray(sharp, dtype=np.float32) / 255
    step = max(3.0, height / 100)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    angles = np.radians([15.0, 45.0, 75.0])
    dots = np.stack(
        [
            np.cos((columns * np.cos(a) + rows * np.sin(a)) * 2 * np.pi / step)
            * np.cos((rows * np.cos(a) - columns * np.sin(a)) * 2 * np.pi / step)
            for a in angles
        ],
        axis=2,
    )
    printed = np.clip(0.5 + 4 * (levels - 0.5 + 0.45 * dots), 0, 1)
    soft = ndimage.gaussian_filter(printed, (0.7, 0.7, 0))
    return rounded(235 * soft + 12)


FINISHED_TEST: dict[str, Operator] = {
    "crop-corner": _crop_corner,
    "blur": _blur,
    "posterise": _posterise,
    "inset": _inset,
    "halftone": _halftone,
}


def _on_paper(ink: Plane) -> Pixels:
    return picture_of(1.0 - 0.9 * ink)


def _hatched(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Return outlines with the dark parts hatched, once for shade and crosswise for black."""
    grey = grey_of(pixels)
    ink = lines.dog(grey, 0.8)
    height, width = grey.shape
    unit = height / 360
    soft = ndimage.gaussian_filter(grey, 3 * unit)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rising = np.cos((columns + rows) * 2 * np.pi / (9 * unit)) > 0.75
    falling = np.cos((columns - rows) * 2 * np.pi / (9 * unit)) > 0.75
    low, lower = np.quantile(soft, (0.45, 0.2))
    hatch = (rising & (soft < low)) | (falling & (soft < lower))
    return _on_paper(np.maximum(ink, 0.7 * hatch.astype(np.float32)))


def _broken(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return lines that stop every few pixels: a worn pen, a poor copy."""
    grey = grey_of(pixels)
    ink = lines.thickened(lines.thin_edges(grey), 1.5 * len(grey) / 360)
    noise = smooth_noise(ink.shape, 4 * len(ink) / 360, rng)
    return _on_paper(ink * (noise > 0.0))


def _brush(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return lines of a wet brush: broad, swelling and thinning, a little off."""
    grey = grey_of(pixels)
    unit = len(grey) / 360
    thin = lines.below_surroundings(grey)
    broad = lines.thickened(lines.xdog(grey, 1.4), 5 * unit)
    swell = np.clip(0.5 + 0.5 * smooth_noise(grey.shape, 15 * unit, rng), 0, 1)
    ink = (swell * broad + (1 - swell) * thin).astype(np.float32)
    return _on_paper(shaken(ink, 1.2 * unit, rng))


def _coloured_paper(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return coloured pencil on coloured paper, unevenly lit."""
    grey = grey_of(pixels)
    ink = lines.dog(grey, 1.0)[..., None]
    papers = ((236, 219, 170), (183, 205, 224), (206, 222, 186), (232, 190, 196))
    pencils = ((120, 50, 30), (35, 45, 120), (110, 20, 70), (30, 80, 60))
    paper = np.array(papers[int(rng.integers(4))], dtype=np.float32)
    pencil = np.array(pencils[int(rng.integers(4))], dtype=np.float32)
    light = 1 + 0.08 * smooth_noise(grey.shape, len(grey) / 2, rng)[..., None]
    grain = rng.normal(0, 4, (*grey.shape, 1))
    return rounded((paper * (1 - 0.8 * ink) + pencil * 0.8 * ink) * light + grain)


def _areas(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Return the borders between areas of about one colour: lines by colour, not by light."""
    height, width = pixels.shape[:2]
    small = resized(pixels, round(360 * width / height), 360)
    flat = ndimage.median_filter(small, (7, 7, 1))
    levels = np.rint(flat.astype(np.float32) / 36).astype(np.int32)
    border = np.zeros(levels.shape[:2], dtype=bool)
    border[1:] |= (levels[1:] != levels[:-1]).any(axis=2)
    border[:, 1:] |= (levels[:, 1:] != levels[:, :-1]).any(axis=2)
    return _on_paper(ndimage.gaussian_filter(border.astype(np.float32), 0.5))


LINE_ART_TEST: dict[str, Operator] = {
    "hatched": _hatched,
    "broken": _broken,
    "brush": _brush,
    "coloured-paper": _coloured_paper,
    "areas": _areas,
}
