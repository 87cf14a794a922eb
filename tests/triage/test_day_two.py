"""The same case on a dump that has changed: only the new work is done, and what moved is told."""

import os
import shutil
from pathlib import Path

import pytest
from case_files import content, findings, moved, of_path, uses
from drawings import drawing
from dumps import Triage, shifted, small
from scenes import write_image

from framematch.errors import ConfigError
from framematch.triage import Report


def answers(case: Path) -> dict[str, tuple[int, int]]:
    return {one["file"]: (one["first_run"], one["last_run"]) for one in findings(case)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, run: Triage) -> Path:
    """Return a copy of a dump and its case of the first day."""
    root = tmp_path_factory.mktemp("two days")
    for seed in (1, 2, 3, 4):
        write_image(root / "now" / "dump" / f"{seed}st.png", small(seed))
    run(root / "now" / "dump", root / "now" / "case")
    shutil.copytree(root / "now", root / "kept")
    return root / "kept"


@pytest.fixture
def dump(kept: Path) -> Path:
    """Return the dump, put back where its case was made, and that beside it."""
    now = kept.with_name("now")
    shutil.rmtree(now)
    shutil.copytree(kept, now)
    return now / "dump"


@pytest.fixture
def case(dump: Path) -> Path:
    return dump.parent / "case"


def test_second_run_of_the_same_dump_examines_nothing(dump: Path, case: Path, run: Triage) -> None:
    report = run(dump, case)
    assert (report.case.run, report.counts["examined"], report.counts["reused"]) == (2, 0, 4)
    assert moved(case) == {}
    assert answers(case)["1st.png"] == (1, 2)


def test_second_run_tells_new_changed_gone_and_renamed_files(
    dump: Path, case: Path, run: Triage
) -> None:
    write_image(dump / "1st.png", small(11))
    (dump / "2st.png").unlink()
    (dump / "3st.png").rename(dump / "third.png")
    write_image(dump / "new.png", small(12))
    report = run(dump, case)
    assert report.counts["examined"] == 2
    assert moved(case) == {
        "1st.png": "changed",
        "2st.png": "gone",
        "new.png": "new",
        "third.png": "renamed",
    }
    assert answers(case) == {
        "1st.png": (2, 2),
        "2st.png": (1, 1),
        "4st.png": (1, 2),
        "new.png": (2, 2),
        "third.png": (1, 2),
    } | {"1st.png": answers(case)["1st.png"]}
    # What lay at 1st.png and is gone keeps its finding, behind those that are there.
    assert [one["last_run"] for one in findings(case)] == [2, 2, 2, 2, 1, 1]


def test_third_run_tells_a_file_that_has_returned(
    dump: Path, case: Path, tmp_path: Path, run: Triage
) -> None:
    kept = shutil.copy(dump / "2st.png", tmp_path / "kept.png")
    (dump / "2st.png").unlink()
    run(dump, case)
    shutil.copy(kept, dump / "2st.png")
    report = run(dump, case)
    assert report.counts["examined"] == 0
    assert moved(case) == {"2st.png": "returned"}
    assert answers(case)["2st.png"] == (1, 3)


def test_second_run_of_a_copy_is_new_and_costs_nothing(dump: Path, case: Path, run: Triage) -> None:
    shutil.copy(dump / "1st.png", dump / "copy.png")
    assert run(dump, case).counts["examined"] == 0
    assert moved(case) == {"copy.png": "new"}
    assert of_path(case, "copy.png")[0]["paths"] == ["1st.png", "copy.png"]


def test_second_run_with_other_settings_examines_again(dump: Path, case: Path, run: Triage) -> None:
    report = run(dump, case, reads_notes=True)
    assert (report.counts["examined"], report.counts["again"]) == (4, 4)


def test_run_of_a_moved_dump_goes_on_when_that_is_said(
    dump: Path, case: Path, tmp_path: Path, run: Triage
) -> None:
    dump.rename(tmp_path / "elsewhere")
    report = run(tmp_path / "elsewhere", case, moved=True)
    assert (report.counts["examined"], moved(case)) == (0, {})


