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
        ("vp9", None, (b"abc",), True, True),
    ],
)
def test_sort_of_a_packet_is_read_from_its_first_picture(
    codec: str, record: bytes | None, units: tuple[bytes, ...], cuts: bool, referred: bool
) -> None:
    sort = teller_of(codec, record)(packet(*units))
    assert (sort.cuts, sort.referred, sort.shown) == (cuts, referred, True)


def test_hidden_frame_of_vp8_is_told() -> None:
    tell = teller_of("vp8", None)
    assert not tell(memoryview(b"\x00ab")).shown
    assert tell(memoryview(b"\x10ab")).shown


def test_broken_lengths_count_as_an_ordinary_picture() -> None:
    tell = teller_of("h264", AVC)
    assert tell(memoryview(b"\xff\xff\xff\xff\x06")).referred
    assert tell(memoryview(b"")).referred
