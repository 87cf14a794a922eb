"""A file in, frames out: upright sRGB pictures of working size on the file's own timeline.

Owns everything that touches a file's format: recognition by content, decoding, colour, time,
limits, the parts of a file, archives, metadata, and the thumbnails kept in the index. Knows no
codes, no index and no matching. Decoding of video is imported when the first video is opened, so
that pictures cost no video library; so are the readers of layers, pages and archives.
"""

from framematch.media.archives import Member, unpack
from framematch.media.digest import sha256_of
from framematch.media.look import Look
from framematch.media.metadata import metadata_of
from framematch.media.opening import open_media
from framematch.media.part import Part
from framematch.media.parts import FileSort, parts_of, sort_of
from framematch.media.sequence import NumberedSequence, group_sequences
from framematch.media.source import Media
from framematch.media.thumbnail import (
    decode_thumbnail,
    encode_evidence,
    encode_thumbnail,
    thumbnail_of,
)
from framematch.media.unnoticed import noatime_works, open_unnoticed

__all__ = [
    "FileSort",
    "Look",
    "Media",
    "Member",
    "NumberedSequence",
    "Part",
    "decode_thumbnail",
    "encode_evidence",
    "encode_thumbnail",
    "group_sequences",
    "metadata_of",
    "noatime_works",
    "open_media",
    "open_unnoticed",
    "parts_of",
    "sha256_of",
    "sort_of",
    "thumbnail_of",
    "unpack",
]
