"""Drawings made of a finished frame: stand-ins for the line art that came before it.

Owns the line art that `framematch calibrate` makes of a library's own frames, in NumPy and Pillow
alone. All take uint8 (H, W, 3) and a generator, and give a picture of any size; strokes and blurs
are as wide as they should be in a picture 360 high.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.calibration.edits import Change, Pixels

Plane = npt.NDArray[np.float32]

_BASE_HEIGHT = 360.0
# Contrast below this is noise and no line, however little else there is around it; of luma 0 to 1.
_NOISE = 0.02


def _luma(pixels: Pixels) -> Plane:
    """Return BT.601 luma, float32 (H, W), 0 to 1."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32) / np.float32(255)
    grey: Plane = pixels.astype(np.float32) @ weights
    return grey


def _picture(grey: npt.NDArray[np.floating]) -> Pixels:
    levels = np.clip(np.rint(grey * 255), 0, 255).astype(np.uint8)
    return np.repeat(levels[..., np.newaxis], 3, axis=2)


def blurred(plane: Plane, sigma: float) -> Plane:
    """Return a plane, float32 (H, W), under a Gaussian of `sigma` pixels; edges are repeated."""
    reach = max(1, round(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    for _ in range(2):
        padded = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
        plane = np.ascontiguousarray(
            sum(tap * padded[n : n + len(plane)] for n, tap in enumerate(taps))
        ).T
    return np.ascontiguousarray(plane)


def _level(pixels: Pixels) -> tuple[Plane, float]:
    """Return luma relative to its surroundings, so that dark frames have lines too; the unit."""
    grey = _luma(pixels)
    unit = grey.shape[0] / _BASE_HEIGHT
    away = grey - blurred(grey, 15 * unit)
    spread = np.sqrt(blurred(away * away, 15 * unit)) + np.float32(_NOISE)
    return away / spread, unit


def _ink(pixels: Pixels, sigma: float = 1.0) -> Plane:
    """Return the dark side of every edge as ink, 0 to 1: a difference of two Gaussians."""
    level, unit = _level(pixels)
    band = blurred(level, 1.8 * sigma * unit) - blurred(level, sigma * unit)
    return np.clip(band * 4 - 0.35, 0, 1)


def _edges(pixels: Pixels) -> Plane:
    """Return edges one pixel wide: where the slope is steepest across it (after Canny, 1986)."""
    level, unit = _level(pixels)
    smooth = blurred(level, 1.4 * unit)
    down, along = np.gradient(smooth)
    slope = np.hypot(down, along)
    sector = np.rint(np.arctan2(down, along) * 4 / np.pi).astype(np.int64) % 4
    crest = np.zeros(slope.shape, dtype=bool)
    for number, step in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead, behind = np.roll(slope, (-step[0], -step[1]), (0, 1)), np.roll(slope, step, (0, 1))
        crest |= (sector == number) & (slope >= ahead) & (slope > behind)
    return (crest & (slope > 0.16 / unit)).astype(np.float32)


def _blobs(shape: tuple[int, ...], size: float, dice: np.random.Generator) -> Plane:
    """Return smooth noise, float32 (H, W), in blobs of about `size` pixels."""
    coarse = dice.standard_normal([max(2, round(side / size)) for side in shape[:2]])
    image = Image.fromarray(coarse.astype(np.float32))
    noise: Plane = np.asarray(
        image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float32
    )
    return noise


def _on_paper(ink: Plane) -> Pixels:
    return _picture(1.0 - 0.9 * ink)


def _lines(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(_ink(pixels))


def _broad_lines(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(_ink(pixels, 1.9))


def _thin_lines(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _on_paper(_edges(pixels))


def _erased(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """Return lines of which two fifths of the picture are rubbed out, in blobs."""
    noise = _blobs(pixels.shape, pixels.shape[0] / 5, dice)
    return _on_paper(_ink(pixels) * (noise >= np.quantile(noise, 0.4)))


def _part(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """Return the lines of one place around the middle: a figure without its background."""
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    middle = dice.uniform(0.35, 0.65, 2)
    away = np.hypot(rows / height - middle[0], (columns / width - middle[1]) * 1.2)
    away += 0.06 * _blobs(pixels.shape, height / 5, dice)
    return _on_paper(_ink(pixels) * (away <= np.quantile(away, 0.45)))


def _on_sheet(pixels: Pixels, dice: np.random.Generator) -> Pixels:
    """Return the lines in a field of a sheet of paper, with a frame and a few notes."""
    drawn = _lines(pixels, dice)
    height, width = drawn.shape[:2]
    sheet = np.full((round(height * 1.45), round(width * 1.4), 3), 244, dtype=np.uint8)
    top, left = (int(dice.integers(3, len(side) - n - 3)) for side, n in _room(sheet, drawn))
    sheet[top - 2 : top + height + 2, left - 2 : left + width + 2] = 40
    sheet[top : top + height, left : left + width] = drawn
    return sheet


def _room(sheet: Pixels, drawn: Pixels) -> tuple[tuple[Pixels, int], tuple[Pixels, int]]:
    return (sheet, drawn.shape[0]), (sheet[0], drawn.shape[1])


def _white_on_black(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return _picture(0.95 * _ink(pixels))


#: The drawings, each under its name.
LINE_ART: dict[str, Change] = {
    "lines": _lines,
    "broad-lines": _broad_lines,
    "thin-lines": _thin_lines,
    "erased": _erased,
    "part": _part,
    "sheet": _on_sheet,
    "white-on-black": _white_on_black,
}
