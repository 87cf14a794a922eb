import hashlib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.structure.crossfit import Fitting, compared, view_scores
from benchmarks.structure.learned import Recipe, in_steps, quantised, written
from benchmarks.structure.material import Material, frame_rows, in_place, masked
from benchmarks.structure.pairs import Pairs, nearest_views
from benchmarks.structure.samples import PLAIN, Samples, Views
from benchmarks.structure.variants import in_bytes
from framematch.hashing import structure

SIZE = 1152


def material(count: int, titles: int, *, asked: bool) -> Material:
    """Return noise pictures of titles; questions are each a frame and a brighter copy of it."""
    generator = np.random.default_rng(3)
    lumas = generator.integers(0, 200, (count, 144, 256)).astype(np.uint8)
    title = np.array([f"t{number % titles}" for number in range(count)])
    time_s = np.arange(count) * 10.0
    question = np.arange(count)
    kind = np.full(count, PLAIN)
    if asked:
        lumas = np.concatenate([lumas, lumas + 20])
        title, time_s, question = np.tile(title, 2), np.tile(time_s, 2), np.tile(question, 2)
        kind = np.repeat([PLAIN, "gamma"], count)
    else:
        question = np.full(count, -1)
    file = np.char.add(title, ".mkv")
    drawn = np.zeros(len(lumas), dtype=bool)
    return Material.of(Samples(lumas, title, file, kind, time_s, question, drawn))


def pairs(seed: int = 1) -> Pairs:
    """Return pairs in which the first 300 numbers change between frames and the rest do not."""
    generator = np.random.default_rng(seed)
    frames = generator.normal(size=(400, SIZE)).astype(np.float32)
    whole = generator.normal(size=(400, SIZE)).astype(np.float32) * 0.3
    frames[:, 300:] *= 0.1
    nothing = np.zeros((0, SIZE), dtype=np.float32)
    viewed = np.zeros((600, SIZE), dtype=np.float32)
    viewed[:, :150] = 3.0 * generator.normal(size=(600, 150))
    return Pairs(frames, whole, nothing, viewed)


def test_learned_projections_look_at_what_tells_frames_apart() -> None:
    matrix = Recipe(1.0, directions=100, bits=64).fitted(pairs())
    assert matrix.shape == (64, SIZE)
    assert np.linalg.norm(matrix, axis=1) == pytest.approx(np.ones(64), abs=1e-5)
    assert (matrix[:, :300] ** 2).sum() > 0.7 * (matrix**2).sum()


def test_learned_projections_turn_away_from_what_views_change() -> None:
    without = Recipe(1.0, directions=100, bits=64).fitted(pairs())
    fitted = Recipe(1.0, directions=100, bits=64, viewed=1.0).fitted(pairs())
    assert (fitted[:, :150] ** 2).sum() < 0.3 * (without[:, :150] ** 2).sum()


def test_quantised_projections_keep_nearly_all_signs() -> None:
    generator = np.random.default_rng(2)
    matrix = generator.normal(size=(64, SIZE)).astype(np.float32)
    levels, steps = quantised(matrix)
    assert levels.dtype == np.int8
    assert np.abs(levels).max() == 127
    assert np.abs(in_steps(matrix) - matrix).max() <= steps.max() / 2 + 1e-6
    vectors = generator.normal(size=(500, SIZE)).astype(np.float32)
    changed = (vectors @ matrix.T > 0) != (vectors @ in_steps(matrix).T > 0)
    assert changed.mean() < 0.01


def test_written_projections_are_the_bytes_that_ship(tmp_path: Path) -> None:
    matrix = np.random.default_rng(4).normal(size=(6, 10)).astype(np.float32)
    lines = list(written(tmp_path / "p.i8", matrix))
    levels = np.frombuffer((tmp_path / "p.i8").read_bytes(), dtype=np.int8).reshape(6, 10)
    np.testing.assert_array_equal(levels, quantised(matrix)[0])
    # Codes are the same but for what hangs in the balance.
    vectors = np.random.default_rng(5).normal(size=(200, 10)).astype(np.float32)
    assert ((vectors @ matrix.T > 0) == (vectors @ levels.T > 0)).mean() > 0.98
    assert hashlib.sha256(levels.tobytes()).hexdigest() in lines[0]


