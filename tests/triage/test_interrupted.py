"""Runs that are interrupted, killed or meet a full disk: what is finished stays finished."""

import contextlib
import errno
import os
import signal
import sqlite3
from pathlib import Path

import pytest
from case_files import content, uses
from dumps import Triage, small, write_dump
from interrupted import command, until
from scenes import write_image

from framematch.errors import CaseError
from framematch.triage import run as running
from framematch.triage import verify


def n_results(case: Path) -> int:
    """Return how many results a journal holds; it may not be there yet."""
    path = case / "run" / "state.sqlite"
    if not path.is_file():
        return 0
    with contextlib.closing(sqlite3.connect(path)) as journal:
        try:
            return int(journal.execute("SELECT count(*) FROM results").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dump(tmp_path_factory.mktemp("interrupted") / "dump")


@pytest.fixture(scope="module")
def clean(dump: Path, run: Triage) -> dict[str, bytes]:
    """Return what a run writes that nobody interrupts."""
    run(dump, dump.parent / "clean")
    return content(dump.parent / "clean")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_run_that_is_stopped_goes_on_to_the_same_bytes(
    number: signal.Signals,
    dump: Path,
    clean: dict[str, bytes],
    index_path: Path,
    tmp_path: Path,
    run: Triage,
) -> None:
    case = tmp_path / "case"
    arguments = ("--index", index_path, "triage", dump, "--out", case, "--processes", "1")
    with command(*arguments, "--no-ocr") as process:
        until(lambda: n_results(case) >= 3, process)
        os.kill(process.pid, number)
        _, said = process.communicate()
        if number == signal.SIGINT:
            assert process.returncode == 130
            assert "run the same command again" in said
    done = n_results(case)
    assert done >= 3
    report = run(dump, case)
    assert report.case.run == 1
    # The archive is unpacked again where its members were not all examined.
    n_all = report.counts["examined"] + done
    assert n_all - 1 <= n_results(case) <= n_all
    assert content(case) == clean
    assert verify(case, dump) == ()


def test_run_that_cannot_write_its_case_says_so_and_goes_on_later(
    tmp_path: Path, run: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_image(tmp_path / "dump" / "a.png", small(1))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(running, "write_case", full)
        with pytest.raises(CaseError, match="disk is full; make room"):
            run(tmp_path / "dump", tmp_path / "case")
    report = run(tmp_path / "dump", tmp_path / "case")
    assert (report.case.run, report.counts["examined"]) == (1, 0)
    assert uses(tmp_path / "case") == {"a.png": "media"}
