"""Ctrl-C, a kill and a second writer in the middle of work on several processes."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from interrupted import PATIENCE_S, children, command, is_gone, until
from scenes import scene, write_image, write_library, write_video
from typer.testing import CliRunner

from framematch.cli import app
from framematch.index import Index, verify
from framematch.ingest import add, plan


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interrupted")
    items, _ = plan([write_library(folder / "library")])
    add(folder / "index", items)
    return folder / "index"


def _stop(workers: Sequence[int]) -> None:
    """Stop processes where they are, as if a decoder held them, so that their job is not done."""
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)


def test_query_of_a_folder_interrupted_ends_at_once_with_130(index: Path, tmp_path: Path) -> None:
    for number in range(60):
        write_image(tmp_path / "leak" / f"{number}.png", scene(number))
    with command("--index", index, "query", tmp_path / "leak", "--json") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        workers = children(process.pid)
        _stop(workers)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
        assert errors.splitlines()[-1] == "framematch: error: interrupted"
        assert all(is_gone(worker) for worker in workers)


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library of small files, then large ones, and beside it its index."""
    folder = tmp_path_factory.mktemp("bulk")
    for number in range(3):
        write_image(folder / "library" / "Alpha" / f"a{number}.png", scene(number))
    for number in range(3):
        scenes = [scene(100 * number + n) for n in range(20)]
        write_video(folder / "library" / "Alpha" / f"b{number}.mp4", scenes)
    items, _ = plan([folder / "library"])
    add(folder / "index", items)
    return folder


def _adding(index: Path, library: Path) -> list[str | Path]:
    return ["--index", index, "index", "add", library, "--processes", "2"]


def _published(index: Path) -> int:
    return len(list(index.glob("segments/*.fms")))


def _completes(index: Path, bulk: Path) -> None:
    """Assert that nothing is damaged, and that another run makes the index that it should be."""
    assert verify(index).problems == ()
    before = verify(index).references
    assert 0 < before < 6
    arguments = list(map(str, _adding(index, bulk / "library")))
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 0
    assert f"{6 - before} files added" in answer.stdout.replace("1 file ", "1 files ")
    assert Index.open(index).info == Index.open(bulk / "index").info
    assert verify(index) == verify(bulk / "index")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_index_add_stopped_half_way_loses_nothing_and_continues(
    bulk: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    index = tmp_path / "index"
    with command(*_adding(index, bulk / "library")) as process:
        until(lambda: _published(index) > 1, process)
        workers = children(process.pid)
        _stop(workers)
        # Two that work, and what decoders are forked from.
        assert len(workers) == 3
        process.send_signal(sent)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert all(is_gone(worker) for worker in workers)
    if sent == signal.SIGINT:
        assert process.returncode == 130
        assert "interrupted; finished files are in the index, run the same command" in errors
    _completes(index, bulk)


def test_index_add_beside_another_writer_says_who_writes(bulk: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    with command(*_adding(index, bulk / "library")) as process:
        until(lambda: _published(index) > 1, process)
        workers = children(process.pid)
        _stop(workers)
        second = subprocess.run(
            [sys.executable, "-m", "framematch", *map(str, _adding(index, bulk / "library"))],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert second.returncode == 5
        assert f"process {process.pid} is writing to this index" in second.stderr
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
        process.communicate(timeout=2 * PATIENCE_S)
        assert process.returncode == 0
    assert Index.open(index).info == Index.open(bulk / "index").info


def test_index_add_on_a_full_disk_keeps_what_was_published(
    bulk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    before = children(os.getpid())
    left = 2

    def write(path: Path, pieces: Sequence[bytes]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        path.write_bytes(b"".join(pieces))

    with monkeypatch.context() as full:
        full.setattr("framematch.index.writer.write_durably", write)
        answer = CliRunner().invoke(app, list(map(str, _adding(index, bulk / "library"))))
    assert answer.exit_code == 5
    assert "No space left on device" in answer.stderr
    assert "make room or give access, then run again: what was published stays" in answer.stderr
    assert children(os.getpid()) == before
    _completes(index, bulk)
