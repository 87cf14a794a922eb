import re
from pathlib import Path

import imagehash
import make_goldens
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from framematch.errors import ConfigError
from framematch.hashing.interchange import (
    VpdqRow,
    from_hex,
    parse_vpdq,
    phash,
    to_hex,
    write_vpdq,
)
from framematch.records import HashSpec

LINE = "0,100,e2f1017837246bacc5dea21b648fbfd62f435c89db299a2497667e216c8d055c,0.000\n"

rows_of_a_file = st.lists(
    st.builds(
        VpdqRow,
        frame_number=st.integers(0, 10**9),
        quality=st.integers(0, 100),
        code_hex=st.binary(min_size=32, max_size=32).map(bytes.hex),
        timestamp_s=st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000),
    ),
    max_size=20,
)


@given(st.binary(min_size=32, max_size=32))
def test_hex_of_any_code_reads_back(raw: bytes) -> None:
    code = np.frombuffer(raw, dtype=np.uint8)
    assert np.array_equal(from_hex(to_hex(code)), code)
    assert np.array_equal(from_hex(f" {to_hex(code).upper()}\n"), code)


def test_hex_of_another_specification_has_its_own_length() -> None:
    spec = HashSpec("structure", bits=512, version=1)
    code = np.arange(64, dtype=np.uint8)
    assert np.array_equal(from_hex(to_hex(code), spec), code)
    with pytest.raises(ConfigError, match="not a structure code: that is 128"):
        from_hex("00" * 32, spec)


@pytest.mark.parametrize("text", ["", "ab", "0" * 63, "0" * 65, "g" * 64, "0x" + "0" * 62])
def test_from_hex_of_other_text_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        from_hex(text)


def test_to_hex_of_a_batch_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"uint8 \(B,\)"):
        to_hex(np.zeros((2, 32), dtype=np.uint8))


def test_phash_equals_imagehash() -> None:
    picture = make_goldens.scene(90, 160)
    assert phash(picture) == str(imagehash.phash(Image.fromarray(picture)))
    assert re.fullmatch("[0-9a-f]{16}", phash(picture))
    assert phash(picture) != phash(picture[:, ::-1])


def test_phash_of_a_batch_is_refused() -> None:
    with pytest.raises(ConfigError, match="uint8"):
        phash(np.zeros((1, 9, 9, 3), dtype=np.uint8))


@given(rows_of_a_file)
def test_vpdq_of_any_rows_reads_back(rows: list[VpdqRow]) -> None:
    assert parse_vpdq(write_vpdq(rows)) == tuple(rows)


def test_vpdq_line_is_written_as_published() -> None:
    (row,) = parse_vpdq(LINE)
    assert (row.frame_number, row.quality, row.timestamp_s) == (0, 100, 0.0)
    assert write_vpdq([row]) == LINE


def test_vpdq_with_windows_line_ends_and_blank_lines_reads() -> None:
    assert len(parse_vpdq(LINE.replace("\n", "\r\n") + "\r\n" + LINE)) == 2


@pytest.mark.parametrize(
    "line",
    ["0,100,ab,0.0", LINE.rsplit(",", 1)[0], LINE.replace("100", "101"), "frame,quality,hex,s"],
    ids=["short-code", "no-time", "quality-101", "heading"],
)
def test_vpdq_with_a_broken_line_is_refused(line: str) -> None:
    with pytest.raises(ConfigError, match="line 2 of the vPDQ text"):
        parse_vpdq(LINE + line)


def test_vpdq_row_with_impossible_numbers_is_refused() -> None:
    with pytest.raises(ConfigError, match="negative"):
        VpdqRow(frame_number=-1, quality=100, code_hex="00" * 32, timestamp_s=0.0)
    with pytest.raises(ConfigError, match="negative"):
        VpdqRow(frame_number=1, quality=100, code_hex="00" * 32, timestamp_s=float("nan"))


@pytest.mark.real_media
def test_vpdq_files_as_published_are_rewritten_byte_for_byte(real_media: Path) -> None:
    paths = sorted((real_media / "vpdq" / "sample-hashes").glob("*.txt"))
    assert len(paths) == 31
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert write_vpdq(parse_vpdq(text)) == text, path.name
