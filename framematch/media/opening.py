"""From a path to an opened file: the checks that every format shares, then the right decoder.

Video decoding is imported only when a video is opened.
"""

from pathlib import Path

from framematch.config import DecoderSettings, MediaLimits
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media.images import open_image
from framematch.media.sniff import HEAD_BYTES, recognise
from framematch.media.source import Media
from framematch.media.unnoticed import open_unnoticed


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
    head = read_head(path)
    found = recognise(path, head)
    if found.family == "image":
        return open_image(path, found.name, limits)
    if found.family in ("document", "archive"):
        raise UnsupportedFormatError(
            f"{path}: is a {found.name} file, which holds pictures and is none;"
            " put it in a folder and run `framematch triage` on that"
        )
    from framematch.media.video import open_video

    return open_video(path, found.name, limits, decoder or DecoderSettings())


def read_head(path: Path) -> bytes:
    """Return the first bytes of a regular file that is not empty."""
    with open_unnoticed(path) as stream:
        try:
            head = stream.read(HEAD_BYTES)
        except OSError as error:
            raise UnreadableMediaError(
                f"{path}: cannot be read ({error}); check the disk it lies on"
            ) from error
    if not head:
        raise UnreadableMediaError(f"{path}: is empty (0 bytes); get another copy")
    return head
