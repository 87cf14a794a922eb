"""From the bytes of a seed to its tree. Seeds are our own, so nothing here expects damage.

What is not understood of a format is a node of its own bytes: it is changed in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from benchmarks.fuzz import tree
from benchmarks.fuzz.tree import Node

#: Boxes of ISO 14496-12 that hold boxes, and the bytes that stand before these.
_BOXES = {
    **dict.fromkeys((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta"), 0),
    **dict.fromkeys((b"iprp", b"ipco", b"jp2h", b"moof", b"traf", b"mvex", b"wave"), 0),
    b"meta": 4,
    b"stsd": 8,
    b"dref": 8,
    b"iinf": 6,
    b"iref": 4,
    **dict.fromkeys((b"avc1", b"hvc1", b"av01", b"apch", b"mp4v", b"vp09"), 78),
}
#: Elements of Matroska that hold elements.
_EBML = frozenset(
    bytes.fromhex(each)
    for each in (
        *("1a45dfa3", "18538067", "114d9b74", "4dbb", "1549a966", "1654ae6b", "ae", "e0", "55b0"),
        *("1f43b675", "a0", "1c53bb6b", "bb", "b7", "1254c367", "7373", "63c0", "67c8", "6d80"),
    )
)
_ASF_HEADERS = (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), 6)
_WHOLE = 4096


def parse(name: str, data: bytes) -> Node:
    """Return the tree of a seed of the format `name`."""
    reader = _READERS.get(name)
    root = Node(tree.raw)
    root.children = _pieces(data) if reader is None else reader(data)
    return root


def _pieces(data: bytes, n_bytes: int = 256) -> list[Node]:
    return [
        Node(tree.raw, b"", data[place : place + n_bytes]) for place in range(0, len(data), n_bytes)
    ]


def _png(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, data[:8])], 8
    while place + 12 <= len(data):
        n_bytes = int.from_bytes(data[place : place + 4], "big")
        body = data[place + 8 : place + 8 + n_bytes]
        nodes.append(Node(tree.png_chunk, data[place + 4 : place + 8], body))
        place += 12 + n_bytes
    return nodes


def _iso(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 8 <= len(data):
        n_bytes = int.from_bytes(data[place : place + 4], "big") or len(data) - place
        name, body = data[place + 4 : place + 8], data[place + 8 : place + n_bytes]
        if n_bytes < 8:
            break
        nodes.append(_box(name, body))
        place += n_bytes
    return nodes + ([Node(tree.raw, b"", data[place:])] if data[place:] else [])


def _box(name: bytes, body: bytes) -> Node:
    if name == b"jp2c":
        return Node(tree.iso_box, name, b"", _codestream(body))
    if name not in _BOXES:
        return Node(tree.iso_box, name, body)
    before = _BOXES[name]
    return Node(tree.iso_box, name, body[:before], _iso(body[before:]))


def _codestream(data: bytes) -> list[Node]:
    """Return markers of JPEG 2000 up to the first data, which are one node."""
    nodes, place = [Node(tree.raw, data[:2])], 2
    while data[place : place + 2] != b"\xff\x93" and place + 4 <= len(data):
        n_bytes = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + n_bytes]
        nodes.append(Node(tree.jpeg_segment, data[place : place + 2], body))
        place += 2 + n_bytes
    return [*nodes, *_pieces(data[place:])]


def _riff(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 8 <= len(data):
        name, n_bytes = (
            data[place : place + 4],
            int.from_bytes(data[place + 4 : place + 8], "little"),
        )
        body = data[place + 8 : place + 8 + n_bytes]
        if name in (b"RIFF", b"LIST"):
            nodes.append(Node(tree.riff_chunk, name, body[:4], _riff(body[4:])))
        elif name == b"ANMF":
            nodes.append(Node(tree.riff_chunk, name, body[:16], _riff(body[16:])))
        else:
            nodes.append(Node(tree.riff_chunk, name, body))
        place += 8 + n_bytes + n_bytes % 2
    return nodes


def _jpeg(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, data[:2])], 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xD9:
        n_bytes = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + n_bytes]
        nodes.append(Node(tree.jpeg_segment, data[place : place + 2], body))
        place += 2 + n_bytes
        if nodes[-1].name == b"\xff\xda":
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(data, place)
            stop = found.start() if found else len(data)
            nodes.append(Node(tree.raw, b"", data[place:stop]))
            place = stop
    return [*nodes, Node(tree.raw, b"", data[place:])]


def _gif(data: bytes) -> list[Node]:
    """Return the head, then pieces that begin where blocks do."""
    return _cut(data, rb"\x21[\xf9\xfe\xff\x01]|\x2c\x00\x00\x00\x00")


def _cut(data: bytes, pattern: bytes) -> list[Node]:
    """Return nodes that begin wherever the pattern is found."""
    places = [0, *(each.start() for each in re.finditer(pattern, data)), len(data)]
    places = sorted(set(places))
    return [Node(tree.raw, b"", data[first:stop]) for first, stop in pairwise(places)]


def _tiff(data: bytes) -> list[Node]:
    """Return head, entries of every directory, and what lies between."""
    order: str = "little" if data[:2] == b"II" else "big"
    wide = data[2:4] in (b"+\0", b"\0+")
    count_bytes, entry, place_bytes = (8, 20, 8) if wide else (2, 12, 4)

    def number(place: int, n_bytes: int) -> int:
        return int.from_bytes(data[place : place + n_bytes], order)  # type: ignore[arg-type]

    cuts = {0, 8, len(data)}
    seen: set[int] = set()
    place = number(8 if wide else 4, place_bytes)
    while place and place not in seen and place + count_bytes <= len(data):
        seen.add(place)
        count = number(place, count_bytes)
        cuts.add(place)
        cuts.update(place + count_bytes + entry * k for k in range(count + 1))
        end = place + count_bytes + entry * count
        cuts.add(end + place_bytes)
        place = number(end, place_bytes)
    places = sorted(each for each in cuts if each <= len(data))
    return [Node(tree.raw, b"", data[first:stop]) for first, stop in pairwise(places)]


def _psd(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, b"", data[:26])], 26
    wide = data[5] == 2
    form, n = (tree.big_64, 8) if wide else (tree.big_32, 4)

    def section(size: int) -> bytes:
        nonlocal place
        n_bytes = int.from_bytes(data[place : place + size], "big")
        body = data[place + size : place + size + n_bytes]
        place += size + n_bytes
        return body

    nodes.append(Node(tree.big_32, b"", section(4)))
    nodes.append(Node(tree.big_32, b"", b"", _resources(section(4))))
    masks = section(n)
    n_bytes = int.from_bytes(masks[:n], "big")
    layers = Node(form, b"", b"", _cut(masks[n : n + n_bytes], rb"8BIM"))
    nodes.append(Node(form, b"", b"", [layers, *_cut(masks[n + n_bytes :], rb"8BIM")]))
    return [*nodes, *_pieces(data[place:], 1024)]


def _resources(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 12 <= len(data):
        named = place + 7 + data[place + 6] + (data[place + 6] + 1) % 2
        n_bytes = int.from_bytes(data[named : named + 4], "big")
        body = data[named + 4 : named + 4 + n_bytes]
        nodes.append(Node(tree.big_32_even, data[place:named], body))
        place = named + 4 + n_bytes + n_bytes % 2
    return nodes


def _exr(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, b"", data[:8])], 8
    while data[place]:
        stop = data.index(b"\0", data.index(b"\0", place) + 1) + 1
        n_bytes = int.from_bytes(data[stop : stop + 4], "little")
        body = data[stop + 4 : stop + 4 + n_bytes]
        nodes.append(Node(tree.little_32, data[place:stop], body))
        place = stop + 4 + n_bytes
    return [*nodes, Node(tree.raw, data[place : place + 1]), *_pieces(data[place + 1 :], 64)]


def _clip(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, b"", data[:24])], 24
    while place + 16 <= len(data):
        n_bytes = int.from_bytes(data[place + 8 : place + 16], "big")
        body = data[place + 16 : place + 16 + n_bytes]
        parts = _cut(body, rb"SQLite format|\x89PNG|CREATE TABLE")
        nodes.append(Node(tree.big_64, data[place : place + 8], b"", parts))
        place += 16 + n_bytes
    return nodes


def _ebml(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place < len(data):
        start, place = place, place + _vint_bytes(data[place])
        name, size_bytes = data[start:place], _vint_bytes(data[place])
        mask = (1 << 7 * size_bytes) - 1
        n_bytes = int.from_bytes(data[place : place + size_bytes], "big") & mask
        place += size_bytes
        n_bytes = len(data) - place if n_bytes == mask else n_bytes
        body = data[place : place + n_bytes]
        place += n_bytes
        inner = _ebml(body) if name in _EBML else []
        nodes.append(Node(tree.ebml_element, name, b"" if inner else body, inner))
    return nodes


def _vint_bytes(first: int) -> int:
    return 9 - first.bit_length() if first else 8


def _mxf(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 17 <= len(data):
        name, first = data[place : place + 16], data[place + 16]
        more = first & 0x7F if first & 0x80 else 0
        place += 17 + more
        n_bytes = int.from_bytes(data[place - more : place], "big") if more else first
        nodes.append(Node(tree.klv, name, data[place : place + n_bytes]))
        place += n_bytes
    return nodes


def _asf(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 24 <= len(data):
        name, n_bytes = (
            data[place : place + 16],
            int.from_bytes(data[place + 16 : place + 24], "little"),
        )
        body = data[place + 24 : place + n_bytes]
        if n_bytes < 24:
            break
        if name == _ASF_HEADERS[0]:
            nodes.append(Node(tree.asf_object, name, body[:6], _asf(body[6:])))
        else:
            nodes.append(Node(tree.asf_object, name, body))
        place += n_bytes
    return [*nodes, *_pieces(data[place:])]


def _flv(data: bytes) -> list[Node]:
    nodes, place = [Node(tree.raw, b"", data[:13])], 13
    while place + 11 <= len(data):
        n_bytes = int.from_bytes(data[place + 1 : place + 4], "big")
        name = data[place : place + 1] + data[place + 4 : place + 11]
        nodes.append(Node(tree.flv_tag, name, data[place + 11 : place + 11 + n_bytes]))
        place += 15 + n_bytes
    return nodes


def _ogg(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 27 <= len(data):
        head = place + 27 + data[place + 26]
        stop = head + sum(data[place + 27 : head])
        nodes.append(Node(tree.ogg_page, data[place:head], data[head:stop]))
        place = stop
    return nodes


def _tar(data: bytes) -> list[Node]:
    nodes, place = [], 0
    while place + 512 <= len(data) and data[place]:
        header = data[place : place + 512]
        n_bytes = int(header[124:136].strip(b" \0"), 8)
        nodes.append(Node(tree.tar_member, header, data[place + 512 : place + 512 + n_bytes]))
        place += 512 + n_bytes + -n_bytes % 512
    return [*nodes, Node(tree.raw, b"", data[place : place + 1024])]


def _seven_zip(data: bytes) -> list[Node]:
    start = 32 + int.from_bytes(data[12:20], "little")
    return [Node(tree.seven_zip, data[:start], data[start:])]


def _cutter(pattern: bytes) -> Callable[[bytes], list[Node]]:
    return lambda data: _cut(data, pattern)


def _packets(data: bytes) -> list[Node]:
    return _pieces(data, 188)


_START_CODES = rb"\x00\x00\x01"
_READERS: dict[str, Callable[[bytes], list[Node]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _riff,
    "avi": _riff,
    "tiff": _tiff,
    "psd": _psd,
    "exr": _exr,
    "clip": _clip,
    "avif": _iso,
    "jpeg2000": lambda data: _codestream(data) if data[:2] == b"\xff\x4f" else _iso(data),
    "mov": _iso,
    "matroska": _ebml,
    "mxf": _mxf,
    "asf": _asf,
    "flv": _flv,
    "ogg": _ogg,
    "mpegts": _packets,
    "mpeg": _cutter(_START_CODES),
    "mpegvideo": _cutter(_START_CODES),
    "h264": _cutter(_START_CODES),
    "hevc": _cutter(_START_CODES),
    "pdf": _cutter(rb"\d+ 0 obj|endobj|stream\r?\n|xref|trailer|<<|/[A-Z]"),
    "zip": _cutter(rb"PK\x03\x04|PK\x01\x02|PK\x05\x06|PK\x06\x06"),
    "tar": _tar,
    "7z": _seven_zip,
    "ppm": _cutter(rb"(?<=\n)[0-9]"),
    "tga": lambda data: [Node(tree.raw, b"", data[:18]), *_pieces(data[18:])],
    "bmp": lambda data: [
        Node(tree.raw, b"", data[:14]),
        Node(tree.raw, b"", data[14:54]),
        *_pieces(data[54:]),
    ],
    "nut": _cutter(rb"N[MSXIK]"),
    "yuv4mpegpipe": _cutter(rb"FRAME| [A-Z]"),
    "ivf": lambda data: [Node(tree.raw, b"", data[:32]), *_pieces(data[32:], 64)],
}
