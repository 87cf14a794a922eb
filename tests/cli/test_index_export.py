"""`index export`: what others read back is what the index holds."""

import csv
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import scene, write_image, write_library
from typer.testing import CliRunner, Result

from framematch.cli import app
from framematch.hashing.interchange import parse_vpdq, to_hex
from framematch.index import Index

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    library = write_library(folder / "library")
    write_image(library / "Alpha" / "still.png", scene(7))
    arguments = ["--index", str(folder / "index"), "index", "add", str(library)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    return folder / "index"


def _run(index: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--index", str(index), "index", "export", *arguments])


def test_index_export_vpdq_is_a_file_per_reference_with_the_codes(
    index: Path, tmp_path: Path
) -> None:
    answer = _run(index, "--format", "vpdq", "--out", str(tmp_path / "out"))
    assert answer.stdout == f"5 files written to {tmp_path / 'out'}\n"
    with (tmp_path / "out" / "references.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    with Index.open(index) as opened:
        assert [row["sha256"] for row in listed] == [ref.sha256 for ref in opened.references()]
        assert [row["episode"] for row in listed] == ["S01E01", "S01E02", "", "S01E01", "S01E02"]
        read = [
            row
            for line in listed
            for row in parse_vpdq((tmp_path / "out" / line["file"]).read_text())
        ]
        assert [row.code_hex for row in read] == list(map(to_hex, opened.codes("appearance")))
        assert [row.timestamp_s for row in read] == pytest.approx(
            opened.rows.timestamp_s.tolist(), abs=0.001
        )


def test_index_export_pdq_is_a_line_per_frame(index: Path) -> None:
    lines = [line.split("\t") for line in _run(index, "--format", "pdq").stdout.splitlines()]
    with Index.open(index) as opened:
        assert [line[0] for line in lines] == list(map(to_hex, opened.codes("appearance")))
        assert lines[0][1:] == [
            *(str(opened.rows.quality[0]), "0.000", opened.references()[0].path)
        ]


@pytest.mark.parametrize("arguments", [["--format", "vpdq"], ["--format", "pdq", "--out", "x"]])
def test_index_export_to_the_wrong_place_is_refused(index: Path, arguments: list[str]) -> None:
    answer = _run(index, *arguments)
    assert answer.exit_code == 2
    assert "--out" in answer.stderr


def test_index_export_again_drops_what_is_no_longer_indexed(index: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(index, "--out", str(out))
    former = out / ("0" * 64 + ".txt")
    former.write_text("0,100," + "0" * 64 + ",0.000\n", encoding="ascii")
    (out / "notes.txt").write_text("mine", encoding="ascii")
    assert _run(index, "--out", str(out)).exit_code == 0
    assert not former.exists()
    assert (out / "notes.txt").exists()
    assert len(list(out.glob("*.txt"))) == 6


def test_index_export_to_a_file_says_what_to_do(index: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    answer = _run(index, "--out", str(tmp_path / "file"))
    assert answer.exit_code == 2
    assert "cannot be written" in answer.stderr
    assert "--out" in answer.stderr


@pytest.mark.parametrize("last", [0, 2, 5])
def test_index_export_that_fails_at_a_write_leaves_whole_files_and_can_be_run_again(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    arguments = ("--format", "vpdq", "--out", str(tmp_path / "out"))
    assert _run(index, "--format", "vpdq", "--out", str(tmp_path / "whole")).exit_code == 0
    flushed: list[int] = []
    real = os.fsync

    def full(descriptor: int) -> None:
        # A file's bytes and its name are flushed one after the other.
        flushed.append(descriptor)
        if len(flushed) > 2 * last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = _run(index, *arguments)
    assert answer.exit_code == 2
    assert "No space left" in answer.stderr
    assert "make room" in answer.stderr
    for file in (tmp_path / "out").iterdir():
        assert file.read_bytes() == (tmp_path / "whole" / file.name).read_bytes()
    (tmp_path / "out" / f"{'ab' * 32}.txt.tmp").write_text("half, of a run that was killed")
    assert _run(index, *arguments).exit_code == 0
    whole = {file.name: file.read_bytes() for file in (tmp_path / "whole").iterdir()}
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == whole
