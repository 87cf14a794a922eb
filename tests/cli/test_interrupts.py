"""Ctrl-C, a kill and a second writer in the middle of work on several processes."""

import os
import signal
from pathlib import Path

import pytest
from interrupted import PATIENCE_S, children, command, is_gone
from scenes import scene, write_image, write_library

from framematch.ingest import add, plan


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interrupted")
    items, _ = plan([write_library(folder / "library")])
    add(folder / "index", items)
    return folder / "index"


def test_query_of_a_folder_interrupted_ends_at_once_with_130(index: Path, tmp_path: Path) -> None:
    for number in range(60):
        write_image(tmp_path / "leak" / f"{number}.png", scene(number))
    with command("--index", index, "query", tmp_path / "leak", "--json") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        workers = children(process.pid)
        for worker in workers:  # as if stuck in a decoder
            os.kill(worker, signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 130
        assert errors.splitlines()[-1] == "framematch: error: interrupted"
        assert all(is_gone(worker) for worker in workers)
