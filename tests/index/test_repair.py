"""`repair` heals what follows from other files and names what must be indexed again."""

import csv
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from index_samples import (
    SPECS,
    frames,
    identity,
    in_child,
    killed_before_step,
    reference,
    same_frames,
    segment_files,
)

from framematch.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
)
from framematch.index import Index, IndexWriter, compact, read_references, repair, verify
from framematch.index.arrays import read_header
from framematch.index.header import CATALOGUE_VERSION
from framematch.index.lines import encode_line
from framematch.index.schema import ADD_HEAD
from framematch.records import EpisodeId

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

A = reference("a", "Kites", EpisodeId(1, 1))
B = reference("b", "Kites", EpisodeId(1, 2))
C = reference("c", "Rites")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return made(tmp_path / "index")


def made(path: Path) -> Path:
    with IndexWriter(path, SPECS) as writer:
        for number, one in enumerate((A, B, C)):
            writer.publish(one, frames(3 + number, number))
    return path


def segment_of(path: Path, wanted: str) -> Path:
    connection = sqlite3.connect(path / "catalogue.sqlite")
    try:
        (digest,) = connection.execute(
            'SELECT segment FROM "references" WHERE sha256 = ?', (wanted,)
        ).fetchone()
    finally:
        connection.close()
    return path / "segments" / f"{digest}.fms"


def flip(file: Path, place: int | None = None) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2 if place is None else place] ^= 1
    file.unlink()
    file.write_bytes(whole)


def flip_array(segment: Path, name: str) -> None:
    head = read_header(segment)
    flip(segment, head.data_start + head.fields[name].offset)


def everything(path: Path) -> list[tuple]:
    with Index.open(path) as index:
        return [(one, index.frames(n)) for n, one in enumerate(index.references())]


def test_repair_of_a_good_index_says_so_and_changes_nothing(sample: Path) -> None:
    before = {file: file.read_bytes() for file in sample.rglob("*") if file.is_file()}
    outcome = repair(sample, SPECS)
    assert (outcome.done, outcome.again, outcome.quarantined) == ((), (), ())
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize("name", ["header.json", "catalogue.sqlite", "catalogue.jsonl"])
@pytest.mark.parametrize("damage", [flip, Path.unlink, lambda file: file.write_bytes(b"")])
def test_header_catalogue_and_journal_are_made_again_from_each_other(
    sample: Path, name: str, damage: Callable[[Path], None]
) -> None:
    before = identity(sample)
    damage(sample / name)
    assert [one.file for one in repair(sample, SPECS, dry_run=True).done] == [name]
    outcome = repair(sample, SPECS)
    assert [one.file for one in outcome.done] == [name]
    assert not outcome.again
    assert identity(sample) == before
    assert verify(sample).problems == ()
    assert repair(sample, SPECS).done == ()


def test_catalogue_that_is_an_older_copy_is_refused_and_brought_up_to_date(sample: Path) -> None:
    old = (sample / "catalogue.sqlite").read_bytes()
    with IndexWriter(sample, SPECS) as writer:
        writer.publish(reference("late", "Mites"), frames(2, 9))
    before = identity(sample)
    (sample / "catalogue.sqlite").write_bytes(old)
    with pytest.raises(IndexCorruptError, match="older copy"):
        Index.open(sample)
    with pytest.raises(IndexCorruptError, match="older copy"):
        IndexWriter(sample, SPECS)
    assert not repair(sample, SPECS).again
    assert identity(sample) == before


def test_log_of_a_killed_writer_that_is_lost_is_noticed_and_its_changes_are_not(
    sample: Path,
) -> None:
    def add_and_die() -> None:
        writer = IndexWriter(sample, SPECS)
        writer.publish(reference("late", "Mites"), frames(2, 9))

    assert in_child(add_and_die) == 0
    (sample / "catalogue.sqlite-wal").unlink()
    (sample / "catalogue.sqlite-shm").unlink()
    with pytest.raises(IndexCorruptError, match="lost its log"):
        read_references(sample)
    repair(sample, SPECS)
    assert [one.show for one in read_references(sample)] == ["Kites", "Kites", "Mites", "Rites"]


