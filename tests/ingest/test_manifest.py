"""Which row of a manifest speaks of which file, and what a wrong one is told."""

from pathlib import Path

import pytest

from framematch.errors import ConfigError
from framematch.ingest import Manifest


def _manifest(tmp_path: Path, text: str, name: str = "library.csv") -> Manifest:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Manifest.load(path)


def _said(manifest: Manifest, path: Path) -> tuple[object, ...] | None:
    row = manifest.says(path)
    return None if row is None else (row.show, row.season, row.episode, row.kind)


def test_rows_of_files_outside_its_folder_are_where_they_say(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "one.mkv").touch()
    (tmp_path / "lists").mkdir()
    far = tmp_path / "library" / "one.mkv"
    file = tmp_path / "lists" / "list.csv"
    file.write_text(f"path,show\n{far},Kites\n")
    assert Manifest.load(file).places() == (far,)
    file.write_text(f"path,show\n{far},Kites\nnear.mkv,Kites\n/nowhere/else.mkv,Kites\n")
    assert Manifest.load(file).places() == (file.parent, far)


def test_manifest_row_speaks_of_its_file(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, "path,show,season,episode,kind\na/x.mkv,Show,1,2,episode\n")
    assert _said(manifest, tmp_path / "a" / "x.mkv") == ("Show", 1, 2, "episode")
    assert _said(manifest, tmp_path / "a" / "y.mkv") is None
    assert manifest.unused() == ()


def test_manifest_in_yaml_says_the_same(tmp_path: Path) -> None:
    text = "- {path: a/x.mkv, show: Show, season: 1, episode: 2}\n- path: a\n  kind: opening\n"
    manifest = _manifest(tmp_path, text, "library.yaml")
    assert _said(manifest, tmp_path / "a" / "x.mkv") == ("Show", 1, 2, "opening")


@pytest.mark.parametrize(
    ("pattern", "path", "means"),
    [
        ("a/*.mkv", "a/x.mkv", True),
        ("a/*.mkv", "a/b/x.mkv", False),
        ("a/**/*.mkv", "a/x.mkv", True),
        ("a/**/*.mkv", "a/b/c/x.mkv", True),
        ("**/x.mkv", "a/b/x.mkv", True),
        ("a/**", "a/b/x.mkv", True),
        ("a", "a/b/x.mkv", True),
        ("./b/../a/x.mkv", "a/x.mkv", True),
        ("[Group] Show - 01.mkv", "[Group] Show - 01.mkv", True),
        ("S?/x.mkv", "S1/x.mkv", True),
    ],
)
def test_manifest_path_is_a_file_a_folder_or_a_pattern(
    tmp_path: Path, pattern: str, path: str, means: bool
) -> None:
    manifest = _manifest(tmp_path, f"path,show\n{pattern},Show\n")
    assert (manifest.says(tmp_path / path) is not None) == means
    assert bool(manifest.unused()) != means


def test_manifest_later_rows_win_cell_by_cell(tmp_path: Path) -> None:
    text = "path,show,season,kind\n**,Show,1,\na/trailer.mkv,,,trailer\n"
    assert _said(_manifest(tmp_path, text), tmp_path / "a" / "trailer.mkv") == (
        *("Show", 1, None),
        "trailer",
    )


def test_manifest_unknown_columns_and_unused_rows_are_told(tmp_path: Path) -> None:
    manifest = _manifest(tmp_path, "path,show,titel\nx.mkv,Show,A Deal\ny.mkv,Show,\n")
    assert manifest.notes == (
        f"{tmp_path}/library.csv: not used: titel; columns are path, show, season, episode, kind",
    )
    manifest.says(tmp_path / "x.mkv")
    assert [(row.path, row.place) for row in manifest.unused()] == [("y.mkv", "line 3")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("show,season\nShow,1\n", "the first line must name the columns"),
        ("path,season\nx.mkv,one\n", "line 2: season 'one' is not a number"),
        ("path,kind\nx.mkv,movie\n", "line 2: kind 'movie' is none of episode, film"),
        ("path,show\n,Show\n", "line 2: no path"),
        ("path,show\nx.mkv,Hello, World\n", "line 2: more cells than columns"),
        ("", "the first line must name the columns"),
    ],
)
def test_manifest_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(ConfigError, match=reason):
        _manifest(tmp_path, text)


@pytest.mark.parametrize("text", ["path: x.mkv", "- [1, 2]", "- {path: x", "- !!python/name:os.x"])
def test_manifest_that_is_no_list_of_entries_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"library\.yml"):
        _manifest(tmp_path, text, "library.yml")


def test_manifest_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Manifest.load(tmp_path / "gone.csv")


def test_manifest_pattern_below_a_folder_with_brackets_means_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "[Group] a*b"
    folder.mkdir()
    manifest = _manifest(folder, "path,show\n*.mkv,Show\n")
    assert _said(manifest, folder / "x.mkv") == ("Show", None, None, None)
    assert _said(manifest, tmp_path / "G a-b" / "x.mkv") is None


@pytest.mark.parametrize("show", ["no", "2019-13-45", "1984", "0x10"])
def test_manifest_in_yaml_keeps_a_show_as_it_is_written(tmp_path: Path, show: str) -> None:
    manifest = _manifest(tmp_path, f"- {{path: x.mkv, show: {show}}}\n", "library.yaml")
    assert _said(manifest, tmp_path / "x.mkv") == (show, None, None, None)


@pytest.mark.parametrize("nothing", ["", "~", "null", '""'])
def test_manifest_in_yaml_empty_cell_says_nothing(tmp_path: Path, nothing: str) -> None:
    text = f"- path: x.mkv\n  show: {nothing}\n  season: 1\n"
    assert _said(_manifest(tmp_path, text, "a.yml"), tmp_path / "x.mkv") == (None, 1, None, None)


@pytest.mark.parametrize(
    ("text", "name", "complaint"),
    [
        (2000 * "[", "a.yaml", "nested too deep"),
        ("- {path: x, show: [1, 2]}", "a.yaml", "entry 1: show is no single value"),
        ("path," + 140_000 * "x", "a.csv", "line 1: field larger"),
    ],
    ids=["deep", "list", "long"],
)
def test_manifest_that_is_nonsense_is_refused(
    tmp_path: Path, text: str, name: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        _manifest(tmp_path, text, name)
