"""Pictures whose stage is known: what is judged, what is right, and the frame that it belongs to.

How a picture lies on its frame is known too, so nothing is searched for here; `lies_on` puts it off
by as much as the product's alignment is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.operators.kept import FINISHED_TEST, LINE_ART_TEST
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import Operator, Pixels
from framematch.demo import Studio, StudioSettings
from framematch.hashing.panels import WHOLE, Box
from framematch.hashing.views import View, inner_box
from framematch.matching.difference import Matched
from framematch.media import decode_thumbnail, encode_thumbnail

#: Operators by name; what the kept ones make is never fitted on.
OPERATORS: dict[str, Operator] = {**FINISHED, **LINE_ART, **FINISHED_TEST, **LINE_ART_TEST}
KEPT = (*FINISHED_TEST, *LINE_ART_TEST)
# What operators leave on a picture that a flag tells.
FLAGS_OF = {
    "timecode": "timecode",
    "mirror": "mirrored",
    "line-mirror": "mirrored",
    "crop-10": "cropped",
    "crop-30": "cropped",
    "crop-corner": "cropped",
    "line-crop-20": "cropped",
    "notes": "annotations",
    "sheet-70": "annotations",
}


def _centred(scale: float) -> Box:
    return ((1 - scale) / 2, (1 - scale) / 2, scale, scale)


# The part of what an operator makes that covers the frame; the whole where it is not named, and
# unknown for those that throw dice.
_BOXES: dict[str, Box | None] = {
    "crop-10": _centred(1 / 0.9),
    "crop-30": _centred(1 / 0.7),
    "line-crop-20": _centred(1 / 0.8),
    "letterbox": (0.0, (1 - 1 / 1.33) / 2, 1.0, 1 / 1.33),
    "padding": _centred(1 / 1.2),
    "web-page": (0.05, 0.12, 1 / 1.7, 1 / 1.5),
    "crop-corner": None,
    "sheet-70": None,
}
# How far off an alignment is: deviations of its size and of its place, as shares of the frame.
_SIZE_OFF, _PLACE_OFF = 0.015, 0.008


def view_of(operator: str) -> View | None:
    """Return how what an operator makes lies on the frame, ``None`` where that is not known."""
    box = _BOXES.get(operator, WHOLE)
    return None if box is None else View(box, FLAGS_OF.get(operator) == "mirrored")


def lies_on(case: "Case") -> Matched | None:
    """Return the frame of a case and how the picture lies on it, about as exact as the product."""
    if case.reference is None or case.view is None:
        return None
    dice = np.random.default_rng([case.pixels.shape[1], int(case.pixels[::7, ::7].sum())])
    scale = 1 + dice.normal(0, _SIZE_OFF)
    aside, down = dice.normal(0, _PLACE_OFF, 2)
    off = ((1 - scale) / 2 + aside, (1 - scale) / 2 + down, scale, scale)
    return Matched(case.view.with_box(inner_box(case.view.box, off)), case.reference)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One picture.

    Attributes
    ----------
    pixels : uint8 (H, W, 3)
        What is judged.
    reference : uint8 (144, 256, 3) or None
        Thumbnail of the finished frame; ``None`` where there is none.
    view : View or None
        The part of the picture that covers the frame; ``None`` where that is not known.
    title : str
        Held out together: a film, a studio's seed.
    source : str
        Row of the table.
    operator : str
        What was done to the picture, or the drawing that the studio was asked for.
    stages : tuple of str
        What counts as right; the first is what is fitted.
    flags : frozenset of str
        What should be flagged, of the flags that this case can be asked about.
    """

    pixels: Pixels
    reference: Pixels | None
    view: View | None
    title: str
    source: str
    operator: str
    stages: tuple[str, ...]
    flags: frozenset[str]


def thumbnail(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture as an index keeps it."""
    return decode_thumbnail(encode_thumbnail(pixels))


def worked_on(
    pixels: Pixels, reference: Pixels, title: str, source: str, operator: str, seed: int
) -> Case:
    """Return the case of a finished frame under an operator; the last part of `source` is added."""
    if operator == "plain":
        whole = View(WHOLE, mirrored=False)
        row = f"{source}: plain"
        return Case(pixels, reference, whole, title, row, operator, ("final",), frozenset())
    generator = np.random.default_rng(seed)
    made = OPERATORS[operator](pixels, generator)
    drawn = operator in LINE_ART or operator in LINE_ART_TEST
    stages = ("line-art", "rough") if drawn else ("final",)
    if operator == "rough":
        stages = ("rough", "line-art")
    flags = frozenset({FLAGS_OF[operator]} if operator in FLAGS_OF else ())
    kind = "line operators" if drawn else "edits"
    if operator in KEPT:
        kind = f"kept {kind}"
    view, row = view_of(operator), f"{source}: {kind}"
    return Case(made, reference, view, title, row, operator, stages, flags)


def studio(seed: int) -> Studio:
    """Return the studio of a seed: six looks, two episodes."""
    return Studio(StudioSettings(seed=seed, n_shows=6, n_episodes=2, episode_s=24.0))
