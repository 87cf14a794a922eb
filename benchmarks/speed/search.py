"""Search: the sieve beside FAISS's flat index, at one and at ten million rows.

``python -m benchmarks.speed.search --media MEDIA --scratch DIR --rows 50000000`` measures another
size. Every figure is a batch of queries, as many as a still has views, both searches in turn.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.speed.codes import drifted_rows, likeness_to_real, pool
from benchmarks.speed.figures import Figure, machine, median_ratio, table
from framematch.hashing import SPECS
from framematch.index import SieveIndex
from framematch.index.planes import WORDS, n_blocks, n_planes
from framematch.index.recall import BINS, NEAREST, drifted
from framematch.index.sieve import fill_planes
from framematch.records import CodeName, Hits

SIZES = (1_000_000, 10_000_000)

#: Queries of a batch: about as many as a finished still has views.
BATCH = 64

#: Radius within which the appearance code is asked to be exact, in bits.
RADIUS = 31

#: Distance up to which nothing much may be missed: what the right rows have.
_REACH: dict[CodeName, int] = {"structure": 170, "appearance": 80}

#: What was asked of each comparison: as many times as fast.
_ASKED: dict[str, float] = {"structure": 4.0, "radius": 8.0}

_BLOCKS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """One code at one size, ready to be searched both ways.

    Attributes
    ----------
    name : {"appearance", "structure"}
        The code.
    sieve : SieveIndex
        Over mapped codes and planes.
    flat : faiss.IndexBinaryFlat
        Over a copy of the codes.
    queries : uint8 (Q, B)
        Rows drifted to every bin of distance.
    made_s : float
        Seconds that the planes took.
    """

    name: CodeName
    sieve: SieveIndex
    flat: Any
    queries: npt.NDArray[np.uint8]
    made_s: float


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the figures of every size in `SIZES`."""
    return [figure for rows in SIZES for figure in measure_rows(media, scratch, runs, rows)]


def measure_rows(media: Path, scratch: Path, runs: int, rows: int) -> list[Figure]:
    """Return the figures of one size."""
    codes = pool(media, scratch)
    figures: list[Figure] = []
    for name in ("structure", "appearance"):
        figures += _compared(hold(name, codes[name], rows, scratch), runs, rows)
    return figures


def hold(name: CodeName, codes: npt.NDArray[np.uint8], rows: int, scratch: Path) -> Held:
    """Return one code at one size; codes and planes are kept in `scratch`."""
    import faiss

    drifted_codes = drifted_rows(codes, rows, scratch / f"drifted-{name}-{rows}.bin")
    spec = SPECS[name]
    shape = (n_blocks(rows), n_planes(spec.bits), WORDS)
    began = time.perf_counter()
    planes = _planes(drifted_codes, shape, scratch / f"planes-{name}-{rows}.bin")
    made_s = time.perf_counter() - began
    allowed = np.ones(rows, dtype=np.bool_)
    sieve = SieveIndex.over(spec, drifted_codes, planes, allowed)
    flat = faiss.IndexBinaryFlat(spec.bits)
    for start in range(0, rows, 1 << 20):
        flat.add(np.ascontiguousarray(drifted_codes[start : start + (1 << 20)]))
    dice = np.random.default_rng(rows)
    ends = BINS[name][:-1]
    asked = dice.integers(0, rows, (len(ends), BATCH))
    others = dice.integers(0, rows, asked.shape)
    queries = np.concatenate(
        [
            drifted(drifted_codes[one], drifted_codes[other], end, dice)
            for one, other, end in zip(asked, others, ends, strict=True)
        ]
    )
    return Held(name, sieve, flat, dice.permutation(queries), made_s)


def _planes(
    codes: npt.NDArray[np.uint8], shape: tuple[int, int, int], path: Path
) -> npt.NDArray[np.uint64]:
    if not path.exists() or path.stat().st_size != 8 * np.prod(shape):
        partial = path.with_suffix(".partial")
        planes = np.memmap(partial, dtype=np.uint64, mode="w+", shape=shape)
        for first in range(0, shape[0], _BLOCKS_AT_ONCE):
            rows = codes[256 * first : 256 * (first + _BLOCKS_AT_ONCE)]
            fill_planes(np.array(rows), planes[first : first + _BLOCKS_AT_ONCE])
        partial.replace(path)
    return np.memmap(path, dtype=np.uint64, mode="r", shape=shape)


