"""`case recall` as somebody types it: what is adopted, what is only said, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from made import finding
from typer.testing import CliRunner

from framematch.case_records import Case, Methods
from framematch.cli import app
from framematch.records import IndexInfo
from framematch.triage.kept import keep_case, kept_case
from framematch.verdicts import About, Judgement, VerdictLog, judged, read_log

METHODS = Methods("0.1.0", IndexInfo("id", 1, "spec"), (), "shipped", (), (), None)


def make(case: Path) -> Path:
    (case / "run").mkdir(parents=True)
    found = (finding("a.png", show="Alpha"), finding("b.png", show="Beta"), finding("c.png"))
    keep_case(case, Case("dump", 1, (), found, (), (), METHODS))
    return case


def decide(case: Path, *said: tuple[int, Judgement]) -> None:
    findings = kept_case(case).findings
    with VerdictLog(case) as log:
        for position, judgement in said:
            answer = findings[position].attribution
            about = About(findings[position].key, answer.verdict, answer.show, 0.9, "id")
            log.add("Kim", judged([about], judgement, why="seen before"))


def recall(case: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["case", "recall", str(case), *map(str, arguments)])


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return a case, and another in which two findings of the same content have a no."""
    case, other = make(tmp_path / "case"), make(tmp_path / "other")
    decide(other, (0, "not-this-show"), (1, "confirmed"), (2, "not-ours"))
    return case, other


def test_recall_adopts_once_under_the_name_given(places: tuple[Path, Path]) -> None:
    case, other = places

    answer = recall(case, "--from", other, "--as", "Ada")

    assert answer.exit_code == 0, answer.output
    assert "2 verdicts adopted" in answer.stdout
    entries = read_log(case)
    assert [(one.who, one.act.judgement, one.act.show) for one in entries] == [
        ("Ada", "not-this-show", "Alpha"),
        ("Ada", "not-ours", None),
    ]
    assert all("of Kim" in one.act.why and "seen before" in one.act.why for one in entries)
    again = recall(case, "--from", other, "--as", "Ada")
    assert (again.exit_code, read_log(case)) == (0, entries)
    assert "0 verdicts adopted" in again.stdout


def test_recall_dry_run_writes_nothing_and_needs_no_name(places: tuple[Path, Path]) -> None:
    case, other = places

    answer = recall(case, "--from", other, "--dry-run")

    assert answer.exit_code == 0, answer.output
    assert not (case / "review").exists()
    assert "2 verdicts can be adopted" in answer.stdout
    assert "not-this-show (Alpha)" in answer.stdout


def test_recall_json_names_source_and_new_entry(places: tuple[Path, Path]) -> None:
    case, other = places
    head = read_log(other)

    said = _objects(recall(case, "--from", other, "--json", "--dry-run"))
    done = _objects(recall(case, "--from", other, "--json", "--as", "Ada"))

    assert [one["adopted"] for one in said] == [None, None]
    assert [one["adopted"] for one in done] == [1, 2]
    assert [(one["number"], one["sha256"]) for one in done] == [
        (1, head[0].sha256),
        (3, head[2].sha256),
    ]
    assert {(one["case"], one["who"]) for one in done} == {("other", "Kim")}


def _objects(answer: Result) -> list[dict[str, Any]]:
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_recall_is_refused_with_what_to_do(places: tuple[Path, Path], tmp_path: Path) -> None:
    case, other = places
    (tmp_path / "link").symlink_to(case)
    for arguments, code, said in (
        (("--from", other), 2, "give --as NAME"),
        (("--from", other, "--as", " "), 2, "nobody is named"),
        (("--from", tmp_path / "link", "--as", "Ada"), 2, "is the case itself"),
        (("--from", tmp_path / "nowhere", "--as", "Ada"), 5, "holds no review/verdicts.jsonl"),
    ):
        answer = recall(case, *arguments)
        assert (answer.exit_code, said in answer.stderr) == (code, True), answer.output
    with VerdictLog(case):
        answer = recall(case, "--from", other, "--as", "Ada")
    assert answer.exit_code == 5
    assert "stop it first" in answer.stderr
    assert recall(tmp_path / "nowhere", "--from", other, "--as", "Ada").exit_code == 5
    assert read_log(case) == ()
