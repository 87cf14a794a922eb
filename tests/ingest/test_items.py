"""Options over manifest over `.nfo` over names, and that names are not read in vain."""

import sys
from pathlib import Path

import pytest

from framematch.errors import ConfigError
from framematch.ingest import IngestItem, Origins, plan


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def _manifest(folder: Path, *rows: str) -> Path:
    path = folder / "manifest.csv"
    path.write_text("\n".join(("path,show,season,episode,kind", *rows)), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    _touch(folder / "Name" / "Season 01" / "Name - S01E02.mkv")
    (folder / "Name" / "Season 01" / "Name - S01E02.nfo").write_text(
        "<episodedetails><showtitle>Nfo</showtitle><season>1</season><episode>12</episode>"
        "</episodedetails>"
    )
    return folder


def _only(items: list[IngestItem]) -> tuple[str, str, str, Origins]:
    (item,) = items
    return item.show, str(item.episode), item.kind, item.origins


def test_plan_nfo_wins_over_names(library: Path) -> None:
    items, _ = plan([library])
    assert _only(items) == ("Nfo", "S01E12", "episode", Origins("nfo", "nfo", "nfo"))


def test_plan_manifest_wins_over_nfo_where_it_says_something(library: Path) -> None:
    manifest = _manifest(library, "**/*.mkv,Manifest,,,")
    items, _ = plan([library], manifest=manifest)
    assert _only(items) == ("Manifest", "S01E12", "episode", Origins("manifest", "nfo", "nfo"))


def test_plan_options_win_over_the_manifest(library: Path) -> None:
    manifest = _manifest(library, "**/*.mkv,Manifest,5,6,episode")
    items, _ = plan([library], "Option", manifest=manifest)
    assert _only(items) == (
        *("Option", "S05E06", "episode"),
        Origins("option", "manifest", "manifest"),
    )


def test_plan_bad_nfo_is_a_note_of_its_file(library: Path) -> None:
    nfo = next(library.rglob("*.nfo"))
    nfo.write_text("<episodedetails>")
    (item,), failures = plan([library])
    assert failures == []
    assert (item.show, str(item.episode)) == ("Name", "S01E02")
    assert item.note is not None
    assert item.note.startswith(f"{nfo}: not used (")


def test_plan_kind_of_the_manifest_that_has_no_episode_gets_none_from_the_name(
    library: Path,
) -> None:
    manifest = _manifest(library, "**/*.mkv,Manifest,,,trailer")
    items, _ = plan([library], manifest=manifest)
    assert _only(items)[:3] == ("Manifest", "None", "trailer")


@pytest.mark.parametrize("rows", [("**,Show,1,2,episode",), ("**,Show,,,film",), ()])
def test_plan_that_leaves_nothing_open_reads_no_names(
    library: Path, rows: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    _touch(library / "Name" / "odd one.mkv")
    monkeypatch.setitem(sys.modules, "guessit", None)
    given = {} if rows else {"show": "Show", "season": 1, "episode": 2, "kind": "episode"}
    items, failures = plan([library], **given, manifest=_manifest(library, *rows))
    assert (len(items), failures) == (2, [])


def test_plan_plainly_named_library_is_read_without_guessing(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "guessit", None)
    assert len(plan([library])[0]) == 1


def test_plan_shows_of_one_name_and_two_years_keep_them_apart(tmp_path: Path) -> None:
    _touch(tmp_path / "Show (1978)" / "Season 01" / "Show - S01E01.mkv")
    _touch(tmp_path / "Show (2003) {tvdb-1}" / "Season 01" / "Show - S01E01.mkv")
    _touch(tmp_path / "Other (2019)" / "Season 01" / "Other - S01E01.mkv")
    items, _ = plan([tmp_path])
    assert [item.show for item in items] == ["Other", "Show (1978)", "Show (2003)"]


@pytest.mark.skipif(sys.platform != "linux", reason="names there are text")
def test_plan_show_that_is_no_text_is_a_failure_of_its_files(tmp_path: Path) -> None:
    _touch(tmp_path / "Pok\udce9mon" / "b.png")
    _touch(tmp_path / "Alpha" / "a.png")
    items, failures = plan([tmp_path])
    assert [item.show for item in items] == ["Alpha"]
    assert "'Pok\\udce9mon' is not valid text; rename the folder" in failures[0].reason


def test_plan_option_that_is_no_text_is_refused(library: Path) -> None:
    with pytest.raises(ConfigError, match="is not valid text; write it in UTF-8"):
        plan([library], show="Pok\udce9mon")


@pytest.mark.parametrize("season", [-1, 100_000, 10**5000], ids=["negative", "six", "many"])
def test_plan_number_out_of_range_is_refused(library: Path, season: int) -> None:
    with pytest.raises(ConfigError, match="numbers go from 0 to 99999"):
        plan([library], season=season)
