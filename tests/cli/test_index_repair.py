"""`index repair` from the command line: what it says, its exit codes, and that its advice works."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import write_library
from typer.testing import CliRunner, Result

from framematch.cli import app
from framematch.index import Index, arrays

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repair")
    library, index = write_library(folder / "library"), folder / "index"
    added = CliRunner().invoke(app, ["--index", str(index), "index", "add", str(library)])
    assert added.exit_code == 0
    return index


@pytest.fixture
def filled(template: Path, tmp_path: Path) -> Run:
    shutil.copytree(template, tmp_path / "index")

    def run(*arguments: str | Path) -> Result:
        index = ["--index", str(tmp_path / "index")]
        return CliRunner().invoke(app, [*index, *map(str, arguments)])

    return run


def identity(tmp_path: Path) -> str:
    with Index.open(tmp_path / "index") as index:
        return index.info.id


def flip(file: Path, place: int) -> None:
    whole = bytearray(file.read_bytes())
    whole[place] ^= 1
    file.write_bytes(whole)


def test_index_repair_of_a_good_index_says_so(filled: Run) -> None:
    answer = filled("index", "repair")
    assert answer.exit_code == 0
    assert "nothing to repair" in answer.stdout


def test_index_repair_of_a_damaged_catalogue_heals_it(filled: Run, tmp_path: Path) -> None:
    before = identity(tmp_path)
    (tmp_path / "index" / "catalogue.sqlite").write_bytes(b"nothing")
    listed = filled("index", "list")
    assert listed.exit_code == 5
    assert "framematch index repair" in listed.stderr
    planned = filled("index", "repair", "--dry-run", "--json")
    assert [one["file"] for one in json.loads(planned.stdout)["done"]] == ["catalogue.sqlite"]
    assert filled("index", "verify").exit_code == 5
    assert filled("index", "repair").exit_code == 0
    assert filled("index", "verify").exit_code == 0
    assert identity(tmp_path) == before


def test_index_repair_of_a_lost_segment_gives_a_manifest_that_index_add_takes(
    filled: Run, tmp_path: Path
) -> None:
    before = identity(tmp_path)
    segment = sorted((tmp_path / "index" / "segments").iterdir())[0]
    head = arrays.read_header(segment)
    flip(segment, head.data_start + head.fields["thumbnail"].offset)
    found = filled("index", "verify", "--json")
    assert found.exit_code == 5
    (lost,) = json.loads(found.stdout)["problems"][0]["affected"]
    repaired = filled("index", "repair")
    assert repaired.exit_code == 6
    assert f"{lost['path']}: {lost['show']}" in repaired.stderr
    manifest = tmp_path / "index" / "quarantine" / "again.csv"
    assert f"index add --manifest {manifest}" in repaired.stdout
    again = filled("index", "repair", "--json")
    assert again.exit_code == 6
    assert json.loads(again.stdout)["done"] == []
    assert filled("index", "add", "--manifest", manifest).exit_code == 0
    assert filled("index", "repair").exit_code == 0
    assert identity(tmp_path) == before


def test_index_repair_where_there_is_no_index_exits_five(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["--index", str(tmp_path / "none"), "index", "repair"])
    assert answer.exit_code == 5
