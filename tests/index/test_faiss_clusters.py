"""The back end of large indexes, which may miss rows: what it may miss and what it may not."""

from pathlib import Path

import numpy as np
import pytest
from index_samples import SPECS, flip_bits, frames, reference
from test_frame_index_contract import triples

from framematch.index import FaissClusters, Index, IndexWriter, LinearIndex, faiss_clusters
from framematch.index.backends import (
    CLUSTERS_FROM_ROWS,
    FAISS_FROM_ROWS,
    backend_for,
    search_distinct,
)

SPEC = SPECS["structure"]
N_ROWS = 6000


@pytest.fixture(autouse=True)
def _lists_for_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cluster a few thousand rows as a million would be, a fifteenth of the lists looked into."""
    monkeypatch.setattr(faiss_clusters, "EXACT_BELOW_ROWS", 1000)
    monkeypatch.setattr(faiss_clusters, "PROBED_LISTS", 20)


def picture_codes(n: int, seed: int = 0) -> np.ndarray:
    """Return codes as pictures have them: signs of projections of few dimensions, in shots."""
    rng = np.random.default_rng(seed)
    shots = np.repeat(rng.normal(size=(n // 5 + 1, 40)), 5, axis=0)[:n]
    shown = shots + 0.3 * rng.normal(size=shots.shape)
    hyperplanes = np.random.default_rng(99).normal(size=(40, SPEC.bits))
    return np.packbits(shown @ hyperplanes > 0, axis=1)


def built(backend: type, held: np.ndarray) -> LinearIndex | FaissClusters:
    index = backend(SPEC)
    index.add(held)
    return index


def test_search_nearest_finds_nearly_every_edited_picture_and_most_of_the_exact_answer() -> None:
    held = picture_codes(N_ROWS)
    wanted = np.arange(0, N_ROWS, 29)
    queries = np.stack([flip_bits(held[row], 90, seed=int(row)) for row in wanted])
    hits = built(FaissClusters, held).search_nearest(queries, 8)
    exact = built(LinearIndex, held).search_nearest(queries, 8)
    found = set(zip(hits.query.tolist(), hits.row.tolist(), strict=True))
    shown = [(query, int(row)) in found for query, row in enumerate(wanted)]
    assert np.mean(shown) >= 0.97
    known = set(zip(exact.query.tolist(), exact.row.tolist(), strict=True))
    assert len(found & known) >= 0.7 * len(known)


def test_search_nearest_looks_into_few_lists() -> None:
    # Unrelated queries: were every list looked into, nothing would be missed.
    held, queries = picture_codes(N_ROWS), picture_codes(200, seed=5)
    hits = built(FaissClusters, held).search_nearest(queries, 8)
    exact = built(LinearIndex, held).search_nearest(queries, 8)
    assert set(triples(exact)) - set(triples(hits))


def test_search_nearest_told_to_be_exact_misses_nothing() -> None:
    held, queries = picture_codes(N_ROWS), picture_codes(60, seed=5)
    index = built(FaissClusters, held)
    assert triples(index.search_nearest(queries, 8, exact=True)) == triples(
        built(LinearIndex, held).search_nearest(queries, 8)
    )
    # And it goes on to look into few lists when it is not told to.
    assert triples(index.search_nearest(queries, 8)) == triples(
        built(FaissClusters, held).search_nearest(queries, 8)
    )


def test_search_nearest_distances_and_order_are_those_of_the_contract() -> None:
    held, queries = picture_codes(N_ROWS), picture_codes(50, seed=3)
    hits = built(FaissClusters, held).search_nearest(queries, 8)
    plain = np.bitwise_count(held[hits.row] ^ queries[hits.query]).sum(axis=1)
    assert hits.distance.tolist() == plain.tolist()
    order = list(zip(hits.query.tolist(), hits.distance.tolist(), hits.row.tolist(), strict=True))
    assert order == sorted(order)
    assert len(set(triples(hits))) == len(hits) == 50 * 8
    assert (hits.query.dtype, hits.row.dtype, hits.distance.dtype) == (np.int64, np.int64, np.int32)


def test_search_nearest_of_all_lists_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_clusters, "PROBED_LISTS", 10**6)
    held, queries = picture_codes(2000), picture_codes(40, seed=3)
    near = built(FaissClusters, held).search_nearest(queries, 8)
    exact = built(LinearIndex, held).search_nearest(queries, 8)
    assert near.distance.tolist() == exact.distance.tolist()


def test_search_nearest_below_the_bound_is_exact_and_so_is_search_within_above_it() -> None:
    held, queries = picture_codes(N_ROWS), picture_codes(40, seed=3)
    few, few_exact = built(FaissClusters, held[:999]), built(LinearIndex, held[:999])
    assert triples(few.search_nearest(queries, 5)) == triples(few_exact.search_nearest(queries, 5))
    index, exact = built(FaissClusters, held), built(LinearIndex, held)
    near = exact.search_within(queries, 170)
    assert len(near) > 40
    assert triples(index.search_within(queries, 170)) == triples(near)


def test_search_nearest_more_than_the_lists_hold_gives_short_answers_without_gaps() -> None:
    held = picture_codes(N_ROWS)
    hits = built(FaissClusters, held).search_nearest(held[:3], N_ROWS)
    assert 0 < len(hits) < 3 * N_ROWS
    assert hits.row.min() >= 0
    assert hits.row[hits.distance == 0].tolist()[:1] == [0]


def test_equal_rows_give_equal_answers_whatever_the_parts_they_came_in(tmp_path: Path) -> None:
    held, queries = picture_codes(N_ROWS), picture_codes(60, seed=3)
    whole, parts = built(FaissClusters, held), FaissClusters(SPEC)
    parts.add(held[:4000])
    parts.search_nearest(queries, 8)
    parts.add(held[4000:])
    parts.save(tmp_path / "saved")
    again = FaissClusters.load(tmp_path / "saved", SPEC)
    answer = triples(whole.search_nearest(queries, 8))
    assert triples(parts.search_nearest(queries, 8)) == answer
    assert triples(again.search_nearest(queries, 8)) == answer


def test_remove_rows_never_come_back_and_others_keep_their_number() -> None:
    held = picture_codes(N_ROWS)
    index = built(FaissClusters, held)
    assert index.search_nearest(held[40:41], 1).row.tolist() == [40]
    index.remove(np.arange(0, N_ROWS, 2))
    assert len(index) == N_ROWS // 2
    hits = index.search_nearest(held[:400], 8)
    assert (hits.row % 2 == 1).all()
    odd = np.arange(1, 400, 2)
    assert index.search_nearest(held[odd], 1).row.tolist() == odd.tolist()


def test_add_after_a_search_is_found() -> None:
    held = picture_codes(N_ROWS)
    index = built(FaissClusters, held)
    new = picture_codes(1, seed=8)
    assert index.search_nearest(new, 1).distance[0] > 0
    index.add(new)
    assert triples(index.search_nearest(new, 1)) == [(0, N_ROWS, 0)]


def test_index_clusters_never_finds_rows_without_information(tmp_path: Path) -> None:
    batch = frames(1500, seed=4)
    with IndexWriter(tmp_path / "index", SPECS) as writer:
        writer.publish(reference("one"), batch)
    with Index.open(tmp_path / "index", min_information=30, backend="clusters") as index:
        hits = index.search_nearest("structure", batch.structure, 1)
    telling = np.flatnonzero(batch.information >= 30)
    assert 1000 < len(telling) < 1500
    assert set(hits.row.tolist()) <= set(telling.tolist())
    own = dict(zip(hits.query.tolist(), hits.row.tolist(), strict=True))
    assert all(own[row] == row for row in telling.tolist())


def test_backend_goes_by_size_alone() -> None:
    sizes = (0, FAISS_FROM_ROWS - 1, FAISS_FROM_ROWS, CLUSTERS_FROM_ROWS - 1, CLUSTERS_FROM_ROWS)
    wanted = ["linear", "linear", "faiss", "faiss", "clusters"]
    assert [backend_for(n_rows) for n_rows in sizes] == wanted


@pytest.mark.parametrize("backend", [LinearIndex, FaissClusters])
def test_search_distinct_answers_repeated_codes_as_often_as_they_are_asked(backend: type) -> None:
    held = picture_codes(20)
    index = built(backend, held)
    queries = held[[3, 1, 3, 3, 0, 1]]
    assert triples(search_distinct(index, queries, 4)) == triples(index.search_nearest(queries, 4))
    assert len(search_distinct(index, queries[:0], 4)) == 0
    assert len(search_distinct(backend(SPEC), queries, 4)) == 0
