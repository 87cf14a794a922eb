import numpy as np
import pytest

from benchmarks.structure.fitted import orthonormal
from benchmarks.structure.material import Material
from benchmarks.structure.samples import PLAIN, Samples
from benchmarks.structure.tables import groups
from benchmarks.structure.variants import after_code, by_signs, signs
from framematch.calibration.operators import FINISHED, LINE_ART


def material(lumas: np.ndarray, *, drawn: bool) -> Material:
    count = len(lumas)
    return Material.of(
        Samples(
            lumas,
            np.full(count, "t"),
            np.full(count, "t.mkv"),
            np.full(count, PLAIN),
            np.arange(count) * 10.0,
            np.arange(count),
            np.full(count, drawn),
        )
    )


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (count, 144, 256)).astype(np.uint8)


def test_score_by_signs_counts_equal_less_differing_bits() -> None:
    lumas = noise(3)
    found = material(lumas, drawn=False)
    matrix = orthonormal(64, 1152, 1)
    scores = by_signs(matrix)(found, found)
    assert np.diag(scores).tolist() == [64.0] * 3
    bits = found.plain @ matrix.T > 0
    assert scores[0, 1] == 64 - 2 * (bits[0] != bits[1]).sum()


def test_score_of_a_drawing_is_the_better_one_of_whole_and_partial() -> None:
    scenes = np.kron(noise(4)[:, :12, :16], np.ones((1, 12, 16), dtype=np.uint8))
    figures = np.full((2, 144, 256), 250, dtype=np.uint8)
    figures[:, 24:120, 64:160] = scenes[:2, 24:120, 64:160]
    references, asked = material(scenes, drawn=False), material(figures, drawn=True)
    matrix = orthonormal(64, 1152, 1)
    whole = by_signs(matrix, partial=False)(asked, references)
    partial = signs(asked.partial @ matrix.T) @ signs(references.plain @ matrix.T).T
    assert (np.diag(partial) > np.diag(whole)).all()
    assert (by_signs(matrix)(asked, references) == np.maximum(whole, partial)).all()


def test_score_after_the_code_orders_what_the_code_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.structure.variants._KEPT", 2)
    found = material(noise(4), drawn=False)
    upside_down = after_code(lambda asked, known: -by_signs(orthonormal(64, 1152, 1))(asked, known))
    scores = upside_down(found, found)
    # Its own row is kept by the code, and then put behind the other one that is kept.
    assert ((scores > np.diag(scores)[:, None]).sum(axis=1) == 1).all()


def test_groups_hold_every_operator_once() -> None:
    kinds = np.array([PLAIN, *FINISHED, *LINE_ART, "drawn rough"])
    found = groups(kinds)
    assert found["all questions"].all()
    parts = [chosen for name, chosen in found.items() if name != "all questions"]
    assert (np.sum(parts, axis=0) == 1).all()
