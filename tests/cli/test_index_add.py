"""`index add`: dry runs, manifests, removal, and what is told of a job."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from interrupted import PATIENCE_S, command, until
from scenes import scene, write_image, write_library
from typer.testing import CliRunner, Result

from framematch.cli import app
from framematch.cli.progress import Meter
from framematch.cli.standing import standing
from framematch.index import Index
from framematch.ingest import IngestProgress, RunningFile

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


def test_index_add_dry_run_shows_what_files_become_and_writes_nothing(
    run: Run, library: Path, tmp_path: Path
) -> None:
    answer = run("index", "add", library, "--dry-run", "--kind", "trailer")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0].split() == ["Show", "Episode", "Kind", "From", "File"]
    assert lines[2].split()[:5] == ["Alpha", "S01E01", "trailer", "name,", "option"]
    assert len(lines) == 6
    assert not (tmp_path / "index").exists()


def test_index_add_dry_run_json_is_a_line_per_file(run: Run, library: Path) -> None:
    answer = run("index", "add", library, "--dry-run", "--json", "--show", "Gamma")
    first, *others = (json.loads(line) for line in answer.stdout.splitlines())
    assert len(others) == 3
    assert first == {
        "path": str(library / "Alpha" / "Season 01" / "Alpha - S01E01 - Title.mp4"),
        "show": "Gamma",
        "episode": "S01E01",
        "kind": "episode",
        "from": {"show": "option", "episode": "name", "kind": "name"},
        "note": None,
    }


def test_index_add_dry_run_names_what_would_fail(run: Run, tmp_path: Path) -> None:
    clip = write_image(tmp_path / "clip.png", scene(1))
    answer = run("index", "add", clip, "--dry-run")
    assert answer.exit_code == 6
    assert f"{clip}: no show; pass --show" in answer.stderr


def test_index_add_manifest_names_files_and_is_told_what_it_misses(
    run: Run, library: Path, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(
        f"- {{path: '{library}/Alpha/**', show: Delta, title: x}}\n- {{path: gone.mkv, show: X}}\n"
    )
    answer = run("index", "add", library, "--manifest", manifest, "--dry-run", "--json")
    shows = [json.loads(line)["show"] for line in answer.stdout.splitlines()]
    assert shows == ["Delta", "Delta", "Beta", "Beta"]
    assert f"warning: {manifest}: not used: title; columns are path, show" in answer.stderr
    assert f"warning: {manifest}, entry 2: gone.mkv means no file here" in answer.stderr


def test_index_add_manifest_alone_names_the_files(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_image(tmp_path / "in" / f"{name}.png", scene(1))
    manifest = tmp_path / "in" / "manifest.csv"
    manifest.write_text("path,show,kind\na.png,Delta,still\n")
    answer = run("index", "add", "--manifest", manifest, "--dry-run", "--json")
    assert [json.loads(line)["path"] for line in answer.stdout.splitlines()] == [
        str(tmp_path / "in" / "a.png")
    ]


def test_index_add_manifest_with_a_wrong_row_exits_two(run: Run, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,season\nx.mkv,first\n")
    answer = run("index", "add", tmp_path, "--manifest", manifest)
    assert answer.exit_code == 2
    assert "line 2: season 'first' is not a number" in answer.stderr


def test_index_add_remove_missing_says_what_it_removes(run: Run, tmp_path: Path) -> None:
    for number in range(2):
        write_image(tmp_path / "in" / f"{number}.png", scene(number))
    arguments = ("index", "add", tmp_path / "in", "--show", "Alpha", "--remove-missing")
    assert run(*arguments).exit_code == 0
    (tmp_path / "in" / "0.png").unlink()
    answer = run(*arguments)
    assert answer.stdout == "0 files added (0 frames), 1 unchanged, 1 removed, 0 failed\n"
    assert f"removed Alpha: {tmp_path / 'in' / '0.png'}" in answer.stderr


def test_index_add_remove_missing_of_an_empty_folder_removes_nothing(
    run: Run, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "in" / "0.png", scene(0))
    arguments = ("index", "add", tmp_path / "in", "--show", "Alpha", "--remove-missing")
    assert run(*arguments).exit_code == 0
    path.unlink()
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert "no files to look at" in answer.stderr
    assert len(run("index", "list", "--json").stdout.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names there are text")
def test_index_add_folder_whose_name_is_no_text_costs_itself_only(tmp_path: Path) -> None:
    write_image(tmp_path / "in" / "Pok\udce9mon" / "b.png", scene(0))
    write_image(tmp_path / "in" / "Alpha" / "a.png", scene(1))
    with command("--index", tmp_path / "index", "index", "add", tmp_path / "in") as process:
        answer, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 6
    assert answer == "1 file added (1 frame), 0 unchanged, 1 failed\n"
    assert "is not valid text; rename the folder" in errors


@pytest.mark.parametrize("option", ["--time-limit", "--every"])
@pytest.mark.parametrize("seconds", ["inf", "nan", "1e300"])
def test_index_add_time_that_no_clock_counts_to_exits_two(
    run: Run, library: Path, option: str, seconds: str
) -> None:
    answer = run("index", "add", library, option, seconds)
    assert answer.exit_code == 2
    assert f"Invalid value for '{option}'" in answer.stderr


def test_index_add_fast_profile_keeps_fewer_rows(run: Run, library: Path, tmp_path: Path) -> None:
    assert run("index", "add", library, "--profile", "fast").exit_code == 0
    fast = len(Index.open(tmp_path / "index"))
    assert run("--index", tmp_path / "other", "index", "add", library).exit_code == 0
    assert 0 < fast <= len(Index.open(tmp_path / "other"))


def test_index_add_watch_takes_new_files_until_interrupted(tmp_path: Path) -> None:
    folder, index = tmp_path / "in", tmp_path / "index"
    write_image(folder / "0.png", scene(0))
    arguments = ("index", "add", folder, "--show", "Alpha", "--watch", "--every", "0.2")
    with command("--index", index, *arguments) as process:
        assert process.stdout is not None
        until(lambda: len(list(index.glob("segments/*.fms"))) == 1, process)
        reports = [process.stdout.readline()]
        write_image(folder / "1.png", scene(1))
        until(lambda: len(list(index.glob("segments/*.fms"))) == 2, process)
        reports.append(process.stdout.readline())
        process.send_signal(2)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert f"watching {folder}; Ctrl-C ends it" in errors
    assert reports == [
        f"1 file added (1 frame), {unchanged} unchanged, 0 failed\n" for unchanged in range(2)
    ]
    assert [ref.show for ref in Index.open(index).references()] == ["Alpha", "Alpha"]


def test_index_add_watch_removes_what_goes(tmp_path: Path) -> None:
    folder, index = tmp_path / "in", tmp_path / "index"
    for number in range(2):
        write_image(folder / f"{number}.png", scene(number))
    arguments = ("index", "add", folder, "--show", "Alpha", "--watch", "--every", "0.2")
    with command("--index", index, *arguments, "--remove-missing") as process:
        until(lambda: len(list(index.glob("segments/*.fms"))) == 2, process)
        assert process.stdout is not None
        process.stdout.readline()
        (folder / "0.png").unlink()
        until(lambda: len(list(index.glob("segments/*.fms"))) == 1, process)
        report = process.stdout.readline()
        process.send_signal(2)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert report == "0 files added (0 frames), 1 unchanged, 1 removed, 0 failed\n"
    assert f"removed Alpha: {folder / '0.png'}" in errors
    assert process.returncode == 130


def _progress(**changes: object) -> IngestProgress:
    values: dict[str, object] = {
        "path": Path("in/b.mkv"),
        "position": 3,
        "total": 40,
        "share": 0.5,
        "done": 3,
        "failed": 0,
        "running": (RunningFile(Path("in/b.mkv"), 0.5),),
        "media_s": 3000.0,
        "share_of_bytes": 0.25,
        "coded_share_of_bytes": 0.2,
    }
    return IngestProgress(**(values | changes))  # type: ignore[arg-type]


def test_standing_says_files_rate_time_left_failures_and_what_is_running() -> None:
    line = standing(_progress(failed=1), elapsed_s=100.0)
    assert line == "3/40 files, 30.0x real time, 0:06:15 left, 1 failed: b.mkv 50%"


def test_standing_before_anything_is_coded_promises_nothing() -> None:
    line = standing(_progress(media_s=0.0, coded_share_of_bytes=0.0, running=()), elapsed_s=9.0)
    assert line == "3/40 files"


def test_meter_without_a_terminal_writes_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    with Meter(log_every_s=30, clock=lambda: now) as meter:
        for now in (10.0, 30.0, 40.0, 61.0):
            meter.update(f"at {now:.0f}", now, 100)
    assert capsys.readouterr().err == "framematch: 30% at 30\nframematch: 61% at 61\n"


def test_meter_that_is_not_asked_for_a_log_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    with Meter(clock=lambda: now) as meter:
        now = 100.0
        meter.update("x", 1, 2)
    assert capsys.readouterr().err == ""
