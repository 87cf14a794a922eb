import numpy as np
import pytest

from benchmarks.structure.selfsimilarity import N_FEATURES, self_similarity


def scene(seed: int) -> np.ndarray:
    """Return a few grey boxes, uint8 (144, 256)."""
    generator = np.random.default_rng(seed)
    luma = np.full((144, 256), 120, dtype=np.uint8)
    for _ in range(8):
        top, left = generator.integers(0, 110), generator.integers(0, 210)
        luma[top : top + 34, left : left + 46] = generator.integers(0, 255)
    return luma


def test_a_flat_picture_has_no_self_similarity_to_speak_of() -> None:
    assert np.abs(self_similarity(np.full((1, 144, 256), 90, dtype=np.uint8))).max() == 0.0


def test_vectors_have_unit_length() -> None:
    vectors = self_similarity(np.stack([scene(1), scene(2)]))
    assert vectors.shape == (2, N_FEATURES)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-4)


def test_a_negative_is_more_like_its_picture_than_another_picture_is() -> None:
    one, negative, other = self_similarity(np.stack([scene(1), 255 - scene(1), scene(2)]))
    assert one @ negative > 0.95
    assert one @ other < 0.7
