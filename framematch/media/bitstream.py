"""What the first bytes of a packet say of the picture in it, without decoding.

Owns the syntax: ITU-T H.264, 7.3.1; H.265, 7.3.1.2; RFC 6386, 9.1. Must not decode and must not
choose.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sort:
    """What sort of picture a packet holds.

    Attributes
    ----------
    cuts : bool
        Whether, where it is a key frame, nothing that follows in decoding order refers to what
        stands before it, leading pictures apart.
    referred : bool
        Whether other pictures may be predicted from it.
    shown : bool
        Whether it goes on screen.
    """

    cuts: bool
    referred: bool
    shown: bool


Tell = Callable[[memoryview], Sort]

_KEY = Sort(cuts=True, referred=True, shown=True)
_INNER = Sort(cuts=False, referred=True, shown=True)
_LEAF = Sort(cuts=False, referred=False, shown=True)
_HIDDEN = Sort(cuts=True, referred=True, shown=False)
# No picture, but what later ones are read by.
_SETTINGS = Sort(cuts=False, referred=True, shown=False)


def teller_of(codec: str, extradata: bytes | None) -> Tell:
    """Return what tells the sort of a packet of `codec`; where it cannot be told, the usual one.

    Parameters
    ----------
    codec : str
        ffmpeg's name of it.
    extradata : bytes or None
        The decoder configuration record of MP4 and Matroska.
    """
    if codec == "vp8":
        return _of_vp8
    if codec == "h264" and extradata and len(extradata) > 4 and extradata[0] == 1:
        return _of_units(extradata[4] % 4 + 1, _of_h264)
    if codec == "hevc" and extradata and len(extradata) > 21 and extradata[0] == 1:
        # With layers in time, a picture that its own layer does not refer to may serve a higher
        # one.
        layered = extradata[21] >> 3 & 7 != 1
        return _of_units(extradata[21] % 4 + 1, _of_layered_hevc if layered else _of_hevc)
    return _of_unknown if codec in ("h264", "hevc") else _of_ordinary


def _of_units(length_size: int, tell: Callable[[int], Sort | None]) -> Tell:
    """Return what tells the sort of a packet by the first of its units that holds picture data."""

    def of_packet(data: memoryview) -> Sort:
        place, end = 0, len(data) - length_size
        settings = False
        while place < end:
            first = place + length_size
            sort = tell(data[first])
            if sort is _SETTINGS:
                settings = True
            elif sort is not None:
                # Settings on the way hold for later pictures, whatever becomes of this one.
                return _INNER if settings and sort is _LEAF else sort
            place = first + int.from_bytes(data[place:first], "big")
        return _INNER

    return of_packet


def _of_h264(header: int) -> Sort | None:
    kind = header & 31
    if kind in (1, 2):
        return _INNER if header & 96 else _LEAF
    if kind == 5:
        return _KEY
    return _SETTINGS if kind in (7, 8) else None


def _of_hevc(header: int) -> Sort | None:
    kind = header >> 1 & 63
    if kind < 16:
        return _INNER if kind % 2 else _LEAF
    if kind < 32:
        return _KEY
    return _SETTINGS if kind in (32, 33, 34) else None


def _of_layered_hevc(header: int) -> Sort | None:
    sort = _of_hevc(header)
    return _INNER if sort is _LEAF else sort


def _of_vp8(data: memoryview) -> Sort:
    return _HIDDEN if len(data) and not data[0] & 16 else _KEY


def _of_ordinary(_: memoryview) -> Sort:
    return _KEY


def _of_unknown(_: memoryview) -> Sort:
    return _INNER
