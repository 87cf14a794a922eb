"""What the load asks, and what an answer is: text that two equal answers have in common.

Owns the queries. Everything is drawn from the index itself with a seed, so that whoever asks the
same index again asks the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.load.writing import SHOW
from framematch import Index, Matcher
from framematch.hashing.information import MINIMUM
from framematch.media import decode_thumbnail
from framematch.records import CodeName, Frame

#: ``codes`` asks the search structure and reads what it finds, ``still`` attributes a picture in
#: memory, ``file`` a file, ``opened`` opens the index anew and looks a known row up in it.
Kind = Literal["codes", "still", "file", "opened"]

_NEAREST = 8


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of a hundred thousand queries are of each kind; the rest is ``codes``."""

    still: int = 150
    file: int = 40
    opened: int = 300


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One question.

    Attributes
    ----------
    kind : Kind
        What is asked.
    code : CodeName
        Which code, where codes are asked for.
    codes : uint8 (1, B) or None
        The code.
    frame : Frame or None
        The picture, of a still.
    path : Path or None
        The file.
    """

    kind: Kind
    code: CodeName = "structure"
    codes: npt.NDArray[np.uint8] | None = None
    frame: Frame | None = None
    path: Path | None = None


def questions(index: Index, files: Path, seed: int, n: dict[Kind, int]) -> list[Query]:
    """Return different queries, so many of each kind.

    Parameters
    ----------
    index : Index
        Where they are drawn from.
    files : Path
        Folder for the pictures that are asked as files; those there are used again.
    seed : int
        Of the rows and of what is done to them.
    n : mapping of Kind to int
        How many.
    """
    rng = np.random.default_rng(seed)
    own = np.array([reference.show != SHOW for reference in index.references()])
    told = np.flatnonzero((index.rows.information >= MINIMUM) & own[index.rows.reference])
    codes: list[CodeName] = [
        ("structure", "appearance")[number % 2] for number in range(n["codes"])
    ]
    asked = [
        Query("codes", code, _flipped(index.codes(code, [rng.choice(told)]), rng)) for code in codes
    ]
    asked += [
        Query("opened", "structure", index.codes("structure", [rng.choice(told)]))
        for _ in range(n["opened"])
    ]
    asked += [
        Query("still", frame=Frame(_picture(index, rng, told), 0.0, 0.0)) for _ in range(n["still"])
    ]
    for number in range(n["file"]):
        path = files / f"{number}.{('png', 'jpg')[number % 2]}"
        if not path.is_file():
            Image.fromarray(_picture(index, rng, told)).save(path)
        asked.append(Query("file", path=path))
    return asked


def _flipped(codes: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a code with up to a fifth of its bits turned over."""
    bits = np.unpackbits(codes, axis=1)
    turned = rng.permutation(bits.shape[1])[: rng.integers(0, bits.shape[1] // 5)]
    bits[:, turned] ^= 1
    return np.packbits(bits, axis=1)


def _picture(
    index: Index, rng: np.random.Generator, told: npt.NDArray[np.intp]
) -> npt.NDArray[np.uint8]:
    """Return a reference's picture as it is, or cropped, darker or mirrored."""
    pixels = decode_thumbnail(index.thumbnail(int(rng.choice(told))))
    if rng.random() < 0.5:
        return pixels
    height, width = pixels.shape[:2]
    left, top = int(rng.integers(0, width // 8)), int(rng.integers(0, height // 8))
    pixels = pixels[top : height - top, left : width - left]
    if rng.random() < 0.3:
        pixels = pixels[:, ::-1]
    shade = rng.uniform(0.6, 1.0)
    return np.ascontiguousarray((pixels * shade).astype(np.uint8))


def answered(matcher: Matcher, query: Query) -> str:
    """Ask, and return a digest of the whole answer."""
    if query.kind == "codes":
        return _digest(_found(matcher.index, query))
    if query.kind == "opened":
        return _digest(_opened(matcher.index.path, query))
    if query.kind == "still":
        assert query.frame is not None  # noqa: S101 - a still has one
        return _digest(matcher.attribute_still(query.frame))
    assert query.path is not None  # noqa: S101 - a file has one
    return _digest(matcher.attribute(query.path).to_dict())


def _found(index: Index, query: Query) -> Sequence[object]:
    """Return the nearest rows with all that is read of them."""
    assert query.codes is not None  # noqa: S101 - codes are asked for
    hits = index.search_nearest(query.code, query.codes, _NEAREST)
    best = hits.row[:1]
    reference = index.rows.reference[best].tolist()
    return (
        hits.row.tolist(),
        hits.distance.tolist(),
        [index.references()[position].sha256 for position in reference],
        index.codes(query.code, best).tobytes(),
        index.features(best).tobytes(),
        [hashlib.sha256(index.thumbnail(row)).hexdigest() for row in best.tolist()],
    )


def _opened(path: Path, query: Query) -> Sequence[object]:
    """Return where a code stands exactly, of an index opened for this; row numbers may change."""
    assert query.codes is not None  # noqa: S101 - codes are asked for
    with Index.open(path) as index:
        hits = index.search_within(query.code, query.codes, 0)
        rows = index.rows
        references = index.references()
        return sorted(
            (references[int(rows.reference[row])].sha256, float(rows.timestamp_s[row]))
            for row in hits.row.tolist()
        )


def _digest(answer: object) -> str:
    return hashlib.sha256(repr(answer).encode("utf-8", "surrogateescape")).hexdigest()
