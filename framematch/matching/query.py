"""A query picture: its luma, its strokes, and the codes of all its views.

Owns what is computed of the query alone, before the index is asked.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from framematch.hashing import SPECS, appearance, structure
from framematch.hashing.field import StrokeField
from framematch.hashing.ink import ink_luma
from framematch.hashing.tones import ENOUGH_COLUMNS, ENOUGH_ROWS, encode_windows
from framematch.hashing.views import View, query_views

# Places in PDQ's list of turned codes: as it is, and flipped left to right.
_AS_IT_IS, _FLIP = appearance.DIHEDRAL.index("original"), appearance.DIHEDRAL.index("flip-y")
# A view shows something when this share of its cells does.
_LEAST_KNOWN = 0.06
# From this share of covered cells on a view does not reach outside the picture.
_COVERED = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A query picture.

    Attributes
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255; of a drawing without coloured notes (`framematch.hashing.ink`).
    drawn : bool
        Whether it is a drawing on paper.
    field : StrokeField
        The strokes of `grey`.
    """

    grey: npt.NDArray[np.float32]
    drawn: bool
    field: StrokeField

    @classmethod
    def of(cls, pixels: npt.NDArray[np.uint8]) -> "Picture":
        """Return the picture of uint8 (H, W, 3) pixels."""
        grey, drawn = ink_luma(pixels)
        return cls(grey, drawn, StrokeField(grey))


@dataclass(frozen=True, slots=True, eq=False)
class ViewCodes:
    """What a query shows, view by view.

    Attributes
    ----------
    views : tuple of View
        V views; a view that is coded in two ways comes twice.
    structure : uint8 (V, 64)
        Structure codes.
    appearance : uint8 (V, 32)
        Appearance codes.
    apart : float32 (V, 1152)
        What the structure codes were made of, unit vectors.
    known : float32 (V, 9, 16)
        How much each cell says, 0 to 1.
    """

    views: tuple[View, ...]
    structure: npt.NDArray[np.uint8]
    appearance: npt.NDArray[np.uint8]
    apart: npt.NDArray[np.float32]
    known: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.views)


def code_views(picture: Picture, effort: Literal["still", "clip"]) -> ViewCodes:
    """Return the codes of every view; of a drawing also those of partial drawings.

    Last comes the first view again, as a negative.
    """
    codes = code_given(picture, query_views(picture.grey, effort))
    # The code of a negative is the complement; structure does not know the difference.
    return ViewCodes(
        views=(*codes.views, codes.views[0]),
        structure=np.concatenate([codes.structure, codes.structure[:1]]),
        appearance=np.concatenate([codes.appearance, ~codes.appearance[:1]]),
        apart=np.concatenate([codes.apart, codes.apart[:1]]),
        known=np.concatenate([codes.known, codes.known[:1]]),
    )


def code_given(picture: Picture, views: tuple[View, ...]) -> ViewCodes:
    """Return the codes of given views; those that show next to nothing are left out.

    A view inside the picture has its plain code. A view that reaches outside, and every view of a
    drawing, has one in which what is not there says nothing. Where every view shows next to
    nothing, the first one stays.
    """
    cells = np.stack([picture.field.cells(v, structure.ROWS, structure.COLUMNS) for v in views])
    covered = np.stack(
        [picture.field.coverage(v, structure.ROWS, structure.COLUMNS) for v in views]
    )
    known = covered * structure.drawn_share(cells)
    telling = known.mean(axis=(1, 2)) >= _LEAST_KNOWN
    telling[0] |= not telling.any()
    inside = covered.min(axis=(1, 2)) >= _COVERED
    plain = np.flatnonzero(telling & inside)
    partial = np.flatnonzero(telling if picture.drawn else telling & ~inside)
    numbers = np.concatenate([plain, partial])
    says = known if picture.drawn else covered
    apart = np.concatenate(
        [
            structure.apart_from_mean(cells[plain]),
            structure.apart_from_mean(cells[partial], says[partial]),
        ]
    )
    return ViewCodes(
        views=tuple(views[number] for number in numbers),
        structure=structure.sign_code(apart),
        appearance=_tones(picture, views)[numbers],
        apart=apart,
        known=np.concatenate([np.ones_like(says[plain]), says[partial]]),
    )


def _tones(picture: Picture, views: tuple[View, ...]) -> npt.NDArray[np.uint8]:
    """Return the appearance codes of views, uint8 (V, 32)."""
    grey = picture.field.sizes.at_least(ENOUGH_ROWS, ENOUGH_COLUMNS)
    tones = np.empty((len(views), SPECS["appearance"].n_bytes), dtype=np.uint8)
    # A mirrored picture's coefficients are the upright one's, in another order.
    codes = np.array([_FLIP if view.mirrored else _AS_IT_IS for view in views])
    turns = np.array([view.quarter_turns for view in views])
    for quarter_turns in np.unique(turns):
        chosen = np.flatnonzero(turns == quarter_turns)
        boxes = list(dict.fromkeys(views[number].box for number in chosen))
        place = [boxes.index(views[number].box) for number in chosen]
        turned = np.ascontiguousarray(np.rot90(grey, quarter_turns))
        tones[chosen] = encode_windows(turned, boxes)[place, codes[chosen]]
    return tones
