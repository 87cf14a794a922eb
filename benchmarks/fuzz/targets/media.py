"""Targets over readers of ours in files that others made: formats, packets, tags, bit streams."""

from __future__ import annotations

import io
import struct
from functools import partial
from pathlib import Path

from benchmarks.dump import formats
from benchmarks.fuzz.seeds import picture, seeds
from benchmarks.fuzz.targets.target import Target, hold
from framematch.config import ArchiveLimits
from framematch.errors import InputError
from framematch.media import metadata_of, open_media, unpack
from framematch.media.archives.zip_names import without_false_claims
from framematch.media.bitstream import teller_of
from framematch.media.exr import count_layers
from framematch.media.metadata.items import iso_date
from framematch.media.metadata.xmp import of_any_file
from framematch.media.modes import DAMAGE
from framematch.media.psd import is_layered
from framematch.media.sniff import recognise
from framematch.media.tiff_layers import as_photoshop_file, find_layers

_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' xmp:CreateDate="2024-05-06T07:08:09Z"><dc:creator><rdf:Seq><rdf:li>A</rdf:li></rdf:Seq>'
    b"</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)
_CODECS = ("h264", "hevc", "mpeg4", "vp8", "vp9", "av1", "mpeg2video", "nothing")


def _sniff(data: bytes, folder: Path) -> None:
    found = recognise(folder / "a", data[:4096])
    hold(found.name and found.family in ("image", "video", "document", "archive"), f"{found}")


def _starts() -> tuple[bytes, ...]:
    found = seeds(("png", "tiff", "tar", "tga", "pdf", "webp", "flv"))
    film = b"\0\0\0\x18ftypisom\0\0\2\0isomavc1\0\0\0\x08moov"
    return (film, *(each[0][:600] for each in found.values()))


def _opened(name: str, data: bytes, folder: Path) -> None:
    """Read a picture's header and tags; its first bytes are put right, so that all are read."""
    path = folder / f"a.{name}"
    path.write_bytes(data)
    metadata_of(path)
    with open_media(path) as media:
        hold(media.info.width > 0 and media.info.height > 0, "a picture of no size")


def _zip_names(data: bytes, folder: Path) -> None:
    del folder
    start = data.find(b"PK\x01\x02")
    start = max(start, 0)
    read = without_false_claims(io.BytesIO(data), start, len(data) - start).read()
    hold(len(read) == len(data), f"{len(read)} bytes of {len(data)}")
    changed = [place for place, (a, b) in enumerate(zip(read, data, strict=True)) if a != b]
    hold(all(read[place] == data[place] & ~8 for place in changed), "more than the claim is gone")


def _unpacked(name: str, data: bytes, folder: Path) -> None:
    path, into = folder / f"a.{name}", folder / "into"
    path.write_bytes(data)
    into.mkdir(exist_ok=True)
    limits = ArchiveLimits(max_members=50, max_bytes=4 << 20, ratio_from_bytes=1 << 20)
    for member in unpack(path, into, limits):
        if member.path is not None:
            hold(member.path.parent == into, f"member {member.name!r} lies at {member.path}")
            member.path.unlink()


def _layers(data: bytes, folder: Path) -> None:
    del folder
    block = find_layers(data)
    if block is not None:
        made = as_photoshop_file(block, (64, 48), "RGB")
        hold(made[:4] == b"8BPS", "no Photoshop file")
        hold(len(made) <= 4 * len(data) + 1000, f"{len(made)} bytes of {len(data)}")


def _layer_seeds() -> tuple[bytes, ...]:
    """Return the tag of a TIFF with layers, as it is and with its numbers the other way round."""
    path_data = seeds(("psd",))["psd"][0]
    place = 26
    for _ in range(2):
        place += 4 + int.from_bytes(path_data[place : place + 4], "big")
    n_bytes = int.from_bytes(path_data[place + 4 : place + 8], "big")
    layers = path_data[place + 8 : place + 8 + n_bytes]
    start = b"Adobe Photoshop Document Data Block\0"
    big = start + b"8BIMLayr" + struct.pack(">I", n_bytes) + layers
    one = struct.pack("<hiiiiH", 1, 0, 0, 2, 2, 1) + struct.pack("<HI", 0, 6) + b"MIB8mron"
    extra = struct.pack("<II", 0, 0) + b"\x03abc"
    one += b"\xff\0\0\0" + struct.pack("<I", len(extra)) + extra + b"\0\0\x01\x02\x03\x04"
    little = start + b"MIB8ryaL" + struct.pack("<I", len(one)) + one
    return big, little


