import hashlib

import numpy as np
import pytest

from benchmarks.structure.fitted import (
    discriminant,
    orthonormal,
    principal,
    product_codes,
    rotated_to_signs,
)
from benchmarks.structure.hadamard import random_signs
from benchmarks.structure.variants import in_bytes, unit


def test_orthonormal_rows_of_one_group_do_not_correlate() -> None:
    rows = orthonormal(40, 32, 1)
    assert rows.shape == (40, 32)
    assert rows[:32] @ rows[:32].T == pytest.approx(np.eye(32), abs=1e-5)
    assert np.linalg.norm(rows[32:], axis=1) == pytest.approx(np.ones(8), abs=1e-5)


def test_random_projections_are_always_the_same_and_no_two_alike() -> None:
    rows = random_signs()
    assert hashlib.sha256(rows.tobytes()).hexdigest().startswith("46da1cc1c1249c56")
    unit_rows = unit(rows)
    alike = np.abs(unit_rows @ unit_rows.T - np.eye(512, dtype=np.float32))
    assert alike.max() < 0.15


def test_discriminant_prefers_what_varies_between_frames_to_what_varies_under_edits() -> None:
    generator = np.random.default_rng(2)
    frames = generator.normal(size=(500, 3)).astype(np.float32) * [3.0, 3.0, 1.0]
    differences = generator.normal(size=(500, 3)).astype(np.float32) * [3.0, 0.3, 1.0]
    first = unit(discriminant(frames, differences, 1, 1e-3))
    assert abs(float(first[0, 1])) > 0.99


def test_discriminant_makes_variance_within_classes_one() -> None:
    generator = np.random.default_rng(3)
    frames = generator.normal(size=(500, 4)).astype(np.float32)
    differences = generator.normal(size=(500, 4)).astype(np.float32) * [4.0, 0.2, 1.0, 0.5]
    within = differences @ discriminant(frames, differences, 4, 1e-6).T
    assert (within**2).mean(axis=0) == pytest.approx(np.ones(4), rel=1e-2)


def test_principal_returns_the_strongest_direction_first() -> None:
    generator = np.random.default_rng(4)
    vectors = generator.normal(size=(500, 3)).astype(np.float32) * [0.5, 5.0, 1.0]
    assert np.abs(principal(vectors, 2)).argmax(axis=1).tolist() == [1, 2]


def test_rotation_to_signs_loses_less_than_a_random_one() -> None:
    generator = np.random.default_rng(5)
    corners = generator.choice([-1.0, 1.0], size=(400, 6))
    turned = corners @ orthonormal(6, 6, 7) + generator.normal(size=(400, 6)) * 0.1

    def lost(turn: np.ndarray) -> float:
        vectors = turned @ turn.T
        return float(((np.where(vectors > 0, 1.0, -1.0) - vectors) ** 2).mean())

    vectors = turned.astype(np.float32)
    turn = rotated_to_signs(vectors, 1)
    assert turn @ turn.T == pytest.approx(np.eye(6), abs=1e-4)
    assert lost(turn) < 0.5 * lost(orthonormal(6, 6, 1))


def test_bytes_keep_the_direction_of_a_vector() -> None:
    vectors = np.random.default_rng(6).normal(size=(5, 200)).astype(np.float32)
    assert (in_bytes(vectors) * unit(vectors)).sum(axis=1) == pytest.approx(np.ones(5), abs=1e-3)
    assert (in_bytes(vectors) != unit(vectors)).any()


def test_product_codes_keep_vectors_that_are_their_centres() -> None:
    books = np.random.default_rng(7).normal(size=(256, 4)).astype(np.float32)
    kept = product_codes(np.repeat(books, 3, axis=0), seed=1)
    assert kept(books).shape == books.shape
    near = np.abs(kept(books) - books).max(axis=1) < 1e-5
    assert near.mean() > 0.3
    assert np.abs(kept(books) - books).mean() < 0.2 * np.abs(books).mean()
