"""One immutable file per reference: its codes, times and thumbnails.

Owns the arrays of the kind ``segment`` and the file names in `segments/`. The bytes are those of
`framematch.index.arrays`. Knows nothing of SQLite.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexCorruptError, IndexMismatchError
from framematch.index import arrays
from framematch.index.arrays import ArrayFile, CheckedArrays
from framematch.index.header import CODE_NAMES, SEGMENTS
from framematch.records import CodeName, FrameBatch, HashSpec

KIND = "segment"
SUFFIX = ".fms"

#: Width of the features that the structure codes were made of (hashing.structure.FEATURE_BYTES,
#: which this package does not import).
FEATURE_BYTES = 576

#: Arrays of a segment in file order, with their type; the shapes follow from the number of rows.
DTYPES: dict[str, str] = {
    "timestamp_s": "<f8",
    "duration_s": "<f8",
    "appearance": "|u1",
    "quality": "|u1",
    "structure": "|u1",
    "features": "|u1",
    "information": "|u1",
    "box": "<f4",
    "thumbnail_offset": "<u8",
    "thumbnail": "|u1",
}


def segment_path(folder: Path, digest: str) -> Path:
    """Return where the segment with the SHA-256 `digest` stands in the index `folder`."""
    return folder / SEGMENTS / f"{digest}{SUFFIX}"


def encode_segment(frames: FrameBatch, specs: Mapping[CodeName, HashSpec]) -> list[bytes]:
    """Return the bytes of the segment of `frames`, in pieces.

    Rows are put in order of time; rows of one time keep their order. Equal frames give equal bytes.

    Raises
    ------
    IndexMismatchError
        Codes of another width or dtype than `specs`, or arrays of unequal lengths.
    """
    held = _checked(frames, specs)
    order = np.argsort(held["timestamp_s"], kind="stable")
    held = {name: array[order] for name, array in held.items()}
    thumbnails = [frames.thumbnails[row] for row in order]
    offsets = np.zeros(len(order) + 1, dtype="<u8")
    np.cumsum([len(thumbnail) for thumbnail in thumbnails], out=offsets[1:])
    held["thumbnail_offset"] = offsets
    held["thumbnail"] = np.frombuffer(b"".join(thumbnails), dtype=np.uint8)
    stored = {name: held[name].astype(dtype, copy=False) for name, dtype in DTYPES.items()}
    return arrays.encode(KIND, segment_meta(len(order), specs), stored)


def segment_meta(rows: int, specs: Mapping[CodeName, HashSpec]) -> dict[str, Any]:
    """Return what the header of a segment says beside where its arrays stand."""
    return {"rows": rows, "specs": {name: str(specs[name]) for name in CODE_NAMES}}


def segment_arrays(
    raw: bytes, rows: int, specs: Mapping[CodeName, HashSpec]
) -> dict[str, npt.NDArray[Any]] | None:
    """Return the arrays of a segment of `rows` rows where they must stand, its header unread.

    ``None`` where it is too short for them. What follows the last thumbnail is left out.
    """
    n_thumbnails = len(raw)
    # The head has the number of bytes of thumbnails in it, which is known from the offsets only.
    for _ in range(3):
        shapes = {**_shapes(rows, specs), "thumbnail_offset": (rows + 1,)}
        shapes["thumbnail"] = (n_thumbnails,)
        fields = arrays.laid_out({name: (DTYPES[name], shape) for name, shape in shapes.items()})
        start = len(arrays.encode_head(KIND, segment_meta(rows, specs), fields))
        places = {field.name: start + field.offset for field in fields}
        if len(raw) < places["thumbnail"]:
            return None
        last = places["thumbnail_offset"] + 8 * rows
        found = int.from_bytes(raw[last : last + 8], "little")
        if found == n_thumbnails:
            break
        if found > len(raw) - places["thumbnail"]:
            return None
        n_thumbnails = found
    return {
        field.name: np.frombuffer(
            raw, field.dtype, math.prod(field.shape), places[field.name]
        ).reshape(field.shape)
        for field in fields
    }


def _checked(frames: FrameBatch, specs: Mapping[CodeName, HashSpec]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of `frames` by name, shapes and types checked, without the thumbnails."""
    n = len(frames)
    if len(frames.thumbnails) != n:
        raise IndexMismatchError(f"{n} frames came with {len(frames.thumbnails)} thumbnails")
    held: dict[str, npt.NDArray[Any]] = {}
    for name, shape in _shapes(n, specs).items():
        array: npt.NDArray[Any] = getattr(frames, name)
        if array.shape != shape or array.dtype != np.dtype(DTYPES[name]):
            raise IndexMismatchError(
                f"{name} must be {np.dtype(DTYPES[name]).name} {shape},"
                f" got {array.dtype} {array.shape};"
                " make the frames with the hash specifications of this index"
            )
        held[name] = array
    if not (np.isfinite(held["timestamp_s"]).all() and np.isfinite(held["duration_s"]).all()):
        raise IndexMismatchError("timestamps and durations must be finite numbers of seconds")
    return held


