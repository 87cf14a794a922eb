"""Ranges of rows searched alone, put together again."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from index_samples import SPECS, frames, reference

from framematch.errors import IndexStoreError
from framematch.index import BACKENDS, Backend, Index, IndexWriter, merged


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


def test_shard_outside_the_index_is_refused(folder: Path) -> None:
    with Index.open(folder) as index:
        for first, stop in ((-1, 3), (5, 4), (0, len(index) + 1)):
            with pytest.raises(IndexStoreError, match="rows"):
                index.shard(first, stop)


def test_merged_of_nothing_has_no_hits() -> None:
    assert len(merged([], 3)) == 0
