"""Line art of finished frames: stand-ins for the drawings that came before them."""

import numpy as np

from framematch.calibration.operators import lettering, lines
from framematch.calibration.operators.pixels import (
    Operator,
    Pixels,
    Plane,
    centre,
    grey_of,
    picture_of,
    shaken,
    smooth_noise,
)


def _on_paper(ink: Plane) -> Pixels:
    """Return ink, 0 to 1, as dark lines on white paper."""
    return picture_of(1.0 - 0.92 * ink)


def _xdog(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(lines.xdog(grey_of(pixels)))


def _dog_wide(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(lines.dog(grey_of(pixels)))


def _thin(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(lines.thin_edges(grey_of(pixels)))


def _threshold(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(lines.below_surroundings(grey_of(pixels)))


def _laplacian(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(lines.zero_crossings(grey_of(pixels)))


def _marker(pixels: Pixels, _: np.random.Generator) -> Pixels:
    grey = grey_of(pixels)
    return _on_paper(lines.thickened(lines.thin_edges(grey), grey.shape[0] / 100))


def _wobbled(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    ink = lines.xdog(grey_of(pixels))
    return _on_paper(shaken(ink, 2.5 * len(ink) / 360, rng))


def _erased(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    ink = lines.xdog(grey_of(pixels))
    noise = smooth_noise(ink.shape, len(ink) / 15, rng)
    return _on_paper(ink * (noise >= np.quantile(noise, 0.4)))


def _part(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return only what lies in one blob around the middle: a figure without its background."""
    ink = lines.dog(grey_of(pixels), 0.9)
    height, width = ink.shape
    rows, columns = np.mgrid[0:height, 0:width]
    middle = rng.uniform(0.35, 0.65, 2) * (height, width)
    away = np.hypot((rows - middle[0]) / height, (columns - middle[1]) / width / 0.8)
    edge = away + 0.05 * smooth_noise(ink.shape, height / 8, rng)
    return _on_paper(ink * (edge <= np.quantile(edge, 0.45)))


def _noted(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return lettering.annotated(_xdog(pixels, rng), rng)


def _sheet(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return lettering.layout_sheet(_xdog(pixels, rng), rng, 0.7)


def _rough(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return several searching strokes for every line."""
    ink = lines.xdog(grey_of(pixels), 1.2)
    strokes = [shaken(ink, 3.0 * len(ink) / 360, rng) for _ in range(3)]
    return _on_paper(np.clip(np.sum(strokes, axis=0) * np.float32(0.42), 0, 1))


def _white_on_black(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return picture_of(0.95 * lines.dog(grey_of(pixels)))


def _pencil(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    ink = lines.dog(grey_of(pixels), 1.0)
    paper = 0.68 + 0.03 * smooth_noise(ink.shape, len(ink) / 3, rng)
    grain = rng.normal(0, 0.02, ink.shape).astype(np.float32)
    return picture_of(paper - 0.36 * ink + grain)


def _mirrored(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(_xdog(pixels, rng)[:, ::-1])


def _cropped(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return centre(_dog_wide(pixels, rng), 0.8)


LINE_ART: dict[str, Operator] = {
    "xdog": _xdog,
    "dog-wide": _dog_wide,
    "thin-edges": _thin,
    "threshold": _threshold,
    "laplacian": _laplacian,
    "marker": _marker,
    "wobbled": _wobbled,
    "erased-40": _erased,
    "part": _part,
    "notes": _noted,
    "sheet-70": _sheet,
    "rough": _rough,
    "white-on-black": _white_on_black,
    "pencil": _pencil,
    "line-mirror": _mirrored,
    "line-crop-20": _cropped,
}
