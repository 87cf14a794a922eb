"""`demo`: how answers are held against the truth, and the whole of it on a very small studio."""

import functools
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from framematch.cli import app
from framematch.cli.demo import _Judged, _outcome, _summary
from framematch.demo import LeakFile, StudioSettings
from framematch.records import Attribution, EpisodeId, EpisodeRange, IndexInfo, Stage, Verdict


def _answer(verdict: Verdict, show: str | None = None, last: int = 1) -> Attribution:
    return Attribution(
        file="leak/a.png",
        sha256=None,
        media=None,
        verdict=verdict,
        show=show,
        confidence=0.9,
        episodes=None
        if show is None
        else EpisodeRange(EpisodeId(1, 1), EpisodeId(1, last), 1, None),
        stage=Stage("line-art", 0.9),
        candidates=(),
        matches=(),
        expected_false_matches=None,
        index=IndexInfo("", 0, ""),
        error=None,
    )


def _leaked(show: str | None, *episodes: str, stage: str = "line-art") -> LeakFile:
    return LeakFile(
        path="leak/a.png",
        show=show,
        episodes=episodes,
        times_s=(0.0,) * len(episodes),
        duration_s=0.0,
        stage=stage,
        edits=(),
        kind="image",
        drawing=stage,
    )


@pytest.mark.parametrize(
    ("answer", "show", "outcome"),
    [
        (_answer("match", "Alpha"), "Alpha", "right"),
        (_answer("match", "Beta"), "Alpha", "wrong"),
        (_answer("match", "Beta"), None, "wrong"),
        (_answer("no-match"), None, "right"),
        (_answer("inconclusive"), "Alpha", "missed"),
        (_answer("unreadable"), "Alpha", "missed"),
    ],
)
def test_outcome_asserting_a_false_show_is_wrong_and_silence_is_missed(
    answer: Attribution, show: str | None, outcome: str
) -> None:
    assert _outcome(answer, show) == outcome


def test_summary_counts_by_stage_and_in_all() -> None:
    judged = [
        _Judged(_answer("match", "Alpha"), _leaked("Alpha", "S01E01"), "right"),
        _Judged(_answer("match", "Alpha"), _leaked("Alpha", "S01E02"), "right"),
        _Judged(_answer("no-match"), _leaked("Alpha", "S01E01", stage="rough"), "missed"),
    ]
    assert _summary(judged) == [
        ("line-art", "2", "2", "0", "0", "1 of 2", "2 of 2"),
        ("rough", "1", "0", "1", "0", "", "0 of 1"),
        ("all", "3", "2", "1", "0", "1 of 2", "2 of 3"),
    ]


def test_demo_on_a_small_studio_leaves_all_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("skia", reason="the demo needs framematch[demo]")
    small = functools.partial(
        StudioSettings,
        n_shows=1,
        n_episodes=1,
        episode_s=8.0,
        width=320,
        height=180,
        fps=6,
        leak_per_stage=1,
        n_strangers=1,
    )
    monkeypatch.setattr("framematch.demo.StudioSettings", small)
    out = tmp_path / "demo"
    answer = CliRunner().invoke(app, ["demo", "--out", str(out)])
    assert answer.exit_code == 0, answer.output
    assert {path.name for path in out.iterdir()} == {
        *("library", "leak", "truth.json", "index", "report.jsonl", "case"),
    }
    assert (out / "case" / "report.html").is_file()
    report = [json.loads(line) for line in (out / "report.jsonl").read_text().splitlines()]
    truth = json.loads((out / "truth.json").read_text())
    assert [Path(line["file"]).relative_to(out).as_posix() for line in report] == [
        leaked["path"] for leaked in truth["leak"]
    ]
    summary = next(line for line in answer.stdout.splitlines() if line.startswith("all "))
    right, missed, wrong = (int(cell) for cell in summary.split()[2:5])
    assert right + missed + wrong == len(report)