def _shapes(n: int, specs: Mapping[CodeName, HashSpec]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array of `n` rows but the thumbnails'."""
    return {
        "timestamp_s": (n,),
        "duration_s": (n,),
        "appearance": (n, specs["appearance"].n_bytes),
        "quality": (n,),
        "structure": (n, specs["structure"].n_bytes),
        "features": (n, FEATURE_BYTES),
        "information": (n,),
        "box": (n, 4),
    }


def open_segment(
    path: Path, rows: int, specs: Mapping[CodeName, HashSpec], head: str = ""
) -> ArrayFile:
    """Return the header of the segment `path`, checked against what the catalogue says of it.

    Parameters
    ----------
    path : Path
        The file.
    rows : int
        How many rows it must have.
    specs : mapping of CodeName to HashSpec
        Specification of its codes.
    head : str
        SHA-256 that the bytes before its arrays must have; empty where it is not known.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    IndexCorruptError
        The file is cut short, or is not a segment of `rows` rows with codes of `specs`.
    """
    file = arrays.read_header(path)
    wanted = _shapes(rows, specs) | {"thumbnail_offset": (rows + 1,)}
    found = {name: (field.shape, field.dtype) for name, field in file.fields.items()}
    thumbnails, _ = found.pop("thumbnail", ((), ""))
    if (
        file.kind != KIND
        or len(thumbnails) != 1
        or found != {name: (shape, DTYPES[name]) for name, shape in wanted.items()}
    ):
        raise IndexCorruptError(
            f"{path}: not a segment of {rows} rows with the codes of this index;"
            " run `framematch index repair`"
        )
    if head and file.head != head:
        raise rotten(path)
    return file


def missing(path: Path) -> IndexCorruptError:
    """Return the error for a segment `path` that the catalogue names and that is not there."""
    return IndexCorruptError(f"{path}: missing; run `framematch index repair`")


def rotten(path: Path) -> IndexCorruptError:
    """Return the error for a segment `path` whose bytes fail their checksums."""
    return IndexCorruptError(
        f"{path}: is not what it was when it was written; run `framematch index repair`"
    )


def check_segment(
    path: Path, rows: int, specs: Mapping[CodeName, HashSpec], head: str = ""
) -> ArrayFile:
    """Do what `open_segment` does, and compare the specifications that the segment names too.

    Raises
    ------
    IndexCorruptError
        The file is cut short, or is not a segment of `rows` rows with codes of `specs`.
    """
    file = open_segment(path, rows, specs, head)
    if file.meta.get("specs") != {name: str(specs[name]) for name in CODE_NAMES}:
        raise IndexCorruptError(f"{path}: holds codes of {file.meta.get('specs')}")
    return file


def thumbnail_at(arrays_of: CheckedArrays, row: int) -> bytes:
    """Return the JPEG of row `row` of a segment.

    Raises
    ------
    IndexCorruptError
        The offsets of the thumbnails make no sense.
    """
    offsets, thumbnails = arrays_of["thumbnail_offset"], arrays_of["thumbnail"]
    start, end = int(offsets[row]), int(offsets[row + 1])
    if not start <= end <= len(thumbnails):
        raise IndexCorruptError(
            f"{arrays_of.file.path}: thumbnail {row} lies outside the file;"
            " run `framematch index repair`"
        )
    return thumbnails[start:end].tobytes()
