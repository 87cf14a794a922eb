"""The fixed numbers of the structure code."""

import numpy as np

from framematch.hashing.projection import BITS, N_FEATURES, mean_features, projections


def test_projections_are_made_the_same_again() -> None:
    first = projections().copy()
    projections.cache_clear()
    np.testing.assert_array_equal(projections(), first)


def test_projections_begin_as_they_always_did() -> None:
    # Other projections would make every index unreadable.
    first, second, last = (
        "".join("+" if value > 0 else "-" for value in projections()[row, :24])
        for row in (0, 1, 511)
    )
    assert first == "-+--+-++--++++-+-+--+-++"
    assert second == "-++++-------+++--++++---"
    assert last == "-+++-++++++++++-+---+---"


def test_projections_rows_have_one_length_and_hardly_overlap() -> None:
    rows = projections()
    assert (rows.dtype, rows.shape) == (np.float32, (BITS, N_FEATURES))
    lengths = np.linalg.norm(rows, axis=1)
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-6)
    cosines = rows @ rows.T / lengths[0] ** 2
    between = cosines[np.triu_indices(BITS, 1)]
    # As little as random directions do: the mean square is at most one in 1152.
    assert float((between**2).mean()) < 1 / N_FEATURES
    # And no two say the same: bits that repeat each other are no bits.
    assert float(np.abs(between).max()) < 0.25


def test_projections_codes_of_random_vectors_are_balanced() -> None:
    vectors = np.random.default_rng(5).normal(size=(400, N_FEATURES)).astype(np.float32)
    share = (vectors @ projections().T > 0).mean(axis=0)
    assert 0.35 < share.min() < share.max() < 0.65


def test_mean_features_is_a_whole_vector() -> None:
    mean = mean_features()
    assert (mean.dtype, mean.shape) == (np.float32, (N_FEATURES,))
    assert np.isfinite(mean).all()
    # The mean of unit vectors without a constant part is shorter than they and has none either.
    assert 0.05 < float(np.linalg.norm(mean)) < 1.0
    assert abs(float(mean.mean())) < 1e-6
