"""What the one writer of an index does and refuses."""

import dataclasses
import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from index_samples import SPECS, frames, identity, reference, same_frames, segment_files

from framematch.errors import IndexLockedError, IndexMismatchError, IndexStoreError
from framematch.index import Index, IndexWriter, verify
from framematch.records import EpisodeId, HashSpec

E1 = EpisodeId(1, 1)


def test_publish_is_seen_at_once_by_has_and_by_new_readers(tmp_path: Path) -> None:
    listed = reference("a", "Kites", E1)
    with IndexWriter(tmp_path, SPECS) as writer:
        assert not writer.has(listed.sha256)
        writer.publish(listed, frames(2, 1))
        assert writer.has(listed.sha256)
        with Index.open(tmp_path) as index:
            assert index.references() == (listed,)


def test_publish_same_file_again_replaces_it(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a", "Kites", E1), frames(2, 1))
        writer.publish(reference("a", "Rites", None), frames(5, 2))
    with Index.open(tmp_path) as index:
        assert index.references() == (reference("a", "Rites", None),)
        assert same_frames(index.frames(0), frames(5, 2))
    assert len(segment_files(tmp_path)) == 1
    with IndexWriter(tmp_path / "fresh", SPECS) as writer:
        writer.publish(reference("a", "Rites", None), frames(5, 2))
    assert identity(tmp_path) == identity(tmp_path / "fresh")


def test_publish_equal_content_is_shared_and_survives_the_removal_of_one_owner(
    tmp_path: Path,
) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), frames(3, 1))
        writer.publish(reference("b"), frames(3, 1))
        assert len(segment_files(tmp_path)) == 1
        assert writer.remove([reference("a").sha256]) == 1
        with Index.open(tmp_path) as index:
            assert same_frames(index.frames(0), frames(3, 1))
        assert writer.remove([reference("b").sha256]) == 1
        assert segment_files(tmp_path) == []


def test_publish_writes_equal_bytes_for_equal_frames(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        with IndexWriter(tmp_path / name, SPECS) as writer:
            writer.publish(reference(name), frames(6, 3))
        contents.append([file.read_bytes() for file in segment_files(tmp_path / name)])
    assert contents[0] == contents[1]


def test_publish_reference_without_frames_is_kept(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), frames(0, 0))
    with Index.open(tmp_path) as index:
        assert (len(index), len(index.references())) == (0, 1)
    assert verify(tmp_path).references == 1


def test_publish_file_name_that_is_no_unicode_comes_back(tmp_path: Path) -> None:
    name = os.fsdecode(b"library/\xff\xfe.mkv")
    listed = dataclasses.replace(reference("a"), path=name, warning=None)
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(listed, frames(1, 1))
        with pytest.raises(IndexStoreError, match="--show"):
            writer.publish(dataclasses.replace(listed, show=name), frames(1, 1))
    with Index.open(tmp_path) as index:
        assert index.references()[0].path == name
    assert verify(tmp_path).problems == ()


def test_publish_warning_with_a_file_name_that_is_no_unicode_is_kept(tmp_path: Path) -> None:
    listed = dataclasses.replace(reference("a"), warning=os.fsdecode(b"\xff.mkv: cut short"))
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(listed, frames(1, 1))
    with Index.open(tmp_path) as index:
        assert "cut short" in (index.references()[0].warning or "")
    assert verify(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"structure": np.zeros((2, 32), np.uint8)}, "structure must be uint8"),
        ({"appearance": np.zeros((2, 32), np.int16)}, "appearance must be uint8"),
        ({"quality": np.zeros(3, np.uint8)}, "quality must be uint8"),
        ({"timestamp_s": np.zeros(2, np.float32)}, "timestamp_s must be float64"),
        ({"timestamp_s": np.array([0.0, np.nan])}, "finite"),
        ({"thumbnails": (b"",)}, "2 frames came with 1 thumbnails"),
    ],
)
def test_publish_wrong_frames_are_refused_and_change_nothing(
    tmp_path: Path, change: dict, complaint: str
) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        with pytest.raises(IndexMismatchError, match=complaint):
            writer.publish(reference("a"), dataclasses.replace(frames(2, 1), **change))
        assert not writer.has(reference("a").sha256)
    assert segment_files(tmp_path) == []


