"""Two indexes in one are the index that would have been built of all files."""

import dataclasses
import shutil
from pathlib import Path

import pytest
from index_samples import (
    SPECS,
    frames,
    identity,
    killed_before_step,
    reference,
    segment_files,
)

from framematch.errors import (
    ConfigError,
    IndexCorruptError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
)
from framematch.index import IndexWriter, compact, merge, verify
from framematch.records import EpisodeId, HashSpec, Reference

#: Later Python warns when a process forks that another test left with FAISS's threads.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

A, B = reference("a", "Kites", EpisodeId(1, 1)), reference("b", "Kites", EpisodeId(1, 2))
C, D = reference("c", "Rites"), reference("d", "Sites", EpisodeId(0, 1))
SEEDS = {A.sha256: 1, B.sha256: 2, C.sha256: 3, D.sha256: 4}


def made(path: Path, *references: Reference) -> Path:
    with IndexWriter(path, SPECS) as writer:
        for listed in references:
            writer.publish(listed, frames(SEEDS[listed.sha256], SEEDS[listed.sha256]))
    return path


def test_merge_has_the_identity_of_an_index_built_in_one_go(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole", D, C, B, A)
    into = made(tmp_path / "into", B)
    others = [made(tmp_path / "one", A, B), made(tmp_path / "two", C, D)]
    report = merge(into, others)
    assert {ref.show for ref in report.added} == {"Kites", "Rites", "Sites"}
    assert (len(report.added), report.unchanged, report.conflicts) == (3, 1, ())
    assert identity(into) == identity(whole)
    assert verify(into) == verify(whole)
    assert [f.name for f in segment_files(into)] == [f.name for f in segment_files(whole)]
    assert verify(others[0]).references == 2


def test_merge_into_nothing_makes_an_index(tmp_path: Path) -> None:
    one = made(tmp_path / "one", A, B)
    merge(tmp_path / "into", [one])
    assert identity(tmp_path / "into") == identity(one)


def test_merge_again_changes_nothing(tmp_path: Path) -> None:
    into, one = made(tmp_path / "into", C), made(tmp_path / "one", A)
    merge(into, [one])
    before = identity(into)
    assert (merge(into, [one]).added, identity(into)) == ((), before)


def test_merge_tells_what_is_held_as_something_else_and_keeps_it(tmp_path: Path) -> None:
    into = made(tmp_path / "into", A)
    other = tmp_path / "other"
    renamed = reference("a", "Mites", EpisodeId(2, 1))
    with IndexWriter(other, SPECS) as writer:
        writer.publish(renamed, frames(1, 1))
    before = identity(into)
    (conflict,) = merge(into, [other]).conflicts
    assert (conflict.kept, conflict.other) == (A, renamed)
    assert conflict.reason == (
        "library/a.mkv: is Kites S01E01 episode here and Mites S02E01 episode there;"
        " what is here stays"
    )
    assert identity(into) == before


def test_merge_tells_of_a_file_that_was_coded_differently(tmp_path: Path) -> None:
    into, other = made(tmp_path / "into", A), tmp_path / "other"
    with IndexWriter(other, SPECS) as writer:
        writer.publish(A, frames(2, 9))
    (conflict,) = merge(into, [other]).conflicts
    assert "was looked at in another way there" in conflict.reason


def test_merge_tells_of_a_path_that_has_another_content_there(tmp_path: Path) -> None:
    here, there = (dataclasses.replace(one, path="/library/x.mkv") for one in (A, B))
    into, other = made(tmp_path / "into", here), made(tmp_path / "other", there)
    report = merge(into, [other])
    assert report.added == (there,)
    (conflict,) = report.conflicts
    assert (conflict.kept, conflict.other) == (here, there)
    assert conflict.reason.startswith("/library/x.mkv: has another content there; both are")


def test_merge_of_other_codes_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    into, other = made(tmp_path / "into", A), tmp_path / "other"
    specs = {**SPECS, "structure": HashSpec("gradient", 512, 2)}
    with IndexWriter(other, specs) as writer:
        writer.publish(B, frames(2, 2))
    with pytest.raises(IndexMismatchError, match="structure codes of"):
        merge(into, [other])
    with pytest.raises(IndexMismatchError, match="structure codes of"):
        merge(tmp_path / "new", [into, other])
    assert not (tmp_path / "new").exists()


def test_merge_of_itself_or_of_nothing_is_refused(tmp_path: Path) -> None:
    into = made(tmp_path / "into", A)
    with pytest.raises(ConfigError, match="is the index itself"):
        merge(into, [into / ".." / "into"])
    with pytest.raises(IndexNotFoundError):
        merge(into, [tmp_path / "gone"])


def test_merge_of_a_damaged_segment_is_refused(tmp_path: Path) -> None:
    into, other = made(tmp_path / "into", A), made(tmp_path / "other", D)
    (segment,) = segment_files(other)
    raw = bytearray(segment.read_bytes())
    raw[-10] ^= 1
    segment.write_bytes(raw)
    with pytest.raises(IndexCorruptError, match="is not what it was when it was written"):
        merge(into, [other])
    assert verify(into).problems == ()


def test_merge_beside_another_writer_is_refused(tmp_path: Path) -> None:
    into, other = made(tmp_path / "into", A), made(tmp_path / "other", B)
    with IndexWriter(into, SPECS), pytest.raises(IndexLockedError):
        merge(into, [other])


def test_merge_killed_at_every_step_is_completed_by_the_next(tmp_path: Path) -> None:
    template, other = made(tmp_path / "template", A), made(tmp_path / "other", B, C)
    whole = made(tmp_path / "whole", A, B, C)
    seen, step, killed = set(), 0, True
    while killed:
        path = tmp_path / str(step)
        shutil.copytree(template, path)
        killed = killed_before_step(
            step,
            prepare=lambda path=path: path,
            action=lambda path: merge(path, [other]),
        )
        assert verify(path).problems == ()
        seen.add(verify(path).references)
        merge(path, [other])
        assert identity(path) == identity(whole)
        step += 7  # every seventh: opening takes many, and other tests kill at each of those
    assert seen == {1, 2, 3}


def test_merge_of_an_index_that_lacks_a_segment_says_which(tmp_path: Path) -> None:
    one = made(tmp_path / "one", A, B)
    compact(one)  # what a reader has of the derived file it does not look for at opening
    segment = segment_files(one)[0]
    segment.unlink()
    with pytest.raises(IndexCorruptError, match=f"{segment.name}: missing"):
        merge(tmp_path / "into", [one])
