import json
import math
from pathlib import Path

import pytest

from benchmarks.accuracy.ablation import Margin
from benchmarks.accuracy.charts import draw, draw_margin
from benchmarks.accuracy.engine import Answer
from benchmarks.accuracy.outcomes import OURS, Asked, Run
from benchmarks.accuracy.report import report_of, without_nan
from benchmarks.accuracy.table import whole

ORDER = {"Show": ["S01E01", "S01E02"], "Other": ["S01E01"]}


def answer(show: str | None, confidence: float, **more: object) -> Answer:
    values: dict[str, object] = {
        "show": show,
        "confidence": confidence,
        "verdict": "match" if confidence >= 0.8 else "no-match",
        "right": confidence if show == "Show" else 0.0,
        "wrong": confidence if show == "Other" else 0.0,
        "range": ["S01E02", "S01E02", "S01E02"] if confidence >= 0.8 else None,
        "file": "two.mp4",
        "start_s": 5.0,
        "end_s": 5.5,
        "stage": "final",
        "seconds": 0.5,
    }
    return Answer(**{**values, **more})  # type: ignore[arg-type]


def asked(group: str, family: str, given: Answer, peer: str = "Show", score: float = -9.0) -> Asked:
    known = group != "U"
    return Asked(
        group=group,
        family=family,
        operator=family,
        title="Show",
        show="Show" if known else None,
        episodes=["S01E02"] if known else [],
        stage="final",
        without="",
        instants=[("two.mp4", 6.0)] if known else [],
        answer=given,
        peers={"PDQ": (peer, score)},
    )


def run(*more: Asked) -> Run:
    good = [asked("C", "grey", answer("Show", 0.95)) for _ in range(8)]
    bad = [
        asked("C", "crop-30", answer("Other", 0.85), "Other", -40.0),
        asked("C", "crop-30", answer("Show", 0.5)),
    ]
    strangers = [asked("U", "photos", answer("Other", 0.1), "Other", -60.0) for _ in range(10)]
    return Run({"queries": 20, "rows": 9, "code": "x"}, ORDER, [*good, *bad, *strangers, *more])


def test_report_counts_groups_families_and_wrong_shows() -> None:
    group = report_of(run())["groups"]["C"]
    assert group["n"] == 10
    assert group[OURS]["rank_1"] == pytest.approx(0.9)
    assert group[OURS]["at_1_pct"] == pytest.approx(0.9)
    assert group[OURS]["at_match"] == pytest.approx(0.8)
    assert group[OURS]["wrong_at_match"] == pytest.approx(0.1)
    assert group["families"]["grey"][OURS]["at_1_pct"] == pytest.approx(1.0)
    assert group["families"]["crop-30"][OURS]["at_1_pct"] == pytest.approx(0.5)
    assert group["PDQ"]["at_31"] == pytest.approx(0.9)


def test_report_names_groups_and_families_that_fall_short() -> None:
    short = report_of(run())["short"]
    assert "short  C all 0.90 of 10, asked for 0.97" in short
    assert "short  C crop-30 0.50 of 2, asked for 0.97" in short
    assert not any("grey" in line for line in short)
    assert not any(line.startswith("short  U") for line in short)


def test_report_names_an_unknown_file_that_was_attributed() -> None:
    found = report_of(run(asked("U", "photos", answer("Other", 0.93))))
    assert found["unknown"]["attributed_at_match"] == pytest.approx(1 / 11)
    assert sum(line.startswith("short  U") for line in found["short"]) == 2


def test_one_sure_stranger_raises_the_threshold_over_what_is_less_sure() -> None:
    found = report_of(run(asked("U", "photos", answer("Other", 0.99))))
    assert found["groups"]["C"][OURS]["at_1_pct"] == pytest.approx(0.0)
    assert found["groups"]["C"][OURS]["rank_1"] == pytest.approx(0.9)


def test_range_and_time_are_judged_on_right_matches_only() -> None:
    found = report_of(run())
    assert found["ranges"]["n"] == 8
    assert found["ranges"]["inside_and_no_wider"] == pytest.approx(1.0)
    assert found["times"]["C"]["in_time_of_matched"] == pytest.approx(1.0)
    assert found["times"]["C"]["in_time_of_all"] == pytest.approx(0.8)


def test_match_at_another_time_or_in_another_episode_is_counted_as_such() -> None:
    late = answer("Show", 0.9, start_s=9.0, end_s=9.5)
    elsewhere = answer("Show", 0.9, range=["S01E01", "S01E01", ""])
    found = report_of(run(asked("A", "poor", late), asked("A", "poor", elsewhere)))
    assert found["times"]["A"]["in_time_of_matched"] == pytest.approx(0.5)
    assert found["ranges"]["inside"] == pytest.approx(9 / 10)


def test_run_comes_back_from_its_file_and_gives_the_same_report(tmp_path: Path) -> None:
    given = run()
    given.save(tmp_path / "answers.json")
    assert without_nan(report_of(Run.load(tmp_path / "answers.json"))) == without_nan(
        report_of(given)
    )


def test_figures_are_valid_json_even_without_a_group(tmp_path: Path) -> None:
    found = without_nan(report_of(Run({"queries": 10}, ORDER, run().asked[-10:])))
    json.dumps(found, allow_nan=False)


def test_table_has_a_line_for_every_group_family_and_miss() -> None:
    found = report_of(run())
    text = whole(found)
    for words in ("C edits", "crop-30", "photos", *found["short"]):
        assert words in text


def test_charts_are_whole_and_show_every_method(tmp_path: Path) -> None:
    paths = draw(run(), tmp_path)
    draw_margin([True, False], [Margin(9.0, -4.0), Margin(-math.inf, 1.0)], tmp_path / "margin.svg")
    paths.append(tmp_path / "margin.svg")
    for path in paths:
        text = path.read_text()
        assert text.startswith("<svg")
        assert text.endswith("</svg>\n")
        assert "nan" not in text
    assert "PDQ" in paths[0].read_text()
    assert OURS in paths[0].read_text()