def test_publish_on_a_full_disk_leaves_the_index_as_it_was_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), frames(2, 1))
        before = identity(tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(IndexStoreError, match="No space left on device"):
                writer.publish(reference("b"), frames(2, 2))
        assert identity(tmp_path) == before
        assert len(segment_files(tmp_path)) == 1
        writer.publish(reference("b"), frames(2, 2))
    assert verify(tmp_path).problems == ()


def test_remove_counts_what_was_there_and_forgets_its_show(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        empty = identity(tmp_path)
        writer.publish(reference("a", "Kites", E1), frames(2, 1))
        gone = reference("a").sha256
        assert writer.remove([gone, gone, "0" * 64]) == 1
        assert writer.remove([]) == 0
        assert not writer.has(gone)
    assert identity(tmp_path) == empty
    assert segment_files(tmp_path) == []


def test_second_writer_is_told_which_process_holds_the_lock(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        with pytest.raises(IndexLockedError, match=rf"process {os.getpid()} .*run again"):
            IndexWriter(tmp_path, SPECS)
        with pytest.raises(IndexLockedError):
            Index.create(tmp_path, SPECS)
        writer.publish(reference("a"), frames(1, 1))
    IndexWriter(tmp_path, SPECS).close()


def test_lock_of_a_killed_process_is_free_again(tmp_path: Path) -> None:
    holding = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from index_samples import SPECS\n"
        "from framematch.index import IndexWriter\n"
        "writer = IndexWriter(pathlib.Path(sys.argv[1]), SPECS)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", holding, str(tmp_path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(IndexLockedError, match=f"process {process.pid} "):
            IndexWriter(tmp_path, SPECS)
        process.send_signal(signal.SIGKILL)
    IndexWriter(tmp_path, SPECS).close()


@pytest.mark.parametrize("name", ["appearance", "structure"])
def test_writer_with_another_specification_is_refused(tmp_path: Path, name: str) -> None:
    IndexWriter(tmp_path, SPECS).close()
    spec = SPECS[name]
    other = {**SPECS, name: HashSpec(spec.algorithm, spec.bits, spec.version, (("seed", "8"),))}
    with pytest.raises(IndexMismatchError, match=f"{name} codes .*seed=8"):
        IndexWriter(tmp_path, other)
    IndexWriter(tmp_path, SPECS).close()


def test_writer_in_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.mkv").write_text("")
    with pytest.raises(IndexStoreError, match="empty or new folder"):
        IndexWriter(tmp_path, SPECS)
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.mkv"]


def test_writer_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexStoreError):
        IndexWriter(tmp_path / "file", SPECS)


def test_sweep_at_opening_deletes_leftovers_and_nothing_else(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), frames(2, 1))
    kept = segment_files(tmp_path)
    orphan, half = (tmp_path / "segments" / name for name in (f"{'0' * 64}.fms", "x.fms.tmp"))
    for file in (orphan, half, tmp_path / "header.json.tmp"):
        file.write_bytes(b"half")
    outcome = verify(tmp_path)
    assert outcome.problems == ()
    assert sorted(Path(note.file).name for note in outcome.notes) == [
        orphan.name,
        "header.json.tmp",
        half.name,
    ]
    IndexWriter(tmp_path, SPECS).close()
    assert segment_files(tmp_path) == kept
    assert not (tmp_path / "header.json.tmp").exists()
    assert verify(tmp_path).notes == ()


def test_close_leaves_no_log_behind(tmp_path: Path) -> None:
    with IndexWriter(tmp_path, SPECS) as writer:
        writer.publish(reference("a"), frames(2, 1))
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "catalogue.jsonl",
        "catalogue.sqlite",
        "header.json",
        "readers.lock",
        "segments",
        "writer.lock",
    ]
