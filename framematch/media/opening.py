"""From a path to an opened file: the checks that every format shares, then the right decoder.

Video decoding is imported only when a video is opened.
"""

import stat
from pathlib import Path

from framematch.config import DecoderSettings, MediaLimits
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media.images import open_image
from framematch.media.sniff import HEAD_BYTES, recognise
from framematch.media.source import Media


def open_media(
    path: Path, limits: MediaLimits | None = None, decoder: DecoderSettings | None = None
) -> Media:
    """Open a picture or video file, whatever its name says.

    Parameters
    ----------
    path : Path
        A local regular file.
    limits : MediaLimits or None
        What the file may cost; ``None`` takes the defaults.
    decoder : DecoderSettings or None
        How a video is decoded; ``None`` takes the defaults.

    Returns
    -------
    Media
        A context manager that closes the file.

    Raises
    ------
    UnreadableMediaError
        The file is missing, a folder, empty, cut short before the first frame, or damaged.
    UnsupportedFormatError
        The format is not on the allow-list, or the file has no picture.
    MediaTooLargeError
        The file says that it is larger than `limits`.
    """
    path = Path(path)
    limits = limits or MediaLimits()
    head = _read_head(path)
    found = recognise(path, head)
    if found.family == "image":
        return open_image(path, found.name, limits)
    from framematch.media.video import open_video

    return open_video(path, found.name, limits, decoder or DecoderSettings())


def _read_head(path: Path) -> bytes:
    """Return the first bytes of a regular file that is not empty."""
    try:
        mode = path.stat().st_mode
        # A pipe or device is not opened at all: reading it could wait for ever.
        head = b""
        if stat.S_ISREG(mode):
            with path.open("rb") as stream:
                head = stream.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise UnreadableMediaError(f"{path}: there is no such file; check the path") from error
    except (OSError, ValueError) as error:
        raise UnreadableMediaError(
            f"{path}: cannot be read ({error}); check the path and its permissions"
        ) from error
    if stat.S_ISDIR(mode):
        raise UnreadableMediaError(f"{path}: is a folder; name the files in it")
    if not stat.S_ISREG(mode):
        raise UnsupportedFormatError(f"{path}: is a device or pipe; only files on disk are read")
    if not head:
        raise UnreadableMediaError(f"{path}: is empty (0 bytes); get another copy")
    return head
