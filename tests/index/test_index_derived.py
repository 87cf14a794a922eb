"""The derived file: answers with and without it, whole, old, damaged, half-written."""

import dataclasses
import errno
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import SPECS, frames, in_child, killed_before_step, reference, segment_files

from framematch.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexNotFoundError,
    IndexStoreError,
)
from framematch.index import Backend, Index, IndexWriter, compact, merged, verify
from framematch.index.arrays import read_header
from framematch.index.compaction import _fill as fill
from framematch.index.derived_files import _ascending as ascending
from framematch.index.header import Header
from framematch.index.identity import Entry
from framematch.records import EpisodeId

NAMES = ("structure", "appearance")
Answer = list[list[int]]


def filled(folder: Path, numbers: range = range(6)) -> Path:
    path = folder / "index"
    with IndexWriter(path, SPECS) as writer:
        for number in numbers:
            # Two of them show the same pictures: equal distances on both sides of a change.
            writer.publish(reference(f"r{number}"), frames(120 + number, number % 5))
    return path


def answers(path: Path, backend: Backend = "sieve", shards: int = 1) -> list[Answer]:
    """Return everything that a reader may learn from a search."""
    found = []
    with Index.open(path, min_information=20, backend=backend) as index:
        bounds = np.linspace(0, len(index), shards + 1).astype(int).tolist()
        parts = [index.shard(*pair) for pair in itertools.pairwise(bounds)]
        for name in NAMES:
            queries = frames(125, 1)
            asked = getattr(queries, name)[::9]
            for hits in (
                merged([part.search_nearest(name, asked, 5) for part in parts], 5),
                merged([part.search_nearest(name, asked, 5, exact=True) for part in parts], 5),
                merged([part.search_within(name, asked, 95) for part in parts]),
            ):
                found += [[hits.query.tolist(), hits.row.tolist(), hits.distance.tolist()]]
            found.append(index.codes(name).tolist())
            found.append(index.codes(name, [len(index) - 1, 0, 3]).tolist())
        columns = ("reference", "timestamp_s", "information", "box")
        found += [getattr(index.rows, column).tolist() for column in columns]
    return found


def without(path: Path, action: Callable[[Path], list[Answer]] = answers) -> list[Answer]:
    """Return the answers of an index whose derived files are out of the way."""
    aside = path / "aside"
    (path / "derived").rename(aside)
    try:
        return action(path)
    finally:
        aside.rename(path / "derived")


def derived_file(path: Path) -> Path:
    (file,) = (path / "derived").iterdir()
    return file


