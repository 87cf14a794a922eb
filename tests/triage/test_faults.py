"""Files that take their process down cost themselves only; an index that changes costs the run."""

import shutil
from pathlib import Path

import deadly
import pytest
from case_files import findings, of_path, table, uses
from dumps import Triage, small
from scenes import write_image

from framematch.errors import IndexStoreError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.triage import Wanted, examining, triage


def test_files_that_die_hang_or_raise_cost_themselves_only(
    tmp_path: Path, run: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    write_image(dump / "good.png", small(1))
    for what in ("kill", "hang", "fail"):
        (dump / f"{what}.ppm").write_text(f"P6 {what} me")
    monkeypatch.setattr(examining, "look_into", deadly.look_into)
    report = run(dump, case, time_limit_s=10)
    assert report.counts["examined"] == 4
    assert uses(case) == {
        "fail.ppm": "unreadable",
        "good.png": "media",
        "hang.ppm": "refused",
        "kill.ppm": "unreadable",
    }
    reasons = {row["path"]: row["reason"] for row in table(case, "files.csv")}
    assert "SIGKILL" in reasons["kill.ppm"]
    assert "longer than its limit of 10 s" in reasons["hang.ppm"]
    assert reasons["fail.ppm"].endswith("(ZeroDivisionError: no such luck)")
    assert of_path(case, "hang.ppm")[0]["verdict"] == "unreadable"
    monkeypatch.undo()
    # The same limit: nothing is tried again. Another one: what failed is.
    assert run(dump, case, time_limit_s=10).counts["examined"] == 0
    assert run(dump, case).counts["examined"] == 3
    assert uses(case)["good.png"] == "media"


def test_index_that_changes_meanwhile_is_refused_and_the_next_run_asks_the_new_one(
    tmp_path: Path, index_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(index_path, index)
    write_image(tmp_path / "dump" / "new.png", small(50))
    wanted = Wanted(tmp_path / "dump", tmp_path / "case", processes=1, reads_notes=False)
    still = write_image(tmp_path / "still.png", small(50))
    with Index.open(index, min_information=MINIMUM) as before:
        add(index, [IngestItem(still, "Gamma", None, "still")])
        with pytest.raises(IndexStoreError, match="changed while the dump"):
            triage(wanted, before)
    with Index.open(index, min_information=MINIMUM) as now:
        triage(wanted, now)
    assert [one["show"] for one in findings(tmp_path / "case")] == ["Gamma"]
    assert table(tmp_path / "case", "changes.csv") == []


def test_steps_that_die_hang_or_raise_leave_the_attribution_and_are_said(
    tmp_path: Path, run: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    for seed, what in enumerate(("notes-kill", "release-fail", "about-fail", "notes-hang"), 1):
        write_image(dump / f"{what}.png", small(seed))
    monkeypatch.setattr(examining, "look_into", deadly.look_into)
    run(dump, case, time_limit_s=15)
    reasons = {row["path"]: row["reason"] for row in table(case, "files.csv")}
    assert set(uses(case).values()) == {"media"}
    notes, raised = "finding and reading its notes failed: ", "ZeroDivisionError: no such luck"
    for path, said in {
        "notes-kill.png": f"{notes}its process was killed by SIGKILL",
        "release-fail.png": f"holding it against the release failed: {raised}",
        "about-fail.png": f"reading what else the file holds failed: {raised}",
        "notes-hang.png": f"{notes}took longer than its limit of 15 s",
    }.items():
        (found,) = of_path(case, path)
        assert (found["verdict"], found["show"]) == ("match", "Alpha")
        assert reasons[path].startswith(said)
        assert found["error"].startswith(said)
        assert (case / found["evidence"]["whole"]).is_file()
    monkeypatch.undo()
    # With another limit what failed is tried again, and nothing is held against it any more.
    assert run(dump, case).counts["examined"] == 4
    assert not any(row["reason"] for row in table(case, "files.csv"))
