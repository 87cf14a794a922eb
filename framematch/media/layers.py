"""Layers of Photoshop files, by group and by layer, through psd-tools.

A group that holds only layers is one picture, and so is a group of groups; its groups, and layers
that lie beside groups, follow. Layers that are hidden in what was given are pictures of their own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PIL import Image

from framematch.case_records import PartRole
from framematch.config import MediaLimits, PartLimits
from framematch.media.canvas import Canvas, is_blank, on_paper
from framematch.media.downscale import working_size
from framematch.media.modes import DAMAGE
from framematch.media.part import Part, PixelAccount, joined
from framematch.records import Frame

if TYPE_CHECKING:
    from psd_tools import PSDImage
    from psd_tools.api.layers import Group, Layer


@dataclass(frozen=True, slots=True)
class _Reader:
    """What is needed to draw any layer of one document."""

    document: PSDImage
    limits: PartLimits
    media_limits: MediaLimits
    account: PixelAccount

    def canvas(self) -> Canvas:
        size = self.document.width, self.document.height
        return Canvas(size, working_size(*size))


def layer_parts(
    document: PSDImage, limits: PartLimits, media_limits: MediaLimits, n_bytes: int
) -> Iterator[Part]:
    """Yield a part for each group and layer, from the lowest up; names need not be unique yet.

    `n_bytes` is the size of the file.
    """
    reader = _Reader(document, limits, media_limits, PixelAccount(limits, n_bytes))
    yield from _parts(reader, list(document), "layer", depth=1)


def composed(
    document: PSDImage, limits: PartLimits, media_limits: MediaLimits, n_bytes: int
) -> Part:
    """Return the whole, laid together here: of files that were saved without their composite."""
    reader = _Reader(document, limits, media_limits, PixelAccount(limits, n_bytes))
    return _drawn(reader, None, list(document))


def _parts(reader: _Reader, layers: list[Layer], path: str, depth: int) -> Iterator[Part]:
    for layer in layers:
        name = joined(path, layer.name)
        if not layer.is_group():
            yield _drawn(reader, name, [layer])
            continue
        children = list(cast("Group", layer))
        if depth > reader.limits.max_depth:
            yield Part(name, "layer", None, f"groups within groups are read {depth - 1} deep")
        elif not children:
            yield Part(name, "layer", None, "an empty group")
        else:
            yield _drawn(reader, name, [layer])
            parted = any(child.is_group() for child in children)
            alone = [child for child in children if parted or not child.visible]
            yield from _parts(reader, alone, name, depth + 1)


def _drawn(reader: _Reader, name: str | None, layers: list[Layer]) -> Part:
    """Return the picture of some layers that are neighbours; of a single one also if it hides."""
    role: PartRole = "whole" if name is None else "layer"
    reasons: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            canvas = reader.canvas()
            _lay(reader, canvas, layers, reasons, depth=1, hidden_too=len(layers) == 1)
        reasons += [f"damaged: {each.message}" for each in told if "replaced" in str(each.message)]
        if is_blank(canvas.image):
            return Part(
                name, role, None, reasons[0] if reasons else "empty, nothing is drawn on it"
            )
        frame = Frame(on_paper(canvas.image), 0.0, 0.0)
    except DAMAGE as error:
        return Part(name, role, None, f"cannot be decoded ({error})")
    damage = next((reason for reason in reasons if reason.startswith("damaged")), None)
    return Part(name, role, frame, damage)


def _lay(
    reader: _Reader,
    canvas: Canvas,
    layers: list[Layer],
    reasons: list[str],
    depth: int,
    *,
    hidden_too: bool = False,
) -> None:
    """Lay visible layers on the canvas, from the lowest up; what cannot be is told in `reasons`."""
    base: Image.Image | None = None
    for layer in layers:
        if not (layer.visible or hidden_too):
            base = None if not layer.clipping else base
            continue
        image = _image(reader, canvas, layer, reasons, depth)
        if image is None:
            continue
        if layer.clipping and base is not None:
            image.putalpha(Image.composite(image.getchannel("A"), Image.new("L", image.size), base))
        else:
            base = image.getchannel("A")
        opacity = 1.0 if hidden_too else layer.opacity / 255
        canvas.lay(image, layer.blend_mode.name.lower(), opacity)


def _image(
    reader: _Reader, canvas: Canvas, layer: Layer, reasons: list[str], depth: int
) -> Image.Image | None:
    """Return a layer or group as large as the canvas, with its mask applied."""
    if layer.is_group():
        if depth > reader.limits.max_depth:
            reasons.append("groups lie too deep in one another")
            return None
        inner = reader.canvas()
        _lay(reader, inner, list(cast("Group", layer)), reasons, depth + 1)
        image = inner.image
    else:
        picture = _pixels(reader, layer, reasons)
        if picture is None:
            return None
        image = canvas.placed(picture, layer.bbox)
    return _masked(reader, canvas, layer, image)


def _pixels(reader: _Reader, layer: Layer, reasons: list[str]) -> Image.Image | None:
    if not layer.has_pixels():
        reasons.append(
            "empty, nothing is drawn on it"
            if layer.kind == "pixel"
            else f"holds no pixels of its own ({layer.kind})"
        )
        return None
    _check(reader, layer.width, layer.height)
    picture = layer.topil()
    return None if picture is None else picture.convert("RGBA")


def _masked(reader: _Reader, canvas: Canvas, layer: Layer, image: Image.Image) -> Image.Image:
    mask = layer.mask
    if mask is None or mask.disabled:
        return image
    outside = Image.new("L", image.size, mask.background_color)
    if mask.width > 0 and mask.height > 0:
        _check(reader, mask.width, mask.height)
        drawn = mask.topil()
        if drawn is not None:
            outside = canvas.placed_mask(drawn, mask.bbox, mask.background_color)
    nothing = Image.new("L", image.size)
    image.putalpha(Image.composite(image.getchannel("A"), nothing, outside))
    return image


def _check(reader: _Reader, width: int, height: int) -> None:
    limit = reader.media_limits.max_pixels
    if width * height > limit:
        raise ValueError(f"{width} x {height} pixels exceed the limit of {limit}")
    reader.account.take(width, height)
