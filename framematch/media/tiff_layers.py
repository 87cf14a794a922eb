"""The layers that Photoshop keeps in a TIFF file, tag 37724, as a Photoshop file in memory.

Source: Adobe Photoshop TIFF Technical Notes, and the layer and mask section of the Photoshop file
format. In little-endian files every number stands the other way round, names of blocks among them;
those of 8 bits a channel are turned, with what is needed to draw the layers. Must not decode.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

_START = b"Adobe Photoshop Document Data Block\0"
_LISTS = {b"Layr": 8, b"Lr16": 16, b"Lr32": 32}
#: Channels and colour mode of a Photoshop file for each mode of Pillow.
_MODES = {"L": (1, 1), "RGB": (3, 3), "RGBA": (3, 3), "RGBX": (3, 3), "CMYK": (4, 4)}
# Name in Unicode, and whether a layer is the begin or end of a group.
_UNICODE_NAME, _DIVIDER = b"luni", b"lsct"
_RLE = 1
_MOST_LAYERS = 8000


@dataclass(frozen=True, slots=True)
class LayerBlock:
    """The list of layers as it stands in the tag, and how its numbers are written."""

    content: bytes
    depth: int
    little: bool


def find_layers(data: bytes) -> LayerBlock | None:
    """Return the list of layers in the tag's value, ``None`` where there is none."""
    if not data.startswith(_START):
        return None
    little = data[len(_START) : len(_START) + 4] == b"MIB8"
    place = len(_START)
    while place + 12 <= len(data):
        signature, key = data[place : place + 4], data[place + 4 : place + 8]
        n_bytes = int.from_bytes(data[place + 8 : place + 12], "little" if little else "big")
        key = key[::-1] if little else key
        if signature not in (b"8BIM", b"MIB8"):
            return None
        if key in _LISTS:
            return LayerBlock(data[place + 12 : place + 12 + n_bytes], _LISTS[key], little)
        place += 12 + n_bytes + -n_bytes % 4
    return None


def as_photoshop_file(block: LayerBlock, size: tuple[int, int], mode: str) -> bytes:
    """Return a Photoshop file of these layers, without a composite.

    Raises
    ------
    ValueError
        The layers are damaged, or of a kind that is not turned.
    """
    if mode not in _MODES:
        raise ValueError(f"layers of mode {mode} are not read")
    if block.little and block.depth != 8:
        raise ValueError(f"layers of {block.depth} bits in a little-endian file are not read")
    layers = _turned(block.content) if block.little else block.content
    layers += bytes(len(layers) % 2)
    channels, colour = _MODES[mode]
    width, height = size
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, height, width, block.depth, colour)
    section = struct.pack(">I", len(layers)) + layers + bytes(4)
    return header + bytes(8) + struct.pack(">I", len(section)) + section + bytes(2)


class _Turner:
    """Reads little-endian numbers, and writes them big-endian."""

    def __init__(self, data: bytes) -> None:
        self.source = io.BytesIO(data)
        self.out = io.BytesIO()

    def take(self, n_bytes: int) -> bytes:
        data = self.source.read(n_bytes)
        if len(data) < n_bytes:
            raise ValueError("the list of layers is cut short")
        return data

    def number(self, n_bytes: int) -> int:
        data = self.take(n_bytes)
        self.out.write(data[::-1])
        return int.from_bytes(data, "little")

    def copy(self, n_bytes: int) -> None:
        self.out.write(self.take(n_bytes))


def _turned(data: bytes) -> bytes:
    turner = _Turner(data)
    count = turner.number(2)
    count = min(count, 0x10000 - count)  # Negative where the first channel is transparency.
    if count > _MOST_LAYERS:
        raise ValueError(f"{count} layers are too many")
    channels = [_record(turner) for _ in range(count)]
    for channel in channels:
        for n_bytes, n_rows in channel:
            _pixels(turner, n_bytes, n_rows)
    return turner.out.getvalue()


def _record(turner: _Turner) -> list[tuple[int, int]]:
    """Turn what is told of one layer; return bytes and rows of each of its channels."""
    top, _, bottom, _ = (turner.number(4) for _ in range(4))
    channels = []
    masked = []
    for place in range(turner.number(2)):
        kind = turner.number(2)
        if kind in (0xFFFE, 0xFFFD):
            masked.append(place)
        channels.append((turner.number(4), max(bottom - top, 0)))
    turner.number(4)  # Signature.
    turner.number(4)  # Blend mode.
    turner.copy(4)  # Opacity, clipping, flags, filler.
    stop = int.from_bytes(turner.take(4), "little") + turner.source.tell()
    whole, turner.out = turner.out, io.BytesIO()
    mask_rows = _extra(turner, stop)
    extra = turner.out.getvalue()
    turner.out = whole
    turner.out.write(struct.pack(">I", len(extra)) + extra)
    for place in masked:
        channels[place] = channels[place][0], mask_rows
    return channels


def _extra(turner: _Turner, stop: int) -> int:
    """Turn mask, blending ranges, name and the blocks that are needed; return rows of the mask."""
    n_bytes = turner.number(4)
    mask_rows = 0
    if n_bytes:
        end = turner.source.tell() + n_bytes
        top, _, bottom, _ = (turner.number(4) for _ in range(4))
        mask_rows = max(bottom - top, 0)
        # Colour outside and flags; what may follow is for masks of vectors, bytes apart.
        turner.copy(end - turner.source.tell())
    for _ in range(turner.number(4) // 4):
        turner.copy(4)
    length = turner.take(1)
    turner.out.write(length)
    turner.copy((length[0] + 4) // 4 * 4 - 1)
    while turner.source.tell() + 12 <= stop:
        turner.take(4)
        key, n_bytes = turner.take(4)[::-1], int.from_bytes(turner.take(4), "little")
        content = turner.take(n_bytes)
        if key == _UNICODE_NAME:
            turned = _swapped(content[:4], 4) + _swapped(content[4 : n_bytes // 2 * 2], 2)
        elif key == _DIVIDER:
            turned = _swapped(content[: n_bytes // 4 * 4], 4)
        else:
            continue
        turner.out.write(b"8BIM" + key + struct.pack(">I", len(turned)) + turned)
    turner.source.seek(stop)
    return mask_rows


def _pixels(turner: _Turner, n_bytes: int, n_rows: int) -> None:
    end = turner.source.tell() + n_bytes
    if n_bytes >= 2 and turner.number(2) == _RLE:
        for _ in range(min(n_rows, (n_bytes - 2) // 2)):
            turner.number(2)
    turner.copy(max(end - turner.source.tell(), 0))


def _swapped(data: bytes, width: int) -> bytes:
    return b"".join(data[place : place + width][::-1] for place in range(0, len(data), width))
