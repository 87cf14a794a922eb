"""A file in, frames out: upright sRGB pictures of working size on the file's own timeline.

Owns everything that touches a file's format: recognition by content, decoding, colour, time,
limits, and the thumbnails kept in the index. Knows no codes, no index and no matching. Decoding of
video is imported when the first video is opened, so that pictures cost no video library.
"""

from framematch.media.digest import sha256_of
from framematch.media.look import Look
from framematch.media.opening import open_media
from framematch.media.sequence import NumberedSequence, group_sequences
from framematch.media.source import Media
from framematch.media.thumbnail import decode_thumbnail, encode_thumbnail, thumbnail_of

__all__ = [
    "Look",
    "Media",
    "NumberedSequence",
    "decode_thumbnail",
    "encode_thumbnail",
    "group_sequences",
    "open_media",
    "sha256_of",
    "thumbnail_of",
]
