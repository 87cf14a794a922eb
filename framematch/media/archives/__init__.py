"""Archives: what they hold, unpacked within limits into a folder of our own.

Names of members are never used as paths: what is unpacked gets a number for a name. Sizes that an
archive declares are not believed: bytes are counted as they come. Must not look into what it
unpacks.
"""

from framematch.media.archives.member import Member
from framematch.media.archives.unpacking import unpack

__all__ = ["Member", "unpack"]
