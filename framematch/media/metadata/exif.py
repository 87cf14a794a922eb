"""EXIF and the text fields of pictures, as Pillow reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from PIL import ExifTags, Image, ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PsdImagePlugin import PsdImageFile
from PIL.TiffImagePlugin import TiffImageFile

from framematch.case_records import MetadataItem
from framematch.media.images import open_plugin
from framematch.media.metadata.items import item
from framematch.media.modes import DAMAGE

_Tag = ExifTags.Base
_TAGS = (
    (_Tag.DateTimeOriginal, "created"),
    (_Tag.DateTimeDigitized, "digitized"),
    (_Tag.DateTime, "modified"),
    (_Tag.Software, "software"),
    (_Tag.ProcessingSoftware, "software"),
    (_Tag.Artist, "author"),
    (_Tag.Copyright, "copyright"),
    (_Tag.ImageDescription, "description"),
    (_Tag.Make, "device"),
    (_Tag.Model, "device"),
    (_Tag.LensModel, "device"),
    (_Tag.HostComputer, "device"),
    (_Tag.DocumentName, "title"),
    (_Tag.ImageUniqueID, "document-id"),
)
#: How far the clock that wrote a date is from UTC.
_ZONES = {
    _Tag.DateTime: _Tag.OffsetTime,
    _Tag.DateTimeOriginal: _Tag.OffsetTimeOriginal,
    _Tag.DateTimeDigitized: _Tag.OffsetTimeDigitized,
}
# PNG, 11.3.3.2, and what programs write beside it, in lower case.
_TEXTS = {
    "author": "author",
    "comment": "description",
    "copyright": "copyright",
    "creation time": "created",
    "date:create": "created",
    "date:modify": "modified",
    "description": "description",
    "parameters": "description",
    "software": "software",
    "source": "device",
    "title": "title",
}
_EXIF_RESOURCE = 1058
_VERSION_RESOURCE = 1057


def of_picture(name: str, stream: IO[bytes]) -> Iterator[MetadataItem | None]:
    """Yield what the header of a picture of that format says."""
    try:
        image = open_plugin(name, stream)
    except DAMAGE:
        return
    yield from _guarded(_exif(image))
    if isinstance(image, PngImageFile):
        yield from _guarded(_png(image))
    if isinstance(image, PsdImageFile):
        yield from _guarded(_psd(image))
    comment = image.info.get("comment")
    if isinstance(comment, bytes | str):
        yield item("description", comment, f"{image.format} comment")


def _guarded(items: Iterator[MetadataItem | None]) -> Iterator[MetadataItem | None]:
    """Yield until something is broken."""
    try:
        yield from items
    except DAMAGE:
        return


def _exif(image: ImageFile.ImageFile) -> Iterator[MetadataItem | None]:
    # The base method: PNG's own decodes the whole picture in search of a late EXIF chunk.
    exif = Image.Image.getexif(image)
    if isinstance(image, PsdImageFile):
        exif = Image.Exif()
        for number, _, data in image.resources:
            if number == _EXIF_RESOURCE:
                exif.load(data)
    where = "TIFF" if isinstance(image, TiffImageFile) else "EXIF"
    values = dict(exif)
    values.update(exif.get_ifd(ExifTags.IFD.Exif))
    for tag, field in _TAGS:
        value = values.get(tag)
        if value is None:
            continue
        zone = values.get(_ZONES[tag]) if tag in _ZONES else None
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        told = f"{text.strip(chr(0))}{zone}" if isinstance(zone, str) else text
        yield item(field, told, f"{where} {tag.name}")


def _png(image: PngImageFile) -> Iterator[MetadataItem | None]:
    for key, value in image.info.items():
        field = _TEXTS.get(str(key).lower())
        if field is not None and isinstance(value, str):
            yield item(field, value, f"PNG {key}")
    time = image.info.get("tIME")
    if time is not None:
        yield item("modified", time, "PNG tIME")


def _psd(image: PsdImageFile) -> Iterator[MetadataItem | None]:
    for number, _, data in image.resources:
        if number == _VERSION_RESOURCE:
            # Version, whether there is a composite, then who wrote and who reads, in UTF-16.
            for who, text in zip(("writer", "reader"), _unicode_strings(data[5:]), strict=False):
                yield item("software", text, f"PSD version info, {who}")


def _unicode_strings(data: bytes) -> Iterator[str]:
    place = 0
    while place + 4 <= len(data):
        n_units = int.from_bytes(data[place : place + 4], "big")
        stop = place + 4 + 2 * n_units
        if stop > len(data):
            return
        yield data[place + 4 : stop].decode("utf-16-be", "replace")
        place = stop
