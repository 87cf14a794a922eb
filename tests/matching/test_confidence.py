"""From evidence to probability."""

import json
import math
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framematch.errors import ConfigError
from framematch.matching.confidence import (
    EVIDENCE,
    MATCH_FROM,
    MOST_CONFIDENT,
    NO_MATCH_BELOW,
    Evidence,
    Level,
    Model,
    probability,
    share_out,
    shipped_model,
)

NOTHING = Evidence(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def calibration() -> dict[str, object]:
    return {
        "evidence": list(EVIDENCE),
        "weights": [0.0] * len(EVIDENCE),
        "bias": -2.0,
        "rows": 1000,
        "size_weight": 0.5,
        "provenance": "a test",
    }


def test_share_out_small_cases_are_exact() -> None:
    assert share_out([]) == []
    assert share_out([0.0]) == [0.5]
    assert share_out([0.0, 0.0]) == pytest.approx([1 / 3, 1 / 3])
    assert share_out([math.log(8), 0.0]) == pytest.approx([0.8, 0.1])


@given(st.lists(st.floats(-60, 12), min_size=1, max_size=8))
def test_share_out_leaves_a_share_for_none_of_them(log_odds: list[float]) -> None:
    shares = share_out(log_odds)
    assert sum(shares) < 1
    assert all(0 <= share <= MOST_CONFIDENT for share in shares)
    by_odds = sorted(zip(log_odds, shares, strict=True))
    assert [share for _, share in by_odds] == sorted(shares)


@pytest.mark.parametrize("huge", [60.0, 800.0, 1e9, math.inf])
def test_share_out_of_huge_odds_is_capped(huge: float) -> None:
    assert share_out([huge, 0.0])[0] == MOST_CONFIDENT


def test_share_out_two_sure_answers_share_the_confidence() -> None:
    assert share_out([30.0, 30.0]) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("log_odds", "expected"),
    [(0.0, 0.5), (math.log(3), 0.75), (-1e9, 0.0), (1e9, 1.0), (-math.inf, 0.0)],
)
def test_probability_of_log_odds(log_odds: float, expected: float) -> None:
    assert probability(log_odds) == pytest.approx(expected)


def test_model_adds_up_the_evidence_in_its_order() -> None:
    data = calibration() | {"weights": [2.0, 1.0, 3.0, 0.5, 0.25, 4.0, 8.0, 0.5, 10.0, 3.0, 1.5]}
    evidence = Evidence(
        sharpness=math.e**3,
        agreement=0.5,
        contrast=math.e,
        explained=0.8,
        substance=math.e**2,
        likeness=0.25,
        appearance=0.125,
        overlap=0.5,
        upright=1.0,
        level=Level(sharpness=math.e, agreement=0.3),
    )
    expected = -2.0 + 6.0 + 0.5 + 3.0 + 0.4 + 0.5 + 1.0 + 1.0 + 1.0 + 2.0 + 1.5 + 1.5
    assert Model.from_dict(data).log_odds(evidence) == pytest.approx(expected)


def test_model_without_evidence_gives_its_bias() -> None:
    assert Model.from_dict(calibration()).log_odds(NOTHING) == -2.0


def test_evidence_that_strangers_reach_as_well_counts_for_less() -> None:
    model = Model.from_dict(calibration() | {"weights": [1.0] * len(EVIDENCE)})
    good = Evidence(30.0, 0.6, 20.0, 0.6, 100.0, 0.6, 0.4, 1.0, 1.0, Level(6.0, 0.1))
    among_equals = replace(good, level=Level(28.0, 0.55))
    assert model.log_odds(good) > model.log_odds(among_equals) + 1


def test_model_takes_unlikeness_for_no_likeness_at_all() -> None:
    model = Model.from_dict(calibration() | {"weights": [1.0] * len(EVIDENCE)})
    assert model.log_odds(replace(NOTHING, likeness=-0.3)) == model.log_odds(NOTHING)


def test_model_for_more_rows_is_less_sure_and_back_again() -> None:
    model = Model.from_dict(calibration())
    larger = model.for_rows(8000)
    assert larger.bias == pytest.approx(-2.0 - 0.5 * math.log(8))
    assert larger.rows == 8000
    assert larger.for_rows(1000).bias == pytest.approx(model.bias)
    assert model.for_rows(1000) == model
    # An empty index has no answer, but it must not be an error either; and what is smaller than
    # anything that was fitted on is no surer.
    assert model.for_rows(0) == model.for_rows(10) == model.for_rows(100)
    assert model.for_rows(101).bias < model.for_rows(100).bias


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": ["sharpness", "luck"]},
        {"evidence": [*EVIDENCE, "luck"], "weights": [0.0] * (len(EVIDENCE) + 1)},
        {"weights": [0.0]},
        {"weights": [math.nan] * len(EVIDENCE)},
        {"rows": 0},
        {"size_weight": math.inf},
        {"bias": None},
    ],
)
def test_model_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="fit it again"):
        Model.from_dict(calibration() | change)


@pytest.mark.parametrize("missing", ["evidence", "weights", "bias", "rows", "size_weight"])
def test_model_without_one_of_its_parts_is_refused(missing: str) -> None:
    data = calibration()
    del data[missing]
    with pytest.raises(ConfigError, match="fit it again"):
        Model.from_dict(data)


def test_model_of_a_file_is_the_one_that_was_written(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps(shipped_model().to_dict()), encoding="utf-8")
    assert Model.load(file) == shipped_model()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1, 2]",
        "null",
        '{"schema": 1, "verdict": "match"}',
        json.dumps(calibration() | {"weights": [0.0]}),
        json.dumps(calibration() | {"bias": "high"}),
        b"\xff\xd8\xff\xe0".decode("latin-1"),
    ],
    ids=["empty", "cut", "list", "null", "answer", "short", "word", "picture"],
)
def test_model_of_a_foreign_file_is_refused_by_name_with_what_to_do(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "foreign.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"foreign\.json: .*framematch calibrate"):
        Model.load(file)


def test_model_of_no_file_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(ConfigError, match=f"{path.name}: cannot be read"):
            Model.load(path)


def test_shipped_model_loads_and_no_evidence_speaks_against_a_match() -> None:
    model = shipped_model()
    assert len(model.weights) == len(EVIDENCE)
    assert min(model.weights) >= 0
    assert math.isfinite(model.bias)
    assert model.provenance


def test_shipped_model_is_what_the_calibration_file_says() -> None:
    text = resources.files("framematch.matching").joinpath("calibration.json").read_text("utf-8")
    assert Model.from_dict(json.loads(text)) == shipped_model()


def test_shipped_model_is_sure_of_the_same_picture_and_against_a_stranger() -> None:
    model = shipped_model()
    same = Evidence(90.0, 0.98, 33.0, 0.98, 150.0, 0.98, 1.0, 1.0, 1.0)
    stranger = Evidence(4.0, 0.15, 4.0, 0.15, 100.0, 0.15, 0.1, 0.5, 0.0)
    assert probability(model.log_odds(same)) > 0.95
    assert probability(model.log_odds(stranger)) < NO_MATCH_BELOW
    assert probability(model.log_odds(NOTHING)) < 0.1


def test_verdict_bounds_are_in_order() -> None:
    assert 0 < NO_MATCH_BELOW < MATCH_FROM < MOST_CONFIDENT < 1
