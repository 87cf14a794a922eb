"""TIFF files that hold more than a picture: pages, and the layers that Photoshop keeps in a tag."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from PIL.TiffImagePlugin import TiffImageFile

from framematch.config import MediaLimits
from framematch.media.modes import DAMAGE, to_pixels, upright_size
from framematch.media.part import Part
from framematch.media.psd import open_document
from framematch.records import Frame

if TYPE_CHECKING:
    from psd_tools import PSDImage

#: ImageSourceData of Adobe Photoshop TIFF Technical Notes.
_LAYERS_TAG = 37724
_LAYERS_START = b"Adobe Photoshop Document Data Block\0"
_SUBFILE_TAG = 254
_BITS_TAG = 258
# More pages than this are not counted.
_MOST_PAGES = 10_000
_MODES = {"L": (1, 1), "LA": (1, 1), "RGB": (3, 3), "RGBA": (3, 3), "CMYK": (4, 4)}


def count_pages(stream: IO[bytes]) -> int:
    """Return how many pages a TIFF file has, up to a limit."""
    stream.seek(0)
    image = TiffImageFile(stream)
    count = 1
    try:
        while count < _MOST_PAGES:
            image.seek(count)
            count += 1
    except EOFError:
        pass
    return count


def page_parts(stream: IO[bytes], limits: MediaLimits) -> Iterator[Part]:
    """Yield the pages behind the first one, which is the picture that `open_media` gives."""
    stream.seek(0)
    try:
        image = TiffImageFile(stream)
    except DAMAGE as error:
        yield Part("pages", "page", None, f"the pages cannot be read ({error})")
        return
    for number in range(1, _MOST_PAGES):
        name = f"page/{number + 1}"
        try:
            image.seek(number)
        except EOFError:
            return
        except DAMAGE as error:
            yield Part(name, "page", None, f"this page and those behind it are lost ({error})")
            return
        yield _page(image, name, limits)


def _page(image: TiffImageFile, name: str, limits: MediaLimits) -> Part:
    try:
        width, height = upright_size(image)
        if width * height > limits.max_pixels:
            reason = f"{width} x {height} pixels exceed the limit of {limits.max_pixels}"
            return Part(name, "page", None, reason)
        if int(image.tag_v2.get(_SUBFILE_TAG, 0)) & 1:
            return Part(name, "page", None, "a smaller copy of another page")
        image.load()
        return Part(name, "page", Frame(to_pixels(image), 0.0, 0.0), None)
    except DAMAGE as error:
        return Part(name, "page", None, f"cannot be decoded ({error})")


def photoshop_layers(stream: IO[bytes]) -> PSDImage | None:
    """Return the layers that Photoshop wrote beside the picture, ``None`` where there are none.

    The tag holds what a Photoshop file holds; a file is made around it, in memory.
    """
    stream.seek(0)
    image = TiffImageFile(stream)
    data = image.tag_v2.get(_LAYERS_TAG)
    if not isinstance(data, bytes) or not data.startswith(_LAYERS_START):
        return None
    found = _layer_block(data[len(_LAYERS_START) :])
    bands, channels = _MODES.get(image.mode, (0, 0))
    if found is None or not bands:
        return None
    width, height = image.size
    bits = image.tag_v2.get(_BITS_TAG, (8,))
    depth = int(bits[0] if isinstance(bits, tuple) else bits)
    header = struct.pack(
        ">4sH6xHIIHH", b"8BPS", 1, channels, height, width, depth, {1: 1, 3: 3, 4: 4}[bands]
    )
    # The list of layers is padded to an even length, and so is the section around it.
    layers = found + b"\0" * (len(found) % 2)
    section = struct.pack(">I", len(layers)) + layers + struct.pack(">I", 0)
    pieces = (header, bytes(8), struct.pack(">I", len(section)), section, bytes(2))
    return open_document(io.BytesIO(b"".join(pieces)))


def _layer_block(data: bytes) -> bytes | None:
    """Return the content of the block of layers; those of little-endian files are not read."""
    place = 0
    while place + 12 <= len(data):
        signature, key, n_bytes = struct.unpack_from(">4s4sI", data, place)
        if signature != b"8BIM":
            return None
        if key in (b"Layr", b"Lr16", b"Lr32"):
            return data[place + 12 : place + 12 + n_bytes]
        place += 12 + n_bytes + -n_bytes % 4
    return None
