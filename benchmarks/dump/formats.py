"""Writers of the formats that hold several pictures; the same bytes whenever they are run."""

from __future__ import annotations

import gzip
import io
import sqlite3
import struct
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.dump.material import Pixels

#: When everything was written: 2023-11-14 22:13:20 UTC.
MOMENT = 1_700_000_000


def psd(path: Path, lines: Pixels, colour: Pixels, *, notes: bool, large: bool) -> None:
    """Write a Photoshop file: a sheet, a group of colours, a group of lines, perhaps notes."""
    from psd_tools import PSDImage

    height, width = lines.shape[:2]
    document = PSDImage.new("RGB", (width, height), color=(255, 255, 255))

    def add(group: Any, image: Image.Image, name: str) -> Any:  # noqa: ANN401 - psd-tools' own.
        layer = group.create_pixel_layer(image, name=name)
        layer.name = name  # Only this writes the name in Unicode.
        return layer

    add(document, Image.new("RGBA", (width, height), "white"), "Paper")
    paint = document.create_group(name="PAINT")
    add(paint, Image.fromarray(colour).convert("RGBA"), "色")
    drawn = document.create_group(name="LINE")
    add(drawn, _ink(lines), "原画")
    rough = add(drawn, _ink(np.roll(lines, 3, axis=1)), "rough")
    rough.visible = False
    if notes:
        sheet = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        sheet.paste((220, 30, 30, 255), (20, 20, width // 4, 26))
        add(document, sheet, "修正")
    if large:
        document._record.header.version = 2
    document.save(path, encoding="utf-8")


def _ink(lines: Pixels) -> Image.Image:
    """Return dark lines on nothing."""
    alpha = 255 - np.asarray(Image.fromarray(lines).convert("L"))
    values = np.zeros((*alpha.shape, 4), np.uint8)
    values[..., 3] = alpha
    return Image.fromarray(values)


def layered_tiff(path: Path, psd_path: Path, whole: Pixels) -> None:
    """Write a TIFF with the layers of a Photoshop file in tag 37724, as Photoshop does."""
    data = psd_path.read_bytes()
    place = 26
    for _ in range(2):
        place += 4 + int.from_bytes(data[place : place + 4], "big")
    n_bytes = int.from_bytes(data[place + 4 : place + 8], "big")
    layers = data[place + 8 : place + 8 + n_bytes]
    block = b"8BIMLayr" + struct.pack(">I", n_bytes) + layers
    content = b"Adobe Photoshop Document Data Block\0" + block + bytes(-len(block) % 4)
    Image.fromarray(whole).save(path, compression="tiff_lzw", tiffinfo={37724: content})


def pages_tiff(path: Path, pictures: list[Pixels]) -> None:
    """Write a TIFF of several pages."""
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    first.save(path, save_all=True, append_images=rest, compression="tiff_lzw")


def exr(path: Path, picture: Pixels, lines: Pixels) -> None:
    """Write scene-linear light with a layer of lines."""
    import OpenEXR

    scaled = picture.astype(np.float64) / 255
    light = np.where(scaled <= 0.04045, scaled / 12.92, ((scaled + 0.055) / 1.055) ** 2.4)
    channels = {name: np.float16(light[..., k]) for k, name in enumerate("RGB")}
    channels["line.Y"] = np.float16(np.asarray(Image.fromarray(lines).convert("L")) / 255.0)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, channels).write(str(path))


def pdf(path: Path, pictures: list[Pixels], title: str) -> None:
    """Write a storyboard: a picture on each page."""
    moment = time.gmtime(MOMENT)
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    first.save(
        path, save_all=True, append_images=rest, title=title, producer="Storyboard",
        creationDate=moment, modDate=moment,
    )  # fmt: skip


def clip(path: Path, preview: Pixels) -> None:
    """Write a Clip Studio file with nothing but its preview."""
    data = io.BytesIO()
    Image.fromarray(preview).save(data, "PNG")
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE CanvasPreview (_PW_ID INTEGER PRIMARY KEY, ImageType INTEGER, ImageData BLOB)"
    )
    connection.execute("INSERT INTO CanvasPreview VALUES (1, 1, ?)", (data.getvalue(),))
    connection.commit()
    chunks = [(b"CHNKHead", bytes(40)), (b"CHNKSQLi", connection.serialize())]
    connection.close()
    body = b"".join(name + len(part).to_bytes(8, "big") + part for name, part in chunks)
    body += b"CHNKFoot" + bytes(8)
    size = (24 + len(body)).to_bytes(8, "big")
    path.write_bytes(b"CSFCHUNK" + size + (24).to_bytes(8, "big") + body)


def archive(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip, tar.gz, tar or 7z by the suffix of `path`."""
    path.write_bytes(archived(path.name, files))


def archived(name: str, files: dict[str, bytes]) -> bytes:
    """Return an archive of the format that `name` ends with."""
    if name.endswith(".zip"):
        return _zip(files)
    if name.endswith(".7z"):
        return _seven_zip(files)
    plain = _tar(files)
    return gzip.compress(plain, mtime=MOMENT) if name.endswith("gz") else plain


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, time.gmtime(MOMENT)[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            writer.writestr(info, data)
    return out.getvalue()


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as writer:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), MOMENT
            writer.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _seven_zip(files: dict[str, bytes]) -> bytes:
    import py7zr
    from py7zr.helpers import ArchiveTimestamp

    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as writer:
        for name, data in files.items():
            writer.writestr(data, name)
        for info in writer.header.files_info.files:
            # The library writes the time of the day.
            for key in ("creationtime", "lastaccesstime"):
                info.pop(key, None)
            info["lastwritetime"] = ArchiveTimestamp.from_datetime(MOMENT)
    return out.getvalue()
