"""`query`: order, formats, exit codes; the matcher is a stand-in that reads the file's name."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from framematch.cli import app
from framematch.errors import IndexNotFoundError
from framematch.media import NumberedSequence
from framematch.records import (
    Attribution,
    Candidate,
    EpisodeId,
    EpisodeRange,
    IndexInfo,
    Match,
    Stage,
)

INFO = IndexInfo(id="abc", frames=3, spec="pdq-256-v1")


class FakeIndex:
    """An index with something in it."""

    backend = "linear"

    def references(self) -> tuple[str, ...]:
        return ("one",)


class FakeMatcher:
    """Answers by the file's name: a match where it says so, unreadable, or nothing."""

    def __init__(self, index: FakeIndex) -> None:
        self._index = index

    def answer(self, query: Path | NumberedSequence) -> Attribution:
        if isinstance(query, Path):
            return self.attribute(query)
        return replace(self.attribute(Path(query.name)), media="sequence")

    def attribute(self, path: Path) -> Attribution:
        name = Path(path).name
        matched, broken = "match" in name, "broken" in name
        match = Match(
            show="Alpha",
            episode=EpisodeId(3, 3),
            reference="f" * 64,
            reference_s=612.5,
            query_s=0.0,
            duration_s=0.0,
            code="structure",
            distance=61,
            similarity=0.88,
            score=0.84,
            mirrored=False,
            box=(0.0, 0.0, 1.0, 1.0),
        )
        return Attribution(
            file=str(path),
            sha256=None if broken else "0" * 64,
            media=None if broken else "image",
            verdict="match" if matched else "unreadable" if broken else "no-match",
            show="Alpha" if matched else None,
            confidence=0.97 if matched else 0.0,
            episodes=EpisodeRange(EpisodeId(3, 2), EpisodeId(3, 4), 0.93, EpisodeId(3, 3))
            if matched
            else None,
            stage=Stage("line-art", 0.9, ("annotations",)) if matched else None,
            candidates=(Candidate("Alpha", 0.97),) if matched else (),
            matches=(match,) if matched else (),
            expected_false_matches=None,
            index=INFO,
            error=f"{path}: is damaged; get another copy" if broken else None,
        )


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    parallel = ModuleType("framematch.parallel")
    parallel.attribute_files = lambda index, queries, model: (
        FakeMatcher(index).answer(query) for query in queries
    )
    monkeypatch.setitem(sys.modules, "framematch.parallel", parallel)
    monkeypatch.setattr("framematch.index.Index.open", lambda path, **_: FakeIndex())


def _touch(root: Path, *names: str) -> list[str]:
    for name in names:
        (root / name).write_bytes(b"x")
    return [str(root / name) for name in names]


def test_query_json_is_one_object_per_file_in_the_order_given(tmp_path: Path) -> None:
    given = _touch(tmp_path, "z-match.png", "a.png")
    answer = CliRunner().invoke(app, ["query", "--json", *given])
    records = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.exit_code == 0
    assert [record["file"] for record in records] == given
    assert [record["verdict"] for record in records] == ["match", "no-match"]
    assert list(records[0]) == [
        *("schema", "file", "sha256", "media", "verdict", "show", "confidence", "episodes"),
        *("stage", "candidates", "matches", "expected_false_matches", "index", "error"),
    ]


def test_query_file_named_twice_is_answered_twice(tmp_path: Path) -> None:
    (known,) = _touch(tmp_path, "known.png")
    answer = CliRunner().invoke(app, ["query", "--json", known, known])
    assert answer.exit_code == 0, answer.stderr
    assert [json.loads(line)["file"] for line in answer.stdout.splitlines()] == [known, known]


def test_query_folder_is_walked_in_sorted_order(tmp_path: Path) -> None:
    _touch(tmp_path, "b.png", "a.png", ".hidden.png", "notes.txt")
    answer = CliRunner().invoke(app, ["query", "--json", str(tmp_path)])
    files = [Path(json.loads(line)["file"]).name for line in answer.stdout.splitlines()]
    assert files == ["a.png", "b.png"]
    assert "notes.txt: no pictures in it (text)" in answer.stderr
    assert ".hidden.png: hidden file" in answer.stderr


def test_query_table_says_what_a_person_asks(tmp_path: Path) -> None:
    given = _touch(tmp_path, "match.png", "other.png")
    answer = CliRunner().invoke(app, ["query", *given])
    rows = answer.stdout.splitlines()
    assert rows[0].split() == [
        *("Verdict", "Show", "Episodes", "Time", "Confidence", "Stage", "File")
    ]
    for cell in ("match", "Alpha", "S03E02-S03E04 (best S03E03)", "0:10:12.5", "0.97"):
        assert cell in rows[2]
    assert "line-art, annotations" in rows[2]
    assert rows[3].split()[0] == "no-match"


