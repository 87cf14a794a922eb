"""A file as a tree of its elements, written back with every length and checksum made to fit again.

Mutators work on the tree: what they leave whole is whole, so that a change reaches the code behind
the first check. A node can be told to lie about its length.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

#: Writes an element: its name, the length that it shall claim, its content.
Form = Callable[[bytes, int, bytes], bytes]


@dataclass(slots=True)
class Node:
    """An element of a file.

    Attributes
    ----------
    form : callable
        How it is written.
    name : bytes
        What stands for it in the file: a chunk's type, a box's, a marker.
    content : bytes
        What it holds; where there are children, what stands before them.
    children : list of Node
        Elements inside.
    lie : int or None
        Length that it claims instead of its own.
    """

    form: Form
    name: bytes = b""
    content: bytes = b""
    children: list[Node] = field(default_factory=list)
    lie: int | None = None

    def write(self) -> bytes:
        """Return its bytes."""
        content = self.content + b"".join(child.write() for child in self.children)
        return self.form(self.name, len(content) if self.lie is None else self.lie, content)

    def copy(self) -> Node:
        """Return a copy that shares nothing that can be changed."""
        return Node(
            self.form, self.name, self.content, [each.copy() for each in self.children], self.lie
        )

    def all(self) -> list[Node]:
        """Return it and everything inside, in the order of the file."""
        return [self, *(node for child in self.children for node in child.all())]


def _number(value: int, n_bytes: int, order: str = ">") -> bytes:
    """Return the lowest bytes of a number: a lie may be larger than its field."""
    data = (value & (1 << 8 * n_bytes) - 1).to_bytes(n_bytes, "big")
    return data if order == ">" else data[::-1]


def raw(name: bytes, length: int, content: bytes) -> bytes:
    """Write what has no length of its own."""
    del length
    return name + content


def png_chunk(name: bytes, length: int, content: bytes) -> bytes:
    """Write a chunk of PNG, its checksum right."""
    return _number(length, 4) + name + content + _number(zlib.crc32(name + content), 4)


def iso_box(name: bytes, length: int, content: bytes) -> bytes:
    """Write a box of ISO 14496-12, which counts its own head."""
    return _number(length + 8, 4) + name + content


def riff_chunk(name: bytes, length: int, content: bytes) -> bytes:
    """Write a chunk of RIFF, filled up to an even length."""
    return name + _number(length, 4, "<") + content + bytes(len(content) % 2)


def jpeg_segment(name: bytes, length: int, content: bytes) -> bytes:
    """Write a marker with its length, which counts itself: JPEG and JPEG 2000."""
    return name + _number(length + 2, 2) + content


def big_32(name: bytes, length: int, content: bytes) -> bytes:
    """Write a length of four bytes behind the name."""
    return name + _number(length, 4) + content


def big_32_even(name: bytes, length: int, content: bytes) -> bytes:
    """Write the same, filled up to an even length: resources of Photoshop."""
    return name + _number(length, 4) + content + bytes(len(content) % 2)


def big_64(name: bytes, length: int, content: bytes) -> bytes:
    """Write a length of eight bytes behind the name: chunks of Clip Studio."""
    return name + _number(length, 8) + content


def little_32(name: bytes, length: int, content: bytes) -> bytes:
    """Write a little-endian length of four bytes behind the name: attributes of OpenEXR."""
    return name + _number(length, 4, "<") + content


def ebml_element(name: bytes, length: int, content: bytes) -> bytes:
    """Write an element of Matroska with a length of eight bytes."""
    return name + _number((length & (1 << 56) - 1) | 1 << 56, 8) + content


def klv(name: bytes, length: int, content: bytes) -> bytes:
    """Write a packet of MXF with a length of eight bytes."""
    return name + b"\x88" + _number(length, 8) + content


def asf_object(name: bytes, length: int, content: bytes) -> bytes:
    """Write an object of ASF, which counts its own head."""
    return name + _number(length + 24, 8, "<") + content


def flv_tag(name: bytes, length: int, content: bytes) -> bytes:
    """Write a tag of FLV and the length behind it."""
    return name[:1] + _number(length, 3) + name[1:] + content + _number(length + 11, 4)


def ogg_page(name: bytes, length: int, content: bytes) -> bytes:
    """Write a page of Ogg, its checksum right; the name is its head with the table of lengths."""
    del length
    page = name[:22] + bytes(4) + name[26:] + content
    checksum = 0
    for byte in page:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _OGG[checksum >> 24 ^ byte]
    return page[:22] + struct.pack("<I", checksum) + page[26:]


def _ogg_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        value = number << 24
        for _ in range(8):
            value = value << 1 & 0xFFFFFFFF ^ (0x04C11DB7 if value >> 31 else 0)
        table.append(value & 0xFFFFFFFF)
    return tuple(table)


_OGG = _ogg_table()


def tar_member(name: bytes, length: int, content: bytes) -> bytes:
    """Write a header of tar, its sum right, and the member filled up to whole blocks.

    The name is the header without what follows from the rest.
    """
    size = b"%011o\0" % (length & (1 << 33) - 1)
    header = name[:124] + size + name[136:148] + b" " * 8 + name[156:512]
    header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
    return header + content + bytes(-len(content) % 512)


def seven_zip(name: bytes, length: int, content: bytes) -> bytes:
    """Write a 7z file, its checksums right; the name is what lies before its directory."""
    place = _number(len(name) - 32, 8, "<") + _number(length, 8, "<")
    place += _number(zlib.crc32(content), 4, "<")
    return name[:8] + _number(zlib.crc32(place), 4, "<") + place + name[32:] + content
