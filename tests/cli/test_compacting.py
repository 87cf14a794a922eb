"""What `index add` and `index merge` do for those who search a large index."""

from pathlib import Path

import pytest
from scenes import write_library
from typer.testing import CliRunner, Result

from framematch.cli import app
from framematch.errors import IndexStoreError
from framematch.index import Index
from framematch.index.arrays import read_header

SMALL = "framematch.index.compaction.SIEVE_FROM_ROWS"


def run(index: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["--index", str(index), *map(str, arguments)])


def test_index_add_and_merge_compact_an_index_that_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = write_library(tmp_path / "library")
    monkeypatch.setattr(SMALL, 5)
    answer = run(tmp_path / "one", "index", "add", library, "--processes", "1")
    assert answer.exit_code == 0, answer.stderr
    assert "compacted: " in answer.stderr
    merged = run(tmp_path / "other", "index", "merge", tmp_path / "one")
    assert merged.exit_code == 0, merged.stderr
    for path in (tmp_path / "one", tmp_path / "other"):
        with Index.open(path) as index:
            assert index.derived is not None
            assert index.derived.complete
    # Nothing was added: nothing is written.
    assert "compacted" not in run(tmp_path / "one", "index", "add", library).stderr


def test_index_add_leaves_a_small_index_alone(tmp_path: Path) -> None:
    library = write_library(tmp_path / "library")
    assert "compacted" not in run(tmp_path / "index", "index", "add", library).stderr
    assert not (tmp_path / "index" / "derived").exists()


def test_index_add_that_cannot_compact_says_so_and_has_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *, if_worth_it: bool) -> None:
        raise IndexStoreError(f"{path}: cannot be written (No space left on device)")

    monkeypatch.setattr("framematch.index.compact", full)
    library = write_library(tmp_path / "library")
    answer = run(tmp_path / "index", "index", "add", library)
    assert answer.exit_code == 0
    assert "warning: not compacted: " in answer.stderr
    assert "framematch index compact" in answer.stderr
    with Index.open(tmp_path / "index") as index:
        assert len(index.references()) == 4


def test_index_add_to_an_index_with_a_rotten_segment_says_so_and_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, index = write_library(tmp_path / "library"), tmp_path / "index"
    first, *_ = sorted(file for file in library.rglob("*") if file.is_file())
    assert run(index, "index", "add", first).exit_code == 0
    (segment,) = (index / "segments").iterdir()
    whole = bytearray(segment.read_bytes())
    whole[read_header(segment).data_start] ^= 1
    segment.write_bytes(bytes(whole))
    monkeypatch.setattr(SMALL, 1)
    answer = run(index, "index", "add", library)
    assert answer.exit_code == 0, answer.stderr
    assert "warning: not compacted: " in answer.stderr
    assert segment.name in answer.stderr
    assert list((index / "derived").iterdir()) == []
