"""What decided a stage, in words: a sentence for every number that the models weigh.

Owns words only.
"""

import math
from collections.abc import Callable

from framematch.matching.difference import Difference


def _share(text: str) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}")


def _number(text: str) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:.1f}")


def _count(text: str) -> Callable[[float], str]:
    return lambda value: text.format(round(math.expm1(value)))


#: A sentence for each number of `Looks` and `Difference`, as it stands there.
SAYS: dict[str, Callable[[float], str]] = {
    "ground": _share("{} of it is of one colour"),
    "ground_grey": _share("its ground is {} bright"),
    "ground_colour": _share("its ground is {} colourful"),
    "thick": _share("{} of it is areas wider than a stroke"),
    "thick_colour": _share("{} of it is filled with colour"),
    "thin": _share("{} of it is strokes"),
    "thin_colour": _share("{} of it is coloured strokes"),
    "ink": _share("its ink is {} away from its ground"),
    "soft": _share("{} of its strokes is softer than full ink"),
    "blank": _share("{} of it is blank"),
    "clean": _share("{} of it is free of edges"),
    "shaded": _share("{} of what is free of edges is shaded"),
    "grain": _number("its areas have a grain of {} levels"),
    "colours": _count("{} colours cover nine tenths of it"),
    "colourful": _share("it is {} colourful"),
    "dark": _share("it is {} dark"),
    "midtones": _share("{} of it is between ground and ink"),
    "figures": _count("{} figures stand alone on it"),
    "letters": _count("{} marks on it are as small as letters"),
    "notes": _count("{} coloured strokes on it are as small as letters"),
    "largest": _share("what hangs together on it spans up to {} of it"),
    "slivers": _count("its strokes shut in {} specks of ground in a thousand pixels"),
    "frames": _count("{} frames of straight sides are on it"),
    "panel": _share("the largest frame of straight sides on it takes up {}"),
    "tall": lambda value: f"it is {math.exp(value):.2f} times as high as wide",
    "colour_missing": lambda value: (
        _share("{} of the matched frame's colour is missing")(value)
        if value >= 0
        else _share("{} of its colour is beyond that of the matched frame")(-value)
    ),
    "frame_colour": _share("the matched frame is {} colourful"),
    "shade_missing": _share("{} of the matched frame's soft shading is missing"),
    "shade_extra": _share("{} of its soft shading is not in the matched frame"),
    "frame_shade": _share("{} of the matched frame's clean places are shaded"),
    "tones_missing": _share("on {} of its flat places the matched frame has a step"),
    "tones_extra": _share("on {} of the matched frame's flat places it has a step"),
    "lines_missing": _share("{} of the matched frame's lines are missing"),
    "lines_extra": _share("{} of its lines are not in the matched frame"),
    "empty": _share("{} of the matched frame's lines lie where it is empty"),
    "alike": _share("its colours foretell {} of the matched frame's area"),
    "tone": _share("its colours explain {} of the matched frame's"),
    "hole": _share("one part in one piece, {} of the whole, differs from the matched frame"),
    "inside": _share("it covers {} of the matched frame"),
}

# From here on a difference is worth a sentence.
_MOST, _MUCH = 0.6, 0.35
_COLOURED, _SHADED, _HOLE, _ALIKE = 0.03, 0.1, 0.06, 0.5


def in_words(apart: Difference) -> tuple[str, ...]:
    """Return what a picture lacks beside the frame it lies on, or has beyond it, as sentences."""
    said: list[str] = []
    if apart.colour_missing > _MOST and apart.frame_colour > _COLOURED:
        said.append(f"colour missing: {apart.colour_missing:.0%} of the frame's")
    shadeless = apart.shade_missing > _MOST and apart.frame_shade > _SHADED
    if shadeless:
        said.append(f"shading missing: {apart.shade_missing:.0%} of the frame's")
    if apart.empty > _MUCH:
        said.append(f"background missing: {apart.empty:.0%} of the frame's lines")
    elif apart.lines_missing > _MUCH:
        said.append(f"lines missing: {apart.lines_missing:.0%} of the frame's")
    if apart.lines_extra > _MUCH:
        said.append(f"drawing differs: {apart.lines_extra:.0%} of its lines are not the frame's")
    # Light and shade that colours do not foretell would be such a place too.
    if apart.hole > _HOLE and apart.alike > _ALIKE and not shadeless:
        said.append(f"another picture in one place: {apart.hole:.0%} of the area")
    return tuple(said)
