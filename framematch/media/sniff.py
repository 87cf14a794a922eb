"""Which format a file is in, judged by its bytes and never by its name.

Owns the allow-list. A file whose bytes are not on it never reaches a decoder. Must not import a
decoder.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from framematch.errors import UnreadableMediaError, UnsupportedFormatError

#: Bytes of a file's beginning that `recognise` wants to see.
HEAD_BYTES = 4096

_ISO_IMAGES = {b"avif": "avif", b"avis": "avif"}
_ISO_REFUSED = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_MOV_ATOMS = frozenset((b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))

_IMAGE_STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"8BPS", "psd"),
    (b"\x76\x2f\x31\x01", "exr"),
    (b"CSFCHUNK", "clip"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"),
    (b"P4", "ppm"),
    (b"P5", "ppm"),
    (b"P6", "ppm"),
)

_DOCUMENT_STARTS = ((b"%PDF-", "pdf"),)

_ARCHIVE_STARTS = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)

_VIDEO_STARTS = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
    (b"YUV4MPEG2 ", "yuv4mpegpipe"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "mxf"),
    (b"DKIF", "ivf"),
    (b"nut/multimedia container\x00", "nut"),
    (b"\x00\x00\x00\x01\x67", "h264"),
    (b"\x00\x00\x00\x01\x27", "h264"),
    (b"\x00\x00\x00\x01\x09", "h264"),
    (b"\x00\x00\x00\x01\x40\x01", "hevc"),
    (b"\x00\x00\x00\x01\x46\x01", "hevc"),
)

_PLAYLIST_STARTS = (b"#EXTM3U", b"ffconcat ", b"[playlist]", b"<smil", b"<MPD", b"[Reference]")

_REFUSED_STARTS = (
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"SDPX", "a DPX picture: convert it to 16-bit PNG or TIFF"),
    (b"XPDS", "a DPX picture: convert it to 16-bit PNG or TIFF"),
    (b"\xff\x0a", "a JPEG XL picture: convert it to PNG"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture: convert it to PNG"),
    (b"SQLite format 3\x00", "a database: leave it out"),
    (b"\x7fELF", "a program: leave it out"),
    (b"MZ\x90\x00", "a program: leave it out"),
    (b"OTTO\x00", "a font: leave it out"),
    (b"ttcf\x00", "a font: leave it out"),
    (b"wOFF", "a font: leave it out"),
    (b"wOF2", "a font: leave it out"),
    (b"\x00\x01\x00\x00\x00", "a font: leave it out"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document: export its pictures"),
    (b"ID3", "sound without a picture: give a video or picture file"),
    (b"fLaC", "sound without a picture: give a video or picture file"),
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format on the allow-list.

    Attributes
    ----------
    family : {"image", "video", "document", "archive"}
        Which decoder reads it.
    name : str
        Lower case; for video the name of ffmpeg's demuxer.
    """

    family: Literal["image", "video", "document", "archive"]
    name: str


def recognise(path: Path, head: bytes) -> Format:
    """Return the format of a file that begins with `head` (up to `HEAD_BYTES` bytes).

    Raises
    ------
    UnsupportedFormatError
        The format is not on the allow-list; the message says what the file is, where that is known.
    UnreadableMediaError
        There are only the first bytes of a known signature.
    """
    found = _container(head) or _image(head) or _video(head)
    if found is not None:
        return found
    if _is_tga(head):
        return Format("image", "tga")
    _refuse(path, head)


def _container(head: bytes) -> Format | None:
    # A tar file begins with the name of its first member, which may look like anything.
    if is_tar(head):
        return Format("archive", "tar")
    for start, name in _ARCHIVE_STARTS:
        if head.startswith(start):
            return Format("archive", name)
    # Readers of PDF look for its mark in the first kilobyte.
    stripped = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    for start, name in _DOCUMENT_STARTS:
        if stripped.startswith(start):
            return Format("document", name)
    return None


