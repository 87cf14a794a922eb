"""A clock that jumps costs a second look at most: nothing is lost, taken for old, or negative."""

import json
import os
import time
from pathlib import Path

import pytest
from case_files import findings, moved, table
from dumps import Triage, small
from scenes import write_image

from framematch.triage import verify

#: Seconds since the epoch: before it, at it, and in the year 2100.
BEFORE, AT, LATER = -86_400 * 365, 0, 4_102_444_800


def set_clock(monkeypatch: pytest.MonkeyPatch, to_s: int) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: to_s * 10**9)
    monkeypatch.setattr(time, "time", lambda: float(to_s))


def set_time(path: Path, to_s: int) -> None:
    os.utime(path, ns=(to_s * 10**9, to_s * 10**9))


def test_days_on_a_clock_that_jumps_lose_nothing(
    tmp_path: Path, run: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    for name, seed, modified_s in (("a", 1, LATER), ("b", 2, AT), ("c", 12, BEFORE)):
        set_time(write_image(dump / f"{name}.png", small(seed)), modified_s)
    set_clock(monkeypatch, LATER)
    run(dump, case)
    first = {one["key"]: one["show"] for one in findings(case)}
    assert sorted(first.values()) == ["Alpha", "Alpha", "Beta"]
    years = {row["path"]: row["modified"][:4] for row in table(case, "files.csv")}
    assert years == {"a.png": "2100", "b.png": "1970", "c.png": "1969"}
    # The next day is before the first one; one file has another content and the old time.
    set_clock(monkeypatch, AT)
    set_time(write_image(dump / "b.png", small(11)), AT)
    report = run(dump, case)
    assert (report.case.run, moved(case)) == (2, {"b.png": "changed"})
    shows = {one["paths"][0]: one["show"] for one in findings(case) if one["last_run"] == 2}
    assert shows == {"a.png": "Alpha", "b.png": "Beta", "c.png": "Beta"}
    assert first.items() <= {one["key"]: one["show"] for one in findings(case)}.items()
    # And nothing is news on the third, whatever the clock.
    set_clock(monkeypatch, LATER)
    assert run(dump, case).counts["examined"] == 0
    assert moved(case) == {}
    assert verify(case, dump) == ()
    assert json.loads((case / "run" / "record.json").read_bytes())["elapsed_s"] >= 0
