"""Made codes of the search benchmark: near their pictures, and always the same."""

from pathlib import Path

import numpy as np

from benchmarks.speed.codes import drifted_rows, likeness_to_real


def test_drifted_rows_are_kept_near_their_picture_and_the_same_again(tmp_path: Path) -> None:
    real = np.random.default_rng(0).integers(0, 256, (50, 64), dtype=np.uint8)
    made = drifted_rows(real, 500, tmp_path / "made.bin")
    again = drifted_rows(real, 500, tmp_path / "again.bin")
    assert np.array_equal(made, again)
    own = np.bitwise_count(made ^ real[np.arange(500) // 10]).sum(axis=1)
    assert 30 < np.median(own) < own.max() < 140
    assert "real: bits set in" in likeness_to_real(real, made, 100)
