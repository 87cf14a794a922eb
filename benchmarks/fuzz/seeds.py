"""Small files of every format that is read: drawn, encoded and packed here, a few of each kind.

By the name that `framematch.media` gives a format, so that a mutated file is known by it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from benchmarks.dump import formats
from benchmarks.dump.material import Pixels
from benchmarks.priority import kept_priority

_WIDTH, _HEIGHT = 64, 48
_EXR_PACKINGS = ("NO", "RLE", "ZIPS", "PIZ", "PXR24", "B44", "DWAA")
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
    b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="2024-05-06T07:08:09Z"'
    b' xmp:CreatorTool="Pencil 3"/></rdf:RDF></x:xmpmeta>'
)
#: Container of ffmpeg, codec, pixel format and options, by the name of the demuxer.
_VIDEOS: dict[str, tuple[tuple[str, str, str, dict[str, str]], ...]] = {
    "mov": (
        ("mp4", "libx264", "yuv420p", {}),
        ("mov", "prores_ks", "yuv422p10le", {}),
        ("mp4", "libx265", "yuv420p", {"x265-params": "log-level=none"}),
        ("mp4", "libx264", "yuv420p", {"movflags": "frag_keyframe+empty_moov"}),
        ("mov", "qtrle", "rgb24", {}),
        ("mov", "mjpeg", "yuvj420p", {}),
        ("mp4", "mpeg4", "yuv420p", {}),
        ("mp4", "libx265", "yuv420p10le", {"x265-params": "log-level=none"}),
        ("mov", "png", "rgb24", {}),
    ),
    "matroska": (
        ("matroska", "ffv1", "bgr0", {}),
        ("webm", "libvpx-vp9", "yuv420p", {}),
        ("webm", "libvpx", "yuv420p", {}),
        ("matroska", "libx264", "yuv420p", {}),
        ("matroska", "ffv1", "yuv420p10le", {}),
        ("matroska", "libsvtav1", "yuv420p", {}),
    ),
    "mpegts": (("mpegts", "mpeg2video", "yuv420p", {}), ("mpegts", "libx264", "yuv420p", {})),
    "avi": (
        ("avi", "mjpeg", "yuvj420p", {}),
        ("avi", "mpeg4", "yuv420p", {}),
        ("avi", "huffyuv", "yuv422p", {}),
    ),
    "flv": (("flv", "flv", "yuv420p", {}), ("flv", "libx264", "yuv420p", {})),
    "ogg": (("ogg", "libvpx", "yuv420p", {}),),
    "mxf": (("mxf", "mpeg2video", "yuv420p", {}),),
    "asf": (("asf", "wmv2", "yuv420p", {}), ("asf", "msmpeg4", "yuv420p", {})),
    "mpeg": (("mpeg", "mpeg2video", "yuv420p", {}),),
    "mpegvideo": (("mpeg2video", "mpeg2video", "yuv420p", {}),),
    "h264": (("h264", "libx264", "yuv420p", {}),),
    "hevc": (("hevc", "libx265", "yuv420p", {"x265-params": "log-level=none"}),),
    "nut": (("nut", "ffv1", "bgr0", {}),),
    "ivf": (("ivf", "libvpx", "yuv420p", {}),),
    "yuv4mpegpipe": (("yuv4mpegpipe", "rawvideo", "yuv420p", {}),),
}


def picture(number: int = 0, width: int = _WIDTH, height: int = _HEIGHT) -> Pixels:
    """Return a drawn picture, uint8 (H, W, 3): a slope with a block that moves."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    values = np.stack([x * 3, y * 4, (x + y) * 2 + number * 9], axis=2).astype(np.uint8)
    values[8:20, 4 + number : 16 + number] = (200, 30, 30)
    return values


def seeds(names: tuple[str, ...] = ()) -> dict[str, tuple[bytes, ...]]:
    """Return the seeds of the formats named, of all by default."""
    wanted = names or (*_PICTURES, *_VIDEOS, *_ARCHIVES)
    return {name: _of(name) for name in wanted}


def _of(name: str) -> tuple[bytes, ...]:
    if name in _VIDEOS:
        return tuple(_video(*each) for each in _VIDEOS[name])
    return (_PICTURES.get(name) or _ARCHIVES[name])()


def _video(container: str, codec: str, pixel_format: str, options: dict[str, str]) -> bytes:
    out = io.BytesIO()
    muxer = {key: value for key, value in options.items() if key == "movflags"}
    with (
        kept_priority(),
        av.open(out, "w", format=container, options=muxer) as output,
    ):
        stream: Any = output.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, pixel_format
        stream.codec_context.time_base = Fraction(1, 25)
        stream.codec_context.gop_size = 3
        stream.codec_context.options = {
            key: value for key, value in options.items() if key not in muxer
        }
        for number in range(7):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return out.getvalue()


def _saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    out = io.BytesIO()
    (image or Image.fromarray(picture())).save(out, kind, **options)
    return out.getvalue()


def _written(suffix: str, write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{suffix}"
        write(path)
        return path.read_bytes()


def _frames() -> list[Image.Image]:
    return [Image.fromarray(picture(number)) for number in range(1, 4)]


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x0131], exif[0x0132] = 6, "Pencil 3", "2024:05:06 07:08:09"
    exif.get_ifd(0x8769).update({0x9003: "2024:05:06 07:08:09", 0x9011: "+09:00"})
    return exif.tobytes()


def _png() -> tuple[bytes, ...]:
    grey = Image.fromarray(picture()).convert("L")
    return (
        _saved("PNG", exif=_exif()),
        _saved("PNG", Image.fromarray(picture()).quantize(16), transparency=3),
        _saved("PNG", save_all=True, append_images=_frames(), duration=80, loop=0),
        _saved("PNG", Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)),
    )


