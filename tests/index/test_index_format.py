"""docs/index-format.md says what the code does: names, and a reader written from that page."""

import hashlib
import itertools
import json
import re
import sqlite3
import struct
from pathlib import Path

import pytest
from index_samples import SPECS, frames, reference, segment_files

from framematch.index import (
    Index,
    IndexWriter,
    LinearIndex,
    arrays,
    compact,
    derived,
    header,
    segment,
)
from framematch.records import EpisodeId

PAGE = Path(__file__).parents[2] / "docs" / "index-format.md"
TEXT = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    with IndexWriter(tmp_path, SPECS, {"av": "18.1"}) as writer:
        writer.publish(reference("z", "Kites", EpisodeId(1, 2)), frames(3, 1))
        writer.publish(reference("\N{KITE}", "\N{KITE} Kites", None), frames(4, 2))
        writer.publish(reference("sheet", "Kites", None), frames(1, 3))
    return tmp_path


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(1)


def table(title: str, n_columns: int) -> list[tuple[str, ...]]:
    """Return the rows of the tables of a section that have so many columns, back-ticks removed."""
    rows = [
        tuple(
            cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])
        )
        for line in section(title).splitlines()
        if line.startswith("| `")
    ]
    return [row for row in rows if len(row) == n_columns]


def test_page_gives_signature_magic_and_versions() -> None:
    assert " ".join(f"{byte:02X}" for byte in arrays.SIGNATURE) in section("Segments")
    assert f"at most {arrays.MAX_HEADER_BYTES}" in section("Segments")
    assert f"`{header.MAGIC}`" in section("Header")
    assert TEXT.splitlines()[0].endswith(f"format version {header.FORMAT_VERSION}")
    assert f"| `format_version` | integer | `{header.FORMAT_VERSION}`." in section("Header")
    assert f'{{"format_version":{header.FORMAT_VERSION},' in section("Rows and identity")
    assert arrays.ALIGNMENT == 64
    assert arrays.PREFIX_BYTES == 16


def test_page_lists_the_arrays_of_a_segment_in_file_order() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in table("Segments", 4)}
    assert list(listed.items()) == list(segment.DTYPES.items())


def test_page_lists_the_keys_of_both_headers(sample: Path) -> None:
    written = json.loads((sample / "header.json").read_text())
    assert [row[0].strip("`") for row in table("Header", 3)] == list(written)
    file = segment_files(sample)[0].read_bytes()
    head = json.loads(file[16 : 16 + struct.unpack("<Q", file[8:16])[0]])
    assert [row[0].strip("`") for row in table("Segments", 3)] == list(head)
    named = re.search(
        r"Each entry of `arrays` has (.*?)\. `offset`", section("Segments"), re.DOTALL
    )
    assert named is not None
    assert re.findall(r"`(\w+)`", named.group(1)) == list(head["arrays"][0])


def test_page_lists_the_tables_and_columns_of_the_catalogue(sample: Path) -> None:
    connection = sqlite3.connect(sample / "catalogue.sqlite")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        assert f"with `user_version` {version}." in section("Catalogue")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        documented = {row[0].strip("`"): row[1] for row in table("Catalogue", 2)}
        assert set(documented) == {name for (name,) in names}
        for name, columns in documented.items():
            held = connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
            mentioned = [word for word in re.findall(r"`(\w+)`", columns) if (word,) in held]
            assert mentioned == [column for (column,) in held]
    finally:
        connection.close()


def test_page_lists_every_file_of_a_closed_index(sample: Path) -> None:
    for file in sample.iterdir():
        assert f"`{file.name}" in TEXT


def read_arrays(path: Path) -> dict[str, bytes]:
    """Read an array file as the page describes it."""
    raw = path.read_bytes()
    assert raw[:8] == bytes.fromhex("89464D530D0A1A0A")
    (length,) = struct.unpack("<Q", raw[8:16])
    head = json.loads(raw[16 : 16 + length])
    start, held, end = 16 + length, {}, 0
    assert start % 64 == 0
    for entry in head["arrays"]:
        assert entry["offset"] == (end + 63) // 64 * 64
        assert not any(raw[start + end : start + entry["offset"]])
        end = entry["offset"] + entry["nbytes"]
        held[entry["name"]] = raw[start + entry["offset"] : start + end]
        assert hashlib.sha256(held[entry["name"]]).hexdigest() == entry["sha256"]
    assert start + end == len(raw)
    return held


