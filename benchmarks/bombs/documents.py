"""Documents and layered pictures that claim much: PDF, PSD, OpenEXR."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.bombs.bomb import Bomb, of_bytes
from benchmarks.bombs.pictures import SIDE, _zeros


def _pdf(objects: Sequence[bytes]) -> bytes:
    """Return a document of these objects, numbered from 1; the first is its root."""
    out, places = b"%PDF-1.5\n", []
    pieces = [out]
    length = len(out)
    for number, content in enumerate(objects, 1):
        piece = b"%d 0 obj\n%s\nendobj\n" % (number, content)
        places.append(length)
        pieces.append(piece)
        length += len(piece)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, length)
    return b"".join([*pieces, table, end])


def _stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), more, data)


def _one_page(
    content: bytes,
    *more: bytes,
    box: bytes = b"0 0 600 400",
    resources: bytes = b"",
    filters: bytes = b"",
) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>"
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page % (box, resources),
            _stream(content, filters),
            *more,
        ]
    )


def _pdf_content(n_bytes: int) -> bytes:
    """Return a page whose content unfolds twice."""
    return _one_page(
        zlib.compress(_zeros(n_bytes), 9), filters=b"/Filter[/FlateDecode/FlateDecode]"
    )


def _pdf_operators() -> bytes:
    """Return a page of many million strokes."""
    packer = zlib.compressobj(9)
    piece = b"0 0 m 600 400 l S " * 50_000
    data = b"".join(packer.compress(piece) for _ in range(200)) + packer.flush()
    return _one_page(data, filters=b"/Filter/FlateDecode")


def _pdf_forms(depth: int, width: int) -> bytes:
    """Return a page of forms that each draw the next one several times."""
    forms = []
    for level in range(depth):
        after = 5 + level + 1
        last = level + 1 == depth
        content = b"0 0 9 9 re f " if last else b"/F Do " * width
        inner = b"" if last else b"/XObject<</F %d 0 R>>" % after
        forms.append(
            _stream(
                content, b"/Type/XObject/Subtype/Form/BBox[0 0 600 400]/Resources<<%s>>" % inner
            )
        )
    return _one_page(b"/F Do", *forms, resources=b"/XObject<</F 5 0 R>>")


def _pdf_loop() -> bytes:
    form = _stream(
        b"/F Do /F Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 600 400]/Resources<</XObject<</F 5 0 R>>>>",
    )
    return _one_page(b"/F Do", form, resources=b"/XObject<</F 5 0 R>>")


def _pdf_image(side: int) -> bytes:
    image = _stream(
        _zeros(side * side * 3),
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/FlateDecode" % (side, side),
    )
    return _one_page(b"600 0 0 400 0 0 cm /I Do", image, resources=b"/XObject<</I 5 0 R>>")


def _pdf_pattern() -> bytes:
    """Return a page painted with tiles far smaller than a pixel."""
    tile = _stream(
        b"0 0 .001 .001 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1"
        b"/BBox[0 0 .002 .002]/XStep .002/YStep .002/Resources<<>>",
    )
    return _one_page(
        b"/Pattern cs /P scn 0 0 600 400 re f", tile, resources=b"/Pattern<</P 5 0 R>>"
    )


def _pdf_pages(n_levels: int, width: int) -> bytes:
    """Return a tree of pages whose branches are the same: width to the n-th pages."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(n_levels):
        kids = b" ".join([b"%d 0 R" % (level + 3)] * width)
        count = width ** (n_levels - level)
        objects.append(b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count))
    objects.append(b"<</Type/Page/MediaBox[0 0 600 400]/Resources<<>>>>")
    return _pdf(objects)


