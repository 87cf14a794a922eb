"""What the first bytes of a packet say of the picture in it, without decoding.

A container's mark for key frames is not believed: an MP4 without a table of them marks all packets.
Owns the syntax: ITU-T H.264, 7.3.1; H.265, 7.3.1.2; ISO 14496-2, 6.2; RFC 6386, 9.1; VP9, 6.2; AV1,
5.3 and 5.9.2. Must not decode and must not choose.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sort:
    """What sort of picture a packet holds.

    Attributes
    ----------
    cuts : bool
        Whether nothing that follows in decoding order refers to what stands before it, leading
        pictures apart.
    referred : bool
        Whether other pictures may be predicted from it, or are read by settings it comes with.
    shown : bool
        Whether it goes on screen.
    settings : bytes
        What comes with it and later pictures are read by, empty if nothing.
    """

    cuts: bool
    referred: bool
    shown: bool
    settings: bytes = b""


Tell = Callable[[memoryview], Sort]

_KEY = Sort(cuts=True, referred=True, shown=True)
_INNER = Sort(cuts=False, referred=True, shown=True)
_LEAF = Sort(cuts=False, referred=False, shown=True)
_HIDDEN = Sort(cuts=False, referred=True, shown=False)
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
    if codec == "h264" and extradata and len(extradata) > 4 and extradata[0] == 1:
        return _of_units(extradata[4] % 4 + 1, _of_h264)
    if codec == "hevc" and extradata and len(extradata) > 21 and extradata[0] == 1:
        # With layers in time, a picture that its own layer does not refer to may serve a higher
        # one.
        layered = extradata[21] >> 3 & 7 != 1
        return _of_units(extradata[21] % 4 + 1, _of_layered_hevc if layered else _of_hevc)
    return _TELLERS.get(codec, _of_unknown)


def _of_units(length_size: int, tell: Callable[[int], Sort | None]) -> Tell:
    """Return what tells the sort of a packet by the first of its units that holds picture data."""

    def of_packet(data: memoryview) -> Sort:
        place, end = 0, len(data) - length_size
        settings = b""
        while place < end:
            first = place + length_size
            sort = tell(data[first])
            behind = first + int.from_bytes(data[place:first], "big")
            if sort is _SETTINGS:
                settings += bytes(data[first:behind])
            elif sort is not None:
                return _with(sort, settings)
            place = behind
        return _with(_INNER, settings)

    return of_packet


def _with(sort: Sort, settings: bytes) -> Sort:
    """Return the sort with settings, which hold for later pictures, whatever becomes of this."""
    return replace(sort, referred=True, settings=settings) if settings else sort


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


def _of_mpeg4(data: memoryview) -> Sort:
    """Tell the sort by the coding type of the first picture; B pictures count as inner ones.

    Without them decoders would take the stream for one of less delay.
    """
    whole = bytes(data)
    place = whole.find(_VOP)
    if place < 0 or place + 4 >= len(whole):
        return _INNER
    # Behind the settings, a group of pictures has a header with its time.
    settings = whole[:place].partition(_GOV)[0]
    is_alone = whole.find(_VOP, place + 4) < 0
    return _with(_KEY if is_alone and whole[place + 4] >> 6 == 0 else _INNER, settings)


def _of_vp8(data: memoryview) -> Sort:
    if len(data) and not data[0] & 16:
        return _HIDDEN
    return _KEY if bytes(data[3:6]) == b"\x9d\x01\x2a" and not data[0] & 1 else _INNER


def _of_vp9(data: memoryview) -> Sort:
    if not len(data):
        return _INNER
    # Marker 10, two bits of profile (and one more in profile 3), then whether a frame is shown
    # again, and its type.
    bits = data[0] << 1 if data[0] & 48 == 48 else data[0]
    return _INNER if data[0] >> 6 != 2 or bits & 12 else _KEY


def _of_av1(data: memoryview) -> Sort:
    place = 0
    settings = b""
    while place < len(data):
        kind, start, stop = _obu(data, place)
        if kind == 1:
            settings += bytes(data[start:stop])
        elif kind in (3, 6) and start < len(data):
            # Not shown again, a key frame, and shown at once: only that one lets go of the others.
            return _with(_KEY if data[start] >> 4 == 1 else _INNER, settings)
        place = stop
    return _with(_INNER, settings)


def _obu(data: memoryview, place: int) -> tuple[int, int, int]:
    """Return the kind of a unit of AV1, where its content starts and where it ends."""
    header = data[place]
    start = place + 1 + (header >> 2 & 1)
    length = len(data) - start
    if header & 2:
        length = shift = 0
        for byte in data[start : start + 8]:
            start += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
    return header >> 3 & 15, start, start + max(length, 0)


def _of_unknown(_: memoryview) -> Sort:
    return _INNER


_VOP, _GOV = b"\0\0\1\xb6", b"\0\0\1\xb3"

_TELLERS: dict[str, Tell] = {"mpeg4": _of_mpeg4, "vp8": _of_vp8, "vp9": _of_vp9, "av1": _of_av1}