def is_tar(head: bytes) -> bool:
    """Check the sum over the first header, which all flavours of tar have."""
    if len(head) < 512 or not any(head[:100]):
        return False
    try:
        expected = int(head[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return expected == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _image(head: bytes) -> Format | None:
    for start, name in _IMAGE_STARTS:
        if head.startswith(start):
            return Format("image", name)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format("image", "webp")
    if head[4:8] == b"ftyp" and head[8:12] in _ISO_IMAGES:
        return Format("image", _ISO_IMAGES[head[8:12]])
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return Format("image", "bmp")
    return None


def _video(head: bytes) -> Format | None:
    for start, name in _VIDEO_STARTS:
        if head.startswith(start):
            return Format("video", name)
    if head[4:8] in _MOV_ATOMS and not (head[4:8] == b"ftyp" and head[8:12] in _ISO_REFUSED):
        return Format("video", "mov")
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return Format("video", "avi")
    return Format("video", "mpegts") if _is_transport_stream(head) else None


def _is_tga(head: bytes) -> bool:
    """Check the header of a format that has no signature, field by field."""
    if len(head) < 18:
        return False
    colour_map, kind, depth, descriptor = head[1], head[2], head[16], head[17]
    allowed = {1: (8,), 2: (16, 24, 32), 3: (8, 16), 9: (8,), 10: (16, 24, 32), 11: (8, 16)}
    with_map = colour_map == 1 and head[7] in (15, 16, 24, 32)
    without_map = colour_map == 0 and kind not in (1, 9) and head[3:8] == bytes(5)
    size = head[12:14] != b"\0\0" and head[14:16] != b"\0\0"
    return (
        (with_map or without_map)
        and depth in allowed.get(kind, ())
        and descriptor & 0xC0 == 0
        and descriptor & 0x0F in (0, 1, 8)
        and size
    )


def _is_transport_stream(head: bytes) -> bool:
    """Look for the sync byte of four packets in a row, after junk, with or without time codes."""
    return any(
        all(head[first + k * packet : first + k * packet + 1] == b"\x47" for k in range(4))
        for packet in (188, 192, 204)
        for first in range(packet)
    )


def _refuse(path: Path, head: bytes) -> NoReturn:
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if stripped.startswith(_PLAYLIST_STARTS) or b"<MPD" in head[:1024]:
        raise UnsupportedFormatError(
            f"{path}: is a playlist that points to other files, which are not followed;"
            " give the video files themselves"
        )
    for start, what in _REFUSED_STARTS:
        if head.startswith(start):
            raise UnsupportedFormatError(f"{path}: is {what}")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        raise UnsupportedFormatError(
            f"{path}: is sound without a picture: give a video or picture file"
        )
    if head[4:8] == b"ftyp":
        raise UnsupportedFormatError(f"{path}: is a HEIF picture: convert it to PNG or JPEG")
    known = (*_IMAGE_STARTS, *_VIDEO_STARTS, *_DOCUMENT_STARTS, *_ARCHIVE_STARTS)
    starts = [start for start, _ in known]
    if len(head) < 16 and any(start.startswith(head) for start in starts):
        raise UnreadableMediaError(
            f"{path}: is cut short after {len(head)} bytes; get another copy"
        )
    if _is_text(head):
        raise UnsupportedFormatError(f"{path}: is text, not a picture or video; leave it out")
    raise UnsupportedFormatError(
        f"{path}: is in no format that is read here (docs/media.md lists them);"
        " convert it to PNG or MP4 if it is a picture or video"
    )


def _is_text(head: bytes) -> bool:
    """Tell whether the bytes are printable UTF-8, or UTF-16 with its mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # A character may be cut in two at the end of what was read.
    text = head.decode("utf-8", "ignore")
    whole = len(text.encode()) >= len(head) - 3
    return whole and all(character.isprintable() or character in "\t\r\n\f" for character in text)
