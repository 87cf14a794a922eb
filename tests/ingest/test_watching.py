"""Files of a growing folder are taken once, and only when they are written to their end."""

import dataclasses
import itertools
import os
from pathlib import Path

import pytest

from framematch.ingest import Stamp, Watch, walk

NOW = 1_000_000_000_000_000_000


def _write(path: Path, content: bytes, age_s: float) -> None:
    path.write_bytes(content)
    then = NOW - int(age_s * 1e9)
    os.utime(path, ns=(then, then))


def _look(watch: Watch, folder: Path, *failed: Path) -> tuple[list[str], int, bool]:
    sight = watch.look(walk([folder]).files, NOW)
    watch.took(sight, [str(path) for path in failed])
    return [found.path.name for found in sight.ready], sight.waiting, sight.has_news


def test_watch_first_look_takes_what_was_not_written_to_lately(tmp_path: Path) -> None:
    _write(tmp_path / "old.mkv", b"x", 100)
    _write(tmp_path / "new.mkv", b"x", 1)
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path) == (["old.mkv"], 1, True)
    assert _look(watch, tmp_path) == (["new.mkv", "old.mkv"], 0, True)
    assert _look(watch, tmp_path) == (["new.mkv", "old.mkv"], 0, False)


def test_watch_file_that_grows_waits(tmp_path: Path) -> None:
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path) == ([], 0, False)
    for size in (1, 2, 3):
        _write(tmp_path / "a.mkv", b"x" * size, 100)
        assert _look(watch, tmp_path) == ([], 1, False)
    assert _look(watch, tmp_path) == (["a.mkv"], 0, True)


def test_watch_file_that_changes_is_taken_again(tmp_path: Path) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path)[0] == ["a.mkv"]
    _write(tmp_path / "a.mkv", b"y", 50)
    assert _look(watch, tmp_path) == ([], 1, False)
    assert _look(watch, tmp_path) == (["a.mkv"], 0, True)


def test_watch_files_that_were_not_dealt_with_come_again(tmp_path: Path) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    watch = Watch(quiet_s=10)
    for _ in range(2):
        assert watch.look(walk([tmp_path]).files, NOW).has_news


def test_watch_file_that_failed_is_not_taken_again_until_it_changes(tmp_path: Path) -> None:
    for name in ("a.mkv", "b.mkv"):
        _write(tmp_path / name, b"x", 100)
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path, tmp_path / "a.mkv")[0] == ["a.mkv", "b.mkv"]
    for _ in range(2):
        assert _look(watch, tmp_path) == (["b.mkv"], 0, False)
    _write(tmp_path / "a.mkv", b"y", 50)
    assert _look(watch, tmp_path) == (["b.mkv"], 1, False)
    assert _look(watch, tmp_path) == (["a.mkv", "b.mkv"], 0, True)


def test_watch_file_that_goes_is_news_once(tmp_path: Path) -> None:
    for name in ("a.mkv", "b.mkv"):
        _write(tmp_path / name, b"x", 100)
    watch = Watch(quiet_s=10)
    _look(watch, tmp_path)
    (tmp_path / "a.mkv").unlink()
    assert _look(watch, tmp_path) == (["b.mkv"], 0, True)
    assert _look(watch, tmp_path) == (["b.mkv"], 0, False)


def test_watch_that_forgets_takes_everything_for_new(tmp_path: Path) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    watch = Watch(quiet_s=10)
    _look(watch, tmp_path, tmp_path / "a.mkv")
    watch.forget()
    assert _look(watch, tmp_path) == (["a.mkv"], 0, True)


def test_watch_disk_that_numbers_files_anew_at_every_look_has_no_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "a.mkv", b"x", 100)
    numbers = itertools.count(1)
    asked = Stamp.of
    monkeypatch.setattr(
        "framematch.ingest.watching.Stamp.of",
        lambda path: dataclasses.replace(asked(path), inode=next(numbers)),
    )
    watch = Watch(quiet_s=10)
    assert _look(watch, tmp_path) == (["a.mkv"], 0, True)
    assert _look(watch, tmp_path) == (["a.mkv"], 0, False)


def test_watch_file_from_the_future_is_taken_once_it_stands_still(tmp_path: Path) -> None:
    watch = Watch(10)
    _write(tmp_path / "later.mkv", b"x", -86_400)
    assert _look(watch, tmp_path) == ([], 1, False)
    assert _look(watch, tmp_path) == (["later.mkv"], 0, True)
    assert _look(watch, tmp_path) == (["later.mkv"], 0, False)