def _pdf_objects() -> bytes:
    """Return a document whose objects stand in a stream that unfolds to a gibibyte."""
    listed = b"2 0 " + b" " * 100
    data = zlib.compress(listed + b"<</Type/Pages/Kids[]/Count 0>>" + bytes(1 << 30), 9)
    head = b"%PDF-1.5\n"
    root = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    inside = (
        b"3 0 obj\n"
        + _stream(data, b"/Type/ObjStm/N 1/First %d/Filter/FlateDecode" % len(listed))
        + b"\nendobj\n"
    )
    places = [0, len(head), 3, len(head) + len(root)]
    rows = b"".join(
        [
            struct.pack(">BIH", 0, 0, 0),
            struct.pack(">BIH", 1, places[1], 0),
            struct.pack(">BIH", 2, 3, 0),
            struct.pack(">BIH", 1, places[3], 0),
            struct.pack(">BIH", 1, places[3] + len(inside), 0),
        ]
    )
    cross = b"4 0 obj\n" + _stream(rows, b"/Type/XRef/Size 5/W[1 4 2]/Root 1 0 R") + b"\nendobj\n"
    at = places[3] + len(inside)
    return head + root + inside + cross + b"startxref\n%d\n%%%%EOF\n" % at


def _psd_head(channels: int, side: int, depth: int = 8, version: int = 1) -> bytes:
    return struct.pack(">4sH6xHIIHH", b"8BPS", version, channels, side, side, depth, 3)


def _runs(width: int) -> bytes:
    whole, rest = divmod(width, 128)
    return b"\x81\0" * whole + (bytes([257 - rest, 0]) if rest > 1 else bytes(rest * 2))


def _psd(side: int, n_layers: int, *, channels: int = 3) -> bytes:
    """Return a document of layers as large as itself, their rows in runs."""
    row = _runs(side)
    plane = struct.pack(">H", len(row)) * side + row * side
    data = b"\0\1" + plane
    records = b"".join(
        struct.pack(">iiiiH", 0, 0, side, side, 4)
        + b"".join(struct.pack(">hI", k, len(data)) for k in (-1, 0, 1, 2))
        + b"8BIMnorm"
        + struct.pack(">BBBBI", 255, 0, 0, 0, 12)
        + bytes(8)
        + b"\1x\0\0"
        for _ in range(n_layers)
    )
    layers = struct.pack(">h", n_layers) + records + data * 4 * n_layers
    layers += bytes(len(layers) % 2)
    section = struct.pack(">I", len(layers)) + layers + struct.pack(">I", 0) if n_layers else b""
    counts = struct.pack(">H", len(row)) * side * channels
    whole = b"\0\1" + counts + row * side * channels
    return _psd_head(channels, side) + bytes(8) + struct.pack(">I", len(section)) + section + whole


def _psd_many_layers() -> bytes:
    """Return a document that lists 30,000 layers without a pixel."""
    count = 30_000
    record = struct.pack(">iiiiH", 0, 0, 0, 0, 0) + b"8BIMnorm"
    record += struct.pack(">BBBBI", 255, 0, 0, 0, 12) + bytes(8) + b"\1x\0\0"
    layers = struct.pack(">h", count) + record * count
    section = struct.pack(">I", len(layers)) + layers + struct.pack(">I", 0)
    whole = b"\0\0" + bytes(64 * 64 * 3)
    return _psd_head(3, 64) + bytes(8) + struct.pack(">I", len(section)) + section + whole


def _exr(side: int, n_channels: int, *, tiled: bool = False) -> bytes:
    import OpenEXR

    names = ["R", "G", "B", "A", *(f"L{k}.Y" for k in range(n_channels))][:n_channels]
    plane = np.zeros((side, side), np.float16)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    if tiled:
        tiles = OpenEXR.TileDescription()
        tiles.xSize = tiles.ySize = 1
        header |= {"type": OpenEXR.tiledimage, "tiles": tiles}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.exr"
        OpenEXR.File(header, dict.fromkeys(names, plane)).write(str(path))
        return path.read_bytes()


