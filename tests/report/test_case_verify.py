"""Checking a case later: nothing altered goes unnamed, nothing intact is accused."""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sample import Sample, sample

from framematch.report import Problem, layout, verify_case, write_case
from framematch.report.run_record import encode_record
from framematch.verdicts import About, VerdictLog, judged

#: Bits that turn a letter into its capital, a digit into a letter, a line end into another one.
BITS = (0x01, 0x20, 0x80)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sample]:
    """Return a case that nobody may change."""
    folder = tmp_path_factory.mktemp("written") / "case"
    made = sample(8)
    folder.mkdir()
    about = About(made.case.findings[0].key, "match", "Tin & Robots", 0.9, "index")
    with VerdictLog(folder) as log:
        log.add("Kim", judged([about], "other-show", "Harbour Lights", "seen\nthere"))
        write_case(replace(made.case, verdicts=log.entries), folder, made.picture)
        # What was decided since is no fault of what was written before.
        log.add("Lee", judged([about], "not-ours"))
    return folder, made


@pytest.fixture
def case(written: tuple[Path, Sample], tmp_path: Path) -> Path:
    """Return a case of one's own."""
    return Path(shutil.copytree(written[0], tmp_path / "case"))


def seal(case: Path) -> None:
    """Write the run record that knows the tag manifest."""
    digest = hashlib.sha256((case / layout.TAG_MANIFEST).read_bytes()).hexdigest()
    (case / "run").mkdir(exist_ok=True)
    (case / layout.RUN_RECORD).write_bytes(encode_record({layout.SEAL: digest, "host": "here"}))


def resealed(case: Path) -> None:
    """Compute all digests anew, as one does who wants to hide a change."""
    for manifest in (layout.MANIFEST, layout.TAG_MANIFEST):
        path = case / manifest
        names = [line.split("  ", 1)[1] for line in path.read_text().splitlines()]
        path.write_text(
            "".join(
                f"{hashlib.sha256((case / name).read_bytes()).hexdigest()}  {name}\n"
                for name in names
                if (case / name).exists()
            )
        )


def named(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.path for problem in problems}


def test_case_intact_has_no_problem(case: Path) -> None:
    assert verify_case(case) == ()
    seal(case)
    (case / "run" / "state.sqlite").write_bytes(b"journal")
    assert verify_case(case) == ()


