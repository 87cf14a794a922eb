from pathlib import Path

import numpy as np
import pytest

from benchmarks.structure.crossfit import taken
from benchmarks.structure.gathered import kept, read, write
from benchmarks.structure.samples import FIT, PLAIN, TEST, Sample, Samples, Split, Views

NO_FILMS = Split("none", films=(), studios=(7,), episode_s=6.0, per_episode=1, view_every=1)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (90, 160, 3)).astype(np.uint8)


def rows() -> list[Sample]:
    """Return a reference, and a question with and one without its views."""
    about = ("a", "a.mkv", 1.5, 0)
    return [
        Sample.of(picture(1), "a", "a.mkv", 1.0),
        Sample.asked(picture(2), about, PLAIN, views=True),
        Sample.asked(picture(3), about, "jpeg-20", views=False),
    ]


def test_no_title_is_both_fitted_on_and_measured_on() -> None:
    assert not {title for title, _ in FIT.films} & {title for title, _ in TEST.films}
    assert not set(FIT.studios) & set(TEST.studios)


def test_views_are_those_of_the_rows_that_have_them() -> None:
    gathered = rows()
    views = Views.of(gathered)
    assert set(views.row.tolist()) == {1}
    assert len(views.apart) == len(gathered[1].apart) > 10
    assert np.linalg.norm(views.apart.astype(np.float32), axis=1) == pytest.approx(
        np.ones(len(views.apart)), abs=1e-2
    )


def test_joined_views_count_their_rows_on() -> None:
    views = Views.of(rows())
    assert set(Views.joined([views, views], [3, 3]).row.tolist()) == {1, 4}


def test_taken_views_count_their_rows_among_the_chosen() -> None:
    views = Views(np.array([0, 2, 2, 3]), np.zeros((4, 1152), dtype=np.float16))
    left = taken(views, np.array([False, True, True, True]))
    assert left.row.tolist() == [1, 1, 2]


def test_written_samples_are_read_back_without_pickle(tmp_path: Path) -> None:
    samples, views = Samples.of(rows()), Views.of(rows())
    write(tmp_path / "x.npz", samples, views)
    again, seen = read(tmp_path / "x.npz")
    assert again.lumas.tolist() == samples.lumas.tolist()
    assert again.file.tolist() == samples.file.tolist()
    assert again.question.tolist() == [-1, 0, 0]
    assert seen.row.tolist() == views.row.tolist()


def test_a_split_in_the_scratch_folder_is_not_gathered_again(tmp_path: Path) -> None:
    write(tmp_path / "none.npz", Samples.of(rows()), Views.of(rows()))
    samples, _ = kept(tmp_path / "no footage here", NO_FILMS, tmp_path)
    assert samples.title.tolist() == ["a", "a", "a"]
