"""Production stage of a picture and its flags, from the picture alone or with the frame it matches.

What a picture consists of (`looks`) and, where the frame it belongs to is known, what tells them
apart once they lie on each other (`difference`) is weighed by a small fitted model; flags follow
from rules. Every judgement comes with what decided it.
"""

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import luma
from framematch.matching.difference import DIFFERENCE, Difference, Matched, difference
from framematch.matching.looks import LOOKS, Looks, look_at, reduced
from framematch.matching.marks import find_timecode
from framematch.matching.stage_evidence import SAYS
from framematch.matching.stage_model import DRAWING, combined, shipped_stage_model
from framematch.notes import find_notes
from framematch.records import Stage

__all__ = ["Matched", "judge"]

_DRAWN = ("line-art", "rough", "storyboard")
# Less of a picture than this that is not ground is nothing.
_NOTHING = 0.001
# Paper: most of a drawing, and neither the white of a screen nor its black.
_PAPER, _PAPER_GREY = 0.5, (0.55, 0.985)
# A part of the frame: the view leaves less than this share of it covered.
_WHOLE = 0.9
# The frame says that it is no drawing.
_DECIDED = 0.5


def judge(
    pixels: npt.NDArray[np.uint8], matched: Matched | None = None, *, mirrored: bool = False
) -> Stage:
    """Return the stage of a picture.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.
    matched : Matched, optional
        The frame that it belongs to, and how it lies on it.
    mirrored : bool
        Whether it is known to be mirrored where no frame is given.
    """
    looks = look_at(pixels)
    if looks.thin + looks.thick < _NOTHING:
        return Stage("unknown", 0.0)
    alone = shipped_stage_model("alone")
    values = looks.vector()
    shares = alone.shares(values)
    reasons = alone.reasons(values)
    apart = None if matched is None else difference(pixels, matched)
    if apart is not None:
        held = shipped_stage_model("matched")
        values = np.append(values, apart.vector())
        by_frame = held.shares(values)
        shares = combined(shares, by_frame)
        # A drawing stays what it was; anything else was decided by the frame.
        if by_frame[DRAWING] < _DECIDED:
            reasons = held.reasons(values)
    label = max(shares, key=lambda name: (shares[name], name))
    said = dict(zip((*LOOKS, *DIFFERENCE), values.tolist(), strict=False))
    flags = _flags(pixels, looks, apart, matched, label)
    if mirrored:
        flags.add("mirrored")
    in_words = tuple(SAYS[name](said[name]) for name in reasons)
    return Stage(label, float(shares[label]), tuple(sorted(flags)), in_words)


def _flags(
    pixels: npt.NDArray[np.uint8],
    looks: Looks,
    apart: Difference | None,
    matched: Matched | None,
    label: str,
) -> set[str]:
    """Return what else is seen on a picture."""
    drawn = label in _DRAWN
    flags = {
        "annotations": drawn and bool(find_notes(pixels)),
        "cropped": apart is not None and apart.inside < _WHOLE,
        "mirrored": matched is not None and matched.view.mirrored,
        "paper": drawn
        and looks.ground > _PAPER
        and _PAPER_GREY[0] < looks.ground_grey < _PAPER_GREY[1],
        "timecode": find_timecode(luma(reduced(pixels))) is not None,
    }
    return {flag for flag, is_set in flags.items() if is_set}
