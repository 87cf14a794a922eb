"""A library goes in, unknown files come out with their show: every part as a user meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from scenes import scene, write_image, write_library
from typer.testing import CliRunner

from framematch.cli import app


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("end-to-end")
    library = write_library(folder / "library")
    answer = CliRunner().invoke(
        app, ["--index", str(folder / "index"), "index", "add", str(library)]
    )
    assert answer.exit_code == 0, answer.output
    return folder / "index"


def _query(index: Path, *paths: Path) -> list[dict[str, Any]]:
    arguments = ["--index", str(index), "query", "--json", *map(str, paths)]
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_query_frame_of_one_episode_names_show_episode_and_time(
    index: Path, tmp_path: Path
) -> None:
    unknown = write_image(tmp_path / "unknown.jpg", scene(13))
    (answer,) = _query(index, unknown)
    assert (answer["verdict"], answer["show"]) == ("match", "Beta")
    assert answer["episodes"]["first"] == answer["episodes"]["last"] == "S01E02"
    assert answer["matches"][0]["reference_s"] == pytest.approx(2.0, abs=0.6)


def test_query_frame_of_the_opening_gives_the_whole_range(index: Path, tmp_path: Path) -> None:
    unknown = write_image(tmp_path / "opening.jpg", scene(100))
    (answer,) = _query(index, unknown)
    assert (answer["verdict"], answer["show"]) == ("match", "Alpha")
    assert [answer["episodes"][end] for end in ("first", "last")] == ["S01E01", "S01E02"]


def test_query_stranger_is_no_match(index: Path, tmp_path: Path) -> None:
    unknown = write_image(tmp_path / "stranger.png", scene(999))
    (answer,) = _query(index, unknown)
    assert answer["verdict"] in ("no-match", "inconclusive")
    assert answer["show"] is None


def test_query_twice_gives_the_same_bytes(index: Path, tmp_path: Path) -> None:
    unknown = write_image(tmp_path / "unknown.png", scene(3))
    arguments = ["--index", str(index), "query", "--json", str(unknown)]
    first, second = (CliRunner().invoke(app, arguments).stdout_bytes for _ in range(2))
    assert first
    assert first == second
