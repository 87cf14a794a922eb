"""Which references lose their place when a file is gone, and which do not."""

import shutil
from pathlib import Path

import pytest
from scenes import scene, write_image

from framematch.index import Index
from framematch.ingest import IngestReport, add, plan


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    for number, name in enumerate(("Alpha/1.png", "Alpha/2.png", "Beta/3.png")):
        write_image(root / name, scene(number))
    items, _ = plan([root])
    add(tmp_path / "index", items)
    return root


def _again(root: Path, *folders: Path) -> tuple[IngestReport, list[str]]:
    items, _ = plan([root])
    report = add(root.parent / "index", items, remove_missing=folders)
    held = Index.open(root.parent / "index").references()
    return report, [str(Path(ref.path).relative_to(root)) for ref in held]


def test_add_removes_references_whose_file_is_gone(library: Path) -> None:
    (library / "Alpha" / "1.png").unlink()
    report, held = _again(library, library)
    assert [Path(ref.path).name for ref in report.removed] == ["1.png"]
    assert held == ["Alpha/2.png", "Beta/3.png"]


def test_add_removes_what_was_below_a_folder_that_is_gone(library: Path) -> None:
    shutil.rmtree(library / "Alpha")
    assert _again(library, library)[1] == ["Beta/3.png"]


def test_add_leaves_other_folders_alone(library: Path) -> None:
    (library / "Alpha" / "1.png").unlink()
    report, held = _again(library, library / "Beta")
    assert (report.removed, len(held)) == ((), 3)


def test_add_that_is_not_asked_to_removes_nothing(library: Path) -> None:
    (library / "Alpha" / "1.png").unlink()
    assert len(_again(library)[1]) == 3


def test_add_keeps_references_below_a_folder_that_is_empty(library: Path) -> None:
    for file in (library / "Alpha").iterdir():
        file.unlink()
    report, held = _again(library, library)
    assert len(held) == 3
    assert report.kept == (
        f"{library / 'Alpha'}: empty or not there, so the references of 2 missing files stay;"
        " framematch index remove takes them out",
    )


def test_add_moved_file_is_not_missing(library: Path) -> None:
    (library / "Alpha" / "1.png").rename(library / "Alpha" / "5.png")
    report, held = _again(library, library)
    assert report.removed == ()
    assert "Alpha/5.png" in held