def _compared(held: Held, runs: int, rows: int) -> list[Figure]:
    name, k = held.name, NEAREST[held.name]
    batch = held.queries[:BATCH]
    size = f"{rows / 1e6:g} M rows"
    near, flat_near = _in_turn(
        [lambda: held.sieve.search_nearest(batch, k), lambda: held.flat.search(batch, k)], runs
    )
    figures = [
        _figure(f"{name}, {k} nearest, {size}", near, flat_near, _ASKED.get(name)),
        _recall_figure(held, size),
    ]
    if name == "appearance":
        within, flat_within = _in_turn(
            [
                lambda: held.sieve.search_within(batch, RADIUS),
                lambda: held.flat.range_search(batch, RADIUS + 1),
            ],
            runs,
        )
        what = f"{name}, all within {RADIUS} bits, {size}"
        figures.append(_figure(what, within, flat_within, _ASKED["radius"]))
        # FAISS finds the nearest faster than it finds all within a radius.
        figures.append(_figure(f"{what}, beside the {k} nearest", within, flat_near, None))
        figures.append(_exact_figure(held, size))
    per_row = held.sieve.spec.n_bytes + n_planes(held.sieve.spec.bits) / 8
    figures.append(Figure(f"{name}, codes and planes, {size}", f"{per_row:g}", "bytes a row"))
    if held.made_s > 1:
        figures.append(Figure(f"{name}, planes made, {size}", f"{held.made_s:.1f}", "s"))
    return figures


def _in_turn(searches: Sequence[Callable[[], object]], runs: int) -> list[list[float]]:
    """Return the seconds of each search, one after the other, as often as asked for."""
    for search in searches:
        search()
    seconds: list[list[float]] = [[] for _ in searches]
    for _ in range(runs):
        for taken, search in zip(seconds, searches, strict=True):
            began = time.perf_counter()
            search()
            taken.append(time.perf_counter() - began)
    return seconds


def _figure(what: str, ours: list[float], theirs: list[float], asked: float | None) -> Figure:
    ratio = median_ratio(theirs, ours)
    return Figure(
        what,
        f"{1000 * median(ours) / BATCH:.3g}",
        f"ms a query, {BATCH / median(ours):.0f} queries/s",
        ratio,
        f"times as fast as FAISS Flat ({1000 * median(theirs) / BATCH:.3g} ms)",
        "" if asked is None else f">= {asked:g}",
        None if asked is None else ratio >= asked,
    )


def _recall_figure(held: Held, size: str) -> Figure:
    """Return what is found of the nearest rows by a full comparison, by distance."""
    k, ends = NEAREST[held.name], np.array(BINS[held.name])
    distance, row = held.flat.search(held.queries, k)
    found = held.sieve.search_nearest(held.queries, k)
    last = np.full(len(held.queries), -1)
    full = np.bincount(found.query, minlength=len(held.queries)) == k
    end_of = np.searchsorted(found.query, np.flatnonzero(full), side="right")
    last[full] = found.distance[end_of - 1]
    known = np.isin(
        np.arange(len(row))[:, None] * (1 << 40) + row, found.query * (1 << 40) + found.row
    )
    # Of rows equally far at the last place either search may name others.
    known |= full[:, None] & (distance == last[:, None])
    number = np.searchsorted(ends, distance)
    there = np.bincount(number.ravel(), minlength=len(ends))
    hit = np.bincount(number[known], minlength=len(ends))
    reach = ends <= _REACH[held.name]
    share = float(hit[reach].sum() / there[reach].sum())
    told = ", ".join(
        f"to {end}: {one / of:.3f}" for end, one, of in zip(ends, hit, there, strict=True) if of
    )
    what = f"{held.name}, recall up to {_REACH[held.name]} bits, {size}"
    return Figure(what, f"{share:.4f}", told, share, "FAISS Flat", ">= 0.98", share >= 0.98)


def _exact_figure(held: Held, size: str) -> Figure:
    """Return whether both searches find the same rows within the radius."""
    ours: Hits = held.sieve.search_within(held.queries, RADIUS)
    limits, _, row = held.flat.range_search(held.queries, RADIUS + 1)
    query = np.repeat(np.arange(len(held.queries)), np.diff(limits.astype(np.int64)))
    same = set(zip(query.tolist(), row.tolist(), strict=True)) == set(
        zip(ours.query.tolist(), ours.row.tolist(), strict=True)
    )
    what = f"{held.name}, rows within {RADIUS} bits, {size}"
    return Figure(what, f"{len(ours)}", "rows", None, "FAISS Flat", "equal", same)


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.search")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--scratch", type=Path, required=True, help="keep codes and planes here")
    parser.add_argument("--rows", type=int, default=SIZES[0])
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    given.scratch.mkdir(parents=True, exist_ok=True)
    print(machine(), f"{os.environ.get('OMP_NUM_THREADS', 'all')} threads")
    print(table(measure_rows(given.media, given.scratch, given.runs, given.rows)), flush=True)
    for name, real in pool(given.media, given.scratch).items():
        made = drifted_rows(real, given.rows, given.scratch / f"drifted-{name}-{given.rows}.bin")
        print(f"{name}: {likeness_to_real(real, made)}")


if __name__ == "__main__":
    main()
