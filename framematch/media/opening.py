"""From a path to an opened file: the checks that every format shares, then the right decoder.

Video decoding is imported only when a video is opened.
"""

from pathlib import Path

from framematch.config import DecoderSettings, MediaLimits
from framematch.errors import UnsupportedFormatError
from framematch.media.head import read_format
from framematch.media.images import open_image
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
    found = read_format(path)
    if found.family == "image":
        return open_image(path, found.name, limits)
    if found.family in ("document", "archive"):
        raise UnsupportedFormatError(
            f"{path}: is a {found.name} file, which holds pictures and is none;"
            " put it in a folder and run `framematch triage` on that"
        )
    from framematch.media.video import open_video

    return open_video(path, found.name, limits, decoder or DecoderSettings())
