"""What decoding a JPEG or JPEG 2000 picture costs beyond its pixels, told before it is done."""

from __future__ import annotations

import re
from typing import IO

from PIL import Image

_START_OF_SCAN = b"\xff\xda"
# Within a scan a byte of ones is followed by a zero or the number of a restart; what follows else
# is a marker (ITU T.81, B.1.1.2).
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_END, _SCAN = 0xD9, 0xDA
_ALONE = frozenset((0x01, 0xD8))

#: JPEG 2000 takes twelve bytes a pixel, and four times less for each halving of its sides.
_FULL_PIXELS = 48_000_000


def has_more_scans(stream: IO[bytes], most: int) -> bool:
    """Tell whether a JPEG file holds more scans; each of them costs a walk over the picture."""
    stream.seek(0)
    data = stream.read()
    # Nearly every file is done with here; what stands in other segments only makes it more.
    if data.count(_START_OF_SCAN) <= most:
        return False
    place = scans = 0
    while (found := _MARKER.search(data, place)) is not None:
        kind, place = found[1][0], found.end()
        if kind == _END:
            break
        if kind == _SCAN:
            scans += 1
            if scans > most:
                return True
        if kind not in _ALONE:
            place += int.from_bytes(data[place : place + 2], "big")
    return False


def spare_memory(image: Image.Image) -> None:
    """Have a very large JPEG 2000 picture decoded at a half of its sides, a quarter, and so on."""
    halvings, n_pixels = 0, image.width * image.height
    while n_pixels > _FULL_PIXELS:
        halvings, n_pixels = halvings + 1, n_pixels // 4
    if halvings:
        image.reduce = halvings  # type: ignore[method-assign, assignment]
