"""What users have today: nearest reference frame by a public hash.

All of them see the same reference pictures, the index's thumbnails of 256 by 144 pixels (each
shrinks a picture to 8 to 64 pixels anyway; crop-resistant hashing to 300), and the queries as they
are. The score of an answer is minus its distance.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image

from benchmarks.accuracy import colour_layout
from benchmarks.accuracy.crop_resistant import crop_resistant, distances
from benchmarks.accuracy.queries import Query
from framematch.calibration.operators.pixels import Pixels
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.media import decode_thumbnail

Described = npt.NDArray[Any]
#: Rows of all reference pictures, the first row of each, and its show.
References = tuple[Described, npt.NDArray[np.int64], npt.NDArray[np.str_]]


@dataclass(frozen=True, slots=True)
class Peer:
    """One method.

    Attributes
    ----------
    name : str
        As it stands in the table.
    describe : callable
        A picture, uint8 (H, W, 3), to K rows of its descriptor, (K, D); one but for segments.
    distances : callable
        Of a query's rows, all references' rows and the first row of each reference, to N distances.
    """

    name: str
    describe: Callable[[Pixels], Described]
    distances: Callable[[Described, Described, npt.NDArray[np.int64]], npt.NDArray[np.float64]]


def _phash(pixels: Pixels) -> Described:
    return np.packbits(imagehash.phash(Image.fromarray(pixels)).hash).reshape(1, 8)


def _pdq(pixels: Pixels) -> Described:
    bits, _ = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits.astype(np.uint8)).reshape(1, 32)


def _layout(pixels: Pixels) -> Described:
    return colour_layout.colour_layout(pixels)[None]


def _bits(
    query: Described, references: Described, _: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    distance: npt.NDArray[np.float64] = np.bitwise_count(references ^ query[0]).sum(axis=1) * 1.0
    return distance


def _colours(
    query: Described, references: Described, _: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    return colour_layout.distances(query[0], references)


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("pHash 64", _phash, _bits),
        Peer("PDQ", _pdq, _bits),
        Peer("colour layout", _layout, _colours),
        Peer("crop-resistant", crop_resistant, distances),
    )
}


def _describe_row(task: tuple[str, bytes]) -> Described:
    name, thumbnail = task
    return PEERS[name].describe(decode_thumbnail(thumbnail))


def describe_index(index: Path, names: Iterable[str], kept: Path, workers: int) -> None:
    """Describe the searchable rows of an index for every peer; what is in `kept` already stays."""
    kept.mkdir(parents=True, exist_ok=True)
    with Index.open(index) as opened:
        rows = np.flatnonzero(opened.rows.information >= MINIMUM)
        thumbnails = [opened.thumbnail(int(row)) for row in rows]
        shows = [opened.references()[number].show for number in opened.rows.reference[rows]]
        prefix = opened.info.id[:16]
    with get_context("spawn").Pool(workers) as pool:
        for name in names:
            file = kept / f"{prefix}-{name.replace(' ', '-')}.npz"
            if file.exists():
                continue
            tasks = ((name, thumbnail) for thumbnail in thumbnails)
            found = list(pool.imap(_describe_row, tasks, chunksize=16))
            first = np.cumsum([0, *(len(one) for one in found)])[:-1]
            np.savez_compressed(file, rows=np.concatenate(found), first=first, shows=shows)


@lru_cache(maxsize=8)
def _load(file: Path) -> References:
    with np.load(file, allow_pickle=False) as held:
        return held["rows"], held["first"], held["shows"]


def nearest(
    peer: Peer,
    query: Described,
    references: References,
    without: str,
) -> tuple[str, float]:
    """Return the show of the nearest reference frame, and minus its distance."""
    rows, first, shows = references
    away = peer.distances(query, rows, first)
    if without:
        away = np.where(shows == without, np.inf, away)
    best = int(away.argmin())
    return str(shows[best]), -float(away[best])


def _ask(task: tuple[Sequence[tuple[str, Path]], Query]) -> dict[str, tuple[str, float]]:
    files, query = task
    pixels = query.picture()
    return {
        name: nearest(PEERS[name], PEERS[name].describe(pixels), _load(file), query.without)
        for name, file in files
    }


def ask_peers(
    index: Path, queries: Iterable[Query], names: Sequence[str], kept: Path, workers: int
) -> list[dict[str, tuple[str, float]]]:
    """Return, for every query and peer, the show of the nearest frame and its score."""
    describe_index(index, names, kept, workers)
    with Index.open(index) as opened:
        prefix = opened.info.id[:16]
    files = [(name, kept / f"{prefix}-{name.replace(' ', '-')}.npz") for name in names]
    with get_context("spawn").Pool(workers) as pool:
        return list(pool.imap(_ask, ((files, query) for query in queries), chunksize=4))
