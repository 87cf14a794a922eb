"""What a walk finds, without opening anything."""

import os
from pathlib import Path

import pytest

from framematch.errors import ConfigError
from framematch.triage import walk as walking
from framematch.triage.walk import iso_utc, walk


def test_walk_is_in_order_and_enters_hidden_folders(tmp_path: Path) -> None:
    for name in ("b/2", "b/.1", ".a/x", "B/1", "c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = [one.path for one in walk(tmp_path, tmp_path / "none")]
    assert found == [".a/x", "B/1", "b/.1", "b/2", "c"]


def test_walk_does_not_follow_links_or_enter_what_it_cannot_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dump" / "shut").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("")
    (tmp_path / "dump" / "way out").symlink_to(tmp_path / "outside")
    opened = walking._opened

    def refused(folder: bytes) -> int:
        if folder.endswith(b"shut"):
            raise PermissionError(13, "Permission denied")
        return opened(folder)

    monkeypatch.setattr(walking, "_opened", refused)
    found = {one.path: (one.kind, one.reason) for one in walk(tmp_path / "dump", tmp_path)}
    assert found == {
        "shut": ("unreadable", "the folder cannot be listed: Permission denied"),
        "way out": ("link", "a symbolic link; links are not followed"),
    }


def test_walk_through_hundreds_of_folders_in_each_other_reaches_the_last(tmp_path: Path) -> None:
    where, n = os.open(tmp_path, os.O_RDONLY), 0
    for n in range(1, 301):  # noqa: B007 - counted after the loop
        os.mkdir("deeper", dir_fd=where)
        below = os.open("deeper", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = below
    os.close(os.open("end", os.O_CREAT, dir_fd=where))
    os.close(where)
    (one,) = walk(tmp_path, tmp_path / "none")
    assert one.path == "deeper/" * n + "end"


def test_walk_of_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be listed"):
        list(walk(tmp_path / "none", tmp_path))


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (10**30, None)],
)
def test_iso_utc_of_any_time(nanoseconds: int, text: str | None) -> None:
    assert iso_utc(nanoseconds) == text
