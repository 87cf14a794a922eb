"""The file format of named arrays: signature, JSON header, aligned raw data, a SHA-256 per array.

Owns the bytes of segments and of saved search structures, described for other languages in
docs/index-format.md. Knows nothing of references, codes or SQLite. Never unpickles anything.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import mmap
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexCorruptError, IndexVersionError

#: First bytes of every array file. As in PNG, a transfer that changes line ends destroys it.
SIGNATURE = b"\x89FMS\r\n\x1a\n"

#: Version of this container.
CONTAINER_VERSION = 1

#: Arrays start at multiples of this many bytes.
ALIGNMENT = 64

#: Bytes before the JSON: the signature and the length of the JSON as little-endian uint64.
PREFIX_BYTES = 16

#: Longest JSON that a reader accepts, in bytes.
MAX_HEADER_BYTES = 1 << 20

#: Element types that may occur, all little-endian, with their length in bytes.
ITEM_BYTES = {"|u1": 1, "<i4": 4, "<i8": 8, "<u8": 8, "<f4": 4, "<f8": 8}

#: Holds the whole header of a segment.
_FIRST_READ_BYTES = 4096

#: A whole file as a read-only memory map, uint8 (n,).
Mapped = npt.NDArray[np.uint8]

_ADVICE = "run `framematch index verify` to see what else is damaged, then add the file again"


@dataclass(frozen=True, slots=True)
class ArrayField:
    """Where one array stands in its file.

    Attributes
    ----------
    name, dtype : str
        Name, and element type as NumPy writes it.
    shape : tuple of int
        Length of each axis, row-major.
    offset, nbytes : int
        Bytes from the start of the data, and length in bytes.
    sha256 : str
        Digest of those bytes.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    nbytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """A parsed header: what stands where in the file `path`.

    Attributes
    ----------
    path : Path
        The file.
    kind : str
        What the file is, such as ``segment``.
    meta : mapping
        Further header entries of that kind.
    data_start : int
        Byte at which offset 0 stands.
    fields : mapping of str to ArrayField
        The arrays by name.
    """

    path: Path
    kind: str
    meta: Mapping[str, Any]
    data_start: int
    fields: Mapping[str, ArrayField]


def encode(
    kind: str, meta: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
) -> list[bytes]:
    """Return the bytes of an array file, in pieces; equal input gives equal bytes.

    Parameters
    ----------
    kind : str
        What the file is.
    meta : mapping
        Further header entries, JSON values only.
    arrays : mapping of str to array
        In the order in which they are to stand; their dtypes are keys of `ITEM_BYTES`.
    """
    fields: list[ArrayField] = []
    data: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        data += [bytes(-offset % ALIGNMENT), raw]
        offset += -offset % ALIGNMENT
        sha256 = hashlib.sha256(raw).hexdigest()
        fields.append(ArrayField(name, array.dtype.str, array.shape, offset, len(raw), sha256))
        offset += len(raw)
    return [encode_head(kind, meta, fields), *data]


def laid_out(shapes: Mapping[str, tuple[str, tuple[int, ...]]]) -> list[ArrayField]:
    """Return where arrays of given types and shapes stand, without digests: 64 zeros each."""
    fields: list[ArrayField] = []
    end = 0
    for name, (dtype, shape) in shapes.items():
        nbytes = math.prod(shape) * ITEM_BYTES[dtype]
        offset = end + -end % ALIGNMENT
        fields.append(ArrayField(name, dtype, shape, offset, nbytes, "0" * 64))
        end = offset + nbytes
    return fields


def encode_head(kind: str, meta: Mapping[str, Any], fields: Sequence[ArrayField]) -> bytes:
    """Return the bytes of an array file before its data."""
    listed = [dataclasses.asdict(field) for field in fields]
    head = {"version": CONTAINER_VERSION, "kind": kind, "meta": dict(meta), "arrays": listed}
    text = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    text += b" " * (-(PREFIX_BYTES + len(text)) % ALIGNMENT)
    return SIGNATURE + len(text).to_bytes(8, "little") + text


def digest(pieces: Sequence[bytes]) -> str:
    """Return the SHA-256 of the file that `pieces` make up, as 64 hexadecimal digits."""
    running = hashlib.sha256()
    for piece in pieces:
        running.update(piece)
    return running.hexdigest()


