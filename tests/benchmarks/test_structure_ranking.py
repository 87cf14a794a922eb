import numpy as np
import pytest

from benchmarks.structure.ranking import Ranking, Truth
from benchmarks.structure.samples import PLAIN, Samples


def samples(
    titles: list[str],
    times_s: list[float],
    kinds: list[str],
    questions: list[int],
    seeds: list[int],
) -> Samples:
    """Return noise pictures; equal seeds are equal pictures."""
    lumas = [
        np.random.default_rng(seed).integers(0, 255, (144, 256)).astype(np.uint8) for seed in seeds
    ]
    return Samples(
        np.stack(lumas),
        np.array(titles),
        np.array([f"{title}.mkv" for title in titles]),
        np.array(kinds),
        np.array(times_s),
        np.array(questions),
        np.zeros(len(titles), dtype=bool),
    )


def references() -> Samples:
    return samples(
        ["a", "a", "a", "a", "b", "b"],
        [0.2, 1.2, 8.2, 30.2, 0.2, 8.2],
        [PLAIN] * 6,
        [-1] * 6,
        [1, 2, 3, 4, 5, 6],
    )


def questions() -> Samples:
    """Return a frame of `a` at 0.7 s that looks like its row at 30.2 s, and a drawing of it."""
    return samples(["a", "a"], [0.7, 0.7], [PLAIN, "rough"], [0, 0], [4, 9])


def test_truth_counts_rows_near_in_time_and_rows_that_look_the_same() -> None:
    truth = Truth.of(questions(), references())
    assert truth.right.tolist() == [[True, True, False, True, False, False]] * 2
    assert truth.same_title.tolist() == [[True] * 4 + [False] * 2] * 2


def test_truth_of_another_title_is_never_right_even_where_it_looks_the_same() -> None:
    library = references()
    library.lumas[4] = questions().lumas[0]
    assert not Truth.of(questions(), library).right[:, 4].any()


def test_ranking_counts_scenes_not_rows() -> None:
    truth = Truth.of(questions(), references())
    scores = np.array([[0.5, 0.4, 0.9, 0.1, 0.8, 0.7]] * 2, dtype=np.float32)
    # Ahead of .5: one scene of its own title and two of the other.
    assert Ranking.of(scores, truth).rank.tolist() == [4, 4]
    library = references()
    library.time_s[5] = 0.9  # now a row of the same scene as the one at 0.2 s
    assert Ranking.of(scores, Truth.of(questions(), library)).rank.tolist() == [3, 3]


def test_ranking_of_a_tie_is_not_first() -> None:
    truth = Truth.of(questions(), references())
    scores = np.zeros((2, 6), dtype=np.float32)
    assert (Ranking.of(scores, truth).rank > 1).all()


def test_ranking_compares_with_the_best_stranger_not_with_its_own_title() -> None:
    truth = Truth.of(questions(), references())
    scores = np.array([[0.5, 0.4, 0.9, 0.1, 0.3, 0.2]] * 2, dtype=np.float32)
    ranking = Ranking.of(scores, truth)
    assert ranking.true == pytest.approx([0.5, 0.5])
    assert ranking.stranger == pytest.approx([0.3, 0.3])
    everything = np.ones(2, dtype=bool)
    assert ranking.separation(everything) == 1.0
    assert ranking.found_at(0.01, everything) == 0.0  # its own title's other scene is ahead
    assert ranking.within(1, everything) == 0.0
    assert ranking.within(2, everything) == 1.0
