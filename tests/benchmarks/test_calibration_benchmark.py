"""The calibration benchmark on evidence that was kept: tables, and a file to be read again."""

from pathlib import Path

import numpy as np
import pytest
from evidence import drawn
from scenes import scene, write_image

from benchmarks.calibration.__main__ import main
from benchmarks.calibration.evidence import Asked, collect
from benchmarks.calibration.queries import Amounts, Place, Query, _edited
from framematch.calibration.sightings import Sightings
from framematch.ingest import IngestItem, add
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


def test_collect_keeps_the_evidence_of_every_sighting_and_whether_it_is_right(
    tmp_path: Path,
) -> None:
    for number, name in enumerate(("Alpha", "Beta")):
        still = write_image(tmp_path / f"{name}.png", scene(number))
        assert add(tmp_path / "index", [IngestItem(still, name, None, "still")]).added
    queries = [
        Query(scene(0), "Alpha", "Alpha", (Place("Alpha.png", -1, 1),), "finished", "grey", 1),
        Query(np.zeros((144, 256, 3), np.uint8), "Alpha", "Alpha", (), "finished", "plain", 2),
        Query(scene(1), "Beta", "Beta", (Place("elsewhere.png", 0, 0),), "finished", "plain", 3),
    ]
    found = collect(Asked(tmp_path / "index", 0, tmp_path, tmp_path), queries, 1)
    # The black one is not asked, and a place that nobody gave is not right.
    assert found.operator == ("grey", "plain")
    seen = [
        (found.title[q], found.shows[s]) for q, s in zip(found.query, found.sighted, strict=True)
    ]
    assert {("Alpha", "Alpha"), ("Beta", "Beta")} <= set(seen)
    right = {pair for pair, is_right in zip(seen, found.right, strict=True) if is_right}
    assert right == {("Alpha", "Alpha")}
    assert found.rows.tolist() == [2, 2]
    assert found.show_rows.tolist() == [1, 1]
