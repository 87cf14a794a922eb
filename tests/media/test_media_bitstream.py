import pytest

from framematch.media.bitstream import teller_of

AVC = bytes([1, 77, 0, 30, 0xFF])
HEVC = bytes([1, *[0] * 20, 0x0F])
LAYERED = bytes([1, *[0] * 20, 0x17])


def packet(*units: bytes) -> memoryview:
    return memoryview(b"".join(len(unit).to_bytes(4, "big") + unit for unit in units))


@pytest.mark.parametrize(
    ("codec", "record", "units", "cuts", "referred"),
    [
        ("h264", AVC, (b"\x06ab", b"\x65abc"), True, True),
        ("h264", AVC, (b"\x41abc",), False, True),
        ("h264", AVC, (b"\x01abc",), False, False),
        ("h264", AVC, (b"\x68ab", b"\x01abc"), False, True),
        ("h264", None, (b"\x01abc",), False, True),
        ("hevc", HEVC, (b"\x26\x01abc",), True, True),
        ("hevc", HEVC, (b"\x02\x01abc",), False, True),
        ("hevc", HEVC, (b"\x00\x01abc",), False, False),
        ("hevc", LAYERED, (b"\x00\x01abc",), False, True),
    ],
)
def test_sort_of_a_packet_is_read_from_its_first_picture(
    codec: str, record: bytes | None, units: tuple[bytes, ...], cuts: bool, referred: bool
) -> None:
    sort = teller_of(codec, record)(packet(*units))
    assert (sort.cuts, sort.referred, sort.shown) == (cuts, referred, True)


SEQUENCE = b"\x0a\x02ab"


@pytest.mark.parametrize(
    ("codec", "data", "cuts"),
    [
        ("vp8", b"\x10ab\x9d\x01\x2a", True),
        ("vp8", b"\x11ab\x9d\x01\x2a", False),
        ("vp9", b"\x82ab", True),
        ("vp9", b"\x86ab", False),
        ("vp9", b"\x8aab", False),
        ("vp9", b"\xb1ab", True),
        ("vp9", b"\xb2ab", False),
        ("av1", b"\x12\0" + SEQUENCE + b"\x32\x02\x10a", True),
        ("av1", b"\x32\x02\x30a", False),
        ("av1", b"\x32\x02\x00a", False),
        ("mpeg4", b"\0\0\1\xb6\x10ab", True),
        ("mpeg4", b"\0\0\1\xb6\x50ab", False),
        ("mpeg4", b"\0\0\1\xb6\x90ab", False),
        ("mpeg4", b"\0\0\1\xb6\x10ab\0\0\1\xb6\x90ab", False),
        ("mpeg4", b"abc", False),
        ("mpeg4", b"\0\0\1\xb6", False),
        ("prores", b"abc", False),
    ],
)
def test_key_frame_is_told_from_the_picture_itself(codec: str, data: bytes, cuts: bool) -> None:
    sort = teller_of(codec, None)(memoryview(data))
    assert (sort.cuts, sort.referred, sort.shown) == (cuts, True, True)


@pytest.mark.parametrize(
    ("codec", "record", "data", "settings"),
    [
        ("h264", AVC, packet(b"\x67abc", b"\x68d", b"\x65abc"), b"\x67abc\x68d"),
        ("h264", AVC, packet(b"\x06abc", b"\x65abc"), b""),
        ("hevc", HEVC, packet(b"\x42\x01abc", b"\x26\x01abc"), b"\x42\x01abc"),
        ("av1", None, SEQUENCE + b"\x32\x02\x10a", b"ab"),
        ("mpeg4", None, b"\0\0\1\x20abc\0\0\1\xb3d\0\0\1\xb6\x10ab", b"\0\0\1\x20abc"),
        ("mpeg4", None, b"\0\0\1\xb3d\0\0\1\xb6\x10ab", b""),
    ],
)
def test_settings_in_a_packet_are_told(
    codec: str, record: bytes | None, data: bytes, settings: bytes
) -> None:
    assert teller_of(codec, record)(memoryview(data)).settings == settings


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp8", "vp9", "av1", "mpeg4"])
def test_broken_packet_is_an_inner_picture(codec: str) -> None:
    tell = teller_of(codec, HEVC if codec == "hevc" else AVC)
    for data in (b"", b"\x0a", b"\x0a\xff\xff", b"\x32\x01", b"\x0e", b"\xff" * 9):
        assert not tell(memoryview(data)).cuts


def test_hidden_frame_of_vp8_is_told() -> None:
    tell = teller_of("vp8", None)
    assert not tell(memoryview(b"\x00ab")).shown
    assert tell(memoryview(b"\x10ab")).shown


def test_broken_lengths_count_as_an_ordinary_picture() -> None:
    tell = teller_of("h264", AVC)
    assert tell(memoryview(b"\xff\xff\xff\xff\x06")).referred
    assert tell(memoryview(b"")).referred