def test_compact_answers_are_those_of_the_segments(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = answers(path)
    done = compact(path)
    assert done.written
    assert (done.rows, path / done.file) == (735, derived_file(path))
    assert answers(path) == answers(path, shards=3) == before
    assert verify(path).problems == ()
    with Index.open(path) as index:
        assert index.derived is not None
        assert index.derived.complete


def test_compact_twice_writes_once(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    stamp = derived_file(path).stat()
    assert not compact(path).written
    assert derived_file(path).stat().st_mtime_ns == stamp.st_mtime_ns


def test_compact_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    left, right = filled(tmp_path / "a"), filled(tmp_path / "b", range(5, -1, -1))
    compact(left)
    compact(right)
    assert derived_file(left).name == derived_file(right).name
    assert derived_file(left).read_bytes() == derived_file(right).read_bytes()


def add(writer: IndexWriter) -> None:
    writer.publish(reference("new", "Anglers", EpisodeId(1, 2)), frames(77, 1))


def remove(writer: IndexWriter) -> None:
    writer.remove([reference("r2").sha256, reference("r3").sha256])


def replace(writer: IndexWriter) -> None:
    writer.publish(reference("r1"), frames(60, 77))


def rename(writer: IndexWriter) -> None:
    # The same rows under another show: they stand elsewhere in broadcast order.
    writer.publish(reference("r4", "Zebras"), frames(124, 4))


def remove_all(writer: IndexWriter) -> None:
    writer.remove([reference(f"r{number}").sha256 for number in range(6)])


@pytest.mark.parametrize("changes", [[add], [remove], [replace], [rename], [add, remove, replace]])
@pytest.mark.parametrize("shards", [1, 4])
def test_derived_file_of_older_content_serves_what_is_left(
    tmp_path: Path, changes: list[Callable[[IndexWriter], None]], shards: int
) -> None:
    path = filled(tmp_path)
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        for change in changes:
            change(writer)
    assert answers(path, shards=shards) == without(path)
    assert answers(path, "linear", shards) == without(path, lambda path: answers(path, "linear"))
    assert verify(path).problems == ()
    compact(path)
    assert answers(path, shards=shards) == without(path)


def test_derived_file_of_references_that_are_all_gone_is_passed_over(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        remove_all(writer)
        add(writer)
    with Index.open(path) as index:
        assert index.derived is None
    assert answers(path) == without(path)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def damage_header(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[40] ^= 0xFF
    file.write_bytes(bytes(whole))


@pytest.mark.parametrize("damage", [cut_short, empty, damage_header])
def test_derived_file_damaged_is_passed_over_reported_and_made_again(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = filled(tmp_path)
    before = answers(path)
    compact(path)
    damage(derived_file(path))
    assert answers(path) == before
    (problem,) = verify(path).problems
    assert problem.file == f"derived/{derived_file(path).name}"
    assert "framematch index compact" in problem.reason
    assert compact(path).written
    assert verify(path).problems == ()
    assert answers(path) == before


def test_derived_file_with_a_turned_bit_is_reported_and_made_again(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    whole = bytearray(derived_file(path).read_bytes())
    whole[-1000] ^= 1
    derived_file(path).write_bytes(bytes(whole))
    (problem,) = verify(path).problems
    assert "checksum" in problem.reason
    assert compact(path).written
    assert verify(path).problems == ()


@pytest.mark.parametrize("array", ["sha256", "segment", "start"])
def test_derived_file_that_says_wrongly_which_rows_it_holds_is_passed_over(
    tmp_path: Path, array: str
) -> None:
    path = filled(tmp_path)
    before = answers(path)
    compact(path)
    file = read_header(derived_file(path))
    whole = bytearray(derived_file(path).read_bytes())
    whole[file.data_start + file.fields[array].offset + 8] ^= 1
    derived_file(path).write_bytes(bytes(whole))
    assert answers(path) == before
    assert len(verify(path).problems) == 1


def test_verify_older_derived_file_and_unfinished_one_are_notes(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        add(writer)
    (path / "derived" / "x.fmd.tmp").write_bytes(b"half")
    found = verify(path)
    assert found.problems == ()
    assert len(found.notes) == 2
    assert "older content" in found.notes[0].reason
    assert found.notes[1].file == "derived/x.fmd.tmp"
    compact(path)
    assert verify(path).notes == ()


def test_compact_while_another_writes_is_refused(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with IndexWriter(path, SPECS), pytest.raises(IndexLockedError):
        compact(path)


def test_compact_of_nothing_is_refused_and_of_an_empty_index_works(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError):
        compact(tmp_path / "nowhere")
    IndexWriter(tmp_path / "index", SPECS).close()
    assert compact(tmp_path / "index").written
    with Index.open(tmp_path / "index", backend="sieve") as index:
        assert len(index.search_nearest("structure", frames(1, 0).structure, 3)) == 0


def test_compact_if_worth_it_leaves_small_and_nearly_covered_indexes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    assert not compact(path, if_worth_it=True).written
    monkeypatch.setattr("framematch.index.compaction.SIEVE_FROM_ROWS", 500)
    assert compact(path, if_worth_it=True).written
    with IndexWriter(path, SPECS) as writer:
        add(writer)
    assert not compact(path, if_worth_it=True).written
    with IndexWriter(path, SPECS) as writer:
        replace(writer)
    assert compact(path, if_worth_it=True).written


def test_reader_keeps_its_answers_while_the_index_is_compacted_again(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    asked = frames(125, 1).structure[::9]
    with Index.open(path, backend="sieve") as index:
        with IndexWriter(path, SPECS) as writer:
            add(writer)
        compact(path)
        late = index.search_nearest("structure", asked, 5)
        features = index.features([0, 400])
    with IndexWriter(path, SPECS) as writer:
        writer.remove([reference("new").sha256])
    with Index.open(path, backend="sieve") as index:
        soon = index.search_nearest("structure", asked, 5)
        assert late.row.tolist() == soon.row.tolist()
        assert np.array_equal(features, index.features([0, 400]))


def test_compact_killed_anywhere_leaves_a_good_index(tmp_path: Path) -> None:
    path = filled(tmp_path, range(3))
    before = answers(path, "linear")

    def prepare() -> Path:
        return path

    step = 0
    while killed_before_step(step, prepare, compact):
        assert answers(path, "linear") == before
        assert verify(path).problems == ()
        step += 1
    assert step > 20
    assert verify(path).notes == ()
    assert answers(path, "linear") == before


def test_compact_without_a_segment_says_which(tmp_path: Path) -> None:
    path = filled(tmp_path)
    segment = segment_files(path)[0]
    segment.unlink()
    with pytest.raises(IndexCorruptError, match=f"{segment.name}: missing"):
        compact(path)


def test_segment_that_is_gone_behind_a_derived_file_is_damage(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    segment_files(path)[0].unlink()
    with Index.open(path) as index, pytest.raises(IndexCorruptError, match="index repair"):
        index.features(np.arange(len(index)))


def rot(segment: Path, array: str) -> bytes:
    """Turn a bit in the middle of an array; return the bytes that were there."""
    whole = segment.read_bytes()
    file = read_header(segment)
    field = file.fields[array]
    bad = bytearray(whole)
    bad[file.data_start + field.offset + field.nbytes // 2] ^= 1
    segment.write_bytes(bytes(bad))
    return whole


@pytest.mark.parametrize("array", ["timestamp_s", "box", "appearance", "structure"])
def test_compact_of_a_rotten_segment_is_refused_and_leaves_nothing(
    tmp_path: Path, array: str
) -> None:
    path = filled(tmp_path)
    segment = segment_files(path)[3]
    whole = rot(segment, array)
    with pytest.raises(IndexCorruptError, match=segment.name):
        compact(path)
    assert list((path / "derived").iterdir()) == []
    segment.write_bytes(whole)
    assert compact(path).written
    assert verify(path).problems == ()


def test_derived_file_made_of_a_rotten_segment_does_not_survive_the_repair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    before = answers(path)
    segment = segment_files(path)[3]
    whole = rot(segment, "structure")
    with monkeypatch.context() as patched:
        # As a release did that did not look.
        patched.setattr("framematch.index.compaction._fill", fill_unchecked)
        compact(path)
    segment.write_bytes(whole)
    (problem,) = verify(path).problems
    assert problem.file == f"derived/{derived_file(path).name}"
    assert segment.name in problem.reason
    assert compact(path).written
    assert verify(path).problems == ()
    assert answers(path) == before


def test_compact_that_fails_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(IndexStoreError, match="No space left"):
        compact(path)
    assert list((path / "derived").iterdir()) == []


def test_next_writer_deletes_what_a_killed_compaction_left(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    (path / "derived" / "x.fmd.tmp").write_bytes(b"half")
    IndexWriter(path, SPECS).close()
    assert derived_file(path).suffix == ".fmd"


def test_derived_file_that_a_reader_may_map_is_deleted_by_a_later_writer(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    older = derived_file(path)
    with Index.open(path):
        with IndexWriter(path, SPECS) as writer:
            add(writer)
        newer = path / compact(path).file
        assert older.exists()
        IndexWriter(path, SPECS).close()
        assert older.exists()
    IndexWriter(path, SPECS).close()
    assert derived_file(path) == newer != older


def test_compact_if_worth_it_counts_rows_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.index.compaction.SIEVE_FROM_ROWS", 500)
    path = filled(tmp_path)
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        writer.remove([reference("r5").sha256])
    assert compact(path, if_worth_it=True).written
    with Index.open(path) as index:
        assert index.derived is not None
        assert index.derived.complete


def test_derived_file_of_a_renamed_show_serves_all_the_others(tmp_path: Path) -> None:
    path = filled(tmp_path)
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        moved = writer.entries()[0].reference
        writer.attribute(dataclasses.replace(moved, show="Zebras"))
    with Index.open(path) as index:
        assert index.derived is not None
        assert index.derived.covered.tolist() == [True] * 5 + [False]
    assert answers(path) == answers(path, shards=3) == without(path)


def test_derived_file_without_a_row_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with IndexWriter(path, SPECS) as writer:
        writer.publish(reference("blank"), frames(0, 0))
    compact(path)
    with IndexWriter(path, SPECS) as writer:
        add(writer)
    with Index.open(path) as index:
        assert index.derived is None
        assert np.array_equal(index.codes("structure", [5, 0]), frames(77, 1).structure[[5, 0]])
    assert answers(path) == without(path)


def fill_unchecked(
    held: Mapping[str, np.ndarray], folder: Path, header: Header, entries: Sequence[Entry]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("framematch.index.arrays.check_sums", lambda *_: iter(()))
        fill(held, folder, header, entries)


def test_read_only_folder_is_searched_without_a_derived_file(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = answers(path)

    def read() -> None:
        assert answers(path) == before

    path.chmod(0o555)
    try:
        assert in_child(read) == 0
    finally:
        path.chmod(0o755)


@given(st.permutations(range(9)).map(lambda numbers: numbers[:7]))
def test_references_kept_in_order_are_as_many_as_can_be(numbers: list[int]) -> None:
    kept = [numbers[place] for place in ascending(numbers).tolist()]
    assert kept == sorted(kept)
    most = max(
        sum(chosen)
        for chosen in itertools.product((False, True), repeat=len(numbers))
        if (some := list(itertools.compress(numbers, chosen))) == sorted(some)
    )
    assert len(kept) == most