@pytest.mark.parametrize("array", ["features", "thumbnail", "thumbnail_offset", "structure"])
def test_reader_refuses_an_array_that_was_changed_and_gives_the_others(
    sample: Path, array: str
) -> None:
    file = segment_of(sample, B.sha256)
    flip_array(file, array)
    with Index.open(sample) as index, pytest.raises(IndexCorruptError, match=file.name):
        index.frames(1)
    with Index.open(sample) as index:
        assert same_frames(index.frames(0), frames(3, 0))


def test_lost_reference_leaves_and_is_named_until_it_is_indexed_again(sample: Path) -> None:
    whole = everything(sample)
    before = identity(sample)
    file = segment_of(sample, B.sha256)
    flip_array(file, "thumbnail")
    damaged = file.read_bytes()
    (problem, *_) = verify(sample).problems
    assert problem.file == f"segments/{file.name}"
    assert problem.affected == (B,)
    outcome = repair(sample, SPECS)
    assert [one.reference for one in outcome.again] == [B]
    assert [(sample / kept).read_bytes() for kept in outcome.quarantined] == [damaged]
    with (sample / outcome.manifest).open(newline="") as rows:
        (row,) = csv.DictReader(rows)
    assert Path(row["path"]) == Path(B.path).absolute()
    assert (row["show"], row["season"], row["episode"]) == ("Kites", "1", "2")
    left = everything(sample)
    assert [one for one, _ in left] == [A, C]
    assert same_frames(left[1][1], whole[2][1])
    assert "wait to be indexed again" in verify(sample).notes[0].reason
    again = repair(sample, SPECS)
    assert again.done == ()
    assert [one.reference for one in again.again] == [B]
    with IndexWriter(sample, SPECS) as writer:
        writer.publish(B, frames(4, 1))
    assert repair(sample, SPECS).again == ()
    assert identity(sample) == before


@pytest.mark.parametrize("array", ["timestamp_s", "appearance", "structure", "box"])
def test_segment_is_made_whole_from_the_derived_file(sample: Path, array: str) -> None:
    compact(sample)
    file = segment_of(sample, B.sha256)
    whole = file.read_bytes()
    flip_array(file, array)
    assert not repair(sample, SPECS).again
    assert file.read_bytes() == whole


def test_segment_with_a_damaged_head_or_something_behind_it_is_made_whole(sample: Path) -> None:
    file = segment_of(sample, B.sha256)
    whole = file.read_bytes()
    flip(file, 100)
    file.write_bytes(file.read_bytes() + b"more")
    assert not repair(sample, SPECS).again
    assert file.read_bytes() == whole


def test_derived_file_that_is_damaged_is_refused_and_made_again(sample: Path) -> None:
    made_file = sample / compact(sample).file
    whole = made_file.read_bytes()
    flip_array(made_file, "structure_planes")
    with (
        Index.open(sample, backend="sieve") as index,
        pytest.raises(IndexCorruptError, match=made_file.name),
    ):
        index.search_nearest("structure", frames(1, 1).structure, 2)
    assert [one.file for one in repair(sample, SPECS).done] == [f"derived/{made_file.name}"]
    assert made_file.read_bytes() == whole


def test_derived_file_of_older_content_under_the_present_name_is_named(sample: Path) -> None:
    old = (sample / compact(sample).file).read_bytes()
    with IndexWriter(sample, SPECS) as writer:
        writer.publish(reference("late", "Mites"), frames(2, 9))
    now = sample / compact(sample).file
    now.write_bytes(old)
    assert [problem.file for problem in verify(sample).problems] == [f"derived/{now.name}"]


def test_index_without_catalogue_and_journal_keeps_segments_and_says_names_are_lost(
    sample: Path,
) -> None:
    (sample / "catalogue.sqlite").unlink()
    (sample / "catalogue.jsonl").unlink()
    kept = {file.read_bytes() for file in segment_files(sample)}
    outcome = repair(sample, SPECS)
    assert not outcome.is_all
    assert {(sample / name).read_bytes() for name in outcome.quarantined} == kept
    assert read_references(sample) == ()
    assert verify(sample).problems == ()