@pytest.mark.parametrize("name", [*layout.TAG_FILES, layout.TAG_MANIFEST, "a picture"])
def test_case_with_one_bit_flipped_anywhere_names_the_file(case: Path, name: str) -> None:
    seal(case)
    path = case / name
    if name == "a picture":
        path = min((case / layout.EVIDENCE).iterdir())
        name = path.relative_to(case).as_posix()
    data = path.read_bytes()
    # Some hundred places all over the file, both ends among them.
    places = sorted({0, len(data) - 1, *range(0, len(data), max(1, len(data) // 40))})
    for place in places:
        for bit in BITS:
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            assert name in named(verify_case(case)), (place, bit)
    path.write_bytes(data)
    assert verify_case(case) == ()


def test_case_with_one_bit_flipped_in_a_manifest_is_found_without_a_run_record(case: Path) -> None:
    for name in (layout.TAG_MANIFEST, layout.MANIFEST):
        path = case / name
        data = path.read_bytes()
        for place in range(len(data)) if name == layout.TAG_MANIFEST else range(0, len(data), 97):
            path.write_bytes(data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :])
            assert verify_case(case), (name, place)
        path.write_bytes(data)


@pytest.mark.parametrize("name", [*layout.TAG_FILES, layout.TAG_MANIFEST])
def test_case_without_one_of_its_files_names_it(case: Path, name: str) -> None:
    (case / name).unlink()

    assert name in named(verify_case(case))


def test_case_with_a_picture_lost_and_one_added_names_both(case: Path) -> None:
    pictures = sorted((case / layout.EVIDENCE).iterdir())
    pictures[0].unlink()
    (case / "data" / "stranger.txt").write_text("hello")

    lost = pictures[0].relative_to(case).as_posix()
    assert {lost, "data/stranger.txt"} <= named(verify_case(case))


def test_case_with_a_stranger_or_a_torn_write_at_its_top_names_it(case: Path) -> None:
    (case / "notes.txt").write_text("mine")
    (case / "findings.jsonl.tmp").write_bytes(b"{")

    found = {problem.path: problem.what for problem in verify_case(case)}

    assert "no part of the case" in found["notes.txt"]
    assert "cut short" in found["findings.jsonl.tmp"]


def test_case_with_a_link_for_a_file_names_it_and_does_not_follow(case: Path) -> None:
    outside = case.parent / "outside"
    for name in (layout.FINDINGS_JSON, min((case / layout.EVIDENCE).iterdir()).relative_to(case)):
        outside.write_bytes((case / name).read_bytes())
        (case / name).unlink()
        (case / name).symlink_to(outside)

        assert str(name) in named(verify_case(case))


def test_case_whose_manifest_names_a_file_outside_is_told_and_reads_nothing(case: Path) -> None:
    outside = case.parent / "secret"
    outside.write_bytes(b"secret")
    digest = hashlib.sha256(b"secret").hexdigest()
    manifest = case / layout.MANIFEST
    manifest.write_text(f"{digest}  ../secret\n" + manifest.read_text())
    resealed(case)

    assert "../secret" in named(verify_case(case))


def test_case_of_a_name_in_no_encoding_is_told_in_text(case: Path) -> None:
    import os

    with open(os.fsencode(case) + b"/data/\xff\n", "wb"):  # noqa: PTH123 - no path of text has it
        pass

    (problem,) = verify_case(case)

    assert problem.path.encode("utf-8") == b"data/\\xff\n"


def test_case_with_another_run_record_says_that_one_was_altered(case: Path) -> None:
    seal(case)
    record = case / layout.RUN_RECORD
    record.write_bytes(encode_record({layout.SEAL: "ab" * 32}))
    assert named(verify_case(case)) == {layout.TAG_MANIFEST}

    for other in (b"{}", encode_record({"host": "here"}), record.read_bytes()[:-1]):
        record.write_bytes(other)
        assert named(verify_case(case)) == {layout.RUN_RECORD}


def test_folder_that_is_no_case_lacks_everything(tmp_path: Path) -> None:
    assert set(layout.TAG_FILES) <= named(verify_case(tmp_path))
    assert set(layout.TAG_FILES) <= named(verify_case(tmp_path / "nowhere"))


def edited(name: str, pattern: bytes, by: bytes) -> Callable[[Path], None]:
    def edit(case: Path) -> None:
        path = case / name
        data, n = re.subn(pattern, by, path.read_bytes(), count=1)
        assert n == 1
        path.write_bytes(data)

    return edit


def without_last_line(name: str) -> Callable[[Path], None]:
    def edit(case: Path) -> None:
        path = case / name
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))

    return edit


def without_a_picture(case: Path) -> None:
    min((case / layout.EVIDENCE).iterdir()).unlink()


@pytest.mark.parametrize(
    ("edit", "accused"),
    [
        (
            edited("findings.jsonl", rb'"verdict": "match"', b'"verdict": "no-match"'),
            "findings.csv",
        ),
        (edited("findings.jsonl", rb'"show": "Tin', b'"show": "Tan'), "findings.csv"),
        (edited("findings.jsonl", rb'"confidence": 0', b'"confidence": 1'), "findings.csv"),
        (edited("findings.jsonl", rb"^.", b"["), "findings.jsonl"),
        (edited("findings.jsonl", rb'"human": {"j', b'"human": {"J'), "findings.jsonl"),
        (edited("findings.jsonl", rb'"who": "Kim"', b'"who": "Tim"'), "findings.jsonl"),
        (edited("findings.csv", rb",other-show,", b",confirmed,"), "findings.csv"),
        (edited("case.jsonld", rb'\n{"@id": "kb:verdict-[^\n]*', b""), "case.jsonld"),
        (without_last_line("findings.jsonl"), "findings.jsonl"),
        (without_last_line("findings.csv"), "findings.csv"),
        (edited("findings.csv", rb"verdict", b"verdikt"), "findings.jsonl"),
        (edited("files.csv", rb",[0-9a-f]{64}\r\n", b"," + b"0" * 64 + b"\r\n"), "files.csv"),
        (without_last_line("files.csv"), "case.jsonld"),
        (without_last_line("hashdeep.txt"), "hashdeep.txt"),
        (edited("case.jsonld", rb'\n{"@id": "kb:result-', b'\n{"@id": "kb:rebuke-'), "case.jsonld"),
        (without_last_line("case.jsonld"), "case.jsonld"),
        (edited("findings.jsonl", rb'"key": "', b'"key": "0'), "case.jsonld"),
        (edited("bag-info.txt", rb"Index: .", b"Index: g"), "case.jsonld"),
        (edited("changes.csv", rb"path,moved", b"moved,path"), "changes.csv"),
        (without_a_picture, "bag-info.txt"),
    ],
)
def test_case_changed_with_its_digests_computed_anew_disagrees_with_itself(
    case: Path, edit: Callable[[Path], None], accused: str
) -> None:
    edit(case)
    resealed(case)

    assert accused in named(verify_case(case))


def test_case_with_a_picture_taken_out_everywhere_but_in_the_findings_names_it(case: Path) -> None:
    lost = min((case / layout.EVIDENCE).iterdir())
    size = lost.stat().st_size
    lost.unlink()
    info = case / layout.BAG_INFO
    old = re.search(r"Payload-Oxum: (\d+)\.(\d+)", info.read_text())
    new = f"Payload-Oxum: {int(old[1]) - size}.{int(old[2]) - 1}"
    info.write_text(info.read_text().replace(old[0], new))
    resealed(case)

    assert lost.relative_to(case).as_posix() in named(verify_case(case))
