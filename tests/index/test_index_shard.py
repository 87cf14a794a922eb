"""Ranges of rows searched alone, put together again."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from index_samples import SPECS, frames, reference

from framematch.errors import IndexStoreError
from framematch.index import (
    BACKENDS,
    Backend,
    Index,
    IndexWriter,
    LinearIndex,
    SieveIndex,
    merged,
    sieve,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shards") / "index"
    with IndexWriter(path, SPECS) as writer:
        for number in range(9):
            # Every third one shows the same pictures: ties across shards.
            writer.publish(reference(f"r{number}"), frames(40 + number, number % 3))
    return path


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["structure", "appearance"])
@pytest.mark.parametrize("cuts", [[], [1], [50, 51, 200], [0, 130, 130]])
def test_shards_merged_answer_as_the_whole_index(
    folder: Path, backend: Backend, name: str, cuts: list[int]
) -> None:
    with Index.open(folder, min_information=20, backend=backend) as index:
        bounds = [0, *cuts, len(index)]
        shards = [index.shard(*pair) for pair in itertools.pairwise(bounds)]
        queries = index.codes(name, np.arange(0, len(index), 29))
        for exact in (False, True):
            whole = index.search_nearest(name, queries, 7, exact=exact)
            parts = [shard.search_nearest(name, queries, 7, exact=exact) for shard in shards]
            assert same(merged(parts, 7), whole)
        within = [shard.search_within(name, queries, 110) for shard in shards]
        assert same(merged(within), index.search_within(name, queries, 110))


def same(left: object, right: object) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name))
        for name in ("query", "row", "distance")
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_structures_are_made_whole_by_the_one_thread_that_builds(
    folder: Path, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a search has to finish first, two threads would finish twice: rows doubled or missing.
    alone: list[bool] = []
    with Index.open(folder, backend=backend) as index:

        def watched(action: Callable[..., object]) -> Callable[..., object]:
            def run(held: LinearIndex | SieveIndex | np.ndarray) -> object:
                if isinstance(held, np.ndarray) or held._waiting:
                    alone.append(index._whole._building.locked())
                return action(held)

            return run

        monkeypatch.setattr(LinearIndex, "_settle", watched(LinearIndex._settle))
        monkeypatch.setattr(SieveIndex, "_settle", watched(SieveIndex._settle))
        monkeypatch.setattr(sieve, "planes_of", watched(sieve.planes_of))
        index.search_nearest("structure", frames(40, 1).structure[:3], 7)
    assert alone == [True] * {"linear": 1, "flat": 0, "sieve": 2}[backend]


def test_shard_outside_the_index_is_refused(folder: Path) -> None:
    with Index.open(folder) as index:
        for first, stop in ((-1, 3), (5, 4), (0, len(index) + 1)):
            with pytest.raises(IndexStoreError, match="rows"):
                index.shard(first, stop)


def test_merged_of_nothing_has_no_hits() -> None:
    assert len(merged([], 3)) == 0
