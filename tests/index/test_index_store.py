"""What a reader of an index sees."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import (
    SPECS,
    flip_bits,
    frames,
    identity,
    in_child,
    reference,
    same_frames,
    segment_files,
)

from framematch.errors import ConfigError, IndexMismatchError, IndexStoreError
from framematch.hashing import structure
from framematch.index import Index, IndexWriter, verify
from framematch.index.segment import FEATURE_BYTES
from framematch.records import EpisodeId

E1, E2, E10 = EpisodeId(1, 1), EpisodeId(1, 2), EpisodeId(1, 10)


def filled(path: Path) -> Path:
    with IndexWriter(path, SPECS) as writer:
        writer.publish(reference("b", "Kites", E2), frames(4, 2))
        writer.publish(reference("a", "Kites", E1), frames(3, 1))
    return path


def test_index_import_costs_no_faiss_and_no_decoder() -> None:
    wanted = (
        "import sys, framematch.index as i; print([m for m in ('faiss', 'av') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", wanted], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_create_makes_an_empty_index_beside_tracked_files(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / ".gitignore").write_text("*")
    with Index.create(tmp_path, SPECS, {"av": "18.1"}) as index:
        assert len(index) == 0
        assert index.references() == ()
        assert index.specs == SPECS
        assert index.info.spec == "pdq-256-v1+gradient-512-v1"
        assert len(index.search_nearest("structure", np.zeros((1, 64), np.uint8), 5)) == 0
        assert index.codes("appearance").shape == (0, 32)
        assert len(index.rows) == 0
    assert json.loads((tmp_path / "header.json").read_text())["decoder"] == {"av": "18.1"}
    assert verify(tmp_path).problems == ()


def test_create_in_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.mkv").write_text("")
    with pytest.raises(IndexStoreError, match=r"holiday\.mkv"):
        Index.create(tmp_path, SPECS)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.mkv"]


def test_create_over_an_index_is_refused(tmp_path: Path) -> None:
    before = identity(filled(tmp_path))
    with pytest.raises(IndexStoreError, match="already"):
        Index.create(tmp_path, SPECS)
    assert identity(tmp_path) == before


def test_create_without_a_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="structure"):
        Index.create(tmp_path / "index", {"appearance": SPECS["appearance"]})


def test_references_come_in_broadcast_order_and_rows_follow(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        for name, show, episode, n_rows in [
            ("sheet", "Kites", None, 1),
            ("ten", "Kites", E10, 2),
            ("two", "Kites", E2, 3),
            ("other", "Abacus", E10, 4),
        ]:
            writer.publish(reference(name, show, episode), frames(n_rows, n_rows))
    with Index.open(tmp_path) as index:
        paths = [listed.path for listed in index.references()]
        assert paths == [f"library/{name}.mkv" for name in ("other", "two", "ten", "sheet")]
        assert index.rows.reference.tolist() == [0] * 4 + [1] * 3 + [2] * 2 + [3]
        assert index.rows.timestamp_s.tolist() == [0, 0.5, 1, 1.5, 0, 0.5, 1, 0, 0.5, 0]


def test_rows_given_out_of_order_are_stored_in_order_of_time(tmp_path: Path) -> None:
    batch = frames(3, 1)
    batch.timestamp_s[:] = [1.0, 0.0, 1.0]
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), batch)
    with Index.open(tmp_path) as index:
        assert index.rows.timestamp_s.tolist() == [0.0, 1.0, 1.0]
        assert np.array_equal(index.codes("structure"), batch.structure[[1, 0, 2]])
        assert [index.thumbnail(row) for row in range(3)] == [
            batch.thumbnails[row] for row in (1, 0, 2)
        ]


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)


@given(
    library=st.lists(
        st.tuples(names, st.none() | st.builds(EpisodeId, st.integers(0, 3), st.integers(0, 3))),
        max_size=5,
        unique_by=lambda item: item[0],
    ),
    n_rows=st.integers(0, 6),
    order=st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=15)
def test_round_trip_gives_back_everything_whatever_the_order_of_insertion(
    library: list, n_rows: int, order: object
) -> None:
    # The show is the name backwards: shows and files then sort differently.
    given = [
        (reference(name, show=name[::-1], episode=episode), frames(n_rows + seed, seed))
        for seed, (name, episode) in enumerate(library)
    ]
    shuffled = list(given)
    order.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        snapshots = []
        for position, sequence in enumerate((given, shuffled)):
            with IndexWriter(Path(folder) / str(position), SPECS) as writer:
                for listed, batch in sequence:
                    writer.publish(listed, batch)
            snapshots.append(Index.open(Path(folder) / str(position)))
        with snapshots[0] as one, snapshots[1] as other:
            held = {listed.sha256: batch for listed, batch in given}
            assert {listed.sha256: listed for listed, _ in given} == {
                listed.sha256: listed for listed in one.references()
            }
            for position, listed in enumerate(one.references()):
                assert same_frames(one.frames(position), held[listed.sha256])
            assert one.info == other.info
            assert one.references() == other.references()
            for name in SPECS:
                assert np.array_equal(one.codes(name), other.codes(name))
            rows = range(len(one))
            assert np.array_equal(one.features(rows), other.features(rows))
            assert [one.thumbnail(row) for row in range(len(one))] == [
                other.thumbnail(row) for row in range(len(other))
            ]


def test_id_depends_on_content_and_not_on_path(tmp_path: Path) -> None:
    variants = {
        "plain": (reference("a", "Kites", E1), frames(3, 1)),
        "show": (reference("a", "Rites", E1), frames(3, 1)),
        "episode": (reference("a", "Kites", E2), frames(3, 1)),
        "codes": (reference("a", "Kites", E1), frames(3, 2)),
    }
    ids = {}
    for name, (listed, batch) in variants.items():
        with IndexWriter(tmp_path / name, SPECS) as writer:
            writer.publish(listed, batch)
        ids[name] = identity(tmp_path / name)
    assert len(set(ids.values())) == len(ids)
    listed, batch = variants["plain"]
    with IndexWriter(tmp_path / "moved", SPECS) as writer:
        moved = {**{name: getattr(listed, name) for name in listed.__slots__}, "path": "elsewhere"}
        writer.publish(type(listed)(**moved), batch)
    assert identity(tmp_path / "moved") == ids["plain"]
    assert len(ids["plain"]) == 16


def test_codes_of_chosen_rows_come_in_the_order_asked_for(tmp_path: Path) -> None:
    with Index.open(filled(tmp_path)) as index:
        everything = index.codes("structure")
        assert len(everything) == len(index) == 7
        assert np.array_equal(index.codes("structure", [6, 0, 3, 0]), everything[[6, 0, 3, 0]])
        for wrong in (7, -1):
            with pytest.raises(IndexError):
                index.codes("structure", [wrong])
            with pytest.raises(IndexError):
                index.thumbnail(wrong)


def test_features_of_chosen_rows_come_in_the_order_asked_for(tmp_path: Path) -> None:
    with Index.open(filled(tmp_path)) as index:
        # The first reference has three rows, the second four, published the other way round.
        everything = np.concatenate([frames(3, 1).features, frames(4, 2).features])
        assert np.array_equal(index.features(range(7)), everything)
        assert np.array_equal(index.features([6, 0, 3, 0, 2]), everything[[6, 0, 3, 0, 2]])
        assert np.array_equal(index.features(np.array([5])), everything[[5]])
        assert index.features([]).shape == (0, FEATURE_BYTES)
        for wrong in (7, -1):
            with pytest.raises(IndexError):
                index.features([0, wrong])


def test_features_are_as_wide_as_hashing_makes_them() -> None:
    assert structure.FEATURE_BYTES == FEATURE_BYTES == 576


def test_features_of_another_width_are_refused(tmp_path: Path) -> None:
    batch = replace(frames(2, 1), features=np.zeros((2, FEATURE_BYTES - 1), np.uint8))
    with (
        IndexWriter(tmp_path, SPECS) as writer,
        pytest.raises(IndexMismatchError, match="features"),
    ):
        writer.publish(reference("a"), batch)


@pytest.mark.parametrize("backend", ["linear", "flat"])
def test_search_leaves_out_low_information_but_keeps_row_numbers(
    tmp_path: Path, backend: str
) -> None:
    filled(tmp_path)
    with Index.open(tmp_path, min_information=50, backend=backend) as index:
        assert index.backend == backend
        wanted = np.flatnonzero(index.rows.information >= 50)
        assert 0 < len(wanted) < 7
        for name in SPECS:
            hits = index.search_within(name, index.codes(name), 0)
            assert hits.row.tolist() == hits.query.tolist() == wanted.tolist()
            assert sorted(index.search_nearest(name, index.codes(name, [0]), 9).row) == list(wanted)
    with Index.open(tmp_path, backend=backend) as index:
        assert len(index.search_nearest("structure", index.codes("structure", [0]), 9)) == 7


def test_search_finds_an_altered_frame(tmp_path: Path) -> None:
    with Index.open(filled(tmp_path)) as index:
        query = flip_bits(index.codes("appearance", [5])[0], 20)[None]
        hits = index.search_nearest("appearance", query, 1)
        assert (hits.row.tolist(), hits.distance.tolist()) == ([5], [20])
        with pytest.raises(IndexMismatchError):
            index.search_nearest("structure", query, 1)


def test_backend_by_default_is_chosen_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.open(filled(tmp_path)) as index:
        assert index.backend == "linear"
        monkeypatch.setattr("framematch.index.backends.FLAT_FROM_ROWS", 7)
        assert index.backend == "flat"


def test_reader_keeps_its_snapshot_while_a_writer_replaces_and_removes(tmp_path: Path) -> None:
    filled(tmp_path)
    old, new = reference("a", "Kites", E1), reference("b", "Kites", E2)
    with Index.open(tmp_path) as reader:
        with IndexWriter(tmp_path, SPECS) as writer:
            writer.publish(old, frames(9, 9))
            writer.remove([new.sha256])
        assert same_frames(reader.frames(0), frames(3, 1))
        assert same_frames(reader.frames(1), frames(4, 2))
        with Index.open(tmp_path) as later:
            assert len(later) == 9
    IndexWriter(tmp_path, SPECS).close()
    assert len(segment_files(tmp_path)) == 1


@pytest.mark.parametrize("locked", [True, False], ids=["with lock", "without lock"])
def test_readers_that_open_during_writing_each_see_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    if not locked:
        monkeypatch.setattr("framematch.index.store.lock_for_reading", lambda _: None)
    filled(tmp_path)
    listed = reference("a", "Kites", E1)

    def write() -> None:
        with IndexWriter(tmp_path, SPECS) as writer:
            for seed in range(40):
                writer.publish(listed, frames(seed % 7, seed))

    thread = threading.Thread(target=write)
    thread.start()
    seen = set()
    while thread.is_alive():
        with Index.open(tmp_path) as index:
            assert [held.episode for held in index.references()] == [E1, E2]
            if locked:
                assert len(index.codes("structure")) == len(index)
            seen.add(index.info.id)
    thread.join()
    assert seen
    with Index.open(tmp_path) as index:
        assert same_frames(index.frames(0), frames(39 % 7, 39))


def test_closed_index_says_so(tmp_path: Path) -> None:
    index = Index.open(filled(tmp_path))
    index.close()
    index.close()
    with pytest.raises(IndexStoreError, match="closed"):
        index.thumbnail(0)


def n_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_index_that_is_dropped_without_close_lets_go_of_its_files(tmp_path: Path) -> None:
    filled(tmp_path)
    before = n_descriptors()
    assert len(Index.open(tmp_path).thumbnail(0)) > 0
    assert n_descriptors() == before
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.remove([listed.sha256 for listed in Index.open(tmp_path).references()])
    assert segment_files(tmp_path) == []


def test_many_references_need_few_file_descriptors(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        for seed in range(80):
            writer.publish(reference(str(seed)), frames(1, seed))
    before = n_descriptors()
    with Index.open(tmp_path) as index:
        assert len(index.search_nearest("structure", index.codes("structure"), 1)) == 80
        assert [len(index.thumbnail(row)) > 0 for row in range(80)] == [True] * 80
        assert n_descriptors() - before < 70
    assert n_descriptors() == before


def without_rights(action: object, folder: Path) -> int:
    """Run `action` in a child that may read but not write `folder`."""
    for inner in (folder, folder / "segments"):
        inner.chmod(0o555)

    def restricted() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        action()

    try:
        return in_child(restricted)
    finally:
        for inner in (folder, folder / "segments"):
            inner.chmod(0o755)


@pytest.fixture
def public_folder() -> object:
    """A folder that other users may look into, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "index"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # forks with threads, 3.12