def test_two_cases_with_the_same_history_are_equal(
    dump: Path, case: Path, tmp_path: Path, run: Triage
) -> None:
    run(dump, tmp_path / "other")
    for number in range(2):
        write_image(dump / f"day{number}.png", drawing(20 + number, "lines"))
    run(dump, case)
    run(dump, tmp_path / "other")
    assert content(case) == content(tmp_path / "other")


def test_day_two_of_an_archive_examines_what_is_new_in_it(
    tmp_path: Path, run: Triage, zipped: "object"
) -> None:
    dump = tmp_path / "dump"
    dump.mkdir()
    zipped(dump / "a.zip", {"1.png": small(1)})  # type: ignore[operator]
    run(dump, tmp_path / "case")
    zipped(dump / "a.zip", {"1.png": small(1), "2.png": small(2)})  # type: ignore[operator]
    report: Report = run(dump, tmp_path / "case")
    assert report.counts["examined"] == 2  # the archive and the new picture
    assert moved(tmp_path / "case") == {"a.zip": "changed", "a.zip!/2.png": "new"}
    assert set(uses(tmp_path / "case").values()) == {"archive", "media"}


def test_sequence_that_gains_a_frame_keeps_its_history(tmp_path: Path, run: Triage) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    for number in range(1, 7):
        write_image(dump / f"sc003.{number:04d}.png", shifted(3, number))
    run(dump, case)
    write_image(dump / "sc003.0007.png", shifted(3, 7))
    run(dump, case)
    assert moved(case) == {"sc003.0007.png": "new"}
    assert answers(case) == {"sc003.[0001-0007].png": (1, 2)}
    # What was once only is not gone a run later either; what has changed since is.
    run(dump, case)
    assert answers(case) == {"sc003.[0001-0007].png": (1, 3)}
    write_image(dump / "sc003.0004.png", shifted(3, 40))
    run(dump, case)
    assert moved(case) == {"sc003.0004.png": "changed"}
    assert sorted((one["first_run"], one["last_run"]) for one in findings(case)) == [
        (1, 1),
        (1, 3),
        (4, 4),
    ]


def test_pictures_that_become_a_sequence_are_not_gone(tmp_path: Path, run: Triage) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    for number in range(1, 5):
        write_image(dump / f"sc003.{number:04d}.png", shifted(3, number))
    run(dump, case)
    assert len(findings(case)) == 4
    write_image(dump / "sc003.0005.png", shifted(3, 5))
    run(dump, case)
    assert answers(case) == {"sc003.[0001-0005].png": (1, 2)}


def test_dump_that_is_empty_on_day_two_is_refused_until_that_is_said(
    dump: Path, case: Path, run: Triage
) -> None:
    before = content(case)
    for file in dump.iterdir():
        file.unlink()
    with pytest.raises(ConfigError, match="held 4 files in run 1; see whether its disk"):
        run(dump, case)
    assert content(case) == before
    run(dump, case, emptied=True)
    assert set(moved(case).values()) == {"gone"}


def test_case_over_its_own_dump_is_refused_and_nothing_written(tmp_path: Path, run: Triage) -> None:
    (tmp_path / "case" / "dump").mkdir(parents=True)
    with pytest.raises(ConfigError, match="nothing may be written"):
        run(tmp_path / "case", tmp_path / "case")
    with pytest.raises(ConfigError, match="nothing may be written"):
        run(tmp_path / "case" / "dump", tmp_path / "case")
    assert [one.name for one in (tmp_path / "case").iterdir()] == ["dump"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root lists every folder")
def test_folder_that_cannot_be_listed_is_not_told_as_gone(
    dump: Path, case: Path, run: Triage
) -> None:
    write_image(dump / "in" / "5st.png", small(11))
    run(dump, case)
    (dump / "in").chmod(0)
    try:
        run(dump, case)
        assert moved(case) == {"in": "new"}
    finally:
        (dump / "in").chmod(0o755)
    run(dump, case)
    assert moved(case) == {"in": "gone"}
