"""TIFF files that hold more than a picture: pages, and the layers that Photoshop keeps in a tag."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from PIL.TiffImagePlugin import TiffImageFile

from framematch.config import MediaLimits
from framematch.media.modes import DAMAGE, to_pixels, upright_size
from framematch.media.part import Part, PixelAccount
from framematch.media.psd import open_document
from framematch.media.tiff_layers import LayerBlock, as_photoshop_file, find_layers
from framematch.records import Frame

if TYPE_CHECKING:
    from psd_tools import PSDImage

#: ImageSourceData of Adobe Photoshop TIFF Technical Notes.
_LAYERS_TAG = 37724
_SUBFILE_TAG = 254
#: A file of more pages than this is read as its first one. libtiff goes through the whole chain of
#: pages to draw any of them: at a million pages, half a second for each.
_MOST_PAGES = 10_000


def has_pages(stream: IO[bytes]) -> bool:
    """Tell whether a TIFF file has a second page; that there are more is not looked at."""
    return _has_page(_opened(stream), 1)


def page_parts(stream: IO[bytes], limits: MediaLimits, account: PixelAccount) -> Iterator[Part]:
    """Yield the pages behind the first one, which is the picture that `open_media` gives."""
    try:
        too_many = _has_too_many(stream)
        image = _opened(stream)
    except DAMAGE as error:
        yield Part("pages", "page", None, f"the pages cannot be read ({error})")
        return
    if too_many:
        reason = f"more than {_MOST_PAGES} pages, which is the limit: none behind the first is read"
        yield Part("pages", "page", None, reason)
        return
    for number in itertools.count(1):
        name = f"page/{number + 1}"
        try:
            image.seek(number)
        except EOFError:
            return
        except DAMAGE as error:
            yield Part(name, "page", None, f"this page and those behind it are lost ({error})")
            return
        yield _page(image, name, limits, account)


def _page(image: TiffImageFile, name: str, limits: MediaLimits, account: PixelAccount) -> Part:
    try:
        width, height = upright_size(image)
        if width * height > limits.max_pixels:
            reason = f"{width} x {height} pixels exceed the limit of {limits.max_pixels}"
            return Part(name, "page", None, reason)
        if int(image.tag_v2.get(_SUBFILE_TAG, 0)) & 1:
            return Part(name, "page", None, "a smaller copy of another page")
        account.take(width, height)
        image.load()
        return Part(name, "page", Frame(to_pixels(image), 0.0, 0.0), None)
    except DAMAGE as error:
        return Part(name, "page", None, f"cannot be decoded ({error})")


def has_layers(stream: IO[bytes]) -> bool:
    """Tell whether Photoshop wrote layers beside the picture."""
    return _found(_opened(stream)) is not None


def photoshop_layers(stream: IO[bytes]) -> PSDImage | None:
    """Return the layers that Photoshop wrote beside the picture, ``None`` where there are none.

    Raises
    ------
    Exception
        One of `modes.DAMAGE`: they cannot be read.
    """
    image = _opened(stream)
    block = _found(image)
    if block is None:
        return None
    return open_document(io.BytesIO(as_photoshop_file(block, image.size, image.mode)))


def _has_too_many(stream: IO[bytes]) -> bool:
    image = _opened(stream)
    try:
        return _has_page(image, _MOST_PAGES)
    except DAMAGE:
        # Those before the damage are read, and it is told where it is met.
        return False


def _has_page(image: TiffImageFile, number: int) -> bool:
    try:
        image.seek(number)
    except EOFError:
        return False
    return True


def _opened(stream: IO[bytes]) -> TiffImageFile:
    stream.seek(0)
    return TiffImageFile(stream)


def _found(image: TiffImageFile) -> LayerBlock | None:
    data = image.tag_v2.get(_LAYERS_TAG)
    return find_layers(data) if isinstance(data, bytes) else None
