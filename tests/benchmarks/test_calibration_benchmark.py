"""The calibration benchmark on evidence that was kept: tables, and a file to be read again."""

from pathlib import Path

import numpy as np
import pytest
from evidence import drawn

from benchmarks.calibration.__main__ import main
from benchmarks.calibration.queries import Amounts, _edited
from framematch.calibration.sightings import Sightings
from framematch.matching.confidence import EVIDENCE, Model


def test_benchmark_fits_evidence_that_was_kept_and_writes_a_calibration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, out = tmp_path / "evidence.npz", tmp_path / "calibration.json"
    drawn(queries=60, strangers=10, seed=1).save(kept)
    arguments = ["calibration", "--media", "nowhere", "--evidence", str(kept), "--out", str(out)]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 0
    printed = capsys.readouterr().out
    assert "fitted, each title held out:" in printed
    assert all(name in printed for name in EVIDENCE)
    assert "60 queries of" in Model.load(out).provenance


def test_kept_evidence_comes_back_as_it_was(tmp_path: Path) -> None:
    given = drawn(queries=9, strangers=3, seed=2)
    given.save(tmp_path / "evidence.npz")
    back = Sightings.load(tmp_path / "evidence.npz")
    assert (back.title, back.show, back.shows) == (given.title, given.show, given.shows)
    for name in ("query", "sighted", "right", "evidence", "rows", "show_rows"):
        assert getattr(back, name).tolist() == getattr(given, name).tolist()


def test_collections_joined_keep_who_saw_what() -> None:
    one, other = drawn(queries=6, strangers=2, seed=3), drawn(queries=4, strangers=1, seed=4)
    both = Sightings.joined([one, other])
    first = [(both.title[q], both.shows[s]) for q, s in zip(both.query, both.sighted, strict=True)]
    again = [
        (part.title[q], part.shows[s])
        for part in (one, other)
        for q, s in zip(part.query, part.sighted, strict=True)
    ]
    assert first == again


def test_frames_of_a_title_go_through_operators_of_both_families_in_turn() -> None:
    frames = [(np.zeros((8, 8, 3), dtype=np.uint8), ())] * 8
    queries = list(_edited(frames, "Alpha", "Alpha", Amounts(finished=2, line_art=2)))
    assert [query.family for query in queries[:4]] == ["finished"] * 2 + ["line-art"] * 2
    # Sixteen of each, and sixteen turns: every one has its own.
    assert len({query.operator for query in queries}) == 32
