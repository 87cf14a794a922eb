"""Single rows out of many segment files, without mapping the files.

A search at a large index asks for a few rows of nearly every file. Mapping holds a file descriptor
for each file, of which a process has about a thousand, and mapping them in turn costs ten times
what reading the rows does.
"""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexCorruptError
from framematch.index.arrays import ArrayFile


def read_rows(file: ArrayFile, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Return rows of a byte array of a file, uint8 (n, width), in the order asked for.

    Parameters
    ----------
    file : ArrayFile
        The file.
    name : str
        An array of type uint8 and two axes.
    rows : int64 (n,)
        Row numbers within the array.

    Raises
    ------
    FileNotFoundError
        The file is gone.
    IndexCorruptError
        It was cut short after it was opened.
    """
    field = file.fields[name]
    width = field.shape[1]
    start = file.data_start + field.offset
    descriptor = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = b"".join(os.pread(descriptor, width, start + row * width) for row in rows.tolist())
    finally:
        os.close(descriptor)
    if len(data) != width * len(rows):
        raise IndexCorruptError(
            f"{file.path}: cut short while the index was in use; run `framematch index repair`"
        )
    return np.frombuffer(data, dtype=np.uint8).reshape(len(rows), width)
