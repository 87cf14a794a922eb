"""The compiled sieve: what it may pass over, and that nothing else changes its answers."""

import numpy as np
import pytest
from index_samples import flip_bits

from framematch.index import LinearIndex, SieveIndex
from framematch.index.planes import n_planes, plane_bits
from framematch.index.sieve import bound_of
from framematch.records import HashSpec, Hits

SPEC = HashSpec("gradient", 512, 1)
N_ROWS = 3000


def codes(n: int, seed: int = 0, n_bytes: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, n_bytes), dtype=np.uint8)


def built(held: np.ndarray, spec: HashSpec = SPEC) -> SieveIndex:
    index = SieveIndex(spec)
    index.add(held)
    return index


def triples(hits: Hits) -> list[tuple[int, int, int]]:
    return list(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True))


def plainly(
    held: np.ndarray, queries: np.ndarray, most: int, slack: int = 0
) -> list[list[tuple[int, int]]]:
    """Return distance and row of what each query must find, counted bit by bit, in order."""
    bits = plane_bits(8 * held.shape[1])
    found = []
    for query in queries:
        apart = np.unpackbits(held ^ query, axis=1, bitorder="little")
        passes = apart[:, bits[bits >= 0]].sum(axis=1) <= most + slack
        distance = apart.sum(axis=1)
        found.append(sorted((int(distance[row]), row) for row in np.flatnonzero(passes).tolist()))
    return found


@pytest.mark.parametrize("n_bytes", [1, 3, 32, 64])
def test_search_nearest_finds_exactly_what_differs_in_few_enough_planes(n_bytes: int) -> None:
    held, spec = codes(N_ROWS, n_bytes=n_bytes), HashSpec("toy", 8 * n_bytes, 1)
    queries = np.concatenate([held[:9], codes(9, seed=1, n_bytes=n_bytes)])
    wanted = plainly(held, queries, bound_of(spec.bits))
    for k in (1, 7, N_ROWS):
        answer = triples(built(held, spec).search_nearest(queries, k))
        assert answer == [
            (number, row, distance)
            for number, found in enumerate(wanted)
            for distance, row in found[:k]
        ]


@pytest.mark.parametrize("slack", [-1, 0, 1])
@pytest.mark.parametrize("n_bytes", [32, 64])
def test_bound_of_planes_is_inclusive(n_bytes: int, slack: int) -> None:
    spec = HashSpec("toy", 8 * n_bytes, 1)
    most = bound_of(spec.bits)
    base = codes(1, n_bytes=n_bytes)[0]
    bits = np.unpackbits(base, bitorder="little")
    bits[plane_bits(spec.bits)[: most + slack]] ^= 1
    index = built(np.packbits(bits, bitorder="little")[None], spec)
    assert len(index.search_nearest(base[None], 1)) == (slack <= 0)
    assert len(index.search_within(base[None], 200, exact=False)) == (slack <= 0)
    assert len(index.search_nearest(base[None], 1, exact=True)) == 1
    assert len(index.search_within(base[None], 200)) == 1


@pytest.mark.parametrize("n_bits", [0, 31, 32, 66, 70])
def test_search_up_to_the_bound_misses_nothing(n_bits: int) -> None:
    held = codes(N_ROWS)
    queries = np.stack([flip_bits(held[row], n_bits, seed=row) for row in range(0, 300, 3)])
    index = built(held)
    assert index.search_nearest(queries, 1).row.tolist() == list(range(0, 300, 3))
    within = index.search_within(queries, n_bits, exact=False)
    assert within.row.tolist() == list(range(0, 300, 3))


def test_search_beyond_the_reach_finds_most_and_within_it_nearly_all() -> None:
    held, rows = codes(N_ROWS), np.arange(0, N_ROWS, 5)
    found = {}
    for n_bits in (150, 180, 200):
        queries = np.stack([flip_bits(held[row], n_bits, seed=row) for row in rows.tolist()])
        hits = built(held).search_nearest(queries, 1)
        found[n_bits] = np.isin(np.arange(len(rows)), hits.query[hits.row == rows[hits.query]])
    assert found[150].mean() == 1.0
    assert found[180].mean() > 0.97
    assert 0.5 < found[200].mean() < 0.97


@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_number_of_threads_and_of_queries_changes_no_answer(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.index.block_search._BLOCKS_PER_THREAD", 2)
    # Equal rows in the blocks of different threads.
    held = np.tile(codes(700), (4, 1))
    index, queries = built(held), codes(700)[:40]
    alone = [triples(built(held).search_nearest(query[None], 9)) for query in queries]
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    together = triples(index.search_nearest(queries, 9))
    assert together == [(number, *hit[1:]) for number, one in enumerate(alone) for hit in one]
    oracle = LinearIndex(SPEC)
    oracle.add(held)
    assert triples(index.search_within(queries, 3)) == triples(oracle.search_within(queries, 3))
    assert triples(index.search_nearest(queries, 9, exact=True)) == triples(
        oracle.search_nearest(queries, 9)
    )


def test_planes_hold_different_bits() -> None:
    for bits in (8, 24, 256, 512):
        held = plane_bits(bits)
        assert len(held) == n_planes(bits)
        assert len(np.unique(held[held >= 0])) == min(bits, 168)
