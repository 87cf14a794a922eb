"""`triage`, `case verify` and `case show` as somebody types them."""

import json
from pathlib import Path

import pytest
from case_files import moved, of_path
from dumps import small
from scenes import write_image
from typer.testing import CliRunner

from framematch.cli import app

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, index_path: Path) -> tuple[Path, Path]:
    """Return a dump with a broken file, and its case, made by the command with a pattern."""
    root = tmp_path_factory.mktemp("commands")
    write_image(root / "dump" / "one-0305.png", small(1))
    (root / "dump" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more of it")
    (root / "names.yaml").write_text(
        r"shows: {Alpha: ['one-(?P<season>\d\d)(?P<episode>\d\d)']}" "\n"
    )
    arguments = ["--index", str(index_path), "triage", str(root / "dump")]
    arguments += ["--out", str(root / "case"), "--patterns", str(root / "names.yaml")]
    answer = RUNNER.invoke(app, [*arguments, "--processes", "1", "--no-ocr"])
    assert answer.exit_code == 6, answer.output
    (root / "said.txt").write_text(answer.stdout)
    return root / "dump", root / "case"


def test_triage_says_what_was_walked_found_and_left_out(places: tuple[Path, Path]) -> None:
    said = (places[1].parent / "said.txt").read_text()
    assert "2 walked, 2 accounted for" in said
    assert "run 1: 0 unchanged, 2 read; 2 examined, 0 reused" in said
    assert "Alpha" in said
    assert f"report: {places[1] / 'report.html'}" in said


def test_triage_reads_names_by_the_patterns_given(places: tuple[Path, Path]) -> None:
    (one,) = of_path(places[1], "one-0305.png")
    assert one["code"] == {
        "text": "one-0305",
        "show": "Alpha",
        "season": 3,
        "episode": 5,
        "scene": None,
        "shot": None,
        "version": None,
        "agrees": True,
    }


def test_case_show_counts(places: tuple[Path, Path]) -> None:
    answer = RUNNER.invoke(app, ["case", "show", str(places[1]), "--json"])
    assert json.loads(answer.stdout) == {
        "run": 1,
        "files": {"media": 1, "unreadable": 1},
        "findings": 2,
        "gone": 0,
        "people": {},
        "shows": {"(unreadable)": {"unknown": 1}, "Alpha": {"final": 1}},
    }


def test_case_verify_of_an_altered_case_is_exit_5_and_names_the_file(
    places: tuple[Path, Path],
) -> None:
    case = places[1]
    assert RUNNER.invoke(app, ["case", "verify", str(case)]).exit_code == 0
    table = case / "files.csv"
    before = table.read_bytes()
    table.write_bytes(before.replace(b"media", b"other"))
    try:
        answer = RUNNER.invoke(app, ["case", "verify", str(case)])
    finally:
        table.write_bytes(before)
    assert answer.exit_code == 5
    assert "files.csv: " in answer.stdout
    assert RUNNER.invoke(app, ["case", "verify", str(case)]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["triage", "nowhere", "--out", "case"], 2, "nowhere: is no folder"),
        (["triage", ".", "--out", "case"], 5, "no index"),
        (["triage", ".", "--out", "case", "--processes", "0"], 2, "processes"),
        (["case", "verify", "."], 5, "is no case"),
        (["case", "show", "."], 5, "is no case"),
    ],
)
def test_commands_that_cannot_begin_say_why_and_leave_nothing(
    arguments: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = RUNNER.invoke(app, ["--index", "index", *arguments])
    assert (answer.exit_code, said in answer.output) == (code, True), answer.output
    assert list(tmp_path.iterdir()) == []


def test_triage_again_says_what_moved(places: tuple[Path, Path], index_path: Path) -> None:
    dump, case = places
    (dump / "broken.png").unlink()
    arguments = ["--index", str(index_path), "triage", str(dump), "--out", str(case)]
    answer = RUNNER.invoke(app, [*arguments, "--processes", "1", "--no-ocr"])
    assert answer.exit_code == 0, answer.output
    assert "since run 1: 1 gone" in answer.stdout
    assert moved(case) == {"broken.png": "gone"}


def test_case_show_of_a_first_run_that_was_stopped_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "case" / "run").mkdir(parents=True)
    answer = RUNNER.invoke(app, ["case", "show", str(tmp_path / "case")])
    assert answer.exit_code == 5
    assert "run framematch triage again" in answer.stderr
    answer = RUNNER.invoke(app, ["case", "show", str(tmp_path)])
    assert "is no case" in answer.stderr


def test_triage_of_an_empty_folder_says_so(tmp_path: Path, index_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    arguments = ["--index", str(index_path), "triage", str(tmp_path / "dump")]
    answer = RUNNER.invoke(app, [*arguments, "--out", str(tmp_path / "case")])
    assert answer.exit_code == 0
    assert "there is nothing in it" in answer.stderr
