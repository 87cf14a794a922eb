"""The fixed numbers of the structure code."""

import hashlib
from importlib import resources

import numpy as np
import pytest

from framematch.hashing.projection import BITS, N_FEATURES, mean_features, projections


def test_projections_are_those_of_the_specification() -> None:
    # Other projections would make every index unreadable.
    data = resources.files("framematch.hashing").joinpath("structure_projections.i8").read_bytes()
    assert hashlib.sha256(data).hexdigest() == (
        "00484216a1b8a3f2febea39d70843443ba2b5f8fc6a18ac8159a18ad32f9cb2b"
    )
    assert (projections().dtype, projections().shape) == (np.float32, (BITS, N_FEATURES))


def test_projections_rows_have_one_length_and_no_two_say_the_same() -> None:
    rows = projections()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    cosines = rows @ rows.T
    # Bits that repeat each other are no bits.
    assert float(np.abs(cosines[np.triu_indices(BITS, 1)]).max()) < 0.25


def test_projections_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        projections()[0, 0] = 1


def test_mean_features_is_a_whole_vector() -> None:
    mean = mean_features()
    assert (mean.dtype, mean.shape) == (np.float32, (N_FEATURES,))
    assert np.isfinite(mean).all()
    # The mean of unit vectors without a constant part is shorter than they and has none either.
    assert 0.05 < float(np.linalg.norm(mean)) < 1.0
    assert abs(float(mean.mean())) < 1e-6
