"""A query picture: its luma, its colours, and the codes of all its views.

Owns what is computed of the query alone, before the index is asked.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from framematch.hashing import appearance, structure
from framematch.hashing.information import MINIMUM, information
from framematch.hashing.ink import ink_luma
from framematch.hashing.preprocess import shrink
from framematch.hashing.views import View, cut_all, query_views

# Size at which views are cut for PDQ: its filter's windows are odd on both axes, which takes the
# distance between a frame and its own view from some 30 bits to 6 (measured on 12 frames).
_TONE_ROWS, _TONE_COLUMNS = 288, 320
# Places in PDQ's list of turned codes: as it is, and flipped left to right.
_AS_IT_IS, _FLIP = appearance.DIHEDRAL.index("original"), appearance.DIHEDRAL.index("flip-y")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A query picture: its luma at full size, its colours at the size at which they are compared.

    Attributes
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255; of a drawing without coloured notes (`framematch.hashing.ink`).
    drawn : bool
        Whether it is a drawing on paper.
    planes : float32 (3, 144, 256)
        Red, green and blue, squashed.
    """

    grey: npt.NDArray[np.float32]
    drawn: bool
    planes: npt.NDArray[np.float32]

    @classmethod
    def of(cls, pixels: npt.NDArray[np.uint8]) -> "Picture":
        """Return the picture of uint8 (H, W, 3) pixels."""
        small = shrink(pixels[np.newaxis], structure.HEIGHT, structure.WIDTH)[0]
        planes = np.ascontiguousarray(np.moveaxis(small, 2, 0), dtype=np.float32)
        return cls(*ink_luma(pixels), planes)


@dataclass(frozen=True, slots=True, eq=False)
class ViewCodes:
    """What a query shows, view by view.

    Attributes
    ----------
    views : tuple of View
        V views.
    structure : uint8 (V, 64)
        Structure codes.
    appearance : uint8 (V, 32)
        Appearance codes.
    """

    views: tuple[View, ...]
    structure: npt.NDArray[np.uint8]
    appearance: npt.NDArray[np.uint8]


def code_views(picture: Picture, effort: Literal["still", "clip"]) -> ViewCodes:
    """Return the codes of every view; of a drawing also those of partial drawings.

    Last comes the first view again, as a negative.
    """
    views = query_views(picture.grey, effort)
    codes = code_given(picture.grey, views, partial=picture.drawn)
    # The code of a negative is the complement; structure does not know the difference.
    return ViewCodes(
        views=(*codes.views, codes.views[0]),
        structure=np.concatenate([codes.structure, codes.structure[:1]]),
        appearance=np.concatenate([codes.appearance, ~codes.appearance[:1]]),
    )


def code_given(
    grey: npt.NDArray[np.float32], views: tuple[View, ...], *, partial: bool = False
) -> ViewCodes:
    """Return the codes of given views; those that show next to nothing are left out.

    With `partial` every view comes twice, the second time coded as a partial drawing. Where every
    view shows next to nothing, the first one stays.
    """
    upright = tuple(dict.fromkeys(replace(view, mirrored=False) for view in views))
    seen = cut_all(grey, upright, structure.HEIGHT, structure.WIDTH)
    pixels = _as_pixels(seen)
    telling = information(pixels) >= MINIMUM
    place = {view: number for number, view in enumerate(upright)}
    kept = [view for view in views if telling[place[replace(view, mirrored=False)]]] or [views[0]]
    numbers = np.array([place[replace(view, mirrored=False)] for view in kept])
    mirrored = np.array([view.mirrored for view in kept])
    # A mirrored picture's cells and coefficients are the upright one's, in another order.
    cells = structure.cells_of(pixels)[numbers]
    cells[mirrored] = structure.mirror_cells(cells[mirrored])
    # PDQ's filter shifts the picture at some sizes, so its views are cut at one where it does not.
    tones_seen = cut_all(grey, upright, _TONE_ROWS, _TONE_COLUMNS)
    turned, _ = appearance.encode_dihedral(_as_pixels(tones_seen))
    tones = turned[numbers, np.where(mirrored, _FLIP, _AS_IT_IS)]
    lines = structure.encode_cells(cells)
    if partial:
        kept += kept
        lines = np.concatenate([lines, structure.encode_partial(cells)])
        tones = np.concatenate([tones, tones])
    return ViewCodes(views=tuple(kept), structure=lines, appearance=tones)


def _as_pixels(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return grey pictures, float32 (N, H, W), as uint8 (N, H, W, 3)."""
    levels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.repeat(levels[..., np.newaxis], 3, axis=3)
