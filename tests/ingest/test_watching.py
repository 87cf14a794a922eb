"""Files of a growing folder are taken once, and only when they are written to their end."""

import os
from pathlib import Path

from framematch.ingest import Watch, walk

NOW = 1_000_000_000_000_000_000


def _write(path: Path, content: bytes, age_s: float) -> None:
    path.write_bytes(content)
    then = NOW - int(age_s * 1e9)
    os.utime(path, ns=(then, then))


def _look(watch: Watch, folder: Path) -> tuple[list[str], int]:
    ready, waiting = watch.ready(walk([folder]).files, NOW)
    watch.took(ready)
    return [found.path.name for found in ready], waiting


def test_watch_first_look_takes_what_was_not_written_to_lately(tmp_path: Path) -> None:
    _write(tmp_path / "old.mkv", b"x", 100)
    _write(tmp_path / "new.mkv", b"x", 1)
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path) == (["old.mkv"], 1)
    assert _look(watch, tmp_path) == (["new.mkv"], 0)
    assert _look(watch, tmp_path) == ([], 0)


def test_watch_file_that_grows_waits(tmp_path: Path) -> None:
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path) == ([], 0)
    for size in (1, 2, 3):
        _write(tmp_path / "a.mkv", b"x" * size, 100)
        assert _look(watch, tmp_path) == ([], 1)
    assert _look(watch, tmp_path) == (["a.mkv"], 0)


def test_watch_file_that_changes_is_taken_again(tmp_path: Path) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path)[0] == ["a.mkv"]
    _write(tmp_path / "a.mkv", b"y", 50)
    assert _look(watch, tmp_path) == ([], 1)
    assert _look(watch, tmp_path) == (["a.mkv"], 0)


def test_watch_files_that_were_not_dealt_with_come_again(tmp_path: Path) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    watch = Watch(quiet_s=10)
    for _ in range(2):
        ready, _ = watch.ready(walk([tmp_path]).files, NOW)
        assert len(ready) == 1
