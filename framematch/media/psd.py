"""Photoshop files: the composite of those that Pillow does not read, and what the header tells.

Owns the header and the opening through psd-tools, with limits. Layers belong to `layers`.
"""

from __future__ import annotations

import io
import struct
from typing import IO, TYPE_CHECKING, Any

from PIL import Image, ImageFile
from PIL.PsdImagePlugin import PsdImageFile

if TYPE_CHECKING:
    from psd_tools import PSDImage

_HEADER = struct.Struct(">4sH6xHIIHH")
# Photoshop's own limit.
_MOST_LAYERS = 8000
#: Bytes that one layer or the composite may take while it is decoded.
_MOST_BYTES = 4 << 30


def open_psd(stream: IO[bytes]) -> ImageFile.ImageFile:
    """Return the composite as Pillow's plugins do: by Pillow, or where it cannot, by psd-tools."""
    version, depth = _kind(stream)
    stream.seek(0)
    # Pillow reads 8 bits a channel and files of the older version.
    return PsdImageFile(stream) if (version, depth > 8) == (1, False) else DeepPsdImageFile(stream)


def is_layered(stream: IO[bytes]) -> bool:
    """Tell by the header whether a Photoshop file holds layers.

    Raises
    ------
    SyntaxError
        It is no such file, or is cut short.
    """
    listed = _listed(stream)
    # 16 and 32 bits: the layers stand in a block behind an empty list.
    return listed is None or listed > 0


def _listed(stream: IO[bytes]) -> int | None:
    """Return how many layers the list has, ``None`` where there is no list and may be layers."""
    version, _ = _kind(stream)
    for _ in range(2):  # Palette, and image resources.
        stream.seek(_number(stream, 4), io.SEEK_CUR)
    wide = 8 if version == 2 else 4
    if not _number(stream, wide):
        return 0
    # A number below zero says that the first transparency channel is the composite's.
    return (
        abs(int.from_bytes(stream.read(2), "big", signed=True)) if _number(stream, wide) else None
    )


def open_document(stream: IO[bytes]) -> PSDImage:
    """Open the file through psd-tools, with limits on what a hostile one could take."""
    from psd_tools import ParseLimits, PSDImage

    if (_listed(stream) or 0) > _MOST_LAYERS:
        raise ValueError(f"more than {_MOST_LAYERS} layers")
    stream.seek(0)
    return PSDImage.open(
        stream, max_alloc_bytes=_MOST_BYTES, parse_limits=ParseLimits(max_objects=1_000_000)
    )


class DeepPsdImageFile(ImageFile.ImageFile):
    """The composite of a large document (PSB) or one of more than 8 bits a channel."""

    format = "PSD"
    format_description = "Adobe Photoshop"

    def _open(self) -> None:
        assert self.fp is not None  # noqa: S101 - Pillow opened it.
        self.fp.seek(0)
        signature, version, _, height, width, _, _ = _HEADER.unpack(self.fp.read(_HEADER.size))
        if signature != b"8BPS" or version not in (1, 2):
            raise SyntaxError("not a PSD file")
        self._size = width, height
        self._mode = "RGB"
        self.tile = [ImageFile._Tile("raw", (0, 0, width, height), 0, "RGB")]

    def load(self) -> Any:  # noqa: ANN401 - Pillow's own type of it is private.
        """Decode the composite."""
        if self.tile and not isinstance(self.fp, io.BytesIO):
            assert self.fp is not None  # noqa: S101 - as above.
            picture = open_document(self.fp).topil()
            if picture is None:
                raise OSError("it has no composite")
            self.fp = io.BytesIO(_over_white(picture).tobytes())
        return super().load()


def _over_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    straight = picture.convert("RGBA")
    white = Image.new("RGBA", straight.size, "white")
    return Image.alpha_composite(white, straight).convert("RGB")


def _kind(stream: IO[bytes]) -> tuple[int, int]:
    """Return version and bits a channel."""
    stream.seek(0)
    head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size or head[:4] != b"8BPS":
        raise SyntaxError("not a PSD file")
    _, version, _, _, _, depth, _ = _HEADER.unpack(head)
    return version, depth


def _number(stream: IO[bytes], n_bytes: int) -> int:
    data = stream.read(n_bytes)
    if len(data) < n_bytes:
        raise SyntaxError("it is cut short")
    return int.from_bytes(data, "big")
