"""From a file to all that it says of itself."""

from __future__ import annotations

from pathlib import Path

from framematch.case_records import MetadataItem
from framematch.media.head import read_format
from framematch.media.metadata.exif import of_picture
from framematch.media.metadata.items import distinct
from framematch.media.metadata.xmp import of_any_file
from framematch.media.unnoticed import open_unnoticed


def metadata_of(path: Path) -> tuple[MetadataItem, ...]:
    """Return what a file says of itself; see `framematch.media.guarded.metadata_of`."""
    found = read_format(path)
    if found.family == "archive":
        return ()
    with open_unnoticed(path) as stream:
        items = list(of_any_file(stream))
        stream.seek(0)
        if found.family == "image":
            items = [*of_picture(found.name, stream), *items]
        else:
            from framematch.media.metadata.containers import of_pdf, of_video

            own = of_pdf(path, stream) if found.name == "pdf" else of_video(found.name, stream)
            items = [*own, *items]
    return distinct(items)
