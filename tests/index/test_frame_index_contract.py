"""One contract for every search structure; the linear one is the oracle."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import flip_bits

from framematch.errors import IndexCorruptError, IndexMismatchError
from framematch.index import FaissIndex, FrameIndex, LinearIndex, SieveIndex
from framematch.records import HashSpec, Hits

BACKENDS = [LinearIndex, FaissIndex, SieveIndex]
SPEC = HashSpec("gradient", 512, 1, (("seed", "7"),))

every_backend = pytest.mark.parametrize("backend", BACKENDS)


def codes(n: int, seed: int = 0, n_bytes: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, n_bytes), dtype=np.uint8)


def built(backend: type, held: np.ndarray, spec: HashSpec = SPEC) -> FrameIndex:
    index: FrameIndex = backend(spec)
    index.add(held)
    return index


def triples(hits: Hits) -> list[tuple[int, int, int]]:
    return list(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True))


@every_backend
@pytest.mark.parametrize("n_bits", [0, 1, 31, 130])
@pytest.mark.parametrize("slack", [-1, 0, 1])
def test_search_within_flipped_bits_are_found_up_to_the_inclusive_bound(
    backend: type, n_bits: int, slack: int
) -> None:
    held = codes(20)
    index = built(backend, held)
    query = flip_bits(held[7], n_bits)[None]
    hits = index.search_within(query, n_bits + slack)
    assert triples(hits) == ([(0, 7, n_bits)] if slack >= 0 else [])


@every_backend
def test_search_within_whole_range_returns_every_row(backend: type) -> None:
    held = codes(5)
    index = built(backend, held)
    assert len(index.search_within(~held[:1], 512)) == 5
    assert len(index.search_within(~held[:1], 10**12)) == 5
    assert triples(index.search_within(~held[:1], 512))[-1] == (0, 0, 512)


@every_backend
def test_prepare_changes_no_answer_whatever_comes_after(backend: type) -> None:
    held = codes(40)
    prepared, plain = backend(SPEC), built(backend, held)
    prepared.prepare()
    prepared.add(held)
    prepared.prepare()
    prepared.prepare()
    for _ in range(2):
        assert triples(prepared.search_nearest(held[:9], 3)) == triples(
            plain.search_nearest(held[:9], 3)
        )
        for index in (prepared, plain):
            index.remove(np.array([4, 7]))
        prepared.prepare()


@every_backend
def test_search_of_an_empty_index_or_batch_gives_no_hits(backend: type) -> None:
    empty = backend(SPEC)
    assert len(empty) == 0
    empty.add(codes(0))
    for hits in (empty.search_within(codes(2), 512), empty.search_nearest(codes(2), 3, exact=True)):
        assert triples(hits) == []
    index = built(backend, codes(3))
    for hits in (index.search_within(codes(0), 512), index.search_nearest(codes(0), 3, exact=True)):
        assert triples(hits) == []
        assert (hits.query.dtype, hits.row.dtype, hits.distance.dtype) == (
            np.int64,
            np.int64,
            np.int32,
        )


@every_backend
@pytest.mark.parametrize("k", [0, -1])
def test_search_nearest_none_asked_for_gives_no_hits(backend: type, k: int) -> None:
    assert len(built(backend, codes(3)).search_nearest(codes(2), k, exact=True)) == 0


@every_backend
def test_search_nearest_more_than_there_are_gives_short_lists(backend: type) -> None:
    hits = built(backend, codes(3)).search_nearest(codes(2, seed=1), 10, exact=True)
    assert hits.query.tolist() == [0, 0, 0, 1, 1, 1]
    assert sorted(hits.row.tolist()) == [0, 0, 1, 1, 2, 2]


@every_backend
def test_search_duplicates_all_owners_come_back(backend: type) -> None:
    held = np.repeat(codes(2), [1, 300], axis=0)
    index = built(backend, held)
    assert index.search_within(held[5:6], 0).row.tolist() == list(range(1, 301))
    assert index.search_nearest(held[5:6], 40, exact=True).row.tolist() == list(range(1, 41))


@every_backend
def test_search_nearest_tie_at_the_last_place_goes_to_the_lower_row(backend: type) -> None:
    base = codes(1)[0]
    held = np.stack([flip_bits(base, 9, seed) for seed in range(200)])
    held[150] = flip_bits(base, 8)
    hits = built(backend, held).search_nearest(np.stack([base, base]), 4, exact=True)
    assert triples(hits) == [
        (query, row, distance)
        for query in (0, 1)
        for row, distance in [(150, 8), (0, 9), (1, 9), (2, 9)]
    ]


@every_backend
def test_add_in_parts_numbers_rows_on(backend: type) -> None:
    held = codes(6)
    index = backend(SPEC)
    for part in (held[:1], held[1:1], held[1:4], held[4:]):
        index.add(part)
    assert index.search_nearest(held, 1, exact=True).row.tolist() == [0, 1, 2, 3, 4, 5]


@every_backend
def test_add_keeps_a_copy(backend: type) -> None:
    held = codes(2)
    index = built(backend, held)
    wanted = held[1:].copy()
    held[:] = 0
    assert index.search_within(wanted, 0).row.tolist() == [1]


@every_backend
def test_remove_rows_never_come_back_and_others_keep_their_number(backend: type) -> None:
    held = codes(8)
    index = built(backend, held)
    index.remove([2, 7])
    index.remove([2])
    assert len(index) == 6
    assert index.search_within(held, 0).row.tolist() == [0, 1, 3, 4, 5, 6]
    index.add(held[7:])
    assert index.search_within(held[7:], 0).row.tolist() == [8]
    assert 7 not in index.search_nearest(held, 100, exact=True).row


@every_backend
def test_codes_come_back_as_they_were_added_and_removed_ones_are_refused(backend: type) -> None:
    held = codes(8)
    index = built(backend, held)
    index.remove([2])
    index.add(held[:1])
    assert np.array_equal(index.codes(np.array([7, 0, 8, 0])), held[[7, 0, 0, 0]])
    assert index.codes(np.empty(0, dtype=np.int64)).shape == (0, 64)
    for gone in (2, 9, -1):
        with pytest.raises(IndexError, match=f"no row {gone}"):
            index.codes(np.array([0, gone]))
    given = index.codes(np.array([0]))
    given[:] = 0
    assert index.search_within(held[:1], 0).row.tolist() == [0, 8]


@every_backend
def test_remove_unknown_row_is_refused(backend: type) -> None:
    with pytest.raises(IndexError, match="only 0 to 2"):
        built(backend, codes(3)).remove([3])


@every_backend
@pytest.mark.parametrize(
    "given",
    [codes(2, n_bytes=32), codes(2)[0], codes(2).astype(np.int32), codes(2).view(np.int8)],
    ids=["width", "axes", "wide type", "signed"],
)
def test_wrong_codes_are_refused_with_what_was_wanted(backend: type, given: np.ndarray) -> None:
    index = built(backend, codes(3))
    for refused in (
        lambda: index.add(given),
        lambda: index.search_within(given, 3),
        lambda: index.search_nearest(given, 3, exact=True),
    ):
        with pytest.raises(IndexMismatchError, match=r"gradient-512-v1 are uint8 \(N, 64\)"):
            refused()
    assert len(index) == 3


@every_backend
@pytest.mark.parametrize("reader", BACKENDS)
def test_save_reopened_by_either_back_end_answers_the_same(
    backend: type, reader: type, tmp_path: Path
) -> None:
    held = codes(9)
    index = built(backend, held)
    index.remove([0, 4, 8])
    index.save(tmp_path / "saved")
    again = reader.load(tmp_path / "saved", SPEC)
    assert len(again) == 6
    assert triples(again.search_nearest(held, 9, exact=True)) == triples(
        index.search_nearest(held, 9, exact=True)
    )
    again.add(held[:1])
    assert again.search_within(held[:1], 0).row.tolist() == [9]


@every_backend
def test_save_empty_reopens_empty(backend: type, tmp_path: Path) -> None:
    backend(SPEC).save(tmp_path / "saved")
    assert len(backend.load(tmp_path / "saved", SPEC)) == 0


@every_backend
def test_load_other_specification_or_damage_is_refused(backend: type, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    built(backend, codes(3)).save(path)
    other = HashSpec("gradient", 512, 1, (("seed", "8"),))
    with pytest.raises(IndexMismatchError):
        backend.load(path, other)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(IndexCorruptError):
        backend.load(path, SPEC)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(IndexCorruptError, match="checksum"):
        backend.load(path, SPEC)
    with pytest.raises(IndexCorruptError):
        backend.load(tmp_path / "nothing", SPEC)


@given(data=st.data(), n_bytes=st.sampled_from([1, 3, 8, 32]))
@settings(deadline=None, max_examples=60)
def test_every_back_end_agrees_with_a_plain_count(data: st.DataObject, n_bytes: int) -> None:
    # Few distinct bytes make many duplicates and ties.
    byte = st.sampled_from([0, 1, 3, 255])
    row = st.lists(byte, min_size=n_bytes, max_size=n_bytes)
    held = np.array(data.draw(st.lists(row, max_size=30)), dtype=np.uint8).reshape(-1, n_bytes)
    queries = np.array(data.draw(st.lists(row, max_size=4)), np.uint8).reshape(-1, n_bytes)
    k = data.draw(st.integers(0, 35))
    max_distance = data.draw(st.integers(-1, 8 * n_bytes + 1))
    gone = data.draw(st.sets(st.integers(0, max(0, len(held) - 1)), max_size=len(held)))
    nearest, within = [], []
    for position, query in enumerate(queries):
        pairs = sorted(
            (int(np.unpackbits(query ^ code).sum()), row)
            for row, code in enumerate(held)
            if row not in gone
        )
        nearest += [(position, row, distance) for distance, row in pairs[:k]]
        within += [(position, row, distance) for distance, row in pairs if distance <= max_distance]
    for backend in BACKENDS:
        spec = HashSpec("toy", 8 * n_bytes, 1)
        index = built(backend, held, spec)
        index.remove(sorted(gone))
        with tempfile.TemporaryDirectory() as folder:
            index.save(Path(folder) / "saved")
            for searched in (index, backend.load(Path(folder) / "saved", spec)):
                assert triples(searched.search_nearest(queries, k, exact=True)) == nearest
                assert triples(searched.search_within(queries, max_distance)) == within


def test_faiss_many_queries_at_once_equal_the_oracle() -> None:
    held, queries = codes(3000, n_bytes=2), codes(150, seed=1, n_bytes=2)
    spec = HashSpec("toy", 16, 1)
    oracle, index = built(LinearIndex, held, spec), built(FaissIndex, held, spec)
    assert triples(index.search_nearest(queries, 50, exact=True)) == triples(
        oracle.search_nearest(queries, 50, exact=True)
    )
    assert triples(index.search_within(queries, 3)) == triples(oracle.search_within(queries, 3))


class LastOfEqualRows:
    """A flat index that prefers the higher of equally distant rows, as FAISS is free to do."""

    def __init__(self, flat: object, held: np.ndarray) -> None:
        self.range_search = flat.range_search
        self._held = held

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        distances = np.bitwise_count(self._held[None] ^ queries[:, None]).sum(axis=2)
        order = np.stack([np.lexsort((-np.arange(len(row)), row))[:k] for row in distances])
        return np.take_along_axis(distances, order, axis=1).astype(np.int32), order


def test_faiss_ties_do_not_depend_on_the_row_that_faiss_prefers() -> None:
    held, queries = codes(500, n_bytes=2), codes(90, seed=1, n_bytes=2)
    spec = HashSpec("toy", 16, 1)
    oracle, index = built(LinearIndex, held, spec), built(FaissIndex, held, spec)
    index._flat = LastOfEqualRows(index._flat, held)
    assert triples(index.search_nearest(queries, 20, exact=True)) == triples(
        oracle.search_nearest(queries, 20, exact=True)
    )
