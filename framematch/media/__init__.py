"""A file in, frames out: upright sRGB pictures of working size on the file's own timeline.

Owns everything that touches a file's format: recognition by content, decoding, colour, time,
limits, the parts of a file, archives, metadata, and the thumbnails kept in the index. Knows no
codes, no index and no matching. Files are read by processes that can do nothing else
(`guarded`, `inside`), so that no decoder is imported here; what those do stands in the other
modules.
"""

from framematch.media.archives.member import Member
from framematch.media.closest import Closest
from framematch.media.decoders import installed_decoders
from framematch.media.digest import sha256_of
from framematch.media.guard import confinement, get_ready
from framematch.media.guarded import (
    closest_moments,
    metadata_of,
    open_media,
    parts_of,
    sort_of,
    unpack,
)
from framematch.media.look import Look
from framematch.media.part import FileSort, Part
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
    "Closest",
    "FileSort",
    "Look",
    "Media",
    "Member",
    "NumberedSequence",
    "Part",
    "closest_moments",
    "confinement",
    "decode_thumbnail",
    "encode_evidence",
    "encode_thumbnail",
    "get_ready",
    "group_sequences",
    "installed_decoders",
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
