"""The flips of benchmarks/faults on a small index, and that the harness sees a wrong answer."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "index"))
from index_samples import SPECS, frames, reference

from benchmarks.faults import index_flips as flips
from framematch.index import IndexWriter
from framematch.records import EpisodeId


@pytest.fixture
def base(tmp_path: Path) -> flips.Base:
    with IndexWriter(tmp_path / "source", SPECS) as writer:
        for number in range(2):
            one = reference(str(number), "Kites", EpisodeId(1, number + 1))
            writer.publish(one, frames(20, number))
    flips.choose(tmp_path / "source")
    return flips.prepared(tmp_path / "source", tmp_path)


def test_no_damage_of_any_file_gives_a_wrong_answer(base: flips.Base, tmp_path: Path) -> None:
    files = flips.files_of(base.folder)
    tallies = flips.run(base, tmp_path, files, seed=7, seconds=float("inf"), most=6)
    assert [failure for tally in tallies.values() for failure in tally.failures] == []
    assert sum(tally.refused for tally in tallies.values()) > 20
    assert sum(tally.again for tally in tallies.values()) > 5


def test_reader_that_does_not_look_is_caught(
    base: flips.Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.index.arrays.check_sums", lambda *_: iter(()))
    files = [file for file in flips.files_of(base.folder) if file.startswith("segments/")][:1]
    tallies = flips.run(base, tmp_path, files, seed=7, seconds=float("inf"), most=12)
    failures = [failure for tally in tallies.values() for failure in tally.failures]
    assert any("WRONG ANSWER" in failure for failure in failures)
