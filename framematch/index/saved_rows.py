"""The file that a search structure saves itself to: codes and their row numbers, any back end.

Owns the kind ``rows`` of the array format. Knows nothing of how the codes are searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.durable import write_durably
from framematch.errors import IndexCorruptError, IndexMismatchError
from framematch.index import arrays
from framematch.records import HashSpec

_KIND = "rows"


@dataclass(frozen=True, slots=True, eq=False)
class SavedRows:
    """Content of a search structure.

    Attributes
    ----------
    codes : uint8 (N, B)
        Codes that are not removed.
    rows : int64 (N,)
        Their row numbers, ascending.
    n_given : int
        How many row numbers were given out, removed rows included.
    """

    codes: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.int64]
    n_given: int


def save_rows(path: Path, spec: HashSpec, content: SavedRows) -> None:
    """Write `content` to the file `path`, replacing it in one step."""
    meta = {"spec": spec.to_dict(), "n_given": content.n_given}
    held = {"rows": content.rows.astype("<i8"), "codes": content.codes}
    write_durably(path, arrays.encode(_KIND, meta, held))


def load_rows(path: Path, spec: HashSpec) -> SavedRows:
    """Return what `save_rows` wrote.

    Raises
    ------
    IndexMismatchError
        The file holds codes of another specification.
    IndexCorruptError
        The file is missing, damaged or not such a file.
    """
    advice = "build the structure again from the index"
    try:
        file = arrays.read_header(path)
    except FileNotFoundError as error:
        raise IndexCorruptError(f"{path}: there is no such file; {advice}") from error
    try:
        found = HashSpec.from_dict(file.meta["spec"])
        n_given = int(file.meta["n_given"])
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise IndexCorruptError(f"{path}: not a saved search structure; {advice}") from error
    if found != spec:
        raise IndexMismatchError(f"{path}: holds codes of {found}, not of {spec}; {advice}")
    if file.kind != _KIND or set(file.fields) != {"rows", "codes"}:
        raise IndexCorruptError(f"{path}: not a saved search structure; {advice}")
    mapped = arrays.map_bytes(file)
    damaged = next(arrays.check_sums(file, mapped), None)
    if damaged is not None:
        raise IndexCorruptError(f"{path}: {damaged} fails its checksum; {advice}")
    rows = arrays.view(file, mapped, "rows")
    codes = arrays.view(file, mapped, "codes")
    if rows.shape != (len(codes),) or codes.shape != (len(rows), spec.n_bytes):
        raise IndexCorruptError(f"{path}: rows and codes do not belong together; {advice}")
    return SavedRows(codes=np.array(codes), rows=np.array(rows, dtype=np.int64), n_given=n_given)
