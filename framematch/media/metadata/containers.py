"""What video containers and PDF documents say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from framematch.case_records import MetadataItem
from framematch.errors import InputError
from framematch.media.metadata.items import item
from framematch.media.modes import DAMAGE

# Keys as ffmpeg gives them, in lower case, in the order in which they are told.
_TAGS = {
    "creation_time": "created",
    "com.apple.quicktime.creationdate": "created",
    "date": "created",
    "modification_date": "modified",
    "encoder": "software",
    "com.apple.quicktime.software": "software",
    "encoded_by": "software",
    "product_name": "software",
    "application_name": "software",
    "com.apple.quicktime.make": "device",
    "com.apple.quicktime.model": "device",
    "make": "device",
    "model": "device",
    "artist": "author",
    "author": "author",
    "com.apple.quicktime.author": "author",
    "title": "title",
    "copyright": "copyright",
    "comment": "description",
    "description": "description",
    "handler_name": "description",
    "timecode": "description",
    "reel_name": "title",
    "material_package_umid": "document-id",
    "file_package_umid": "document-id",
}
_PDF = (
    ("CreationDate", "created"),
    ("ModDate", "modified"),
    ("Creator", "software"),
    ("Producer", "software"),
    ("Author", "author"),
    ("Title", "title"),
    ("Subject", "description"),
    ("Keywords", "description"),
)


def of_video(demuxer: str, stream: IO[bytes]) -> Iterator[MetadataItem | None]:
    """Yield what the container says, then each of its streams."""
    import av

    try:
        with av.open(
            stream,
            "r",
            format=demuxer,
            options={"format_whitelist": demuxer, "protocol_whitelist": "none"},
            metadata_errors="replace",
        ) as container:
            told = [("container", dict(container.metadata))]
            told += [(f"stream {each.index}", dict(each.metadata)) for each in container.streams]
    except (av.FFmpegError, *DAMAGE):
        return
    for where, tags in told:
        found = {key.lower(): (key, value) for key, value in tags.items()}
        for name, field in _TAGS.items():
            if name in found:
                key, value = found[name]
                yield item(field, value, f"{where} {key}")


def of_pdf(path: Path, stream: IO[bytes]) -> Iterator[MetadataItem | None]:
    """Yield what the document's information says."""
    from framematch.media.pages import open_document

    try:
        document = open_document(path, stream)
    except InputError:
        return
    try:
        told = document.get_metadata_dict(skip_empty=True)
        identifier = document.get_identifier()
    except DAMAGE:
        return
    finally:
        document.close()
    for key, field in _PDF:
        if key in told:
            yield item(field, told[key], f"PDF {key}")
    if identifier:
        yield item("document-id", bytes(identifier).hex(), "PDF ID")