def _xmp(data: bytes, folder: Path) -> None:
    del folder
    for item in of_any_file(io.BytesIO(data)):
        hold(item is None or len(item.value) <= 500, "a long value")


def _date(data: bytes, folder: Path) -> None:
    del folder
    hold(isinstance(iso_date(data.decode("utf-8", "replace")), str), "no text")


def _bits(data: bytes, folder: Path) -> None:
    """Tell packets of every codec: the first bytes are its settings, as hostile as the rest."""
    del folder
    if len(data) < 2:
        return
    codec, n_settings = _CODECS[data[0] % len(_CODECS)], data[1] % 64
    settings = data[2 : 2 + n_settings]
    tell = teller_of(codec, settings or None)
    hold(tell(memoryview(data[2 + n_settings :])) is not None, "nothing is told")


def _bit_seeds() -> tuple[bytes, ...]:
    avcc = bytes.fromhex("014d401fffe1000467640020010004 68ee3c80".replace(" ", ""))
    packet = b"\0\0\0\x05\x65abcd\0\0\0\x05\x41abcd"
    return tuple(bytes([number, len(avcc)]) + avcc + packet for number in range(len(_CODECS)))


def _layered(data: bytes, folder: Path) -> None:
    del folder
    hold(is_layered(io.BytesIO(data)) in (True, False), "neither")


def _exr(data: bytes, folder: Path) -> None:
    del folder
    hold(count_layers(io.BytesIO(data)) >= 0, "less than no layers")


def _clips() -> tuple[bytes, ...]:
    return seeds(("clip",))["clip"]


def _tar_seed() -> bytes:
    return formats.archived("a.tar", {"a/b.png": b"x" * 700, "原画.txt": b"y"})


def _zip_seed() -> bytes:
    return formats.archived("a.zip", {"a/b.png": picture().tobytes()[:300], "原画.txt": b"y"})


_OURS = (InputError,)
_TAGS = (b"Exif\0\0", b"II*\0", b"MM\0*", b"8BIM", b"8BPS", b"\xff\xff\xff\xff", b"\0\0\0\0")

TARGETS = (
    Target("sniff", _starts, _sniff, _OURS, (b"ftyp", b"RIFF", b"WEBP", b"\x47", b"P6", b"BM")),
    Target("clip", _clips, partial(_opened, "clip"), _OURS, (b"CHNKSQLi", b"\x89PNG", b"SQLite")),
    Target("exif", lambda: seeds(("jpeg",))["jpeg"][:1], partial(_opened, "jpg"), _OURS, _TAGS),
    Target("png-text", lambda: seeds(("png",))["png"][:1], partial(_opened, "png"), _OURS, _TAGS),
    Target("zip-names", lambda: (_zip_seed(),), _zip_names, (), (b"PK\x01\x02", b"\0\x08")),
    Target(
        "zip", lambda: (_zip_seed(),), partial(_unpacked, "zip"), _OURS,
        (b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"../", b"\xff\xff\xff\xff", b"UT\x09\0"),
    ),
    Target("tar", lambda: (_tar_seed(),), partial(_unpacked, "tar"), _OURS, (b"L", b"x", b"ustar")),
    Target("tiff-layers", _layer_seeds, _layers, (ValueError,), (b"8BIM", b"MIB8", b"ryaL")),
    Target("xmp", lambda: (_XMP,), _xmp, (), (b"<!DOCTYPE", b"&#0;", b"</x:xmpmeta>", b"rdf:li")),
    Target("date", lambda: (b"2024:05:06 07:08:09", b"D:20240506070809+09'00'"), _date),
    Target("bitstream", _bit_seeds, _bits, (), (b"\0\0\x01\xb6", b"\x9d\x01\x2a", b"\x0a\x0b")),
    Target("psd-header", lambda: seeds(("psd",))["psd"], _layered, (SyntaxError,), _TAGS),
    Target("exr-header", lambda: seeds(("exr",))["exr"], _exr, DAMAGE, (b"channels\0chlist\0",)),
)  # fmt: skip