def test_torn_journal_beside_a_damaged_catalogue_saves_the_lines_that_are_whole(
    sample: Path,
) -> None:
    journal = sample / "catalogue.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    flip(sample / "catalogue.sqlite", 30)
    (sample / "catalogue.sqlite").write_bytes(b"nothing")
    broken = [line for line in lines if A.sha256.encode() in line]
    journal.write_bytes(b"".join(line for line in lines if line not in broken))
    outcome = repair(sample, SPECS)
    assert set(read_references(sample)) == {B, C}
    assert not outcome.is_all


def test_repair_while_somebody_reads_or_writes_is_refused(sample: Path) -> None:
    with Index.open(sample), pytest.raises(IndexLockedError, match="being read"):
        repair(sample, SPECS)
    with IndexWriter(sample, SPECS), pytest.raises(IndexLockedError):
        repair(sample, SPECS)
    with Index.open(sample):
        assert repair(sample, SPECS, dry_run=True).done == ()


def test_repair_where_there_is_no_index_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(IndexNotFoundError):
            repair(folder, SPECS)
    assert list(tmp_path.iterdir()) == []


def test_repair_of_an_index_of_a_newer_release_is_refused(sample: Path) -> None:
    first = {"version": CATALOGUE_VERSION + 1, "header": "{}"}
    (sample / "catalogue.jsonl").write_bytes(encode_line(first))
    with pytest.raises(IndexVersionError):
        repair(sample, SPECS)


def as_version_2(path: Path) -> Path:
    """Make of an index what the release before would have written."""
    (path / "catalogue.jsonl").unlink()
    connection = sqlite3.connect(path / "catalogue.sqlite", isolation_level=None)
    connection.execute("ALTER TABLE segments DROP COLUMN head")
    connection.execute("DELETE FROM meta WHERE key != 'header_sha256'")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    return path


def test_index_of_the_release_before_is_read_and_brought_up_to_date(sample: Path) -> None:
    before, held = identity(sample), everything(sample)
    as_version_2(sample)
    assert ADD_HEAD
    assert identity(sample) == before
    assert verify(sample).problems == ()
    IndexWriter(sample, SPECS).close()
    assert verify(sample) == verify(made(sample.parent / "other"))
    assert [one for one, _ in everything(sample)] == [one for one, _ in held]
    flip(segment_of(sample, A.sha256), 40)
    with pytest.raises(IndexCorruptError):
        everything(sample)


def test_header_of_the_release_before_is_made_again_of_what_the_segments_name(
    sample: Path,
) -> None:
    before = identity(sample)
    as_version_2(sample)
    flip(sample / "header.json")
    repair(sample, SPECS)
    assert identity(sample) == before
    other = {**SPECS, "structure": SPECS["appearance"]}
    as_version_2(sample)
    (sample / "header.json").unlink()
    with pytest.raises(IndexCorruptError, match="which codes"):
        repair(sample, other)


def spoilt(path: Path) -> None:
    """Damage the catalogue, lose one segment and leave another to be healed."""
    compact(path)
    flip_array(segment_of(path, A.sha256), "structure")
    flip_array(segment_of(path, B.sha256), "features")
    flip(path / "header.json")
    (path / "catalogue.sqlite").write_bytes(b"nothing")


def test_repair_killed_anywhere_is_finished_by_the_next(tmp_path: Path) -> None:
    template, undisturbed = made(tmp_path / "template"), tmp_path / "undisturbed"
    whole = everything(template)
    spoilt(template)
    shutil.copytree(template, undisturbed)
    repair(undisturbed, SPECS)
    after, step, killed = identity(undisturbed), 0, True
    while killed:
        path = tmp_path / "index"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(template, path)
        killed = killed_before_step(
            step, prepare=lambda path=path: path, action=lambda path: repair(path, SPECS)
        )
        answers_or_refuses(path, whole)
        outcome = repair(path, SPECS)
        assert [one.reference for one in outcome.again] == [B]
        assert identity(path) == after
        assert verify(path).problems == ()
        assert repair(path, SPECS).done == ()
        step += 29
    assert step > 150


def answers_or_refuses(path: Path, whole: list[tuple]) -> None:
    try:
        found = everything(path)
    except IndexCorruptError:
        return
    known = {one.sha256: held for one, held in whole}
    assert found
    assert all(same_frames(held, known[one.sha256]) for one, held in found)
