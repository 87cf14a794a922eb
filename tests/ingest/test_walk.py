"""Which files a walk finds, and what it says of the others."""

import errno
import os
from pathlib import Path

import pytest

from framematch.ingest import walk


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def _names(root: Path) -> list[str]:
    return [file.path.relative_to(root).as_posix() for file in walk([root]).files]


def test_walk_folders_are_looked_through_in_sorted_order(tmp_path: Path) -> None:
    _touch(tmp_path, "b.png", "a/z.png", "a/b/c.png", "c/a.png", "A.png")
    assert _names(tmp_path) == ["A.png", "a/b/c.png", "a/z.png", "b.png", "c/a.png"]


def test_walk_side_files_are_left_out_with_the_reason(tmp_path: Path) -> None:
    _touch(
        tmp_path,
        "a.mkv",
        "a.srt",
        "a.NFO",
        ".DS_Store",
        "Thumbs.db",
        ".git/config",
        "a.mp3",
        "LICENSE",
    )
    found = walk([tmp_path])
    assert [file.path.name for file in found.files] == ["a.mkv"]
    reasons = {Path(skip.path).name: skip.reason for skip in found.skipped}
    assert reasons == {
        "a.srt": "no pictures in it (subtitles)",
        "a.NFO": "no pictures in it (text)",
        ".DS_Store": "hidden file",
        "Thumbs.db": "no pictures in it (left by a desktop program)",
        ".git": "hidden folder",
        "a.mp3": "no pictures in it (sound only)",
        "LICENSE": "no pictures in it (text)",
    }


def test_walk_file_that_is_given_is_always_meant(tmp_path: Path) -> None:
    given = [tmp_path / ".hidden.txt", tmp_path / "missing.png"]
    assert [file.path for file in walk(given).files] == given


def test_walk_given_order_is_kept(tmp_path: Path) -> None:
    _touch(tmp_path, "b/1.png", "a/1.png")
    found = walk([tmp_path / "b", tmp_path / "a"])
    assert [file.path.parent.name for file in found.files] == ["b", "a"]


def test_walk_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    _touch(tmp_path, "secret/private.png", "dump/inside.png")
    dump = tmp_path / "dump"
    (dump / "out.png").symlink_to(tmp_path / "secret" / "private.png")
    (dump / "folder").symlink_to(tmp_path / "secret")
    (dump / "again.png").symlink_to(dump / "inside.png")
    found = walk([dump])
    assert [file.path.name for file in found.files] == ["again.png", "inside.png"]
    assert [(Path(skip.path).name, skip.reason) for skip in found.skipped] == [
        ("folder", "link to a folder"),
        ("out.png", "link that leads out of the folder"),
    ]


def test_walk_special_file_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    found = walk([tmp_path])
    assert found.files == ()
    assert [skip.reason for skip in found.skipped] == ["special file"]


def test_walk_index_inside_the_folder_is_not_entered(tmp_path: Path) -> None:
    _touch(tmp_path, "a.png", "index/codes.bin")
    found = walk([tmp_path], apart_from=tmp_path / "index")
    assert [file.path.name for file in found.files] == ["a.png"]
    assert [skip.reason for skip in found.skipped] == ["the index itself"]


def test_walk_name_that_is_no_text_is_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.png")
    _touch(tmp_path, name)
    assert _names(tmp_path) == [name]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads every folder")
def test_walk_unreadable_folder_is_said(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    try:
        assert walk([tmp_path]).skipped[0].reason.startswith("folder cannot be read")
    finally:
        closed.chmod(0o700)


def test_walk_link_in_a_loop_is_left_out_with_the_reason(tmp_path: Path) -> None:
    _touch(tmp_path, "a.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    found = walk([tmp_path])
    assert [file.path.name for file in found.files] == ["a.png"]
    assert [Path(skip.path).name for skip in found.skipped] == ["loop.png"]
    assert found.skipped[0].reason.startswith("cannot be looked at: ")


def test_walk_folder_whose_files_cannot_be_asked_for_costs_itself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _touch(tmp_path, "a.png", "locked/b.png")
    ask = os.stat

    def refuse(path: object, **more: bool) -> os.stat_result:
        if "b.png" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return ask(path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)
    found = walk([tmp_path])
    assert [file.path.name for file in found.files] == ["a.png"]
    assert found.skipped[0].reason == "cannot be looked at: Permission denied"
