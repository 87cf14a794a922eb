"""A case that has lost bits is mended or refused: no show is named that was not found."""

import errno
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from case_files import content, findings
from dumps import Triage, small
from scenes import write_image

from benchmarks.faults.flips import must_be_named, one_round, read_case
from framematch.cli.case_show import summary
from framematch.errors import CaseError
from framematch.triage import verify

JOURNAL = "run/state.sqlite"


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory, run: Triage) -> Path:
    """Return a dump of two pictures of which one is gone on the second day, and its case."""
    root = tmp_path_factory.mktemp("damage")
    write_image(root / "dump" / "a.png", small(1))
    gone = write_image(root / "dump" / "b.png", small(12))
    run(root / "dump", root / "case")
    gone.unlink()
    run(root / "dump", root / "case")
    shutil.copytree(root / "case", root / "third day")
    run(root / "dump", root / "third day")
    return root / "dump"


@pytest.fixture
def case(dump: Path, tmp_path: Path) -> Path:
    shutil.copytree(dump.parent / "case", tmp_path / "case")
    return tmp_path / "case"


def sql(case: Path, statement: str) -> None:
    with closing(sqlite3.connect(case / JOURNAL)) as journal:
        assert journal.execute(statement).rowcount
        journal.commit()


RESULT = "UPDATE results SET outcome = replace(outcome, 'Alpha', 'Alphb')"
PICTURE = "UPDATE pictures SET content = zeroblob(length(content)) WHERE name LIKE '%whole%'"


@pytest.mark.parametrize("statement", [RESULT, PICTURE])
def test_journal_with_another_result_is_named_and_looked_into_again(
    case: Path, dump: Path, run: Triage, statement: str
) -> None:
    sql(case, statement)
    (problem,) = verify(case)
    assert problem.path == JOURNAL
    assert "run framematch triage again" in problem.what
    run(dump, case)
    now = findings(case)
    assert {one["show"] for one in now} == {"Alpha", "Beta"}
    assert [one for one in now if one["last_run"] == 3] == [
        one for one in findings(dump.parent / "third day") if one["last_run"] == 3
    ]
    assert verify(case) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE findings SET finding = replace(finding, 'Beta', 'Bets')",
        "DELETE FROM findings WHERE last_run = 1",
        "UPDATE places SET last_run = 2",
        "UPDATE runs SET number = 7 WHERE number = 2",
        "UPDATE meta SET value = value || 'a' WHERE key = 'source'",
    ],
)
def test_journal_with_another_history_is_refused(
    case: Path, dump: Path, run: Triage, statement: str
) -> None:
    sql(case, statement)
    before = content(case)
    assert {problem.path for problem in verify(case)} <= {JOURNAL}
    with pytest.raises(CaseError, match=r"state\.sqlite: is damaged .* triage into a new folder"):
        run(dump, case)
    assert content(case) == before


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_case_that_lost_its_journal_is_refused_rather_than_begun_anew(
    case: Path, dump: Path, run: Triage, lose: Callable[[Path], object]
) -> None:
    lose(case / JOURNAL)
    before = content(case)
    with pytest.raises(CaseError, match=r"journal run/state\.sqlite is missing or empty"):
        run(dump, case)
    assert content(case) == before


@pytest.mark.parametrize("name", ["findings.jsonl", "files.csv", "run/record.json"])
def test_case_show_refuses_to_count_what_was_altered(case: Path, name: str) -> None:
    file = case / name
    was = {"findings.jsonl": b"Alpha", "files.csv": b"media", "run/record.json": b'"run": 2'}[name]
    now = was[:-1] + bytes([was[-1] ^ 1])
    assert was in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(was, now, 1))
    with pytest.raises(CaseError, match=f"{file.name} .*case verify says more"):
        summary(case)
    assert name in {problem.path for problem in verify(case)}


def test_damage_at_random_places_is_never_an_answer(
    dump: Path, index_path: Path, tmp_path: Path
) -> None:
    case = read_case(dump.parent / "case", dump, index_path, tmp_path)
    assert case.shown is not None
    dice = random.Random(6)
    verdicts = [one_round(case, tmp_path, dice) for _ in range(12)]
    changed = [one for one in verdicts if one is not None]
    assert len(changed) > 8
    assert [one for one in changed if one.outcome == "wrong" or must_be_named(one)] == []
    assert {one.outcome for one in changed} == {"healed", "refused"}


def test_case_of_a_run_that_was_stopped_before_its_first_write_is_not_called_damaged(
    tmp_path: Path,
) -> None:
    (tmp_path / "case" / "run").mkdir(parents=True)
    (tmp_path / "case" / JOURNAL).touch()
    said = {problem.what for problem in verify(tmp_path / "case") if problem.path == JOURNAL}
    assert said == {"tells of a run that did not come to its end: run framematch triage again"}


@pytest.mark.parametrize(("number", "advice"), [(errno.ENOSPC, "make room"), (errno.EIO, "path")])
def test_case_whose_writes_fail_says_what_to_do_and_is_written_later(
    case: Path,
    dump: Path,
    run: Triage,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    advice: str,
) -> None:
    real = os.fsync
    wanted = content(dump.parent / "third day")
    for last in (0, 9, 19):
        flushed: list[int] = []

        def failing(descriptor: int, last: int = last, flushed: list[int] = flushed) -> None:
            flushed.append(descriptor)
            if len(flushed) > last:
                raise OSError(number, os.strerror(number))
            real(descriptor)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", failing)
            with pytest.raises(CaseError, match=f"case.*{advice}.*run the same command"):
                run(dump, case)
        assert "tells of a run that did not come to its end" in str(verify(case))
    run(dump, case)
    assert content(case) == wanted
    assert not list(case.rglob("*.tmp"))