def _exr_window(width: int, height: int, *, tile: int | None = None) -> bytes:
    """Return a header that claims a window, and nothing behind it."""

    def field(name: bytes, kind: bytes, value: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value

    channel = b"Y\0" + struct.pack("<IBxxxII", 1, 0, 1, 1) + b"\0"
    window = struct.pack("<iiii", 0, 0, width - 1, height - 1)
    head = field(b"channels", b"chlist", channel) + field(b"compression", b"compression", b"\3")
    head += field(b"dataWindow", b"box2i", window) + field(b"displayWindow", b"box2i", window)
    head += field(b"lineOrder", b"lineOrder", b"\0")
    head += field(b"pixelAspectRatio", b"float", struct.pack("<f", 1))
    head += field(b"screenWindowCenter", b"v2f", struct.pack("<ff", 0, 0))
    head += field(b"screenWindowWidth", b"float", struct.pack("<f", 1))
    if tile is not None:
        head += field(b"tiles", b"tiledesc", struct.pack("<IIB", tile, tile, 0))
    flags = 0x200 if tile is not None else 0
    return b"\x76\x2f\x31\x01" + struct.pack("<I", 2 | flags) + head + b"\0" + bytes(64)


DOCUMENTS = (
    Bomb("pdf-content", "a page of 1 GiB", ".pdf", of_bytes(lambda: _pdf_content(1 << 30))),
    Bomb("pdf-operators", "a page of 10 million strokes", ".pdf", of_bytes(_pdf_operators)),
    Bomb(
        "pdf-forms",
        "10 to the 9th forms in one another",
        ".pdf",
        of_bytes(lambda: _pdf_forms(10, 10)),
        quick=True,
    ),
    Bomb("pdf-form-loop", "a form that draws itself", ".pdf", of_bytes(_pdf_loop), quick=True),
    Bomb(
        "pdf-box",
        "a page of 10 to the 9th points by 1",
        ".pdf",
        of_bytes(lambda: _one_page(b"", box=b"0 0 1000000000 1")),
        quick=True,
    ),
    Bomb(
        "pdf-box-square",
        "a page of 10 to the 9th points a side",
        ".pdf",
        of_bytes(lambda: _one_page(b"", box=b"0 0 1000000000 1000000000")),
        quick=True,
    ),
    Bomb(
        "pdf-image", "a picture of 900 million pixels", ".pdf", of_bytes(lambda: _pdf_image(30_000))
    ),
    Bomb("pdf-pattern", "60 billion tiles", ".pdf", of_bytes(_pdf_pattern), quick=True),
    Bomb(
        "pdf-pages", "1,000 million pages", ".pdf", of_bytes(lambda: _pdf_pages(9, 10)), quick=True
    ),
    Bomb("pdf-objects", "objects in a stream of 1 GiB", ".pdf", of_bytes(_pdf_objects)),
    Bomb(
        "psd-claims-30000",
        "30,000 x 30,000 pixels",
        ".psd",
        of_bytes(lambda: _psd_head(3, 30_000) + bytes(14)),
        quick=True,
    ),
    Bomb("psd-at-limit", "200 million pixels in runs", ".psd", of_bytes(lambda: _psd(SIDE, 0))),
    Bomb(
        "psd-layers", "40 layers of 100 million pixels", ".psd", of_bytes(lambda: _psd(10_000, 40))
    ),
    Bomb("psd-many-layers", "30,000 layers", ".psd", of_bytes(_psd_many_layers)),
    Bomb(
        "exr-window",
        "2 to the 62nd pixels",
        ".exr",
        of_bytes(lambda: _exr_window(0x7FFFFFFF, 0x7FFFFFFF)),
        quick=True,
    ),
    Bomb(
        "exr-window-flat",
        "2 thousand million lines of one pixel",
        ".exr",
        of_bytes(lambda: _exr_window(1, 0x7FFFFFFF)),
        quick=True,
    ),
    Bomb(
        "exr-tiles",
        "400 million tiles",
        ".exr",
        of_bytes(lambda: _exr_window(20_000, 20_000, tile=1)),
        quick=True,
    ),
    Bomb("exr-at-limit", "400 million samples", ".exr", of_bytes(lambda: _exr(10_000, 4))),
    Bomb(
        "exr-channels",
        "400 channels of a million samples",
        ".exr",
        of_bytes(lambda: _exr(1_000, 400)),
    ),
)