def test_frame_of_a_question_is_the_unedited_one_of_its_title_and_number() -> None:
    asked = material(6, 2, asked=True).samples
    assert frame_rows(asked).tolist() == [0, 1, 2, 3, 4, 5] * 2
    assert in_place(asked).tolist() == [False] * 6 + [True] * 6


def test_masked_features_are_unit_vectors_that_are_near_the_whole_picture() -> None:
    found = material(8, 1, asked=False)
    hidden = masked(found.cells, 1)
    assert np.linalg.norm(hidden, axis=1) == pytest.approx(np.ones(8), abs=1e-4)
    own = (hidden * found.plain).sum(axis=1)
    other = (hidden * np.roll(found.plain, 1, axis=0)).sum(axis=1)
    assert (own > other).all()
    assert (own < 0.999).any()


def test_nearest_view_is_the_one_most_like_the_frame() -> None:
    frames = np.eye(3, SIZE, dtype=np.float32)
    apart = np.zeros((3, SIZE), dtype=np.float16)
    apart[0, 5], apart[1, 2], apart[2, 7] = 1, 1, 1
    found = nearest_views(Views(np.array([2, 2, 2]), apart), frames)
    assert [row for row, _ in found] == [2]
    assert found[0][1][2] == 1.0


def test_view_scores_are_those_of_the_best_view() -> None:
    references = material(4, 1, asked=False)
    matrix = np.random.default_rng(5).normal(size=(32, SIZE)).astype(np.float32)
    apart = np.concatenate([references.plain[1:3], -references.plain[:1]]).astype(np.float16)
    scores = view_scores(matrix, Views(np.array([0, 0, 3]), apart), references)
    assert scores.shape == (2, 4)
    assert scores[0, 1:3].tolist() == [32.0, 32.0]
    assert scores[1, 0] == -32.0


def test_view_scores_by_floats_keep_what_they_are_told_to_keep() -> None:
    references = material(4, 1, asked=False)
    views = Views(np.array([0]), references.plain[2:3].astype(np.float16))
    scores = view_scores(np.eye(SIZE, dtype=np.float32), views, references, in_bytes)
    assert scores[0].argmax() == 2
    assert scores[0, 2] == pytest.approx(1.0, abs=1e-2)


def test_titles_that_are_held_out_are_not_among_the_fitted_pairs() -> None:
    views = Views(np.array([1, 4]), np.zeros((2, SIZE), dtype=np.float16))
    fitting = Fitting(material(6, 3, asked=False), material(6, 3, asked=True), views)
    part = fitting.of_titles(np.array(["t0", "t2"]))
    assert set(part.questions.samples.title.tolist()) == {"t0", "t2"}
    assert set(part.references.samples.title.tolist()) == {"t0", "t2"}
    assert len(part.views.row) == 0
    assert len(fitting.of_titles(np.array(["t1"]), library=True).references.samples) == 6


def test_comparison_of_recipes_begins_with_random_projections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.structure.crossfit._FOLDS", 2)
    questions = material(8, 4, asked=True)
    views = Views(np.arange(16), questions.plain.astype(np.float16))
    fitting = Fitting(material(8, 4, asked=False), questions, views)
    lines = list(compared(fitting, [Recipe(1.0, viewed=0.3)]))
    assert [line.split("  ")[0] for line, _ in lines] == ["random signs", "LDA 1.0, views 0.3"]
    assert all(0.0 <= figure <= 1.0 for _, figure in lines)


def test_partial_features_of_material_are_those_that_the_product_codes() -> None:
    found = material(3, 1, asked=False)
    assert (structure.sign_code(found.partial) == structure.encode_partial(found.cells)).all()
    assert (structure.sign_code(found.plain) == structure.encode_cells(found.cells)).all()
