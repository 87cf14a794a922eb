"""Drawings on paper: told from finished frames, and freed of the notes drawn over them.

Animators correct and construct in coloured pencil and draw the line that counts in black. None of
the coloured strokes is in the finished frame, so they are taken off before a drawing is coded. Pure
functions on arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import luma

# A pixel is coloured when its channels differ by more than this; a stroke's soft edge by less.
_COLOURED, _TINTED = 42, 18
# Paper: within so many levels of the commonest grey, on at least this share of the picture.
_PAPER_LEVELS = 22.0
_LEAST_PAPER = 0.6
# More than this share filled with colour is a painting; with fewer neutral strokes than half of the
# coloured ones the drawing itself is coloured.
_MOST_FILLED = 0.02
_LEAST_NEUTRAL = 0.5
# A pencil's stroke is no wider than this, in pixels at 512 a side.
_STROKE = 5
_SIDE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What each pixel of a picture belongs to.

    Attributes
    ----------
    ground : float
        Grey of the paper, or of whatever is commonest, 0 to 255.
    paper : bool (H, W)
        Of that grey, and hardly coloured.
    filled : bool (H, W)
        Coloured areas wider than a stroke.
    coloured : bool (H, W)
        Coloured, filled or not.
    """

    ground: float
    paper: npt.NDArray[np.bool_]
    filled: npt.NDArray[np.bool_]
    coloured: npt.NDArray[np.bool_]

    @property
    def strokes(self) -> npt.NDArray[np.bool_]:
        """What is drawn: neither paper nor filled, bool (H, W)."""
        return ~self.paper & ~self.filled


def layers(pixels: npt.NDArray[np.uint8]) -> Layers:
    """Return what each pixel of a picture, uint8 (H, W, 3), belongs to."""
    grey = luma(pixels)
    coloured = spread_of(pixels) > _COLOURED
    plain = grey[~coloured]
    ground = _commonest(plain) if plain.size else 0.0
    paper = ~coloured & (np.abs(grey - ground) <= _PAPER_LEVELS)
    if paper.any():
        ground = float(np.median(grey[paper]))
    return Layers(ground, paper, opened(coloured, _STROKE), coloured)


def ink_luma(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], bool]:
    """Return the luma that is to be coded, and whether the picture is a drawing on paper.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.

    Returns
    -------
    grey : float32 (H, W)
        Luma, 0 to 255; of a drawing in neutral ink, with coloured strokes made paper.
    drawn : bool
        Whether most of the picture is paper and next to nothing is filled with colour.
    """
    grey = luma(pixels)
    step = max(1, -(-max(grey.shape) // _SIDE))
    seen = layers(pixels[::step, ::step])
    if seen.paper.mean() < _LEAST_PAPER or seen.filled.mean() > _MOST_FILLED:
        return grey, False
    neutral = np.count_nonzero(seen.strokes & ~seen.coloured)
    if neutral < _LEAST_NEUTRAL * np.count_nonzero(seen.coloured):
        return grey, True
    spread = spread_of(pixels)
    notes = grown(spread > _COLOURED, 5) & (spread > _TINTED)
    grey[notes] = seen.ground
    return grey, True


def spread_of(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the largest difference between the channels, uint8 (H, W)."""
    # Channel by channel: reducing over an axis of three is ten times as slow.
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    largest = np.maximum(np.maximum(red, green), blue)
    return np.asarray(largest - np.minimum(np.minimum(red, green), blue))


def _commonest(grey: npt.NDArray[np.float32]) -> float:
    """Return the grey around which most pixels lie, to eight levels."""
    counts = np.bincount((grey / 8).astype(np.int64), minlength=32)
    return float(counts.argmax() * 8 + 4)


def opened(mask: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    """Return where a square of `size` pixels fits into a mask (morphological opening)."""
    return grown(~grown(~mask, size), size)


def grown(mask: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    """Return a mask, bool (H, W), grown by half of `size` on every side."""
    reach = size // 2
    padded = np.pad(mask, reach)
    height, width = mask.shape
    tall = np.zeros((height, padded.shape[1]), dtype=bool)
    for offset in range(size):
        tall |= padded[offset : offset + height]
    wide = np.zeros((height, width), dtype=bool)
    for offset in range(size):
        wide |= tall[:, offset : offset + width]
    return wide
