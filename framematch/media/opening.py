"""From a path to an opened file: the checks that every format shares, then the right decoder.

Video decoding is imported only when a video is opened.
"""

from pathlib import Path

from framematch.config import DecoderSettings, MediaLimits
from framematch.media.head import read_picture_format
from framematch.media.images import open_image
from framematch.media.source import Media


def open_media(
    path: Path, limits: MediaLimits | None = None, decoder: DecoderSettings | None = None
) -> Media:
    """Open a picture or video file in this process; see `framematch.media.guarded.open_media`."""
    path = Path(path)
    limits = limits or MediaLimits()
    found = read_picture_format(path)
    if found.family == "image":
        return open_image(path, found.name, limits)
    from framematch.media.video import open_video

    return open_video(path, found.name, limits, decoder or DecoderSettings())
