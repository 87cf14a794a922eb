"""Pictures whose few bytes claim many pixels, frames, scans, pages or words."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from benchmarks.bombs.bomb import Bomb, of_bytes

#: The largest square that the default limit lets pass.
SIDE = 14_142
#: As large as Pillow itself opens, for the formats in which it has a limit of its own.
PILLOW_SIDE = 13_377
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(n_bytes: int, level: int = 9) -> bytes:
    """Return zeros as zlib packs them, without ever holding them."""
    packer = zlib.compressobj(level)
    piece = bytes(1 << 20)
    packed = [packer.compress(piece) for _ in range(n_bytes >> 20)]
    packed += [packer.compress(bytes(n_bytes & 0xFFFFF)), packer.flush()]
    return b"".join(packed)


def _png(width: int, height: int, depth: int, colour: int, data: bytes, *more: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = (_chunk(b"IHDR", header), *more, _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    return _SIGNATURE + b"".join(body)


def _png_of(side: int, depth: int, colour: int, n_channels: int, *more: bytes) -> bytes:
    return _png(
        side, side, depth, colour, _zeros(side * (1 + side * n_channels * depth // 8)), *more
    )


def _small_png(*more: bytes) -> bytes:
    return _png(64, 64, 8, 0, zlib.compress(bytes(64 * 65)), *more)


def _apng(side: int, n_frames: int) -> bytes:
    """Return an animation of which each frame changes one pixel of a large canvas."""
    whole = _zeros(side * (1 + side * 4))
    parts = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)),
        _chunk(b"acTL", struct.pack(">II", n_frames, 0)),
        _chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, side, side, 0, 0, 1, 25, 0, 0)),
        _chunk(b"IDAT", whole),
    ]
    pixel = zlib.compress(b"\0\1\2\3\4")
    number = 1
    for _ in range(n_frames - 1):
        control = struct.pack(">IIIIIHHBB", number, 1, 1, 0, 0, 1, 25, 0, 0)
        parts += [_chunk(b"fcTL", control), _chunk(b"fdAT", struct.pack(">I", number + 1) + pixel)]
        number += 2
    return _SIGNATURE + b"".join(parts) + _chunk(b"IEND", b"")


def _gif(side: int, n_frames: int) -> bytes:
    """Return an animation of a large canvas and frames of one pixel."""
    palette = bytes(range(3)) * 2
    control = b"\x21\xf9\x04\x04\x04\0\0\0"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + palette
    return head + (control + frame) * n_frames + b"\x3b"


def _tiff(
    entries: Iterator[tuple[int, int, int, int]] | list[tuple[int, int, int, int]],
    next_at: int,
    at: int,
) -> bytes:
    """Return one directory of a TIFF file that stands `at`."""
    rows = list(entries)
    body = b"".join(struct.pack("<HHII", *row) for row in rows)
    del at
    return struct.pack("<H", len(rows)) + body + struct.pack("<I", next_at)


def _page(
    width: int,
    height: int,
    at: int,
    n_bytes: int,
    *,
    bits: int = 8,
    samples: int = 1,
    kind: int = 1,
    packed: int = 8,
) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, bits),
        (259, 3, 1, packed),
        (262, 3, 1, 1),
        (273, 4, 1, at),
        (277, 3, 1, samples),
        (278, 4, 1, height),
        (279, 4, 1, n_bytes),
        (339, 3, 1, kind),
    ]


def _tiff_pages(
    n_pages: int,
    side: int,
    data: bytes,
    *,
    bits: int = 8,
    kind: int = 1,
    loops: bool = False,
    claimed: int | None = None,
) -> bytes:
    """Return a TIFF file of equal pages that share their data."""
    first = 8 + len(data)
    n_bytes = len(data) if claimed is None else claimed
    length = 2 + 12 * 10 + 4
    out = [b"II*\0" + struct.pack("<I", first), data]
    for number in range(n_pages):
        at = first + number * length
        last = first if loops else 0
        next_at = at + length if number + 1 < n_pages else last
        out.append(_tiff(_page(side, side, 8, n_bytes, bits=bits, kind=kind), next_at, at))
    return b"".join(out)


def _jpeg_scans(side: int, n_scans: int) -> bytes:
    """Return a progressive JPEG of which every scan says of all blocks that nothing changes."""
    small = io.BytesIO()
    Image.new("L", (64, 64), 90).save(small, "JPEG", progressive=True, quality=50)
    data = small.getvalue()
    place = data.index(b"\xff\xc2")
    data = data[: place + 5] + struct.pack(">HH", side, side) + data[place + 9 :]
    head = data[: data.index(b"\xff\xda")]
    blocks = (side + 7) // 8
    # A table with one code: 14 runs of 16,384 blocks at their end, with 14 more bits.
    table = b"\xff\xc4\x00\x14\x10" + b"\x01" + bytes(15) + b"\xe0"
    n_runs = -(-blocks * blocks // 32767)
    bits = ("0" + "1" * 14) * n_runs
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00" + packed
    return head + table + scan * n_scans + b"\xff\xd9"


def _jpeg2000(side: int) -> bytes:
    """Return a picture of 64 pixels whose header was changed to say more."""
    small = io.BytesIO()
    Image.new("RGB", (64, 64)).save(small, "JPEG2000", no_jp2=True)
    data = bytearray(small.getvalue())
    place = data.index(b"\xff\x51") + 6
    struct.pack_into(">II", data, place, side, side)
    struct.pack_into(">II", data, place + 16, side, side)
    return bytes(data)


def _saved(side: int, mode: str, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (side, side)).save(out, kind, **options)
    return out.getvalue()


def _tga(side: int) -> bytes:
    """Return a picture in runs of 128 equal pixels."""
    header = struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, side, side, 32, 8)
    runs = -(-side * side // 128)
    return header + b"\xff\0\0\0\xff" * runs


def _profile(n_bytes: int) -> bytes:
    return _chunk(b"iCCP", b"x\0\0" + _zeros(n_bytes))


def _text(n_bytes: int) -> bytes:
    return _chunk(b"zTXt", b"Comment\0\0" + _zeros(n_bytes))


def _international(n_bytes: int) -> bytes:
    return _chunk(b"iTXt", b"Comment\0\1\0\0\0" + _zeros(n_bytes))


def _many_texts() -> bytes:
    return _small_png(*(_chunk(b"zTXt", b"c%d\0\0" % k + _zeros(1 << 20)) for k in range(500)))


def _packet() -> bytes:
    """Return a picture with an XMP packet that is nested as deep as its length allows."""
    deep = 200_000
    packet = b'<x:xmpmeta xmlns:x="a">' + b"<a>" * deep + b"</a>" * deep + b"</x:xmpmeta>"
    return _small_png(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))


def _entities() -> bytes:
    ten = b"".join(b'<!ENTITY e%d "%s">' % (k, b"&e%d;" % (k - 1) * 10) for k in range(1, 10))
    packet = b'<!DOCTYPE x [<!ENTITY e0 "lol">' + ten + b"]>"
    whole = b'<x:xmpmeta xmlns:x="a">' + packet + b"&e9;</x:xmpmeta>"
    return _small_png(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + whole))


PICTURES = (
    Bomb(
        "png-claims-60000",
        "60,000 x 60,000 pixels",
        ".png",
        of_bytes(lambda: _png(60_000, 60_000, 8, 2, zlib.compress(bytes(1000)))),
        quick=True,
    ),
    Bomb(
        "png-rgba-at-limit",
        "200 million pixels, RGBA",
        ".png",
        of_bytes(lambda: _png_of(SIDE, 8, 6, 4)),
    ),
    Bomb(
        "png-16-bit-at-limit",
        "200 million pixels of 16 bits, grey",
        ".png",
        of_bytes(lambda: _png_of(SIDE, 16, 0, 1)),
    ),
    Bomb(
        "png-icc-profile",
        "a colour profile of 1 GiB",
        ".png",
        of_bytes(lambda: _small_png(_profile(1 << 30))),
    ),
    Bomb("png-ztxt", "a comment of 1 GiB", ".png", of_bytes(lambda: _small_png(_text(1 << 30)))),
    Bomb(
        "png-itxt",
        "a comment of 1 GiB, iTXt",
        ".png",
        of_bytes(lambda: _small_png(_international(1 << 30))),
    ),
    Bomb("png-many-texts", "500 comments of 1 MiB", ".png", of_bytes(_many_texts)),
    Bomb("png-xmp-deep", "XML 200,000 deep", ".png", of_bytes(_packet)),
    Bomb(
        "png-xmp-entities",
        "XML entities: three billion characters",
        ".png",
        of_bytes(_entities),
        quick=True,
    ),
    Bomb(
        "apng-canvas",
        "20,000 frames of 100 million pixels",
        ".png",
        of_bytes(lambda: _apng(10_000, 20_000)),
    ),
    Bomb("apng-frames", "100,000 frames", ".png", of_bytes(lambda: _apng(8, 100_000))),
    Bomb(
        "gif-canvas",
        "20,000 frames of 100 million pixels",
        ".gif",
        of_bytes(lambda: _gif(10_000, 20_000)),
    ),
    Bomb("gif-frames", "1,000,000 frames", ".gif", of_bytes(lambda: _gif(8, 1_000_000))),
    Bomb(
        "tiff-at-limit",
        "178 million pixels",
        ".tif",
        of_bytes(lambda: _tiff_pages(1, PILLOW_SIDE, _zeros(PILLOW_SIDE**2))),
    ),
    Bomb(
        "tiff-float-at-limit",
        "178 million pixels in floating point",
        ".tif",
        of_bytes(lambda: _tiff_pages(1, PILLOW_SIDE, _zeros(4 * PILLOW_SIDE**2), bits=32, kind=3)),
    ),
    Bomb(
        "tiff-pages",
        "400 pages of 178 million pixels that share their data",
        ".tif",
        of_bytes(lambda: _tiff_pages(400, PILLOW_SIDE, _zeros(PILLOW_SIDE**2))),
    ),
    Bomb(
        "tiff-loop",
        "pages without an end",
        ".tif",
        of_bytes(lambda: _tiff_pages(2, 64, _zeros(64 * 64), loops=True)),
        quick=True,
    ),
    Bomb(
        "tiff-huge-strip",
        "a strip of 4 GiB",
        ".tif",
        of_bytes(lambda: _tiff_pages(1, 64, _zeros(64 * 64), claimed=0xFFFFFFF0)),
        quick=True,
    ),
    Bomb(
        "tiff-many-pages",
        "1,000,000 pages",
        ".tif",
        of_bytes(lambda: _tiff_pages(1_000_000, 1, _zeros(1))),
    ),
    Bomb(
        "jpeg-scans",
        "2,000 scans of 200 million pixels",
        ".jpg",
        of_bytes(lambda: _jpeg_scans(SIDE, 2_000)),
    ),
    Bomb(
        "jpeg2000-at-limit",
        "200 million pixels, none of them there",
        ".j2k",
        of_bytes(lambda: _jpeg2000(SIDE)),
    ),
    Bomb(
        "webp-at-limit",
        "178 million pixels",
        ".webp",
        of_bytes(lambda: _saved(PILLOW_SIDE, "RGB", "WEBP", quality=0, method=0)),
    ),
    Bomb("tga-at-limit", "200 million pixels in runs", ".tga", of_bytes(lambda: _tga(SIDE))),
    Bomb(
        "ppm-claims",
        "200 million pixels, none of them there",
        ".ppm",
        of_bytes(lambda: b"P6\n14142 14142\n255\n" + bytes(100)),
    ),
)
