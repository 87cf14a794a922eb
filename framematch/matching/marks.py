"""Marks on a picture that belong to nobody's drawing: a running time code.

Found by what it looks like, not by reading: digits in pairs between dots. Pure functions on arrays.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing.panels import Box

Plane = npt.NDArray[np.float32]

# Time codes stand in the upper or lower part of a picture: so much of its height.
_BAND = 0.24
# Heights of digits as shares of the picture's height, and the fewest pixels to be told by.
_LEAST, _MOST, _FEWEST = 0.018, 0.09, 6
# A glyph stands out from its surroundings by so many levels.
_CONTRAST = 28.0
# Digits of one line are as high as each other and stand on one line, within this share of it.
_EVEN = 0.18
# No gap between neighbours is wider than this share of their height.
_GAP = 1.3
_TIMECODE = re.compile(r"DD:DD:DD")


@dataclass(frozen=True, slots=True)
class _Blob:
    """Something connected: pixels of its box, ends exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def find_timecode(grey: Plane) -> Box | None:
    """Return where a burnt-in time code stands, as shares of the picture, or ``None``.

    Three pairs of digits of one height on one line, dots between the pairs, near the upper or lower
    edge, light on dark or dark on light.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.
    """
    height, width = grey.shape
    band = round(_BAND * height)
    if band < 2 * _FEWEST:
        return None
    for top in (height - band, 0):
        for blobs in _blobs(grey[top : top + band]):
            found = _pairs_of_digits(blobs, height)
            if found is not None:
                left, upper, right, lower = found
                return (
                    left / width,
                    (top + upper) / height,
                    (right - left) / width,
                    (lower - upper) / height,
                )
    return None


def _blobs(band: Plane) -> list[list[_Blob]]:
    """Return what stands out light and what stands out dark, each from left to right."""
    # Imported late, for half a second.
    from scipy import ndimage

    around = ndimage.uniform_filter(band, len(band) // 2, mode="nearest")
    both = []
    for mask in (band > around + _CONTRAST, band < around - _CONTRAST):
        found = ndimage.find_objects(ndimage.label(mask, np.ones((3, 3)))[0])
        blobs = [_Blob(x.start, y.start, x.stop, y.stop) for y, x in found]
        both.append(sorted(blobs, key=lambda blob: (blob.left, blob.top)))
    return both


def _pairs_of_digits(blobs: list[_Blob], height: int) -> tuple[int, int, int, int] | None:
    """Return the box of the first line of glyphs that reads as a time code."""
    least = max(_FEWEST, _LEAST * height)
    glyphs = [b for b in blobs if least <= b.height <= _MOST * height and b.width < 1.2 * b.height]
    tried: set[_Blob] = set()
    for seed in glyphs:
        if seed in tried:
            continue
        slack = max(1.0, _EVEN * seed.height)
        line = [
            glyph
            for glyph in glyphs
            if abs(glyph.height - seed.height) <= slack and abs(glyph.middle - seed.middle) <= slack
        ]
        tried.update(line)
        dots = [b for b in blobs if b.height < 0.75 * seed.height and b.width < 0.4 * seed.height]
        text = _as_text(line, [b for b in dots if seed.top < b.middle < seed.bottom + slack])
        if _TIMECODE.search(text):
            lower = max(glyph.bottom for glyph in line)
            return line[0].left, min(glyph.top for glyph in line), line[-1].right, lower
    return None


def _as_text(line: list[_Blob], dots: list[_Blob]) -> str:
    """Return a line of glyphs as ``D`` each, ``:`` where dots stand between, a space for a gap."""
    text = ""
    for glyph, following in zip(line, [*line[1:], None], strict=True):
        text += "D"
        if following is None:
            break
        if any(glyph.right <= dot.left and dot.right <= following.left + 1 for dot in dots):
            text += ":"
        elif following.left - glyph.right > _GAP * glyph.height:
            text += " "
    return text