def test_reader_written_from_the_page_sees_the_same_index(sample: Path) -> None:
    head = json.loads((sample / "header.json").read_bytes())
    connection = sqlite3.connect(sample / "catalogue.sqlite")
    listed = connection.execute(
        "SELECT r.sha256, s.name, e.season, e.episode, r.kind, r.segment, r.path, r.media, r.width,"
        ' r.height, r.duration_s, r.warning, g.rows, r.checksum FROM "references" r'
        " JOIN shows s ON s.id = r.show JOIN segments g ON g.digest = r.segment"
        " LEFT JOIN episodes e ON e.id = r.episode"
    ).fetchall()
    (header_sha256,) = connection.execute(
        "SELECT value FROM meta WHERE key = 'header_sha256'"
    ).fetchone()
    connection.close()
    assert header_sha256 == hashlib.sha256((sample / "header.json").read_bytes()).hexdigest()

    def episode(row: tuple) -> str:
        return "" if row[2] is None else f"S{row[2]:02d}E{row[3]:02d}"

    def digest(content: object) -> str:
        text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    for row in listed:
        path = row[6].decode("utf-8", "surrogateescape")
        shown = [row[0], path, row[1], episode(row) or None, row[4], *row[7:12], row[5], row[12]]
        assert digest(shown) == row[-1]
    identity = digest(
        {
            "format_version": head["format_version"],
            "specs": [
                [
                    name,
                    *(head["specs"][name][key] for key in ("algorithm", "bits", "version")),
                    list(head["specs"][name]["parameters"].items()),
                ]
                for name in ("appearance", "structure")
            ],
            "references": sorted([row[0], row[1], episode(row), row[4], row[5]] for row in listed),
        }
    )[:16]
    listed.sort(key=lambda row: (row[1], row[2] is None, row[2] or 0, row[3] or 0, row[0]))
    with Index.open(sample) as index:
        assert index.info.id == identity
        assert [held.sha256 for held in index.references()] == [row[0] for row in listed]
        position = 0
        for row in listed:
            file = sample / "segments" / f"{row[5]}.fms"
            assert hashlib.sha256(file.read_bytes()).hexdigest() == row[5]
            held = read_arrays(file)
            offsets = struct.unpack(f"<{row[12] + 1}Q", held["thumbnail_offset"])
            times = struct.unpack(f"<{row[12]}d", held["timestamp_s"])
            for local, (start, end) in enumerate(itertools.pairwise(offsets)):
                assert index.thumbnail(position) == held["thumbnail"][start:end]
                assert index.rows.timestamp_s[position] == times[local]
                code = held["structure"][local * 64 : local * 64 + 64]
                assert index.codes("structure", [position])[0].tobytes() == code
                kept = held["features"][local * 576 : local * 576 + 576]
                assert index.features([position])[0].tobytes() == kept
                position += 1
        assert position == len(index)


def test_saved_structure_is_the_container_of_the_page(tmp_path: Path) -> None:
    index = LinearIndex(SPECS["structure"])
    batch = frames(3, 1)
    index.add(batch.structure)
    index.remove([1])
    index.save(tmp_path / "saved")
    held = read_arrays(tmp_path / "saved")
    assert struct.unpack("<2q", held["rows"]) == (0, 2)
    assert held["codes"] == batch.structure[[0, 2]].tobytes()


def test_page_exists() -> None:
    assert TEXT


def test_page_lists_the_arrays_of_a_derived_file_in_file_order() -> None:
    listed = [
        (name.strip("` "), dtype.strip("`"))
        for names, dtype, *_ in table("Derived file", 4)
        for name in names.split(",")
    ]
    wanted = [(name, dtype) for name, (dtype, _) in derived.shapes(3, 300, SPECS).items()]
    assert [name for name, _ in listed] == [name for name, _ in wanted]
    for (name, dtype), (_, real) in zip(listed, wanted, strict=True):
        assert dtype in (real, "as in segments"), name


def test_planes_are_turned_as_the_page_says(sample: Path) -> None:
    file = arrays.read_header(sample / compact(sample).file)
    mapped = arrays.map_bytes(file)
    for name, step, bits in (("appearance", 159, 256), ("structure", 317, 512)):
        codes = arrays.view(file, mapped, name)
        planes = arrays.view(file, mapped, f"{name}_planes")
        assert f"bit p * {step} mod" in section("Derived file")
        for row in range(len(codes)):
            for plane in range(168):
                bit = plane * step % bits
                word = int(planes[row // 256, plane, row % 256 // 64])
                assert word >> (row % 64) & 1 == int(codes[row, bit // 8]) >> (bit % 8) & 1
        assert not (planes[0, :, 0] >> len(codes)).any()
