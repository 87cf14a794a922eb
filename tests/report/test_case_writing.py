"""Writing a case: whole, the same twice, mended after a kill, nothing of others touched."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sample import sample

from framematch.case_records import Evidence
from framematch.errors import CaseError
from framematch.report import layout, verify_case, write_case
from framematch.report.bag import bag_info, checked_picture


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_case_written_holds_every_tag_file_and_every_picture(tmp_path: Path) -> None:
    made = sample(20)

    write_case(made.case, tmp_path / "case", made.picture)

    found = contents(tmp_path / "case")
    shown = {
        name
        for finding in made.case.findings
        if finding.evidence
        for name in (finding.evidence.whole, finding.evidence.query, finding.evidence.reference)
        if name
    }
    assert set(found) == {*layout.TAG_FILES, layout.TAG_MANIFEST, *shown}
    assert all(found[name] == made.picture(name) for name in shown)


def test_case_written_twice_is_byte_for_byte_the_same(tmp_path: Path) -> None:
    one, two = sample(20), sample(20)

    write_case(one.case, tmp_path / "one", one.picture)
    write_case(two.case, tmp_path / "elsewhere" / "two", two.picture)

    assert contents(tmp_path / "one") == contents(tmp_path / "elsewhere" / "two")


def test_case_written_over_another_is_as_one_written_fresh(tmp_path: Path) -> None:
    before, after = sample(30, run=1), sample(20, run=2)
    write_case(before.case, tmp_path / "case", before.picture)

    write_case(after.case, tmp_path / "case", after.picture)
    write_case(after.case, tmp_path / "fresh", after.picture)

    assert contents(tmp_path / "case") == contents(tmp_path / "fresh")
    assert verify_case(tmp_path / "case") == ()


def test_case_written_again_leaves_the_run_folder_and_unchanged_pictures(tmp_path: Path) -> None:
    made = sample(10)
    write_case(made.case, tmp_path, made.picture)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.sqlite").write_bytes(b"journal")
    there = {path: path.stat().st_ino for path in (tmp_path / "data").rglob("*.jpg")}

    write_case(made.case, tmp_path, made.picture)

    assert (tmp_path / "run" / "state.sqlite").read_bytes() == b"journal"
    assert {path: path.stat().st_ino for path in (tmp_path / "data").rglob("*.jpg")} == there


class Killed(BaseException):
    """As when the power goes: nothing may tidy up after it."""


def dying(write: Callable[..., None], after: int) -> Callable[..., None]:
    """Return a write that works so many times and then is cut short, leaving a torn file."""
    left = [after]

    def torn(path: Path, pieces: object) -> None:
        if left[0] == 0:
            path.with_name(path.name + ".tmp").write_bytes(b"to")
            raise Killed
        left[0] -= 1
        write(path, pieces)

    return torn


@pytest.mark.parametrize("after", [0, 1, 5, 20, 25, 31])
def test_case_killed_while_it_is_written_does_not_verify_and_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    from framematch.report import writing

    before, made = sample(9, run=1), sample(10, run=2)
    write_case(before.case, tmp_path / "case", before.picture)
    write_case(made.case, tmp_path / "fresh", made.picture)
    # From the second on every write is of something that changed.
    for picture in (tmp_path / "case" / layout.EVIDENCE).iterdir():
        picture.write_bytes(b"of another picture")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_durably", dying(writing.write_durably, after))
        with pytest.raises(Killed):
            write_case(made.case, tmp_path / "case", made.picture)

    assert verify_case(tmp_path / "case")
    write_case(made.case, tmp_path / "case", made.picture)
    assert verify_case(tmp_path / "case") == ()
    assert contents(tmp_path / "case") == contents(tmp_path / "fresh")


@pytest.mark.parametrize("after", [0, 1, 2])
def test_case_killed_in_its_first_run_is_taken_up_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    from framematch.report import writing

    made = sample(4)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_durably", dying(writing.write_durably, after))
        with pytest.raises(Killed):
            write_case(made.case, tmp_path / "case", made.picture)

    assert verify_case(tmp_path / "case")
    write_case(made.case, tmp_path / "case", made.picture)
    assert verify_case(tmp_path / "case") == ()


def test_case_is_not_written_into_a_data_folder_of_others(tmp_path: Path) -> None:
    other = tmp_path / "data" / "evidence" / "thesis.txt"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    made = sample(3)

    with pytest.raises(CaseError, match="is no case"):
        write_case(made.case, tmp_path, made.picture)

    assert other.read_text() == "mine"


def test_case_written_does_not_follow_a_link_among_its_pictures(tmp_path: Path) -> None:
    made = sample(4)
    write_case(made.case, tmp_path / "case", made.picture)
    picture = next((tmp_path / "case" / "data").rglob("*.jpg"))
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(picture.read_bytes())
    picture.unlink()
    picture.symlink_to(outside)

    write_case(made.case, tmp_path / "case", made.picture)

    assert not picture.is_symlink()
    assert outside.exists()


@pytest.mark.parametrize(
    "name",
    [
        "data/evidence/../../a.jpg",
        "/etc/a.jpg",
        "data/evidence/a b.jpg",
        "data/evidence/100%.jpg",
        "data/evidence/.hidden",
        "data/evidence/a\n.jpg",
        "data/evidence/",
        "data/a.jpg",
    ],
)
def test_picture_of_a_name_that_bags_disagree_about_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaseError, match="cannot be evidence"):
        checked_picture(name)
    made = sample(1)
    finding = replace(made.case.findings[0], evidence=Evidence(name, None, None, 0.0, None))

    with pytest.raises(CaseError):
        write_case(replace(made.case, findings=(finding,)), tmp_path, lambda _: b"picture")


def test_bag_info_counts_the_payload_and_tells_no_time_or_place(tmp_path: Path) -> None:
    made = sample(20)
    write_case(made.case, tmp_path, made.picture)
    pictures = list((tmp_path / "data" / "evidence").iterdir())

    text = (tmp_path / "bag-info.txt").read_text(encoding="utf-8")

    size = sum(path.stat().st_size for path in pictures)
    assert f"Payload-Oxum: {size}.{len(pictures)}\n" in text
    assert f"FrameMatch-Index: {made.case.methods.index.id}\n" in text
    assert "Date" not in text
    assert str(tmp_path) not in text


def test_bag_info_of_text_with_line_breaks_has_a_line_per_field() -> None:
    case = sample(1).case
    methods = replace(case.methods, calibration="a\nBag-Count: 1 of 9")

    text = bag_info(replace(case, methods=methods), {}).decode()

    assert "FrameMatch-Calibration: a Bag-Count: 1 of 9\n" in text


def test_bag_as_another_program_reads_it_is_valid(tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit", reason="bagit is not installed; scripts/setup dev")
    made = sample(20)
    write_case(made.case, tmp_path, made.picture)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "record.json").write_text("{}")

    bag = bagit.Bag(str(tmp_path))

    assert bag.validate()
    assert set(bag.payload_entries()) == {
        path.relative_to(tmp_path).as_posix() for path in (tmp_path / "data").rglob("*.jpg")
    }
    picture = next((tmp_path / "data").rglob("*.jpg"))
    picture.write_bytes(picture.read_bytes()[:-1])
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path)).validate()


def test_bag_without_any_picture_is_valid(tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit", reason="bagit is not installed; scripts/setup dev")
    made = sample(3)
    case = replace(made.case, findings=())

    write_case(case, tmp_path, made.picture)

    assert bagit.Bag(str(tmp_path)).validate()
    # files.csv of the sample names findings that this case lacks, and nothing else is wrong.
    assert {problem.path for problem in verify_case(tmp_path)} == {"files.csv"}


def test_findings_jsonl_is_the_record_in_ascii_a_line_each(tmp_path: Path) -> None:
    import json

    made = sample(20)
    write_case(made.case, tmp_path, made.picture)

    lines = (tmp_path / "findings.jsonl").read_bytes().splitlines()

    assert [json.loads(line) for line in lines] == [
        json.loads(json.dumps({**finding.to_dict(), "human": None}))
        for finding in made.case.findings
    ]
    assert all(line.isascii() for line in lines)


def test_tag_manifest_lists_the_digest_of_every_tag_file(tmp_path: Path) -> None:
    made = sample(5)
    write_case(made.case, tmp_path, made.picture)

    listed = dict(
        reversed(line.split("  "))
        for line in (tmp_path / layout.TAG_MANIFEST).read_text().splitlines()
    )

    assert listed == {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in layout.TAG_FILES
    }
