"""Production stage of a picture, judged from the picture alone.

Drawings are told from finished frames by their ground: paper or a blank layer takes up most of the
picture, and what is coloured is thin. The figures behind each rule are shares of the picture's
pixels.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing.ink import layers
from framematch.hashing.panels import find_frames
from framematch.hashing.preprocess import luma
from framematch.records import Stage

_SIDE = 512
_LEAST_PAPER = 0.6
_FILLED_SHARE = 0.05
_STORYBOARD_FRAMES = 2
# Pencil: most of its strokes are neither paper nor full black, and it has no coloured notes.
_PENCIL_SOFT, _PENCIL_NOTES = 0.57, 0.003
# Flat colour: hardly a gradient, few colours.
_FLAT_SHARE, _FLAT_COLOURS = 0.83, 23


@dataclass(frozen=True, slots=True)
class Looks:
    """What a picture consists of, as shares of its pixels.

    Attributes
    ----------
    paper : float
        Of the ground: near to its grey and hardly coloured.
    paper_grey : float
        Grey of that ground, 0 to 255.
    ink : float
        Of strokes: neither ground nor filled with colour.
    filled : float
        Coloured areas wider than a stroke.
    coloured_strokes : float
        Coloured, but no wider than a stroke.
    flat : float
        Without any gradient to the neighbours.
    soft : float
        Of the strokes: between ground and full ink, as a pencil leaves.
    colours : int
        How many of 4096 colours take up at least half a percent.
    frames : int
        Frames of four straight sides beside each other, as on a storyboard page.
    """

    paper: float
    paper_grey: float
    ink: float
    filled: float
    coloured_strokes: float
    flat: float
    soft: float
    colours: int
    frames: int


def look_at(pixels: npt.NDArray[np.uint8]) -> Looks:
    """Return what a picture, uint8 (H, W, 3), consists of."""
    step = max(1, -(-max(pixels.shape[:2]) // _SIDE))
    small = pixels[::step, ::step]
    grey = luma(small)
    seen = layers(small)
    strokes = seen.strokes
    away = np.abs(grey - seen.ground)
    deepest = np.percentile(away[strokes], 95) if strokes.any() else 1.0
    soft = strokes & (away < 0.6 * deepest)
    padded = np.pad(grey, ((0, 1), (0, 1)), mode="edge")
    steps = np.maximum(
        np.abs(np.diff(padded, axis=0))[:, :-1], np.abs(np.diff(padded, axis=1))[:-1]
    )
    bins = (small >> 4).astype(np.int32)
    counts = np.bincount((bins[..., 0] << 8 | bins[..., 1] << 4 | bins[..., 2]).ravel())
    return Looks(
        paper=float(seen.paper.mean()),
        paper_grey=seen.ground,
        ink=float(strokes.mean()),
        filled=float(seen.filled.mean()),
        coloured_strokes=float((seen.coloured & ~seen.filled).mean()),
        flat=float((steps < 1.5).mean()),
        soft=float(soft.sum() / max(int(strokes.sum()), 1)),
        colours=int((counts >= 0.005 * grey.size).sum()),
        frames=len(find_frames(grey)),
    )


def judge(pixels: npt.NDArray[np.uint8], *, mirrored: bool = False) -> Stage:
    """Return the stage of a picture.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.
    mirrored : bool
        Whether the alignment with a reference frame showed it to be mirrored.
    """
    looks = look_at(pixels)
    label, confidence = _label(looks)
    drawn = label in ("line-art", "rough", "storyboard")
    flags = {
        "annotations": drawn and looks.coloured_strokes > 0.004,
        "mirrored": mirrored,
        "paper": looks.paper > _LEAST_PAPER and 150 < looks.paper_grey < 250,
    }
    return Stage(label, confidence, tuple(sorted(flag for flag, is_set in flags.items() if is_set)))


def _label(looks: Looks) -> tuple[str, float]:
    """Return the stage that the looks fit best, and how well."""
    if looks.ink + looks.filled < 0.001:
        return "unknown", 0.0
    if looks.paper >= _LEAST_PAPER:
        if looks.filled > _FILLED_SHARE:
            return ("flat-colour", 0.6) if looks.paper_grey > 200 else ("final", 0.5)
        if looks.frames >= _STORYBOARD_FRAMES:
            return "storyboard", 0.5
        blank = min(1.0, (looks.paper - _LEAST_PAPER) / 0.3)
        if looks.soft > _PENCIL_SOFT and looks.coloured_strokes < _PENCIL_NOTES:
            return "rough", 0.5 + 0.2 * blank
        return "line-art", 0.6 + 0.35 * blank
    if looks.flat > _FLAT_SHARE and looks.colours <= _FLAT_COLOURS:
        return "flat-colour", 0.6
    return "final", 0.6 + 0.3 * min(1.0, looks.colours / 30)
