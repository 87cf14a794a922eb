"""Layers laid over one another at working size, and on paper on which their lines stay visible.

Owns blending, masks and clipping as far as pictures for comparison need them, and the choice of the
paper. Effects, adjustments and vector masks are left out. Must not open files.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops

#: Left, top, right and bottom on the document's canvas, in its pixels.
Place = tuple[int, int, int, int]

_BLENDS: dict[str, Callable[[Image.Image, Image.Image], Image.Image]] = {
    "add": ImageChops.add,
    "linear_dodge": ImageChops.add,
    "color_burn": ImageChops.multiply,
    "darken": ImageChops.darker,
    "difference": ImageChops.difference,
    "hard_light": ImageChops.hard_light,
    "lighten": ImageChops.lighter,
    "linear_burn": ImageChops.multiply,
    "multiply": ImageChops.multiply,
    "overlay": ImageChops.overlay,
    "screen": ImageChops.screen,
    "soft_light": ImageChops.soft_light,
}

# Ink that is lighter than this on the average is not seen on white paper.
_LIGHT_INK = 160
# A layer that covers this share of its canvas is a picture and no ink on paper.
_COVERS = 0.97
_GREY = np.array([0.299, 0.587, 0.114])


class Canvas:
    """A transparent picture of a document's canvas at working size.

    Parameters
    ----------
    document : tuple of int
        Width and height of the document in pixels.
    size : tuple of int
        Width and height of this picture.
    """

    def __init__(self, document: tuple[int, int], size: tuple[int, int]) -> None:
        self._scale = size[0] / document[0], size[1] / document[1]
        self.image = Image.new("RGBA", size, (0, 0, 0, 0))

    def placed(self, image: Image.Image, place: Place) -> Image.Image:
        """Return a layer's picture as large as the canvas."""
        left, top, right, bottom = self._scaled(place)
        whole = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        small = image.resize((right - left, bottom - top), Image.Resampling.HAMMING)
        whole.paste(small, (left, top))
        return whole

    def placed_mask(self, mask: Image.Image, place: Place, outside: int) -> Image.Image:
        """Return a layer's mask as large as the canvas; `outside` holds where it does not lie."""
        left, top, right, bottom = self._scaled(place)
        whole = Image.new("L", self.image.size, outside)
        small = mask.convert("L").resize((right - left, bottom - top), Image.Resampling.HAMMING)
        whole.paste(small, (left, top))
        return whole

    def lay(self, image: Image.Image, blend: str, opacity: float) -> None:
        """Lay a picture of the canvas' size over what is there."""
        if opacity < 1:
            faded = image.getchannel("A").point([round(value * opacity) for value in range(256)])
            image.putalpha(faded)
        mix = _BLENDS.get(blend)
        if mix is not None:
            image = _mixed(self.image, image, mix)
        self.image = Image.alpha_composite(self.image, image)

    def _scaled(self, place: Place) -> Place:
        across, down = self._scale
        left, top = round(place[0] * across), round(place[1] * down)
        right, bottom = round(place[2] * across), round(place[3] * down)
        return left, top, max(right, left + 1), max(bottom, top + 1)


def _mixed(
    below: Image.Image,
    above: Image.Image,
    mix: Callable[[Image.Image, Image.Image], Image.Image],
) -> Image.Image:
    """Return what lies above with its colours mixed with those below, as far as there are any."""
    colours = above.convert("RGB")
    blended = mix(below.convert("RGB"), colours)
    mixed = Image.composite(blended, colours, below.getchannel("A"))
    mixed.putalpha(above.getchannel("A"))
    return mixed


def is_blank(image: Image.Image) -> bool:
    """Tell whether nothing at all is to be seen of a transparent picture."""
    return image.getchannel("A").getextrema() == (0, 0)


def on_paper(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Return a transparent picture as uint8 (H, W, 3), on white; light ink lies on black."""
    values = np.asarray(image)
    alpha = values[..., 3].astype(np.float64)
    weight = float(alpha.sum())
    ink = float(((values[..., :3] @ _GREY) * alpha).sum() / weight) if weight else 0.0
    covers = weight > _COVERS * 255 * alpha.size
    paper = (0, 0, 0, 255) if ink > _LIGHT_INK and not covers else (255, 255, 255, 255)
    whole = Image.alpha_composite(Image.new("RGBA", image.size, paper), image)
    return np.array(whole.convert("RGB"), dtype=np.uint8)
