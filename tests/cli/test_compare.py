"""`compare`: what is printed and saved; the comparison itself is a stand-in."""

import io
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from framematch.cli import app

RECORD = {"a": "one.png", "distance": {"appearance": 3, "structure": 60}, "differs": ["colour"]}


class FakeComparison:
    """A comparison of nothing."""

    picture = np.full((4, 8, 3), 90, dtype=np.uint8)
    pair = (picture, picture)
    apart = picture - picture

    def to_dict(self) -> dict[str, Any]:
        return RECORD


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = ModuleType("framematch.comparison")
    comparison.compare = lambda one, other: FakeComparison()
    monkeypatch.setitem(sys.modules, "framematch.comparison", comparison)


def test_compare_json_is_one_object() -> None:
    answer = CliRunner().invoke(app, ["compare", "--json", "one.png", "two.png"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == RECORD


def test_compare_for_people_names_every_figure() -> None:
    answer = CliRunner().invoke(app, ["compare", "one.png", "two.png"])
    rows = [line.rsplit(maxsplit=1) for line in answer.stdout.splitlines()]
    assert [[name.strip(), value] for name, value in rows] == [
        ["a", "one.png"],
        ["distance appearance", "3"],
        ["distance structure", "60"],
        ["differs", "colour"],
    ]


def test_compare_out_saves_the_picture(tmp_path: Path) -> None:
    out = tmp_path / "side by side.png"
    answer = CliRunner().invoke(app, ["compare", "one.png", "two.png", "--out", str(out)])
    assert answer.exit_code == 0
    np.testing.assert_array_equal(np.asarray(Image.open(out)), FakeComparison.picture)


def test_compare_html_saves_one_page_of_both_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[dict[str, Any], dict[str, bytes]]] = []

    def page(record: dict[str, Any], pictures: dict[str, bytes]) -> bytes:
        given.append((record, pictures))
        return b"<!doctype html>"

    stand_in = ModuleType("framematch.report.compare_page")
    stand_in.compare_page = page  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "framematch.report.compare_page", stand_in)
    out = tmp_path / "both.html"
    answer = CliRunner().invoke(app, ["compare", "one.png", "two.png", "--html", str(out)])
    assert answer.exit_code == 0
    assert out.read_bytes() == b"<!doctype html>"
    ((record, pictures),) = given
    assert record == RECORD
    shown = {name: np.asarray(Image.open(io.BytesIO(data))) for name, data in pictures.items()}
    assert sorted(shown) == ["a", "b", "difference"]
    np.testing.assert_array_equal(shown["a"], FakeComparison.picture)
    assert not shown["difference"].any()


def test_compare_html_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for out in ("a.txt", str(tmp_path / "gone" / "a.html")):
        answer = CliRunner().invoke(app, ["compare", "one.png", "two.png", "--html", out])
        assert answer.exit_code == 2
        assert out in answer.stderr


@pytest.mark.parametrize(
    ("out", "message"), [("a.jpg", "ends in .png"), ("gone/a.png", "create"), ("one.png", "is one")]
)
def test_compare_out_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.png").write_bytes(b"evidence")
    answer = CliRunner().invoke(app, ["compare", "one.png", "two.png", "--out", out])
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["one.png"]
    assert (tmp_path / "one.png").read_bytes() == b"evidence"