def read_header(path: Path) -> ArrayFile:
    """Return the header of the array file `path`, its structure checked against the file's length.

    Checksums are not computed here: see `check_sums`.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    IndexCorruptError
        The file is cut short or its header is damaged.
    IndexVersionError
        The file is of a newer version.
    """
    # Unbuffered: an index of many stills opens thousands of files before its first answer.
    with path.open("rb", buffering=0) as stream:
        length = os.fstat(stream.fileno()).st_size
        start = stream.read(_FIRST_READ_BYTES)
        if len(start) < PREFIX_BYTES or not start.startswith(SIGNATURE):
            raise IndexCorruptError(f"{path}: the signature of an array file is missing; {_ADVICE}")
        n_text = int.from_bytes(start[len(SIGNATURE) : PREFIX_BYTES], "little")
        if n_text > min(MAX_HEADER_BYTES, length - PREFIX_BYTES):
            raise IndexCorruptError(f"{path}: cut short inside its header; {_ADVICE}")
        while len(start) < PREFIX_BYTES + n_text:
            start += stream.read(PREFIX_BYTES + n_text - len(start))
    text = start[PREFIX_BYTES : PREFIX_BYTES + n_text]
    try:
        head = json.loads(text)
        version = int(head["version"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise IndexCorruptError(f"{path}: unreadable header ({error}); {_ADVICE}") from error
    if version > CONTAINER_VERSION:
        raise IndexVersionError(
            f"{path}: version {version} of the file format, this release reads {CONTAINER_VERSION};"
            " install a newer FrameMatch"
        )
    try:
        return _parse(path, head, PREFIX_BYTES + n_text, length)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise IndexCorruptError(f"{path}: damaged header ({error}); {_ADVICE}") from error


def _parse(path: Path, head: Mapping[str, Any], data_start: int, length: int) -> ArrayFile:
    """Return the header of a file of `length` bytes; ValueError and its like for nonsense."""
    fields: dict[str, ArrayField] = {}
    end = 0
    for entry in head["arrays"]:
        field = ArrayField(
            name=str(entry["name"]),
            dtype=str(entry["dtype"]),
            shape=tuple(int(axis) for axis in entry["shape"]),
            offset=int(entry["offset"]),
            nbytes=int(entry["nbytes"]),
            sha256=str(entry["sha256"]),
        )
        if field.dtype not in ITEM_BYTES or min(field.shape, default=0) < 0 or field.name in fields:
            raise ValueError(f"array {field.name} has type {field.dtype} and shape {field.shape}")
        if field.nbytes != math.prod(field.shape) * ITEM_BYTES[field.dtype]:
            raise ValueError(f"array {field.name} does not have the length that its shape asks for")
        if field.offset != end + -end % ALIGNMENT:
            raise ValueError(f"array {field.name} starts at {field.offset}")
        end = field.offset + field.nbytes
        fields[field.name] = field
    if data_start % ALIGNMENT or data_start + end != length:
        raise ValueError(f"the file has {length} bytes, its header asks for {data_start + end}")
    meta = head["meta"]
    if not isinstance(meta, dict):
        raise TypeError("meta is not an object")
    return ArrayFile(path, str(head["kind"]), meta, data_start, fields)


def map_bytes(file: ArrayFile) -> Mapped:
    """Return the whole file as a read-only memory map, uint8 (n,). It holds one file descriptor."""
    with file.path.open("rb", buffering=0) as stream:
        return np.frombuffer(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), dtype=np.uint8)


def view(file: ArrayFile, mapped: Mapped, name: str) -> npt.NDArray[Any]:
    """Return the array `name` as a view into `mapped`, which `map_bytes` gave."""
    field = file.fields[name]
    start = file.data_start + field.offset
    return mapped[start : start + field.nbytes].view(field.dtype).reshape(field.shape)


def check_sums(
    file: ArrayFile, mapped: Mapped, names: Collection[str] | None = None
) -> Iterator[str]:
    """Yield the name of each array whose bytes do not have the digest that the header gives.

    Of all arrays, or of those named.
    """
    for name, field in file.fields.items():
        if names is not None and name not in names:
            continue
        start = file.data_start + field.offset
        if hashlib.sha256(mapped[start : start + field.nbytes].data).hexdigest() != field.sha256:
            yield name
