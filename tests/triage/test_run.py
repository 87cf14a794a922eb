"""A dump to a case: every file accounted for, duplicates once, the same twice."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from case_files import content, findings, of_path, table, uses
from drawings import drawing
from dumps import Triage, shifted, small, write_dump
from scenes import write_image

from framematch.errors import CaseError, CaseLockedError, ConfigError
from framematch.triage import verify
from framematch.triage.folder import opened


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, run: Triage) -> tuple[Path, Path]:
    """Return a dump and its case, made once."""
    root = tmp_path_factory.mktemp("finished")
    dump = write_dump(root / "dump")
    run(dump, root / "case")
    return dump, root / "case"


def test_triage_of_a_dump_accounts_for_everything_by_use(finished: tuple[Path, Path]) -> None:
    assert uses(finished[1]) == {
        ".hidden.png": "media",
        "bad%FF%0A<b>.png": "media",
        "beta.png": "media",
        "broken.png": "unreadable",
        "copy of beta.png": "media",
        "cut/AL_305_sc001_v01.png": "media",
        "cut/AL_305_sc001_v02.png": "media",
        "cut/AL_305_sc002.jpg": "media",
        "cut/stranger.png": "media",
        "empty.png": "other",
        "link.png": "link",
        "notes.txt": "other",
        "old.zip": "archive",
        "old.zip!/in/beta.png": "media",
        "old.zip!/in/other.png": "media",
        "old.zip!/in/read me.txt": "other",
        "pipe.png": "special",
        "plug.png": "special",
        **{f"shot/sc003.{number:04d}.png": "sequence" for number in range(1, 7)},
    }


def test_triage_of_what_is_not_media_says_what_it_is(finished: tuple[Path, Path]) -> None:
    reasons = {row["path"]: row["reason"] for row in table(finished[1], "files.csv")}
    assert "text" in reasons["notes.txt"]
    assert "empty" in reasons["empty.png"]
    assert "link" in reasons["link.png"]
    assert "pipe" in reasons["pipe.png"]
    assert "cut" in reasons["broken.png"] or "damaged" in reasons["broken.png"]


def test_triage_of_duplicates_has_one_finding_with_all_paths(finished: tuple[Path, Path]) -> None:
    (one,) = of_path(finished[1], "beta.png")
    assert one["paths"] == [
        ".hidden.png",
        "bad%FF%0A<b>.png",
        "beta.png",
        "copy of beta.png",
        "old.zip!/in/beta.png",
    ]
    assert (one["show"], one["episodes"]["best"]) == ("Beta", "S01E01")


def test_triage_of_numbered_pictures_has_one_finding(finished: tuple[Path, Path]) -> None:
    (one,) = of_path(finished[1], "shot/sc003.0004.png")
    assert one["file"] == "shot/sc003.[0001-0006].png"
    assert (one["media"], one["show"], len(one["paths"])) == ("sequence", "Alpha", 6)


def test_triage_of_what_cannot_be_read_has_a_finding(finished: tuple[Path, Path]) -> None:
    (one,) = of_path(finished[1], "broken.png")
    assert one["verdict"] == "unreadable"
    assert one["error"]
    assert str(finished[0]) not in one["error"]


def test_triage_concludes_from_names_and_folders(finished: tuple[Path, Path]) -> None:
    (one,) = of_path(finished[1], "cut/AL_305_sc001_v02.png")
    assert (one["code"]["season"], one["code"]["episode"], one["code"]["agrees"]) == (3, 5, None)
    assert one["version"] == {"shot": "AL_305_sc001", "number": 2, "of": 2, "ordered_by": "name"}
    assert (one["siblings"]["group"], one["siblings"]["show"]) == ("cut", "Alpha")
    (stranger,) = of_path(finished[1], "cut/stranger.png")
    assert stranger["show"] is None
    assert stranger["siblings"]["show"] == "Alpha"


def test_triage_keeps_pictures_that_show_why(finished: tuple[Path, Path]) -> None:
    (one,) = of_path(finished[1], "cut/AL_305_sc002.jpg")
    for name in ("whole", "query", "reference"):
        assert (finished[1] / one["evidence"][name]).read_bytes()[8:12] == b"WEBP"


def test_triage_case_verifies_with_its_dump(finished: tuple[Path, Path]) -> None:
    assert verify(finished[1], finished[0]) == ()


def test_triage_names_no_path_of_this_machine(finished: tuple[Path, Path]) -> None:
    root = os.fsencode(finished[0].parent)
    for name, data in content(finished[1]).items():
        # The dump is named as it was given, here in full.
        assert root not in data.replace(os.fsencode(finished[0]), b""), name


def test_triage_of_equal_dumps_gives_equal_bytes(
    finished: tuple[Path, Path], tmp_path: Path, run: Triage
) -> None:
    run(finished[0], tmp_path / "again", processes=2)
    assert content(tmp_path / "again") == content(finished[1])


def test_triage_leaves_the_dump_as_it_is(tmp_path: Path, run: Triage) -> None:
    dump = tmp_path / "dump"
    write_image(dump / "cut" / "a.png", small(1))
    for path in (dump / "cut" / "a.png", dump / "cut", dump):
        os.utime(path, ns=(10**18, 10**18))  # an access so old would be noted by any read
    before = _state(dump)
    run(dump, tmp_path / "case")
    assert _state(dump) == before


def _state(dump: Path) -> dict[str, tuple[int, ...]]:
    return {
        str(path): (s.st_mode, s.st_size, s.st_atime_ns, s.st_mtime_ns, s.st_ctime_ns)
        for path in (dump, dump / "cut", dump / "cut" / "a.png")
        for s in (path.stat(),)
    }


def test_triage_into_the_dump_leaves_its_case_out(tmp_path: Path, run: Triage) -> None:
    dump = tmp_path / "dump"
    write_image(dump / "a.png", small(1))
    for _ in range(2):
        run(dump, dump / "case")
        assert uses(dump / "case") == {"a.png": "media", "case": "own"}
    assert table(dump / "case", "changes.csv") == []


def test_triage_of_an_unreadable_folder_says_so(tmp_path: Path, run: Triage) -> None:
    dump = tmp_path / "dump"
    write_image(dump / "shut" / "a.png", small(1))
    (dump / "shut").chmod(0)
    try:
        if os.access(dump / "shut", os.R_OK):
            pytest.skip("this user may read everything")
        run(dump, tmp_path / "case")
    finally:
        (dump / "shut").chmod(stat.S_IRWXU)
    assert uses(tmp_path / "case") == {"shut": "unreadable"}


def test_triage_of_another_dump_into_a_case_is_refused(
    finished: tuple[Path, Path], tmp_path: Path, run: Triage
) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(ConfigError, match="is the case of"):
        run(tmp_path / "other", finished[1])


def test_triage_into_a_folder_that_holds_something_else_is_refused(
    tmp_path: Path, run: Triage
) -> None:
    (tmp_path / "dump").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ConfigError, match=r"letter\.txt"):
        run(tmp_path / "dump", tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_triage_while_another_one_runs_is_refused_by_name(tmp_path: Path, run: Triage) -> None:
    (tmp_path / "dump").mkdir()
    with (
        opened(tmp_path / "case", tmp_path / "dump"),
        pytest.raises(CaseLockedError, match=f"process {os.getpid()}"),
    ):
        run(tmp_path / "dump", tmp_path / "case")


def test_verify_tells_altered_missing_and_new_files_of_the_dump(
    finished: tuple[Path, Path], tmp_path: Path
) -> None:
    dump = tmp_path / "dump"
    shutil.copytree(
        finished[0], dump, symlinks=True, ignore=shutil.ignore_patterns("pipe.png", "plug.png")
    )
    (dump / "notes.txt").write_text("call you")
    (dump / "beta.png").unlink()
    (dump / "new.txt").write_text("new")
    problems = {problem.path: problem.what for problem in verify(finished[1], dump)}
    assert "not the file" in problems.pop("notes.txt")
    assert "not know" in problems.pop("new.txt")
    assert {"beta.png", "pipe.png", "plug.png"} == set(problems)


def test_verify_of_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no case"):
        verify(tmp_path)


def test_triage_of_an_archive_in_an_archive_reaches_the_inner_one(
    tmp_path: Path, run: Triage, zipped: Callable[..., Path]
) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.png": drawing(2)})
    (tmp_path / "dump").mkdir()
    zipped(tmp_path / "dump" / "outer.zip", {"deep/inner.zip": inner.read_bytes()})
    run(tmp_path / "dump", tmp_path / "case")
    assert uses(tmp_path / "case") == {
        "outer.zip": "archive",
        "outer.zip!/deep/inner.zip": "archive",
        "outer.zip!/deep/inner.zip!/a.png": "media",
    }
    assert [one["show"] for one in findings(tmp_path / "case")] == ["Alpha"]
    assert not list((tmp_path / "case" / "run").glob("scratch*"))


def test_numbered_pictures_with_another_one_among_them_are_looked_at_one_by_one(
    tmp_path: Path, run: Triage
) -> None:
    dump, case = tmp_path / "dump", tmp_path / "case"
    for number in range(1, 9):
        picture = small(12) if number == 5 else shifted(3, number)
        write_image(dump / f"sc003.{number:04d}.png", picture)
    run(dump, case)
    assert set(uses(case).values()) == {"media"}
    assert of_path(case, "sc003.0005.png")[0]["show"] == "Beta"
    assert of_path(case, "sc003.0006.png")[0]["show"] == "Alpha"
