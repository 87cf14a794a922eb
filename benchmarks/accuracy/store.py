"""Keeps the queries of a run on disk: drawing and decoding them takes longer than asking some."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

import benchmarks.accuracy
import framematch.demo
from benchmarks.accuracy.queries import Amounts, Instant, Query

# What is asked depends on these files of this package, and on everything that draws a studio.
_SOURCES = ("drawn", "films", "groups", "library", "queries", "reencode", "strangers")


def key_of(amounts: Amounts) -> str:
    """Return a digest of the amounts and of the source that makes the queries."""
    running = hashlib.sha256(json.dumps(asdict(amounts)).encode())
    own = Path(benchmarks.accuracy.__file__).parent
    drawing = Path(framematch.demo.__file__).parent
    for path in [*(own / f"{name}.py" for name in _SOURCES), *sorted(drawing.glob("*.py"))]:
        running.update(path.read_bytes())
    return running.hexdigest()[:16]


def save(path: Path, queries: Sequence[Query]) -> None:
    """Write queries to an npz file, every picture once."""
    pictures: dict[int, int] = {}
    arrays: list[np.ndarray] = []
    records = []
    for query in queries:
        if id(query.pixels) not in pictures:
            pictures[id(query.pixels)] = len(arrays)
            arrays.append(query.pixels)
        record = {name: getattr(query, name) for name in Query.__slots__ if name != "pixels"}
        record["instants"] = [(one.file, one.time_s) for one in query.instants]
        records.append({**record, "picture": pictures[id(query.pixels)]})
    columns = {f"picture_{number}": array for number, array in enumerate(arrays)}
    text = np.frombuffer(json.dumps(records).encode(), dtype=np.uint8)
    making = path.with_suffix(".making.npz")
    np.savez(making, allow_pickle=False, records=text, **columns)
    making.rename(path)


def load(path: Path) -> list[Query]:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as held:
        records = json.loads(held["records"].tobytes())
        arrays = [held[f"picture_{number}"] for number in range(len(held.files) - 1)]
    queries = []
    for record in records:
        pixels = arrays[record.pop("picture")]
        record["instants"] = tuple(Instant(*one) for one in record["instants"])
        record["episodes"] = tuple(record["episodes"])
        queries.append(Query(pixels, **record))
    return queries


def kept(folder: Path, amounts: Amounts, made: Iterable[Query]) -> list[Query]:
    """Return the queries of `amounts`; `made` is used up only where they are not in `folder`."""
    path = folder / f"queries-{key_of(amounts)}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        save(path, list(made))
    return load(path)
