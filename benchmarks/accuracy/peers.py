"""What users have today: nearest reference frame by a public hash.

All of them see the same reference pictures, the index's thumbnails of 256 by 144 pixels (each
shrinks a picture to 8 to 64 pixels anyway; crop-resistant hashing to 300), and the queries as they
are. The score of an answer is minus its distance.
"""

import hashlib
import json
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


def describe_index(index: Path, names: Sequence[str], kept: Path, workers: int) -> list[Path]:
    """Describe the searchable rows of an index for every peer; return a file for each.

    What is in `kept` already stays: it depends on the references' pictures alone.
    """
    kept.mkdir(parents=True, exist_ok=True)
    with Index.open(index) as opened:
        rows = np.flatnonzero(opened.rows.information >= MINIMUM)
        thumbnails = [opened.thumbnail(int(row)) for row in rows]
        shows = [opened.references()[number].show for number in opened.rows.reference[rows]]
    running = hashlib.sha256("\n".join(shows).encode())
    for thumbnail in thumbnails:
        running.update(thumbnail)
    prefix = running.hexdigest()[:16]
    files = [kept / f"{prefix}-{name.replace(' ', '-')}.npz" for name in names]
    with get_context("spawn").Pool(workers) as pool:
        for name, file in zip(names, files, strict=True):
            if file.exists():
                continue
            tasks = ((name, thumbnail) for thumbnail in thumbnails)
            found = list(pool.imap(_describe_row, tasks, chunksize=16))
            first = np.cumsum([0, *(len(one) for one in found)])[:-1]
            np.savez_compressed(file, rows=np.concatenate(found), first=first, shows=shows)
    return files


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
    files = describe_index(index, names, kept, workers)
    asked = list(queries)
    done = kept / f"{files[0].stem[:16]}-answers-{_digest(asked, names)}.json"
    if not done.exists():
        given = list(zip(names, files, strict=True))
        with get_context("spawn").Pool(workers) as pool:
            answers = list(pool.imap(_ask, ((given, query) for query in asked), chunksize=4))
        making = done.with_suffix(".making")
        making.write_text(json.dumps(answers), encoding="utf-8")
        making.rename(done)
    found = json.loads(done.read_text(encoding="utf-8"))
    return [{name: (show, score) for name, (show, score) in one.items()} for one in found]


def _digest(queries: Sequence[Query], names: Sequence[str]) -> str:
    """Return a digest of what is asked of whom."""
    running = hashlib.sha256(" ".join(names).encode())
    for query in queries:
        running.update(f"{query.operator} {query.seed} {query.without}".encode())
        running.update(query.pixels.tobytes())
    return running.hexdigest()[:16]
