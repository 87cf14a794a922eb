"""A case written anew: what people decided is in it, what the machine said is as it was."""

import json
import os
import shutil
from pathlib import Path

import pytest
from case_files import table
from dumps import ALPHA, Triage, small
from scenes import write_image

from framematch.cli.case_show import summary
from framematch.errors import CaseError, CaseLockedError
from framematch.locking import lock_alone
from framematch.triage import kept_case, verify, write_report
from framematch.triage.kept import KEPT
from framematch.verdicts import LOG, About, VerdictLog, judged, noted


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, run: Triage) -> Path:
    """Return a folder with a dump and its case, to be copied."""
    root = tmp_path_factory.mktemp("fresh")
    write_image(root / "dump" / "a.png", small(ALPHA[0]))
    write_image(root / "dump" / "b.png", small(999))
    run(root / "dump", root / "case")
    return root


@pytest.fixture
def case(tmp_path: Path, fresh: Path) -> Path:
    shutil.copytree(fresh, tmp_path, dirs_exist_ok=True)
    return tmp_path / "case"


def decide(case: Path) -> str:
    """Confirm the first finding that names a show; return its key."""
    finding = next(one for one in kept_case(case).findings if one.attribution.show)
    said = finding.attribution
    about = About(finding.key, said.verdict, said.show, said.confidence, said.index.id)
    with VerdictLog(case) as log:
        log.add("Kim", judged([about], "confirmed", why="seen in the released episode"))
        log.add("Lee", noted([about], "=the same cut"))
    return finding.key


def findings(case: Path) -> list[dict[str, object]]:
    with (case / "findings.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_kept_case_is_the_one_that_was_written(case: Path) -> None:
    kept = kept_case(case)

    assert [{**one.to_dict(), "human": None} for one in kept.findings] == findings(case)
    assert {entry.path for entry in kept.entries} == {"a.png", "b.png"}
    assert {reference.show for reference in kept.references} == {"Alpha", "Beta"}


def test_report_without_verdicts_writes_the_same_bytes(case: Path) -> None:
    before = {file: file.read_bytes() for file in case.rglob("*") if file.is_file()}

    write_report(case)

    after = {file: file.read_bytes() for file in before}
    assert [file.name for file in before if before[file] != after[file]] in ([], ["state.sqlite"])
    assert verify(case) == ()


def test_report_has_the_verdicts_apart_from_what_the_machine_says(case: Path) -> None:
    machine = findings(case)
    key = decide(case)

    write_report(case)

    for before, after in zip(machine, findings(case), strict=True):
        human = after.pop("human")
        before.pop("human")
        assert after == before
        if after["key"] != key:
            assert human is None
            continue
        assert isinstance(human, dict)
        assert (human["judgement"], human["show"], human["disputed"]) == (
            "confirmed",
            "Alpha",
            False,
        )
        assert human["opinions"][0]["who"] == "Kim"
        assert human["remarks"][0]["text"] == "=the same cut"
    rows = {row["key"]: row for row in table(case, "findings.csv")}
    assert rows[key]["human_judgement"] == "confirmed"
    assert (rows[key]["human_show"], rows[key]["human_not_show"]) == ("Alpha", "")
    assert summary(case)["people"] == {"confirmed": 1}
    assert "Kim confirmed Alpha seen in the released episode" in rows[key]["human_opinions"]
    assert {row["human_judgement"] for other, row in rows.items() if other != key} == {""}
    assert "FrameMatch-Verdicts: 2\n" in (case / "bag-info.txt").read_text(encoding="utf-8")
    assert verify(case) == ()


def test_denied_show_is_not_taken_for_the_one_that_it_is(case: Path) -> None:
    finding = next(one for one in kept_case(case).findings if one.attribution.show)
    said = finding.attribution
    about = About(finding.key, said.verdict, said.show, said.confidence, said.index.id)
    with VerdictLog(case) as log:
        log.add("Kim", judged([about], "not-this-show"))

    write_report(case)

    (row,) = [one for one in table(case, "findings.csv") if one["key"] == finding.key]
    assert (row["human_judgement"], row["human_show"], row["human_not_show"]) == (
        "not-this-show",
        "",
        "Alpha",
    )
    assert verify(case) == ()


def test_next_run_has_the_verdicts_wherever_the_same_bytes_lie_by_then(
    case: Path, tmp_path: Path, run: Triage
) -> None:
    key = decide(case)
    (tmp_path / "dump" / "a.png").rename(tmp_path / "dump" / "moved.png")
    again = tmp_path / "dump" / "new" / "again.png"
    again.parent.mkdir()
    again.write_bytes((tmp_path / "dump" / "moved.png").read_bytes())

    run(tmp_path / "dump", case, moved=True)

    (found,) = [one for one in findings(case) if "new/again.png" in one["paths"]]  # type: ignore[operator]
    assert (found["key"], found["paths"]) == (key, ["moved.png", "new/again.png"])
    assert isinstance(found["human"], dict)
    assert (found["human"]["judgement"], found["human"]["show"]) == ("confirmed", "Alpha")
    (row,) = [one for one in table(case, "findings.csv") if one["key"] == key]
    assert (row["n_paths"], row["human_judgement"]) == ("2", "confirmed")
    assert verify(case) == ()


def test_log_that_lost_what_was_exported_is_told_and_refused(
    case: Path, tmp_path: Path, run: Triage
) -> None:
    decide(case)
    write_report(case)
    lines = (case / LOG).read_bytes().splitlines(keepends=True)
    (case / LOG).write_bytes(lines[0])

    assert [problem.path for problem in verify(case)] == [LOG]
    with pytest.raises(CaseError, match="lines are missing"):
        write_report(case)
    with pytest.raises(CaseError, match="lines are missing"):
        run(tmp_path / "dump", case, moved=True)


def test_changed_log_is_told(case: Path) -> None:
    decide(case)
    text = (case / LOG).read_bytes().replace(b"Kim", b"Tim", 1)
    (case / LOG).write_bytes(text)

    assert [problem.path for problem in verify(case)] == [LOG]


def test_report_beside_a_run_is_refused(case: Path) -> None:
    lock = lock_alone(case / "run" / "lock")
    try:
        with pytest.raises(CaseLockedError):
            write_report(case)
    finally:
        os.close(lock)


@pytest.mark.parametrize("damage", ["cut", "flip", "gone", "other"])
def test_kept_case_that_is_damaged_is_refused(case: Path, damage: str) -> None:
    kept = case / KEPT
    whole = kept.read_bytes()
    lines = whole.splitlines(keepends=True)
    if damage == "gone":
        kept.unlink()
    else:
        kept.write_bytes(
            {
                "cut": b"".join(lines[:-1]),
                "flip": whole.replace(b"Alpha", b"Alphb", 1),
                "other": b'{"format":9}\n',
            }[damage]
        )

    assert [one.path for one in verify(case)] == ([] if damage == "gone" else [KEPT])
    with pytest.raises(CaseError, match="run framematch triage again"):
        write_report(case)
