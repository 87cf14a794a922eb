"""Archives that unfold: zeros, overlaps, nests, lies about sizes, directories without an end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

from benchmarks.bombs.bomb import Bomb, of_bytes

_MIB = 1 << 20
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_DATE = 0x21


def _deflated(n_bytes: int) -> bytes:
    """Return zeros as a zip file packs them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bytes(_MIB)
    packed = [packer.compress(piece) for _ in range(n_bytes // _MIB)]
    return b"".join([*packed, packer.flush()])


def _crc_of_zeros(n_bytes: int, crc: int = 0) -> int:
    piece = bytes(_MIB)
    for _ in range(n_bytes // _MIB):
        crc = zlib.crc32(piece, crc)
    return crc


def _local(name: bytes, crc: int, packed: int, size: int) -> bytes:
    return _LOCAL.pack(b"PK\3\4", 20, 0, 8, 0, _DATE, crc, packed, size, len(name), 0) + name


def _directory(entries: list[tuple[bytes, int, int, int, int]], start: int) -> bytes:
    """Return the directory of entries: name, checksum, packed and unpacked size, place."""
    rows = b"".join(
        _ENTRY.pack(
            b"PK\1\2", 20, 20, 0, 8, 0, _DATE, crc, packed, size, len(name), 0, 0, 0, 0, 0, at
        )
        + name
        for name, crc, packed, size, at in entries
    )
    count = min(len(entries), 0xFFFF)
    return rows + _END.pack(b"PK\5\6", 0, 0, count, count, len(rows), start, 0)


def _zip_zeros(path: Path) -> None:
    size = 4096 * _MIB
    data = _deflated(size)
    head = _local(b"a.png", 0, len(data), size - _MIB)
    entries = [(b"a.png", 0, len(data), size - _MIB, 0)]
    path.write_bytes(head + data + _directory(entries, len(head) + len(data)))


def _zip_liar(path: Path) -> None:
    """Write a zip file that says one byte and holds a gibibyte."""
    data = _deflated(1024 * _MIB)
    head = _local(b"a.png", 0, len(data), 1)
    entries = [(b"a.png", 0, len(data), 1, 0)]
    path.write_bytes(head + data + _directory(entries, len(head) + len(data)))


def _zip_overlapping(path: Path) -> None:
    """Write files that quote each other's headers and share one kernel (D. Fifield, 2019)."""
    count, size = 250, 64 * _MIB
    kernel = _deflated(size)
    body, entries = kernel, []
    crc, unpacked = _crc_of_zeros(size), size
    for number in reversed(range(count)):
        name = b"%d.png" % number
        head = _local(name, crc, len(body), unpacked)
        entries.append((name, crc, len(body), unpacked, len(head) + len(body)))
        if number:
            # The next file begins with a stored block that holds this one's header.
            quote = struct.pack("<BHH", 0, len(head), 0xFFFF ^ len(head)) + head
            body = quote + body
            unpacked += len(head)
            crc = 0  # What comes out is stopped long before it is compared.
        else:
            body = head + body
    # Places were counted from the end.
    placed = [(n, c, p, u, len(body) - back) for n, c, p, u, back in reversed(entries)]
    path.write_bytes(body + _directory(placed, len(body)))


def _zip_same_place(path: Path) -> None:
    """Write 65,000 entries for one file."""
    data = _deflated(_MIB)
    crc = _crc_of_zeros(_MIB)
    head = _local(b"a.png", crc, len(data), _MIB)
    entries = [(b"a.png", crc, len(data), _MIB, 0)] * 65_000
    path.write_bytes(head + data + _directory(entries, len(head) + len(data)))


def _zip_many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(200_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), b"")


def _nested(depth: int, width: int, size: int) -> bytes:
    """Return zip files within zip files; what differs in each is one byte."""
    content = bytes(size)
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(width):
                name = f"{number}.zip" if level else f"{number}.png"
                data = content + bytes([number])
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        content = out.getvalue()
    return content


def _nested_distinct(depth: int, width: int) -> bytes:
    """Return zip files within zip files of which no two are equal: each a tree of its own."""

    def made(level: int, mark: int) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo("mark.txt")
            archive.writestr(info, str(mark))
            for number in range(width):
                inner = mark * width + number
                if level:
                    packed = zipfile.ZipInfo(f"{number}.zip")
                    packed.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(packed, made(level - 1, inner))
                else:
                    blank = zipfile.ZipInfo(f"{number}.bin")
                    blank.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(blank, str(inner).encode() + bytes(3 * _MIB))
        return out.getvalue()

    return made(depth - 1, 1)


def _gzip_zeros(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(64 * _MIB), mtime=0) * 128)


def _gzip_empty(path: Path) -> None:
    path.write_bytes(gzip.compress(b"", mtime=0) * 1_000_000)


def _bzip2_zeros(path: Path) -> None:
    path.write_bytes(bz2.compress(bytes(64 * _MIB)) * 128)


def _xz_zeros(path: Path) -> None:
    path.write_bytes(lzma.compress(bytes(64 * _MIB), preset=0) * 128)


def _xz_dictionary() -> bytes:
    """Return a stream whose header wants a dictionary of 4 GiB."""
    data = bytearray(lzma.compress(bytes(100), lzma.FORMAT_XZ))
    n_bytes = (data[12] + 1) * 4
    place = data.index(b"\x21\x01", 12) + 2
    data[place] = 40
    struct.pack_into("<I", data, 12 + n_bytes - 4, zlib.crc32(bytes(data[12 : 12 + n_bytes - 4])))
    return bytes(data)


def _seven_zip(body: bytes, header: bytes) -> bytes:
    """Return a 7z archive of a packed body and a header, their checksums right."""
    start = struct.pack("<QQI", len(body), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + body + header


def _number(value: int) -> bytes:
    """Return a number as 7z writes large ones."""
    return b"\xff" + struct.pack("<Q", value)


def _seven_zip_zeros(path: Path) -> None:
    import py7zr

    with py7zr.SevenZipFile(path, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 1}]) as packed:
        packed.writestr(bytes(512 * _MIB), "a.png")


