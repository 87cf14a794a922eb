"""Files that look as they did when they were read are not read again; it is only a hint."""

import os
from pathlib import Path

import pytest
from scenes import scene, write_image

from framematch.index import Index, verify
from framematch.ingest import IngestItem, IngestReport, add


@pytest.fixture
def item(tmp_path: Path) -> IngestItem:
    path = write_image(tmp_path / "a.png", scene(1))
    _set_time(path, 1000)
    return IngestItem(path, "Alpha", None, "still")


def _set_time(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def _unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr("framematch.ingest.task.sha256_of", read)


def _add(item: IngestItem, **more: bool) -> IngestReport:
    return add(item.path.parent / "index", [item], **more)


def test_add_again_does_not_read_what_looks_as_it_did(
    item: IngestItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test has just written it, and nobody can set the time at which a file changed in any way.
    monkeypatch.setattr("framematch.ingest.seen._TOO_FRESH_NS", -(10**12))
    _add(item)
    _unreadable(monkeypatch)
    assert _add(item).unchanged == (str(item.path),)
    other = IngestItem(item.path, "Beta", None, "still")
    assert [ref.show for ref in _add(other).added] == ["Beta"]
    assert verify(item.path.parent / "index").problems == ()


def test_add_with_reread_reads_all(item: IngestItem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framematch.ingest.seen._TOO_FRESH_NS", -(10**12))
    _add(item)
    _unreadable(monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        _add(item, reread=True)


def test_add_reads_what_has_another_time_or_size(item: IngestItem) -> None:
    _add(item)
    write_image(item.path, scene(2))
    _set_time(item.path, 2000)
    assert len(_add(item).added) == 1


def test_add_reads_what_was_replaced_by_a_file_of_its_size_and_time(
    item: IngestItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.ingest.seen._TOO_FRESH_NS", -(10**12))
    _add(item)
    raw = item.path.read_bytes()
    item.path.unlink()
    item.path.write_bytes(raw[:-1] + b"x")
    _set_time(item.path, 1000)
    _unreadable(monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        _add(item)


def test_add_reads_what_changed_just_before_it_was_read(
    item: IngestItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    item.path.touch()
    _add(item)
    _unreadable(monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        _add(item)


def test_add_reads_what_is_seen_but_not_in_the_index(item: IngestItem) -> None:
    _add(item)
    index = item.path.parent / "index"
    other = item.path.parent / "other"
    add(other, [IngestItem(write_image(other.parent / "b.png", scene(2)), "B", None, "still")])
    (other / "seen.jsonl").write_bytes((index / "seen.jsonl").read_bytes())
    assert len(add(other, [item]).added) == 1


@pytest.mark.parametrize(
    "damage",
    [
        b"\x00\xff\n[]\n{}\n",
        b'{"path": "x", "si',
        b"",
        b'{"path": "x", "sha256": "y", "size": Infinity, "modified_ns": 1, "changed_ns": 1,'
        b' "inode": 1}\n',
        5000 * b"[",
    ],
)
def test_add_with_a_damaged_list_reads_all(item: IngestItem, damage: bytes) -> None:
    _add(item)
    (item.path.parent / "index" / "seen.jsonl").write_bytes(damage)
    assert len(_add(item).unchanged) == 1
    assert len(_add(item).unchanged) == 1
    with Index.open(item.path.parent / "index") as index:
        assert len(index.references()) == 1


def test_add_many_times_keeps_the_list_short(item: IngestItem) -> None:
    _add(item)
    path = item.path.parent / "index" / "seen.jsonl"
    path.write_text(5000 * path.read_text())
    _add(item)
    assert len(path.read_text().split()) < 20
