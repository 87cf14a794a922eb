"""An index searched in shards: merged answers, and which node holds which rows."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import scene, write_image, write_library

from framematch.cluster import Node, ShardedIndex
from framematch.cluster.sharding import cut
from framematch.cluster.shards import ShardServer, Snapshot, opened
from framematch.errors import IndexStoreError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.index.backends import BACKENDS
from framematch.ingest import add, plan
from framematch.matcher import Matcher
from framematch.records import Hits


class Searchers:
    """Shards of this process."""

    def __init__(self, snapshot: Snapshot, bounds: Sequence[int]) -> None:
        self._shards = [ShardServer(snapshot, *pair) for pair in itertools.pairwise(bounds)]

    def ask(self, method: str, *arguments: object, **options: object) -> Sequence[Hits]:
        # The last one answers first: order must not matter.
        return [getattr(shard, method)(*arguments, **options) for shard in self._shards[::-1]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shards")
    # The openings of a show are alike: equal distances across shards.
    items, _ = plan([write_library(root / "library")])
    add(root / "index", items)
    return root / "index"


def _opened(whole: Index, cuts: Sequence[int]) -> ShardedIndex:
    snapshot = Snapshot.of(whole)
    index = opened(snapshot)
    index.search_by(Searchers(snapshot, [0, *sorted(cuts), len(index)]))
    return index


def _same(left: Hits, right: Hits) -> bool:
    return all(
        np.array_equal(getattr(left, name), getattr(right, name))
        for name in ("query", "row", "distance")
    )


# The first search of a structure compiles it.
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_sharded_index_answers_as_the_whole_index(folder: Path, data: st.DataObject) -> None:
    backend = data.draw(st.sampled_from(BACKENDS))
    with Index.open(folder, min_information=MINIMUM, backend=backend) as whole:
        cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=4))
        k = data.draw(st.integers(0, len(whole) + 2))
        max_distance = data.draw(st.integers(-1, 300))
        seed = data.draw(st.integers(0, 1000))
        exact = data.draw(st.booleans())
        with _opened(whole, cuts) as sharded:
            for name, n_bytes in (("structure", 64), ("appearance", 32)):
                strangers = np.random.default_rng(seed).integers(
                    0, 256, (2, n_bytes), dtype=np.uint8
                )
                codes = np.concatenate([whole.codes(name, [0, len(whole) - 1]), strangers])
                answers, expected = (
                    [
                        index.search_nearest(name, codes, k, exact=exact),
                        index.search_within(name, codes, max_distance, exact=exact),
                    ]
                    for index in (sharded, whole)
                )
                assert all(map(_same, answers, expected))


def test_sharded_index_gives_a_matcher_the_answer_of_the_whole(
    folder: Path, tmp_path: Path
) -> None:
    queries = [write_image(tmp_path / f"{seed}.png", scene(seed)) for seed in (1, 100, 500)]
    with Index.open(folder, min_information=MINIMUM) as whole, _opened(whole, [3, 7]) as sharded:
        for query in queries:
            assert Matcher(sharded).attribute(query) == Matcher(whole).attribute(query)


def test_shard_of_an_index_that_was_changed_is_refused(folder: Path) -> None:
    with Index.open(folder) as index:
        other = Snapshot(str(folder), replace(index.info, id="0" * 16), 0, "linear")
    with pytest.raises(IndexStoreError, match="changed since the query began"):
        ShardServer(other, 0, 1)


@pytest.mark.parametrize("n_rows", [0, 1, 41, 1_000_000])
def test_cut_gives_every_row_to_one_node_by_its_processors(n_rows: int) -> None:
    nodes = [Node(f"n{number}", "host", processors) for number, processors in enumerate((1, 4, 2))]
    shards = cut(n_rows, nodes)
    assert [node for node, _, _ in shards] == nodes
    assert [first for _, first, _ in shards] == [0, *(stop for _, _, stop in shards)][:-1]
    assert shards[-1][2] == n_rows
    for node, first, stop in shards:
        assert abs((stop - first) - n_rows * node.processors / 7) <= 1