def _seven_zip_claims(claimed: int) -> bytes:
    """Return an archive whose header says that it lists so many files."""
    return _seven_zip(b"", b"\x01\x05" + _number(claimed) + b"\0\0")


def _seven_zip_streams(claimed: int) -> bytes:
    """Return an archive whose header says that it holds so many packed streams."""
    return _seven_zip(b"", b"\x01\x04\x06\0" + _number(claimed) + b"\x09" + b"\0" * 8)


def _seven_zip_packed_header() -> bytes:
    """Return an archive whose header is packed and unfolds to 2 GiB."""
    body = lzma.compress(
        bytes(2048 * _MIB), lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}]
    )
    header = b"\x17\x06" + _number(0) + b"\x01\x09" + _number(len(body)) + b"\0"
    header += b"\x07\x0b\x01\0\x01\x21\x21\x01\x18\x0c" + _number(2048 * _MIB) + b"\0\0"
    return _seven_zip(body, header)


def _tar_sparse() -> bytes:
    """Return a file of 8 TiB that holds nothing, as GNU tar writes it (1.0)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.png")
        info.size = 512
        info.pax_headers = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "a.png",
            "GNU.sparse.realsize": str(8 << 40),
        }
        archive.addfile(info, io.BytesIO(b"1\n%d\n0\n".ljust(512, b"\0") % (8 << 40)))
    return out.getvalue()


def _tar_header(kind: bytes, content: bytes) -> bytes:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, len(content)
    block = info.tobuf(tarfile.USTAR_FORMAT)
    return block + content + bytes(-len(content) % 512)


def _tar_file() -> bytes:
    return tarfile.TarInfo("a.png").tobuf() + bytes(1024)


def _tar_digits(pattern: bytes) -> bytes:
    """Return a header of attributes over which a backtracking reader goes again and again."""
    return _tar_header(tarfile.XHDTYPE, (pattern * _MIB)[: _MIB - 512]) + _tar_file()


def _tar_chain() -> bytes:
    """Return headers that each stand before the next: a reader that calls itself runs out."""
    one = _tar_header(tarfile.XHDTYPE, b"13 comment=x\n")
    return one * 20_000 + _tar_file()


def _tar_gzip_zeros(path: Path) -> None:
    info = tarfile.TarInfo("a.png")
    info.size = 8 << 30
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(_MIB)
    with path.open("wb") as out:
        out.write(packer.compress(info.tobuf()))
        for _ in range(1024):
            out.write(packer.compress(piece))
        out.write(packer.flush())


ARCHIVES = (
    Bomb("zip-zeros", "4 GiB of zeros", ".zip", _zip_zeros),
    Bomb("zip-liar", "1 GiB that says it is one byte", ".zip", _zip_liar),
    Bomb("zip-overlapping", "250 files in one kernel: 16 GiB", ".zip", _zip_overlapping),
    Bomb("zip-same-place", "65,000 entries for one file: 65 GiB", ".zip", _zip_same_place),
    Bomb("zip-many", "200,000 members", ".zip", _zip_many),
    Bomb(
        "zip-nested",
        "archives five deep, 16 in each, with zeros of 1 GiB",
        ".zip",
        of_bytes(lambda: _nested(5, 16, 64 * _MIB)),
        way="triage",
    ),
    Bomb(
        "zip-nested-distinct",
        "10 to the third distinct archives, 30 MiB each",
        ".zip",
        of_bytes(lambda: _nested_distinct(4, 10)),
        way="triage",
    ),
    Bomb("gzip-zeros", "8 GiB of zeros", ".gz", _gzip_zeros),
    Bomb("gzip-empty", "1,000,000 streams of nothing", ".gz", _gzip_empty),
    Bomb("bzip2-zeros", "8 GiB of zeros", ".bz2", _bzip2_zeros),
    Bomb("xz-zeros", "8 GiB of zeros", ".xz", _xz_zeros),
    Bomb("xz-dictionary", "a dictionary of 4 GiB", ".xz", of_bytes(_xz_dictionary), quick=True),
    Bomb("7z-zeros", "512 MiB of zeros", ".7z", _seven_zip_zeros),
    Bomb(
        "7z-claims-files",
        "a list of 2 to the 40th files",
        ".7z",
        of_bytes(lambda: _seven_zip_claims(1 << 40)),
        quick=True,
    ),
    Bomb(
        "7z-claims-streams",
        "2 to the 40th packed streams",
        ".7z",
        of_bytes(lambda: _seven_zip_streams(1 << 40)),
        quick=True,
    ),
    Bomb("7z-packed-header", "a directory of 2 GiB", ".7z", of_bytes(_seven_zip_packed_header)),
    Bomb("tar-sparse", "8 TiB of nothing", ".tar", of_bytes(_tar_sparse), quick=True),
    Bomb(
        "tar-digits",
        "attributes of a million digits",
        ".tar",
        of_bytes(lambda: _tar_digits(b"1")),
        quick=True,
    ),
    Bomb(
        "tar-lengths",
        "attributes that never end",
        ".tar",
        of_bytes(lambda: _tar_digits(b"4 aa")),
        quick=True,
    ),
    Bomb("tar-chain", "20,000 headers before a file", ".tar", of_bytes(_tar_chain), quick=True),
    Bomb("tar-gzip-zeros", "8 GiB of zeros in a tar", ".tar.gz", _tar_gzip_zeros),
)
