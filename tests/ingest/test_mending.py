"""A damaged segment costs its own file, and adding that file again mends it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import scene, write_image
from typer.testing import CliRunner

from framematch.cli import app
from framematch.hashing import SPECS
from framematch.index import verify
from framematch.index.segment import segment_path
from framematch.index.writer import IndexWriter
from framematch.ingest import add, plan


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [write_image(tmp_path / "in" / f"{n}.png", scene(n)) for n in range(3)]
    items, _ = plan(paths, show="Alpha")
    add(tmp_path / "index", items)
    return paths


def _segment(path: Path) -> Path:
    index = path.parents[1] / "index"
    with IndexWriter(index, SPECS) as writer:
        (found,) = (one for one in writer.entries() if one.reference.path == str(path))
    return segment_path(index, found.segment)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [_cut, _gone])
def test_add_file_whose_segment_is_damaged_mends_it(
    files: list[Path], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(_segment(files[0]))
    items, _ = plan(files, show="Alpha")
    report = add(tmp_path / "index", items)
    assert [ref.path for ref in report.added] == [str(files[0])]
    assert report.kept == ()
    assert verify(tmp_path / "index").problems == ()


def test_add_other_file_says_what_is_damaged(files: list[Path], tmp_path: Path) -> None:
    _cut(_segment(files[0]))
    items, _ = plan([write_image(tmp_path / "in" / "new.png", scene(7))], show="Alpha")
    report = add(tmp_path / "index", items)
    assert len(report.added) == 1
    (remark,) = report.kept
    assert remark.startswith(f"{files[0]}: damaged in the index; add the file again")


def test_add_with_reread_mends_a_changed_byte(files: list[Path], tmp_path: Path) -> None:
    segment = _segment(files[0])
    raw = bytearray(segment.read_bytes())
    raw[-1] ^= 1
    segment.write_bytes(raw)
    items, _ = plan(files, show="Alpha")
    assert add(tmp_path / "index", items).added == ()
    assert len(add(tmp_path / "index", items, reread=True).added) == 1
    assert verify(tmp_path / "index").problems == ()


def test_index_remove_takes_out_what_is_damaged(files: list[Path], tmp_path: Path) -> None:
    _cut(_segment(files[0]))
    arguments = ("--index", tmp_path / "index", "index")
    answer = CliRunner().invoke(app, [*map(str, arguments), "remove", str(files[0]), "--yes"])
    assert (answer.exit_code, answer.stdout) == (0, "1 reference removed\n")
    assert verify(tmp_path / "index").problems == ()
