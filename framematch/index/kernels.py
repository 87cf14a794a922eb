"""The compiled loops of the sieve. Imports numba, which takes 0.3 s: imported at a first search.

Each function fills arrays that its caller made, lets go of Python's lock, and may run in several
threads on ranges of blocks. Compiled code is kept on disk where there is a place for it; numba
makes it again when this file changes, which is why this file names what else goes into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from framematch.index.planes import BLOCK_ROWS, WORDS
from framematch.index.vectors import lowest, ones, sift, tabulate

#: SHA-256 of vectors.py and planes.py, one after the other: what the compiled code is made of and
#: numba does not look at. tests/index/test_index_kernels.py holds it against the files.
_BUILT_FROM = "c0c1023104f7e6db1c6ec4b1fdc3e6020344a807391f1d567970d5024d662e7c"

#: Rows that passed a sieve and wait to be compared: enough that their codes are fetched together.
_WAITING = 2048

#: From so many queries on nearly every row's code is wanted by one of them: fetched in one sweep.
_SWEEP_FROM = 16


def _compiled(function: Callable[..., Any]) -> Any:
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # No folder to keep the compiled code in: it is made again by each process.
        return njit(nogil=True)(function)


@_compiled
def distance(code: Any, query: Any) -> Any:
    """Return the differing bits of two codes, uint64 (W,) each, as int64."""
    total = np.int64(0)
    for word in range(len(query)):
        total += np.int64(ones(code[word] ^ query[word]))
    return total


@_compiled
def insert(distances: Any, rows: Any, found: Any, row: Any) -> None:
    """Insert a row into k places in order of distance, behind those equally far, before the end.

    Parameters
    ----------
    distances, rows : int64 (k,)
        Of what was found so far, ascending by distance; changed in place, the last one is lost.
    found, row : int64
        Distance of the new row, below the last one, and its number.
    """
    place = len(distances) - 1
    while place > 0 and distances[place - 1] > found:
        distances[place] = distances[place - 1]
        rows[place] = rows[place - 1]
        place -= 1
    distances[place] = found
    rows[place] = row


@_compiled
def settle(
    codes: Any,
    queries: Any,
    waiting_query: Any,
    waiting_row: Any,
    n_waiting: Any,
    distances: Any,
    rows: Any,
) -> None:
    """Compare rows that passed with their queries, and insert those that are near enough.

    Parameters
    ----------
    codes : uint64 (N, W)
        Codes of all rows.
    queries : uint64 (Q, W)
        Codes of the queries.
    waiting_query, waiting_row : int64 (M,)
        The first `n_waiting` of them say which row passed for which query, rows of one query
        ascending.
    n_waiting : int64
        How many wait, at most M.
    distances, rows : int64 (Q, k)
        See `sieve_nearest`; changed in place.
    """
    last = distances.shape[1] - 1
    for place in range(n_waiting):
        query, row = waiting_query[place], waiting_row[place]
        found = distance(codes[row], queries[query])
        if found < distances[query, last]:
            insert(distances[query], rows[query], found, row)


@_compiled
def sieve_nearest(
    planes: Any,
    codes: Any,
    allowed: Any,
    first: Any,
    stop: Any,
    groups: Any,
    lookups: Any,
    queries: Any,
    bound: Any,
    distances: Any,
    rows: Any,
) -> Any:
    """Fill in the nearest rows of those in blocks ``first`` to ``stop`` that pass the sieve.

    Of equally far rows the lower one is found. What is returned means nothing.

    Parameters
    ----------
    planes : uint64 (blocks, P, 4)
        Planes of the codes, as `turn` writes them.
    codes : uint64 (N, W)
        Codes of all rows, ``N <= 256 * blocks``.
    allowed : uint64 (blocks, 4)
        A bit for each row that may be found, laid out as a plane; none at N or beyond.
    first, stop : int
        Blocks to look at, the last one excluded.
    groups : tuple of int (G,)
        As many zeros as groups of three planes are looked at, at most P / 3.
    lookups : int64 (Q, P / 3)
        `framematch.index.planes.lookups` of the queries.
    queries : uint64 (Q, W)
        Codes of the queries.
    bound : int
        The most planes that may differ of those looked at, inclusive.
    distances, rows : int64 (Q, k)
        Filled in, ascending by distance; ``k >= 1``. At the start a distance is what rows must stay
        below, and a row what stands where there is none.
    """
    n_queries, k = distances.shape
    table = np.empty(len(groups) * 16 * WORDS, np.uint64)
    passed = np.empty(WORDS, np.uint64)
    waiting_query = np.empty(_WAITING, np.int64)
    waiting_row = np.empty(_WAITING, np.int64)
    n_waiting = 0
    swept = np.uint64(0)
    for block in range(first, stop):
        tabulate(planes[block], table, groups)
        base = block * BLOCK_ROWS
        if n_queries >= _SWEEP_FROM:
            for row in range(base, min(base + BLOCK_ROWS, len(codes))):
                swept ^= codes[row, 0]
        for query in range(n_queries):
            most = min(bound, distances[query, k - 1] - 1)
            if most < 0:
                continue
            if not sift(table, lookups[query], groups, most, passed):
                continue
            for word in range(WORDS):
                bits = passed[word] & allowed[block, word]
                while bits:
                    waiting_query[n_waiting] = query
                    waiting_row[n_waiting] = base + 64 * word + np.int64(lowest(bits))
                    n_waiting += 1
                    bits &= bits - np.uint64(1)
            if n_waiting > _WAITING - BLOCK_ROWS:
                settle(codes, queries, waiting_query, waiting_row, n_waiting, distances, rows)
                n_waiting = 0
        if n_waiting > BLOCK_ROWS:
            settle(codes, queries, waiting_query, waiting_row, n_waiting, distances, rows)
            n_waiting = 0
    settle(codes, queries, waiting_query, waiting_row, n_waiting, distances, rows)
    return swept


@_compiled
def scan_nearest(
    codes: Any,
    allowed: Any,
    first: Any,
    stop: Any,
    queries: Any,
    distances: Any,
    rows: Any,
) -> None:
    """Fill in the nearest rows of all in blocks ``first`` to ``stop``, compared in full.

    Parameters
    ----------
    codes, allowed, first, stop, queries, distances, rows
        uint64 (N, W), uint64 (blocks, 4), int, int, uint64 (Q, W), int64 (Q, k), int64 (Q, k): see
        `sieve_nearest`.
    """
    n_queries, k = distances.shape
    for block in range(first, stop):
        base = block * BLOCK_ROWS
        for query in range(n_queries):
            for word in range(WORDS):
                bits = allowed[block, word]
                while bits:
                    row = base + 64 * word + np.int64(lowest(bits))
                    bits &= bits - np.uint64(1)
                    found = distance(codes[row], queries[query])
                    if found < distances[query, k - 1]:
                        insert(distances[query], rows[query], found, row)


@_compiled
def near_enough(
    codes: Any,
    queries: Any,
    waiting_query: Any,
    waiting_row: Any,
    n_waiting: Any,
    max_distance: Any,
    hits: Any,
    n_hits: Any,
) -> Any:
    """Return hits with those rows that passed and are near, and their number.

    Parameters
    ----------
    codes, queries, waiting_query, waiting_row, n_waiting
        uint64 (N, W), uint64 (Q, W), int64 (M,), int64 (M,), int64: see `settle`.
    max_distance : int
        Differing bits, inclusive.
    hits : int64 (3, room)
        Query, row and distance of what was found so far; changed in place.
    n_hits : int64
        How many those are.

    Returns
    -------
    int64 (3, room)
        The same array, or one with more room.
    int64
        How many hits it holds.
    """
    for place in range(n_waiting):
        query, row = waiting_query[place], waiting_row[place]
        found = distance(codes[row], queries[query])
        if found <= max_distance:
            if n_hits == hits.shape[1]:
                more = np.empty((3, 2 * n_hits), np.int64)
                more[:, :n_hits] = hits
                hits = more
            hits[0, n_hits] = query
            hits[1, n_hits] = row
            hits[2, n_hits] = found
            n_hits += 1
    return hits, n_hits


@_compiled
def all_within(
    planes: Any,
    codes: Any,
    allowed: Any,
    first: Any,
    stop: Any,
    groups: Any,
    lookups: Any,
    queries: Any,
    bound: Any,
    max_distance: Any,
) -> Any:
    """Return query, row and distance, int64 (3, M), of what passes and lies within a distance.

    In no order that counts.

    Parameters
    ----------
    planes, codes, allowed, first, stop, groups, lookups, queries
        uint64 (blocks, P, 4), uint64 (N, W), uint64 (blocks, 4), int, int, tuple of int (G,), int64
        (Q, P / 3), uint64 (Q, W): see `sieve_nearest`.
    bound : int
        The most planes that may differ of those looked at, inclusive; a negative one lets every row
        pass.
    max_distance : int
        Differing bits, inclusive.
    """
    table = np.empty(len(groups) * 16 * WORDS, np.uint64)
    passed = np.empty(WORDS, np.uint64)
    waiting_query = np.empty(_WAITING, np.int64)
    waiting_row = np.empty(_WAITING, np.int64)
    n_waiting = 0
    hits = np.empty((3, BLOCK_ROWS), np.int64)
    n_hits = 0
    for block in range(first, stop):
        if bound >= 0:
            tabulate(planes[block], table, groups)
        base = block * BLOCK_ROWS
        for query in range(len(queries)):
            if bound < 0:
                passed[:] = ~np.uint64(0)
            elif not sift(table, lookups[query], groups, bound, passed):
                continue
            for word in range(WORDS):
                bits = passed[word] & allowed[block, word]
                while bits:
                    waiting_query[n_waiting] = query
                    waiting_row[n_waiting] = base + 64 * word + np.int64(lowest(bits))
                    n_waiting += 1
                    bits &= bits - np.uint64(1)
            if n_waiting > _WAITING - BLOCK_ROWS:
                hits, n_hits = near_enough(
                    codes,
                    queries,
                    waiting_query,
                    waiting_row,
                    n_waiting,
                    max_distance,
                    hits,
                    n_hits,
                )
                n_waiting = 0
    hits, n_hits = near_enough(
        codes, queries, waiting_query, waiting_row, n_waiting, max_distance, hits, n_hits
    )
    return hits[:, :n_hits].copy()


@_compiled
def turn(codes: Any, bit_of_plane: Any, planes: Any) -> None:
    """Write the planes of codes.

    Parameters
    ----------
    codes : uint8 (N, B)
        The codes.
    bit_of_plane : int64 (P,)
        `framematch.index.planes.plane_bits`.
    planes : uint64 (blocks, P, 4)
        Written to; all zeros before.
    """
    one = np.uint64(1)
    for row in range(len(codes)):
        block, word = row // BLOCK_ROWS, row % BLOCK_ROWS // 64
        place = np.uint64(row % 64)
        for plane in range(len(bit_of_plane)):
            bit = bit_of_plane[plane]
            if bit >= 0:
                value = np.uint64(codes[row, bit // 8]) >> np.uint64(bit % 8) & one
                planes[block, plane, word] |= value << place
