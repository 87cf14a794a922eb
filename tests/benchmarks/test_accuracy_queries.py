from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import benchmarks.accuracy.queries as queries_module
from benchmarks.accuracy.films import _of_film
from benchmarks.accuracy.library import SEEDS, UNKNOWN_SEED, Library
from benchmarks.accuracy.queries import (
    KEPT,
    Instant,
    Query,
    quick,
    some,
    spread,
    through,
    unknown,
)
from benchmarks.accuracy.store import load, save
from benchmarks.calibration.library import SEEDS as FITTED
from benchmarks.footage.library import Part
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.records import EpisodeId


def base(number: int = 0) -> Query:
    rng = np.random.default_rng(number)
    pixels = rng.integers(0, 255, (36, 64, 3)).astype(np.uint8)
    return Query(pixels, "A", "plain", "", f"title {number}", "show", ("S01E01",), stage="final")


def bases() -> list[Query]:
    return [base(number) for number in range(20)]


def named(queries: list[Query]) -> list[tuple[str, str, str, int]]:
    return [(one.group, one.operator, one.title, one.seed) for one in queries]


def test_queries_are_the_same_ones_every_time() -> None:
    assert named(list(through(bases(), 3))) == named(list(through(bases(), 3)))
    assert named(list(unknown(bases()))) == named(list(unknown(bases())))


def test_every_operator_has_as_many_queries_of_different_frames() -> None:
    found = list(through(bases(), 3))
    for operator in (*FINISHED, *LINE_ART, *KEPT):
        own = [one.title for one in found if one.operator == operator]
        assert len(own) == 3
        assert len(set(own)) == 3


def test_queries_of_an_operator_do_not_depend_on_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = [one for one in named(list(through(bases(), 3))) if one[1] == "xdog"]
    fewer = {"D": ({"xdog": LINE_ART["xdog"]},)}
    monkeypatch.setattr(queries_module, "REGISTRIES", fewer)
    assert named(list(through(bases(), 3))) == whole


def test_operators_kept_for_testing_are_not_those_of_the_fit() -> None:
    assert not KEPT & {*FINISHED, *LINE_ART}
    assert not {*SEEDS, UNKNOWN_SEED} & set(FITTED)


def test_picture_of_a_query_is_the_same_every_time_and_leaves_the_frame_alone() -> None:
    query = replace(base(), operator="screen-photo", seed=5)
    before = query.pixels.copy()
    np.testing.assert_array_equal(query.picture(), query.picture())
    np.testing.assert_array_equal(query.pixels, before)


def test_unknown_queries_have_no_show_and_run_through_the_operators() -> None:
    found = list(unknown(bases()))
    assert len(found) == 3 * 20
    assert all(one.show is None and one.group == "U" for one in found)
    assert len({one.operator for one in found}) > 30


def test_spread_keeps_off_the_sampled_instants() -> None:
    times = np.array(spread(24.0, 12, np.random.default_rng(1)))
    away = np.abs(times * 4 - np.rint(times * 4)) / 4
    assert len(times) == 12
    assert away.min() > 0.05
    assert times.max() < 24.0


def test_some_are_spread_over_all_and_never_more_than_asked_for() -> None:
    given = bases()
    assert len(some(given, 7)) == 7
    assert len(some(given, 100)) == 20
    assert some(given, 7)[-1] is not given[6]


def test_quick_run_asks_some_of_every_family() -> None:
    given = list(through(bases(), 9)) + list(unknown(bases()))
    chosen = quick(given)
    assert {one.family for one in chosen} == {one.family for one in given}
    assert len(chosen) < len(given) / 2


def library(*starts_s: float) -> Library:
    parts = tuple(
        Part(Path(f"part{number}.mp4"), EpisodeId(1, number + 1), start_s)
        for number, start_s in enumerate(starts_s)
    )
    return Library(Path(), (), parts, {})


def test_frame_of_a_film_is_placed_in_its_part() -> None:
    found = _of_film(library(0.0, 100.0, 200.0), base().pixels, 130.0)
    assert found is not None
    assert found.episodes == ("S01E02",)
    assert found.instants == (Instant("part1.mp4", 30.0),)


@pytest.mark.parametrize("film_s", [99.0, 101.0, 495.0])
def test_frame_next_to_a_cut_or_in_the_credits_is_not_asked_for(film_s: float) -> None:
    assert _of_film(library(0.0, 100.0, 200.0), base().pixels, film_s) is None


def test_stored_queries_come_back_as_they_were(tmp_path: Path) -> None:
    given = [
        replace(base(1), instants=(Instant("a.mp4", 1.5),), episodes=("S01E01", "S01E03"), seed=7),
        replace(base(2), show=None, stage=None, without="show"),
    ]
    given.append(replace(given[0], operator="grey", group="C"))
    save(tmp_path / "queries.npz", given)
    found = load(tmp_path / "queries.npz")
    for one, other in zip(given, found, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert replace(one, pixels=other.pixels) == other
    assert found[0].pixels is found[2].pixels
