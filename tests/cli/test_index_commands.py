"""`index add / list / show / remove / verify` on a small library that the test draws."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from scenes import scene, write_image, write_library
from typer.testing import CliRunner, Result

from framematch.cli import app
from framematch.index import Index

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("media") / "library")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str | Path) -> Result:
        index = ["--index", str(tmp_path / "index")]
        return CliRunner().invoke(app, [*index, *map(str, arguments)])

    return invoke


@pytest.fixture
def filled(run: Run, library: Path) -> Run:
    assert run("index", "add", library).exit_code == 0
    return run


def _listed(run: Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("index", "list", "--json").stdout.splitlines()]


def test_index_add_library_says_what_it_did(run: Run, library: Path) -> None:
    answer = run("index", "add", library)
    assert answer.exit_code == 0
    assert answer.stdout.startswith("4 files added (")
    assert answer.stdout.endswith("0 unchanged, 0 failed\n")
    assert (
        run("index", "add", library).stdout == "0 files added (0 frames), 4 unchanged, 0 failed\n"
    )


def test_index_add_with_a_failure_exits_six_and_names_it(run: Run, tmp_path: Path) -> None:
    good = write_image(tmp_path / "in" / "good.png", scene(1))
    bad = tmp_path / "in" / "bad.png"
    bad.write_bytes(b"not a picture")
    answer = run("index", "add", tmp_path / "in", "--show", "Alpha", "--json")
    report = json.loads(answer.stdout)
    assert answer.exit_code == 6
    assert [reference["path"] for reference in report["added"]] == [str(good)]
    assert [failure["path"] for failure in report["failures"]] == [str(bad)]
    assert f"framematch: error: {bad}" in answer.stderr


def test_index_add_file_without_a_show_says_to_pass_it(run: Run, tmp_path: Path) -> None:
    clip = write_image(tmp_path / "clip.png", scene(1))
    answer = run("index", "add", clip)
    assert answer.exit_code == 6
    assert "no show; pass --show" in answer.stderr


def test_index_add_interrupted_says_how_to_continue(
    run: Run, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(path: Path) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("framematch.ingest.task.sha256_of", interrupt)
    answer = run("index", "add", next(library.rglob("*.mp4")))
    assert answer.exit_code == 130
    assert "run the same command to continue" in answer.stderr
    assert run("index", "verify").exit_code == 0


def test_index_list_is_in_broadcast_order(filled: Run) -> None:
    assert [(row["show"], row["episode"]) for row in _listed(filled)] == [
        ("Alpha", "S01E01"),
        ("Alpha", "S01E02"),
        ("Beta", "S01E01"),
        ("Beta", "S01E02"),
    ]
    assert "4 references of 2 shows" in filled("index", "list").stdout


def test_index_list_missing_index_exits_five(run: Run) -> None:
    answer = run("index", "list")
    assert answer.exit_code == 5
    assert answer.stderr.startswith("framematch: error: ")
    assert "index add" in answer.stderr


def test_index_show_finds_a_reference_by_digest_and_by_path(filled: Run) -> None:
    wanted = _listed(filled)[2]
    for name in (str(wanted["sha256"])[:10], str(wanted["path"])):
        assert json.loads(filled("index", "show", name, "--json").stdout) == wanted
    assert "S01E01" in filled("index", "show", str(wanted["sha256"])).stdout


def test_index_show_finds_a_reference_by_a_copy_of_its_file(filled: Run, tmp_path: Path) -> None:
    wanted = _listed(filled)[0]
    copy = tmp_path / "copy.bin"
    copy.write_bytes(Path(str(wanted["path"])).read_bytes())
    assert json.loads(filled("index", "show", copy, "--json").stdout) == wanted


def test_index_show_of_the_index_says_which_decoders_made_it_and_what_differs(
    filled: Run,
) -> None:
    told = json.loads(filled("index", "show", "--json").stdout)
    assert (told["references"], told["made_with"]) == (4, [told["installed"]])
    assert {"av/libavcodec", "pillow/libjpeg-turbo", "pypdfium2/pdfium"} <= told["installed"].keys()
    assert "made with   the same decoders" in filled("index", "show").stdout


def test_index_show_of_an_index_made_with_an_older_decoder_names_both_versions(
    filled: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = {"av": "99.0", "pillow": "13.0.0"}
    monkeypatch.setattr("framematch.media.installed_decoders", lambda: installed)
    shown = filled("index", "show")
    assert shown.exit_code == 0
    assert f"made with   other decoders: av {version('av')} (here 99.0)" in shown.stdout


def test_index_add_with_another_decoder_says_so(
    filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.ingest.job.installed_decoders", lambda: {"av": "99.0"})
    picture = write_image(tmp_path / "new.png", scene(9))
    answer = filled("index", "add", picture, "--show", "Alpha")
    assert answer.exit_code == 0
    assert "more than one version of the decoders" in answer.stderr


def test_index_show_unknown_says_so(filled: Run) -> None:
    answer = filled("index", "show", "ffffffffffffffff")
    assert answer.exit_code == 2
    assert "not in the index" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--show", "Alpha"], ["Beta S01E01", "Beta S01E02"]),
        (
            ["--show", "Beta", "--episode", "S01E02"],
            ["Alpha S01E01", "Alpha S01E02", "Beta S01E01"],
        ),
    ],
)
def test_index_remove_leaves_the_others(filled: Run, arguments: list[str], left: list[str]) -> None:
    answer = filled("index", "remove", "--yes", *arguments)
    assert answer.exit_code == 0
    assert [f"{row['show']} {row['episode']}" for row in _listed(filled)] == left


def test_index_remove_by_digest_removes_that_one(filled: Run) -> None:
    first = str(_listed(filled)[0]["sha256"])
    assert filled("index", "remove", "--yes", first).stdout == "1 reference removed\n"
    assert first not in [row["sha256"] for row in _listed(filled)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to remove"),
        (["--episode", "S01E01", "--yes"], "pass --show too"),
        (["--show", "Gamma", "--yes"], "Gamma: not in the index"),
        (["--show", "Alpha"], "pass --yes to confirm"),
        (["--show", "Alpha", "--episode", "two", "--yes"], "write it as S03E02"),
    ],
)
def test_index_remove_in_doubt_removes_nothing(
    filled: Run, arguments: list[str], message: str
) -> None:
    answer = filled("index", "remove", *arguments)
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert len(_listed(filled)) == 4


def test_index_verify_finds_a_flipped_byte(filled: Run, tmp_path: Path) -> None:
    assert filled("index", "verify").stdout.endswith("frames\n")
    segment = max((tmp_path / "index").rglob("*"), key=lambda path: path.stat().st_size)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    answer = filled("index", "verify", "--json")
    assert answer.exit_code == 5
    assert json.loads(answer.stdout)["problems"]
    assert "framematch: error: " in answer.stderr


def test_index_merge_adds_what_the_others_hold(run: Run, library: Path, tmp_path: Path) -> None:
    for show in ("Alpha", "Beta"):
        assert run("--index", tmp_path / show, "index", "add", library / show).exit_code == 0
    answer = run("index", "merge", tmp_path / "Alpha", tmp_path / "Beta")
    assert answer.stdout == "4 references added, 0 unchanged, 0 conflicts\n"
    merged = _listed(run)
    assert run("--index", tmp_path / "whole", "index", "add", library).exit_code == 0
    assert Index.open(tmp_path / "index").info == Index.open(tmp_path / "whole").info
    assert len(merged) == 4
    report = json.loads(run("index", "merge", tmp_path / "Beta", "--json").stdout)
    assert report == {"added": [], "unchanged": 2, "conflicts": []}


def test_index_compact_writes_once_and_list_says_how_the_index_is_searched(filled: Run) -> None:
    written = filled("index", "compact")
    assert written.exit_code == 0
    assert ": written, " in written.stdout
    again = json.loads(filled("index", "compact", "--json").stdout)
    assert not again["written"]
    assert again["file"].startswith("derived/")
    assert filled("index", "verify").exit_code == 0
    assert filled("index", "list").stdout.splitlines()[-1].endswith("searched by linear")


def test_index_compact_while_nothing_is_there_exits_five(run: Run) -> None:
    assert run("index", "compact").exit_code == 5


def test_index_verify_recall_prints_what_the_structure_finds_by_distance(filled: Run) -> None:
    answer = filled("index", "verify", "--recall", "--sample", "5", "--search-structure", "sieve")
    assert answer.exit_code == 0
    assert "search structure sieve, a sample of 5 frames" in answer.stdout
    assert "1.000" in answer.stdout
    measured = json.loads(filled("index", "verify", "--recall", "--json").stdout)
    assert measured["search_structure"] == "linear"
    assert all(one["found"] == one["there"] for one in measured["recall"])
    assert {one["code"] for one in measured["recall"]} == {"appearance", "structure"}
