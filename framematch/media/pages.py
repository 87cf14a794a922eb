"""Pages of PDF documents and the pictures inside them, through pdfium.

Owns how large a page is drawn and which pictures are taken out. Nothing in a document is run: forms
are not drawn and scripts not executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from framematch.config import MediaLimits, PartLimits
from framematch.errors import UnreadableMediaError
from framematch.media.downscale import resize_image, working_size
from framematch.media.modes import DAMAGE
from framematch.media.part import Part
from framematch.records import Frame

# Objects of a page that are looked at in search of pictures, and how deep they are nested.
_MOST_OBJECTS = 20_000
_DEEPEST = 8


def page_parts(
    path: Path, stream: IO[bytes], limits: PartLimits, media_limits: MediaLimits
) -> Iterator[Part]:
    """Yield each page, followed by the pictures in it.

    Raises
    ------
    UnreadableMediaError
        The document is damaged or wants a password.
    """
    document = open_document(path, stream)
    try:
        for number in range(1, len(document) + 1):
            name = f"page/{number}"
            try:
                page = document[number - 1]
            except DAMAGE as error:
                yield Part(name, "page", None, f"cannot be read ({error})")
                continue
            yield _page(page, name, limits)
            yield from _pictures(page, name, limits, media_limits)
            page.close()
    finally:
        document.close()


def open_document(path: Path, stream: IO[bytes]) -> Any:  # noqa: ANN401 - pypdfium2 has no types.
    """Open a PDF document; errors as of `page_parts`."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableMediaError(
                f"{path}: is encrypted and wants a password; save it without one"
            ) from error
        raise UnreadableMediaError(
            f"{path}: damaged, the document cannot be opened ({error}); get another copy"
        ) from error


def _page(page: Any, name: str, limits: PartLimits) -> Part:  # noqa: ANN401 - as above.
    try:
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            return Part(name, "page", None, f"a page of {width:g} x {height:g} points")
        scale = limits.page_side / max(width, height)
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
        return Part(name, "page", _frame(drawn), None)
    except DAMAGE as error:
        return Part(name, "page", None, f"cannot be drawn ({error})")


def _pictures(
    page: Any,  # noqa: ANN401 - as above.
    name: str,
    limits: PartLimits,
    media_limits: MediaLimits,
) -> Iterator[Part]:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    given = small = seen = 0
    reason = ""
    try:
        for found in page.get_objects(max_depth=_DEEPEST):
            seen += 1
            if seen > _MOST_OBJECTS:
                reason = f"more than {_MOST_OBJECTS} objects, the rest of them was not looked at"
                break
            if found.type != FPDF_PAGEOBJ_IMAGE:
                continue
            width, height = found.get_px_size()
            if min(width, height) < limits.min_picture_side:
                small += 1
                continue
            given += 1
            if given > limits.max_pictures_per_page:
                reason = f"more than {limits.max_pictures_per_page} pictures, which is the limit"
                break
            yield _picture(found, f"{name}/picture/{given}", width * height, media_limits)
    except DAMAGE as error:
        reason = f"its pictures cannot all be read ({error})"
    if small:
        told = f"{small} with a side under {limits.min_picture_side} pixels left out"
        reason = f"{reason}; {told}" if reason else told
    if reason:
        yield Part(f"{name}/picture/more", "embedded", None, reason)


def _picture(found: Any, name: str, n_pixels: int, limits: MediaLimits) -> Part:  # noqa: ANN401
    if n_pixels > limits.max_pixels:
        reason = f"{n_pixels} pixels exceed the limit of {limits.max_pixels}"
        return Part(name, "embedded", None, reason)
    try:
        return Part(name, "embedded", _frame(found.get_bitmap().to_pil()), None)
    except DAMAGE as error:
        return Part(name, "embedded", None, f"cannot be decoded ({error})")


def _frame(image: Image.Image) -> Frame:
    if image.has_transparency_data:
        straight = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", straight.size, "white"), straight)
    upright = image.convert("RGB")
    small = resize_image(upright, *working_size(*upright.size))
    return Frame(np.array(small, dtype=np.uint8), 0.0, 0.0)