def _jpeg() -> tuple[bytes, ...]:
    cmyk = Image.fromarray(picture()).convert("CMYK")
    return (
        _saved("JPEG", exif=_exif(), xmp=_XMP, comment="drawn"),
        _saved("JPEG", progressive=True),
        _saved("JPEG", cmyk),
        _saved("JPEG", Image.fromarray(picture()).convert("L"), restart_marker_rows=1),
    )


def _webp() -> tuple[bytes, ...]:
    return (
        _saved("WEBP", exif=_exif(), xmp=_XMP),
        _saved("WEBP", lossless=True),
        _saved("WEBP", save_all=True, append_images=_frames(), duration=80),
    )


def _layered(*, large: bool) -> bytes:
    return _written(
        ".psd",
        lambda path: formats.psd(path, 255 - picture(), picture(), notes=True, large=large),
    )


def _tiff() -> tuple[bytes, ...]:
    def layered(path: Path) -> None:
        source = path.with_suffix(".psd")
        source.write_bytes(_layered(large=False))
        formats.layered_tiff(path, source, picture())

    return (
        *(_saved("TIFF", compression=name) for name in ("raw", "tiff_lzw", "jpeg")),
        _saved("TIFF", Image.fromarray(picture()).convert("1"), compression="group4"),
        _saved("TIFF", big_tiff=True, compression="tiff_adobe_deflate"),
        _saved("TIFF", Image.fromarray(picture()).convert("CMYK"), compression="packbits"),
        _saved("TIFF", Image.fromarray(picture()).convert("LAB")),
        _saved("TIFF", Image.fromarray(np.float32(picture()[..., 0])), compression="tiff_lzw"),
        _saved("TIFF", compression="zstd"),
        _written(".tif", lambda path: formats.pages_tiff(path, [picture(), picture(3)])),
        _written(".tif", layered),
    )


def _exr() -> tuple[bytes, ...]:
    import OpenEXR

    def packed(name: str, path: Path) -> None:
        light = (picture() / 255.0).astype(np.float16)
        channels = {letter: np.ascontiguousarray(light[..., k]) for k, letter in enumerate("RGB")}
        header = {"compression": getattr(OpenEXR, name), "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, channels).write(str(path))

    return (
        _written(".exr", lambda path: formats.exr(path, picture(), 255 - picture())),
        *(_written(".exr", partial(packed, f"{name}_COMPRESSION")) for name in _EXR_PACKINGS),
    )


def _pdf() -> tuple[bytes, ...]:
    pictures = [picture(), picture(3)]
    return (_written(".pdf", lambda path: formats.pdf(path, pictures, "board")),)


def _ppm() -> tuple[bytes, ...]:
    image = Image.fromarray(picture())
    return tuple(_saved("PPM", image.convert(mode)) for mode in ("RGB", "L", "1"))


def _files() -> dict[str, bytes]:
    return {
        "Show/sc01.png": _saved("PNG"),
        "Show/原画/sc02.jpg": _saved("JPEG"),
        "notes.txt": b"note" * 300,
    }


def _tar(kind: int = tarfile.GNU_FORMAT) -> bytes:
    if kind == tarfile.GNU_FORMAT:
        return formats.archived("a.tar", _files())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as writer:
        for name, data in {**_files(), "long/" * 40 + "原画.png": b"x"}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            writer.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _zip(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as writer:
        for name, data in _files().items():
            writer.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), data, method)
    return out.getvalue()


def _seven_zip(filters: list[dict[str, int]]) -> bytes:
    import py7zr

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=filters) as writer:
        for name, data in _files().items():
            writer.writestr(data, name)
    return out.getvalue()


def _seven_zips() -> tuple[bytes, ...]:
    import py7zr

    chains = (
        [{"id": py7zr.FILTER_BZIP2}],
        [{"id": py7zr.FILTER_DEFLATE}],
        [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 1}],
        [{"id": py7zr.FILTER_COPY}],
    )
    return (formats.archived("a.7z", _files()), *map(_seven_zip, chains))


_PICTURES: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": lambda: (
        _saved("GIF", interlace=0),
        _saved("GIF", save_all=True, append_images=_frames(), duration=80, comment=b"drawn"),
    ),
    "webp": _webp,
    "tiff": _tiff,
    "psd": lambda: (_layered(large=False), _layered(large=True)),
    "exr": _exr,
    "clip": lambda: (_written(".clip", lambda path: formats.clip(path, picture())),),
    "pdf": _pdf,
    "tga": lambda: (_saved("TGA"), _saved("TGA", compression="tga_rle")),
    "bmp": lambda: (_saved("BMP"), _saved("BMP", Image.fromarray(picture()).quantize(16))),
    "avif": lambda: (_saved("AVIF"), _saved("AVIF", save_all=True, append_images=_frames())),
    "jpeg2000": lambda: (
        _saved("JPEG2000"),
        _saved("JPEG2000", no_jp2=True),
        _saved("JPEG2000", tile_size=(32, 32), irreversible=True, num_resolutions=3),
    ),
    "ppm": _ppm,
}
_ARCHIVES: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "zip": lambda: (
        formats.archived("a.zip", _files()),
        *map(_zip, (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
    ),
    "7z": _seven_zips,
    "tar": lambda: (_tar(), _tar(tarfile.PAX_FORMAT)),
    "gzip": lambda: (gzip.compress(_tar(), mtime=0),),
    "bzip2": lambda: (bz2.compress(_tar()),),
    "xz": lambda: (lzma.compress(_tar()),),
}