@pytest.mark.parametrize("left", ["nothing", "log", "log without shared memory"])
def test_read_only_folder_can_be_searched(public_folder: Path, left: str) -> None:
    filled(public_folder)

    def killed() -> None:
        writer = IndexWriter(public_folder, SPECS)
        writer.publish(reference("c", "Kites", E10), frames(5, 5))
        os._exit(0)

    if left != "nothing":
        in_child(killed)
        assert (public_folder / "catalogue.sqlite-wal").stat().st_size > 0
    if left == "log without shared memory":
        (public_folder / "catalogue.sqlite-shm").unlink()
    expected = 7 if left == "nothing" else 12
    before = sorted(file.name for file in public_folder.rglob("*"))

    def search() -> None:
        with Index.open(public_folder) as index:
            assert len(index) == expected
            found = index.search_nearest("structure", index.codes("structure"), 1)
            assert found.row.tolist() == list(range(expected))
        assert verify(public_folder).problems == ()
        with pytest.raises(IndexStoreError, match="cannot be written"):
            IndexWriter(public_folder, SPECS)

    assert without_rights(search, public_folder) == 0
    assert sorted(file.name for file in public_folder.rglob("*")) == before


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # forks with threads, 3.12
def test_reader_recovers_the_log_of_a_killed_writer(tmp_path: Path) -> None:
    filled(tmp_path)

    def killed() -> None:
        IndexWriter(tmp_path, SPECS).publish(reference("c", "Kites", E10), frames(5, 5))
        os._exit(0)

    in_child(killed)
    with Index.open(tmp_path) as index:
        assert len(index) == 12
    assert not (tmp_path / "catalogue.sqlite-wal").exists()
