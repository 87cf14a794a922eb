"""`calibrate` and `query --calibration`: a small library from its files to another confidence."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from scenes import scene, write_image, write_video
from typer.testing import CliRunner

from framematch.calibration import Figures, Refit
from framematch.cli import app
from framematch.index import Index
from framematch.matching.confidence import EVIDENCE, Model, shipped_model

SHOWS = ("Alpha", "Beta", "Delta", "Omega")
FRAMES = 1


def _run(index: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["--index", str(index), *map(str, arguments)])


def _write_show(library: Path, name: str) -> Path:
    first = 100 * SHOWS.index(name)
    scenes = [scene(first + number) for number in range(3)]
    return write_video(library / name / "Season 01" / f"{name} - S01E01 - Title.mp4", scenes)


@pytest.fixture(scope="module", autouse=True)
def _few_are_enough() -> Iterator[None]:
    """Let fewer queries do than a calibration that is used needs: each takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("framematch.calibration.refit.LEAST_FOUND", 10)
        yield


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of four shows; the file of the last one is not there any more."""
    folder = tmp_path_factory.mktemp("calibrate")
    files = [_write_show(folder / "library", name) for name in SHOWS]
    answer = _run(folder / "index", "index", "add", folder / "library")
    assert answer.exit_code == 0, answer.output
    files[-1].unlink()
    return folder / "index"


@pytest.fixture(scope="module")
def calibrated(index: Path) -> tuple[Path, Result]:
    """Return a calibration of the three shows that are left, and what the command said."""
    out = index.parent / "own.json"
    return out, _run(index, "calibrate", "--frames", FRAMES, "--out", out, "--json")


def test_calibrate_writes_a_file_that_says_where_it_comes_from(
    index: Path, calibrated: tuple[Path, Result]
) -> None:
    out, answer = calibrated
    assert answer.exit_code == 0, answer.output
    assert list(json.loads(out.read_text(encoding="utf-8"))) == [
        *("evidence", "weights", "bias", "rows", "size_weight", "provenance")
    ]
    model = Model.load(out)
    assert model.weights != shipped_model().weights
    assert model.size_weight == shipped_model().size_weight
    assert Index.open(index).info.id in model.provenance
    assert re.search(r"framematch calibrate, \d{4}-\d\d-\d\d, version ", model.provenance)
    assert "15 queries of 3 shows" in model.provenance
    assert "Held out by show: AUC" in model.provenance


def test_calibrate_json_holds_the_figures_of_both_calibrations(
    calibrated: tuple[Path, Result],
) -> None:
    out, answer = calibrated
    report = json.loads(answer.stdout)
    assert list(report) == [
        *(
            "index",
            "shows",
            "queries",
            "shipped",
            "refit",
            "reviewed",
            "better",
            "skipped",
            "written",
        )
    ]
    assert (report["shows"], report["queries"], report["written"]) == (3, 15, str(out))
    for figures in (report["shipped"], report["refit"]):
        assert list(figures) == [
            *("auc", "calibration_error", "found_at_80", "strangers_at_80", "strangers_at_90"),
            "log_loss",
        ]
        assert figures["auc"] > 0.95
    assert report["better"] == (report["refit"]["log_loss"] <= report["shipped"]["log_loss"])


def test_calibrate_names_the_files_that_are_missing_and_goes_on(
    calibrated: tuple[Path, Result],
) -> None:
    _, answer = calibrated
    (skipped,) = json.loads(answer.stdout)["skipped"]
    assert Path(skipped["path"]).name == "Omega - S01E01 - Title.mp4"
    assert f"skipped {skipped['path']}: is not there any more" in answer.stderr


def test_calibrate_again_gives_the_same_file(
    index: Path, calibrated: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    # On one process this time: how many there are decides nothing.
    monkeypatch.setattr("framematch.calibration.library.usable_processors", lambda: 1)
    out, first = calibrated
    again = out.with_name("again.json")
    answer = _run(index, "calibrate", "--frames", FRAMES, "--out", again, "--json")
    texts = [re.sub(r"\d{4}-\d\d-\d\d", "DATE", file.read_text()) for file in (out, again)]
    assert texts[0] == texts[1]
    reports = [{**json.loads(each.stdout), "written": None} for each in (first, answer)]
    assert reports[0] == reports[1]


def test_calibration_is_accepted_by_query_and_decides_the_confidence(
    index: Path, calibrated: tuple[Path, Result], tmp_path: Path
) -> None:
    unknown = write_image(tmp_path / "unknown.jpg", scene(101))
    doubtful = tmp_path / "doubtful.json"
    content = json.loads(calibrated[0].read_text(encoding="utf-8"))
    doubtful.write_text(json.dumps({**content, "bias": -100.0}), encoding="utf-8")
    answers = [
        _answer(index, unknown, *options)
        for options in ((), ("--calibration", calibrated[0]), ("--calibration", doubtful))
    ]
    assert [answer["verdict"] for answer in answers] == ["match", "match", "no-match"]
    assert answers[1]["show"] == "Beta"
    assert answers[2]["confidence"] < 0.01
    assert [list(answer) for answer in answers] == [list(answers[0])] * 3


def _answer(index: Path, *arguments: object) -> dict[str, Any]:
    answer = _run(index, "query", "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("content", ["", '{"verdict": "match"}', '{"evidence": ["luck"]}'])
def test_query_with_a_foreign_file_is_refused_by_its_name(
    index: Path, tmp_path: Path, content: str
) -> None:
    foreign = tmp_path / "foreign.json"
    foreign.write_text(content, encoding="utf-8")
    answer = _run(index, "query", "--calibration", foreign, "x.png")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert str(foreign) in answer.stderr
    assert "framematch calibrate" in answer.stderr


def test_calibrate_interrupted_leaves_what_was_there(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("framematch.calibration.library.usable_processors", lambda: 1)
    monkeypatch.setattr("framematch.cli.progress.Meter.update", interrupt)
    out = tmp_path / "calibration.json"
    out.write_text(json.dumps(shipped_model().to_dict()), encoding="utf-8")
    before = out.read_bytes()
    answer = _run(index, "calibrate", "--frames", 1, "--out", out)
    assert answer.exit_code == 130
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.json"]


def test_calibrate_without_the_files_says_what_to_do(index: Path, tmp_path: Path) -> None:
    library = index.parent / "library"
    shutil.move(library, tmp_path / "elsewhere")
    try:
        answer = _run(index, "calibrate", "--out", tmp_path / "c.json")
    finally:
        shutil.move(tmp_path / "elsewhere", library)
    assert answer.exit_code == 2
    assert "none of its files is where it was when it was added" in answer.stderr
    assert answer.stderr.count("is not there any more") == len(SHOWS)
    assert not (tmp_path / "c.json").exists()


def test_calibrate_with_two_shows_says_why_three(tmp_path: Path) -> None:
    for name in SHOWS[:2]:
        write_image(tmp_path / "library" / name / "still.png", scene(SHOWS.index(name)))
        added = _run(
            tmp_path / "index", "index", "add", tmp_path / "library" / name, "--show", name
        )
        assert added.exit_code == 0, added.output
    answer = _run(tmp_path / "index", "calibrate", "--out", tmp_path / "c.json")
    assert answer.exit_code == 2
    assert "of 2 shows, a calibration needs 3" in answer.stderr
    assert "stranger" in answer.stderr


def test_calibrate_with_too_few_queries_says_how_to_ask_more(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.calibration.library.usable_processors", lambda: 1)
    monkeypatch.setattr("framematch.calibration.library.FINISHED_EDITS", 1)
    monkeypatch.setattr("framematch.calibration.library.LINE_DRAWINGS", 0)
    answer = _run(index, "calibrate", "--frames", 1, "--out", tmp_path / "c.json")
    assert answer.exit_code == 2
    assert "only 3 of 3 queries were found" in answer.stderr
    assert "--frames" in answer.stderr


@pytest.mark.parametrize("content", [b"my notes", b'{"shows": 3}', b"\xff\xd8\xff"])
def test_calibrate_never_overwrites_another_file(
    index: Path, tmp_path: Path, content: bytes
) -> None:
    out = tmp_path / "notes.json"
    out.write_bytes(content)
    answer = _run(index, "calibrate", "--force", "--out", out)
    assert answer.exit_code == 2
    assert "is no calibration file and stays" in answer.stderr
    assert out.read_bytes() == content


def test_calibrate_into_no_folder_is_refused_at_once(index: Path, tmp_path: Path) -> None:
    answer = _run(index, "calibrate", "--out", tmp_path / "no" / "c.json")
    assert answer.exit_code == 2
    assert f"create {tmp_path / 'no'} first" in answer.stderr
    assert _run(index, "calibrate", "--out", tmp_path).exit_code == 2


def _figures(log_loss: float) -> Figures:
    return Figures(0.991, 0.012, 0.9, 0.0043, 0.002, log_loss)


def _stand_in(monkeypatch: pytest.MonkeyPatch, index: Path, refit_loss: float) -> None:
    """Let the fit be worth so much, against .2 of the shipped calibration."""
    refit = Refit(
        model=Model((1.0,) * len(EVIDENCE), -9.0, 1000, 0.3, "a test"),
        index=Index.open(index).info,
        shows=3,
        queries=180,
        shipped=_figures(0.2),
        refit=_figures(refit_loss),
    )
    monkeypatch.setattr("framematch.calibration.calibrate", lambda *_, **__: refit)


def test_calibrate_table_compares_both(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in(monkeypatch, index, 0.1)
    out = tmp_path / "calibration.json"
    # One of older evidence counts as a calibration: it is outdated, not somebody's notes.
    out.write_text('{"evidence": ["luck"], "weights": [1], "provenance": "old"}')
    answer = _run(index, "calibrate", "--out", out)
    assert answer.exit_code == 0, answer.output
    rows = answer.stdout.splitlines()
    assert rows[2].split() == ["shipped", "0.991", "0.012", "0.90", "0.43%", "0.20%", "0.200"]
    assert rows[3].split()[-1] == "0.100"
    assert "180 queries of 3 shows, each asked again without its show" in answer.stdout
    assert f"query --calibration {out}" in answer.stdout
    assert Model.load(out).provenance == "a test"


def test_calibrate_worse_than_shipped_is_not_written_unless_forced(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in(monkeypatch, index, 0.25)
    out = tmp_path / "calibration.json"
    answer = _run(index, "calibrate", "--out", out)
    assert answer.exit_code == 2
    assert "worse than the shipped calibration (log loss 0.250 against 0.200)" in answer.stderr
    assert "refit, shows held out" in answer.stdout
    assert not out.exists()
    reported = _run(index, "calibrate", "--out", out, "--json")
    assert json.loads(reported.stdout)["written"] is None
    forced = _run(index, "calibrate", "--out", out, "--force")
    assert forced.exit_code == 0
    assert "worse than the shipped calibration" in forced.stderr
    assert Model.load(out).bias == -9.0
