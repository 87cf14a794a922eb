"""Recall measured on an index: drifted queries, and that what is missed is told."""

from pathlib import Path

import numpy as np
import pytest
from index_samples import SPECS, frames, reference

from framematch.index import Index, IndexWriter, Recall, measure_recall
from framematch.index.recall import BINS, drifted


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recall") / "index"
    with IndexWriter(path, SPECS) as writer:
        for number in range(4):
            writer.publish(reference(f"r{number}"), frames(300, number))
    return path


def test_drifted_codes_differ_in_the_bits_asked_for_and_only_where_the_others_do() -> None:
    dice = np.random.default_rng(1)
    codes, others = dice.integers(0, 256, (2, 50, 64), dtype=np.uint8)
    changed = drifted(codes, others, 90, dice)
    assert np.bitwise_count(changed ^ codes).sum(axis=1).tolist() == [90] * 50
    assert not ((changed ^ codes) & ~(codes ^ others)).any()
    near = drifted(codes, codes, 90, dice)
    assert np.array_equal(near, codes)


@pytest.mark.parametrize("backend", ["linear", "flat"])
def test_measure_recall_of_an_exact_structure_is_one_everywhere(folder: Path, backend: str) -> None:
    with Index.open(folder, min_information=10, backend=backend) as index:
        measured = measure_recall(index, 40)
    assert all(one.found == one.there for one in measured)
    assert [(one.code, one.up_to) for one in measured] == [
        (name, end) for name in ("appearance", "structure") for end in BINS[name]
    ]


def test_measure_recall_of_the_sieve_tells_what_is_passed_over(folder: Path) -> None:
    with Index.open(folder, min_information=10, backend="sieve") as index:
        measured = {(one.code, one.up_to): one for one in measure_recall(index, 80)}
        assert list(measured.values()) == measure_recall(index, 80)
    for key in (("structure", 31), ("structure", 70), ("appearance", 16), ("appearance", 50)):
        assert measured[key].found == measured[key].there > 0
    # Unrelated codes, which fill the places that no drifted row takes.
    far = measured[("structure", 512)]
    assert 0 < far.found < far.there


def test_measure_recall_asks_for_no_more_rows_than_there_are(tmp_path: Path) -> None:
    IndexWriter(tmp_path / "index", SPECS).close()
    with Index.open(tmp_path / "index") as index:
        assert measure_recall(index) == [
            Recall(name, end, 0, 0) for name in ("appearance", "structure") for end in BINS[name]
        ]
