"""Files that hold several pictures: layers, pages, and the pictures inside pages.

Owns what a part is and which reader takes which format. Nothing is left out in silence: what cannot
be shown is a part with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from framematch.case_records import PartRole
from framematch.config import MediaLimits, PartLimits
from framematch.errors import InputError
from framematch.media.opening import open_media, read_head
from framematch.media.sniff import recognise
from framematch.records import Frame

#: What sort of file it is: a picture or video that `open_media` opens whole, a document that holds
#: several pictures and perhaps their composite, or an archive of files.
FileSort = Literal["picture", "document", "archive"]


@dataclass(frozen=True, slots=True)
class Part:
    """One picture of a file that holds several.

    Attributes
    ----------
    name : str or None
        ``layer/GROUP``, ``layer/GROUP/NAME``, ``page/3``, ``page/3/picture/1``; ``None`` for the
        whole. No two parts of a file have the same name.
    role : {"whole", "layer", "page", "embedded"}
        What it is.
    frame : Frame or None
        The picture, of working size; ``None`` where there is none.
    error : str or None
        Why there is no picture, or that it is damaged.
    """

    name: str | None
    role: PartRole
    frame: Frame | None
    error: str | None


def sort_of(path: Path) -> FileSort:
    """Return what sort of file it is, judged by its first bytes.

    Raises
    ------
    UnsupportedFormatError
        It is not media, or of a format that is not read; the message says what it is.
    UnreadableMediaError
        It is missing, empty or cut within its signature.
    """
    found = recognise(path, read_head(path))
    if found.family == "archive":
        return "archive"
    return "document" if found.family == "document" else "picture"


def parts_of(
    path: Path, limits: PartLimits | None = None, media_limits: MediaLimits | None = None
) -> Iterator[Part]:
    """Yield the pictures of a file one by one: the composite first, where there is one.

    Parameters
    ----------
    path : Path
        A picture or document; of a video the first frame is given.
    limits : PartLimits or None
        How much is taken out of it; ``None`` takes the defaults.
    media_limits : MediaLimits or None
        How large a picture may be; ``None`` takes the defaults.

    Raises
    ------
    UnsupportedFormatError
        It is an archive, or not media.
    UnreadableMediaError
        The file as a whole cannot be read, or wants a password.
    MediaTooLargeError
        The file as a whole passes a limit.
    """
    del limits
    try:
        with open_media(path, media_limits) as media:
            frame = next(media.frames())
            yield Part(None, "whole", frame, media.warning)
    except InputError as error:
        yield Part(None, "whole", None, str(error))
