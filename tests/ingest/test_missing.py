"""Which references lose their place when a file is gone, and which do not."""

import shutil
from pathlib import Path

import pytest
from scenes import scene, write_image

from framematch.index import Index, merge
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


def test_add_keeps_what_was_below_a_top_folder_that_is_gone(library: Path) -> None:
    shutil.rmtree(library / "Alpha")
    report, held = _again(library, library)
    assert len(held) == 3
    assert report.kept == (
        f"{library / 'Alpha'}: empty or not there, so the references of 2 missing files stay;"
        " framematch index remove takes them out",
    )


def test_add_removes_what_was_below_a_deeper_folder_that_is_gone(library: Path) -> None:
    shutil.rmtree(library / "Alpha")
    assert _again(library, library.parent)[1] == ["Beta/3.png"]


def test_add_leaves_other_folders_alone(library: Path) -> None:
    (library / "Alpha" / "1.png").unlink()
    report, held = _again(library, library / "Beta")
    assert (report.removed, len(held)) == ((), 3)


def test_add_that_is_not_asked_to_removes_nothing(library: Path) -> None:
    (library / "Alpha" / "1.png").unlink()
    assert len(_again(library)[1]) == 3


@pytest.mark.parametrize("marker", [None, ".nomount", ".DS_Store"])
def test_add_keeps_references_below_a_folder_that_holds_nothing_but_a_marker(
    library: Path, marker: str | None
) -> None:
    for file in (library / "Alpha").iterdir():
        file.unlink()
    if marker is not None:
        (library / "Alpha" / marker).touch()
    report, held = _again(library, library)
    assert len(held) == 3
    assert report.kept == (
        f"{library / 'Alpha'}: empty or not there, so the references of 2 missing files stay;"
        " framematch index remove takes them out",
    )


def test_add_keeps_what_another_index_read_under_these_paths(library: Path, tmp_path: Path) -> None:
    merge(tmp_path / "merged", [tmp_path / "index"])
    (library / "Alpha" / "1.png").unlink()
    items, _ = plan([library])
    report = add(tmp_path / "merged", items, remove_missing=[library])
    assert report.removed == ()
    assert report.kept == (
        f"{library}: 1 missing file never read here by this index, as after a merge, so the"
        " references stay; framematch index remove takes them out",
    )


def test_add_from_another_folder_keeps_references_of_relative_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, folder in enumerate(("one", "two")):
        write_image(tmp_path / folder / "in" / "Alpha" / f"{number}.png", scene(number))
        monkeypatch.chdir(tmp_path / folder)
        items, _ = plan([Path("in")])
        report = add(tmp_path / "index", items, remove_missing=[Path("in")])
        assert report.removed == ()
    assert len(Index.open(tmp_path / "index").references()) == 2


def test_add_that_lost_its_list_of_files_read_removes_nothing(library: Path) -> None:
    (library.parent / "index" / "seen.jsonl").unlink()
    (library / "Alpha" / "1.png").unlink()
    assert _again(library, library)[0].removed == ()


def test_add_changed_file_keeps_what_another_index_read_under_its_path(
    library: Path, tmp_path: Path
) -> None:
    merge(tmp_path / "merged", [tmp_path / "index"])
    path = write_image(library / "Alpha" / "1.png", scene(7))
    items, _ = plan([path])
    assert add(tmp_path / "merged", items).removed == ()


def test_add_changed_file_replaces_what_it_held_under_a_relative_path(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    items, _ = plan([Path("library")])
    add(tmp_path / "relative", items)
    write_image(library / "Alpha" / "1.png", scene(7))
    items, _ = plan([library])
    assert len(add(tmp_path / "relative", items).removed) == 1


def test_add_changed_file_that_is_another_show_now_says_that_the_old_one_stays(
    library: Path, tmp_path: Path
) -> None:
    path = write_image(library / "Alpha" / "1.png", scene(7))
    items, _ = plan([path], show="Gamma")
    report = add(tmp_path / "index", items)
    assert report.removed == ()
    assert (
        "another content than Alpha, which was indexed from this path" in report.warnings[0].reason
    )


def test_add_moved_file_is_not_missing(library: Path) -> None:
    (library / "Alpha" / "1.png").rename(library / "Alpha" / "5.png")
    report, held = _again(library, library)
    assert report.removed == ()
    assert "Alpha/5.png" in held