def test_query_sequences_are_one_line_each_in_the_place_of_their_first_file(
    tmp_path: Path,
) -> None:
    numbered = [f"shot_{number:04d}.png" for number in range(1, 9)]
    _touch(tmp_path, "a.png", "z.png", *numbered)
    answer = CliRunner().invoke(app, ["query", "--json", "--sequences", str(tmp_path)])
    records = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(Path(record["file"]).name, record["media"]) for record in records] == [
        ("a.png", "image"),
        ("shot_[0001-0008].png", "sequence"),
        ("z.png", "image"),
    ]
    assert answer.stderr == ""


def test_query_numbered_files_have_a_line_each_unless_asked_and_that_is_said(
    tmp_path: Path,
) -> None:
    names = [f"shot_{number:04d}.png" for number in range(1, 9)]
    _touch(tmp_path, *names)
    answer = CliRunner().invoke(app, ["query", "--json", str(tmp_path)])
    assert [Path(json.loads(line)["file"]).name for line in answer.stdout.splitlines()] == names
    assert "8 files are numbered like the frames of a shot" in answer.stderr
    assert "shot_[0001-0008].png; --sequences answers each shot as one clip" in answer.stderr


def test_query_single_unreadable_file_exits_four_with_the_reason(tmp_path: Path) -> None:
    (given,) = _touch(tmp_path, "broken.png")
    answer = CliRunner().invoke(app, ["query", "--json", given])
    assert answer.exit_code == 4
    assert json.loads(answer.stdout)["verdict"] == "unreadable"
    assert answer.stderr == f"framematch: error: {given}: is damaged; get another copy\n"


def test_query_several_with_a_failure_exits_six_and_answers_the_others(tmp_path: Path) -> None:
    given = _touch(tmp_path, "broken.png", "match.png")
    answer = CliRunner().invoke(app, ["query", "--json", *given])
    assert answer.exit_code == 6
    assert len(answer.stdout.splitlines()) == 2
    assert "1 of 2 files could not be read" in answer.stderr


@pytest.mark.parametrize(
    ("names", "code"),
    [(["other.png"], 3), (["match.png", "other.png"], 0), (["broken.png"], 4)],
)
def test_query_exit_code_tells_whether_anything_matched(
    tmp_path: Path, names: list[str], code: int
) -> None:
    answer = CliRunner().invoke(app, ["query", "--exit-code", *_touch(tmp_path, *names)])
    assert answer.exit_code == code


def test_query_no_match_exits_zero_unless_asked(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["query", *_touch(tmp_path, "other.png")]).exit_code == 0


def test_query_folder_without_files_says_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["query", str(tmp_path)])
    assert answer.exit_code == 2
    assert "no files to look at" in answer.stderr


def test_query_name_with_an_escape_sequence_is_escaped(tmp_path: Path) -> None:
    (given,) = _touch(tmp_path, "\x1b[2Jmatch.png")
    answer = CliRunner().invoke(app, ["query", given])
    assert "\x1b" not in answer.stdout
    assert "\\x1b[2Jmatch.png" in answer.stdout


def test_query_empty_index_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeIndex, "references", lambda self: ())
    answer = CliRunner().invoke(app, ["query", "x.png"])
    assert answer.exit_code == 5
    assert "framematch index add PATH" in answer.stderr


def test_query_missing_index_is_one_line_and_a_traceback_with_debug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_index(path: Path, **_: object) -> None:
        raise IndexNotFoundError(f"{path}: there is no index; framematch index add PATH makes one")

    monkeypatch.setattr("framematch.index.Index.open", no_index)
    answer = CliRunner().invoke(app, ["--index", "nowhere", "query", "x.png"])
    assert answer.exit_code == 5
    assert answer.stderr == (
        "framematch: error: nowhere: there is no index; framematch index add PATH makes one\n"
    )
    debugged = CliRunner().invoke(app, ["--debug", "--index", "nowhere", "query", "x.png"])
    assert isinstance(debugged.exception, IndexNotFoundError)


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "framematch: error: interrupted\n"),
        (BrokenPipeError(), 141, ""),
        (
            OSError(28, "No space left on device", "disk"),
            1,
            "framematch: error: No space left on device: disk; --debug shows where it happened\n",
        ),
    ],
)
def test_query_stopped_from_outside_exits_as_documented(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    code: int,
    message: str,
) -> None:
    def stop(self: FakeMatcher, path: Path) -> Attribution:
        raise raised

    monkeypatch.setattr(FakeMatcher, "attribute", stop)
    answer = CliRunner().invoke(app, ["query", *_touch(tmp_path, "a.png")])
    assert (answer.exit_code, answer.stderr) == (code, message)


def test_query_index_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def open_index(path: Path, **_: object) -> FakeIndex:
        opened.append(path)
        return FakeIndex()

    monkeypatch.setattr("framematch.index.Index.open", open_index)
    monkeypatch.setenv("FRAMEMATCH_INDEX", "from-environment")
    given = _touch(tmp_path, "match.png")
    CliRunner().invoke(app, ["query", *given])
    CliRunner().invoke(app, ["--index", "given", "query", *given])
    monkeypatch.delenv("FRAMEMATCH_INDEX")
    CliRunner().invoke(app, ["query", *given])
    assert opened == [Path("from-environment"), Path("given"), Path("index")]
