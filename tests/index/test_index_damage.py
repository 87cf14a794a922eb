"""A damaged index is refused, naming the file, and `verify` finds every flipped bit."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import SPECS, frames, reference, same_frames, segment_files

from framematch.errors import (
    IndexCorruptError,
    IndexNotFoundError,
    IndexStoreError,
    IndexVersionError,
)
from framematch.index import Index, IndexWriter, verify
from framematch.index.header import CATALOGUE_VERSION, FORMAT_VERSION
from framematch.records import EpisodeId


def write_sample(path: Path) -> Path:
    with IndexWriter(path, SPECS) as writer:
        writer.publish(reference("a", "Kites", EpisodeId(1, 1)), frames(3, 1))
        writer.publish(reference("b", "Rites", None), frames(4, 2))
    return path


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "index")


@pytest.fixture(scope="module")
def pristine() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield write_sample(Path(folder) / "index")


def open_and_close(path: Path) -> None:
    with Index.open(path) as index:
        len(index.rows)


def write_and_close(path: Path) -> None:
    IndexWriter(path, SPECS).close()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbage(file: Path) -> None:
    file.write_bytes(b"\x00garbage" * 100)


def empty(file: Path) -> None:
    file.write_bytes(b"")


DAMAGES = [cut, garbage, empty, Path.unlink]


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch])
def test_open_where_no_index_is_says_how_to_make_one(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "nothing")
    for look in (Index.open, verify):
        with pytest.raises(IndexNotFoundError, match="framematch index add"):
            look(tmp_path / "nothing")


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_header_is_refused(sample: Path, damage: Callable[[Path], None]) -> None:
    damage(sample / "header.json")
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexCorruptError, match=r"header\.json"):
            use(sample)
    assert [problem.file for problem in verify(sample).problems] == ["header.json"]


@pytest.mark.parametrize(
    "change",
    [
        {"magic": "other"},
        {"specs": {}},
        {"format_version": "new"},
        {"decoder": []},
        {"specs": {name: {**spec.to_dict(), "bits": 7} for name, spec in SPECS.items()}},
    ],
)
def test_header_that_makes_no_sense_is_refused(sample: Path, change: dict) -> None:
    header = sample / "header.json"
    header.write_text(json.dumps({**json.loads(header.read_text()), **change}))
    with pytest.raises(IndexCorruptError, match=r"header\.json"):
        open_and_close(sample)


def test_header_of_another_index_is_refused(sample: Path, tmp_path: Path) -> None:
    Index.create(tmp_path / "other", SPECS, {"av": "1"}).close()
    shutil.copy(tmp_path / "other" / "header.json", sample / "header.json")
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexCorruptError, match="another header"):
            use(sample)
    assert len(verify(sample).problems) == 1


@pytest.mark.parametrize("version", [0, FORMAT_VERSION - 1, FORMAT_VERSION + 1, 99])
def test_header_of_another_version_is_refused(sample: Path, version: int) -> None:
    header = sample / "header.json"
    header.write_text(json.dumps({**json.loads(header.read_text()), "format_version": version}))
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexVersionError, match=f"format version {version}"):
            use(sample)
    # The journal knows which version it was, so that this one is damage.
    assert [problem.file for problem in verify(sample).problems] == ["header.json"]
    (sample / "catalogue.jsonl").unlink()
    connection = sqlite3.connect(sample / "catalogue.sqlite")
    digest = hashlib.sha256(header.read_bytes()).hexdigest()
    connection.execute("UPDATE meta SET value = ? WHERE key = 'header_sha256'", (digest,))
    connection.commit()
    connection.close()
    with pytest.raises(IndexVersionError, match=f"format version {version}"):
        verify(sample)


def test_catalogue_of_a_newer_version_is_refused(sample: Path) -> None:
    connection = sqlite3.connect(sample / "catalogue.sqlite")
    connection.execute(f"PRAGMA user_version = {CATALOGUE_VERSION + 1}")
    connection.close()
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexVersionError):
            use(sample)
    assert [problem.file for problem in verify(sample).problems] == ["catalogue.sqlite"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_catalogue_is_refused(sample: Path, damage: Callable[[Path], None]) -> None:
    damage(sample / "catalogue.sqlite")
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexCorruptError, match=r"catalogue\.sqlite"):
            use(sample)
    assert {problem.file for problem in verify(sample).problems} == {"catalogue.sqlite"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_segment_is_refused_and_healed_by_publishing_again(
    sample: Path, damage: Callable[[Path], None]
) -> None:
    with Index.open(sample) as index:
        held = index.frames(0)
    file = next(f for f in segment_files(sample) if f.stat().st_size and is_of_first(sample, f))
    damage(file)
    with pytest.raises(IndexCorruptError, match=file.name):
        open_and_close(sample)
    assert file.name in verify(sample).problems[0].file
    with IndexWriter(sample, SPECS) as writer:
        writer.publish(reference("a", "Kites", EpisodeId(1, 1)), held)
    assert verify(sample).problems == ()
    with Index.open(sample) as index:
        assert same_frames(index.frames(0), held)


def is_of_first(sample: Path, file: Path) -> bool:
    connection = sqlite3.connect(sample / "catalogue.sqlite")
    try:
        wanted = (reference("a").sha256,)
        rows = connection.execute('SELECT segment FROM "references" WHERE sha256 = ?', wanted)
        return rows.fetchone()[0] == file.stem
    finally:
        connection.close()


def test_segment_of_another_reference_under_its_name_is_found(sample: Path) -> None:
    first, second = segment_files(sample)
    shutil.copy(first, second)
    with pytest.raises(IndexCorruptError, match=second.name):
        open_and_close(sample)


def test_segment_of_a_newer_version_is_refused(sample: Path) -> None:
    file = segment_files(sample)[0]
    file.write_bytes(file.read_bytes().replace(b'"version":1', b'"version":2', 1))
    with pytest.raises(IndexVersionError, match=file.name):
        open_and_close(sample)


def test_cut_thumbnail_is_found(tmp_path: Path) -> None:
    batch = frames(2, 1)
    object.__setattr__(batch, "thumbnails", (batch.thumbnails[0], batch.thumbnails[1][:-1]))
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), batch)
    assert [problem.reason for problem in verify(tmp_path).problems] == [
        "of library/a.mkv: thumbnail 1 is not a whole JPEG"
    ]


@pytest.mark.parametrize("written", [b"0", b"\xff"], ids=["other digit", "no text"])
def test_damaged_catalogue_never_costs_a_segment(sample: Path, written: bytes) -> None:
    kept = segment_files(sample)
    catalogue = sample / "catalogue.sqlite"
    whole = catalogue.read_bytes()
    digest = kept[0].stem.encode()
    assert whole.count(digest) > 1
    catalogue.write_bytes(whole.replace(digest, digest[:-1] + written))
    for use in (open_and_close, write_and_close):
        with pytest.raises(IndexCorruptError):
            use(sample)
    assert segment_files(sample) == kept
    catalogue.write_bytes(whole)
    assert verify(sample).problems == ()


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), which=st.integers(0, 2))
@settings(deadline=None, max_examples=80)
def test_verify_finds_any_flipped_bit(pristine: Path, place: float, bit: int, which: int) -> None:
    files = [pristine / "header.json", *segment_files(pristine)]
    whole = files[which].read_bytes()
    position = int(place * len(whole))
    flipped = bytearray(whole)
    flipped[position] ^= 1 << bit
    files[which].write_bytes(flipped)
    try:
        try:
            assert verify(pristine).problems
        except IndexVersionError:
            assert which == 0
    finally:
        files[which].write_bytes(whole)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=150)
def test_flipped_bit_in_the_catalogue_is_found_or_changes_nothing(
    pristine: Path, place: float, bit: int
) -> None:
    file = pristine / "catalogue.sqlite"
    whole = file.read_bytes()
    with Index.open(pristine) as index:
        before = (index.info, index.references())
    flipped = bytearray(whole)
    flipped[int(place * len(whole))] ^= 1 << bit
    file.write_bytes(flipped)
    try:
        if not found_by_verify(pristine):
            with Index.open(pristine) as index:
                assert (index.info, index.references()) == before
    finally:
        for leftover in pristine.glob("catalogue.sqlite-*"):
            leftover.unlink()
        file.write_bytes(whole)


def found_by_verify(path: Path) -> bool:
    try:
        return verify(path).problems != ()
    except IndexStoreError:
        return True
