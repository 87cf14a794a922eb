"""The fixed random projections that learned ones are compared with. Knows no footage."""

import hashlib

import numpy as np

from benchmarks.structure.fitted import Matrix
from framematch.hashing import structure

_SEED = b"framematch structure code 2"
_PADDED = 2048


def random_signs() -> Matrix:
    """Return 512 projections of 1152 features, float32 (512, 1152), those of structure version 2.

    Rows of a Hadamard matrix of order 2048 with randomly signed columns (a subsampled randomised
    Hadamard transform: Ailon and Chazelle, STOC 2006), cut to the length of the features. All rows
    are of the first half of the matrix, because each row of the second half repeats one of the
    first in 1024 of the 1152 columns. Made of SHA-256 in counter mode, so always the same.
    """
    keys = [_digest(b"row", row)[:8] for row in range(_PADDED // 2)]
    order = np.argsort(np.frombuffer(b"".join(keys), dtype="<u8"), kind="stable")
    chosen = np.sort(order[: structure.BITS])
    columns = np.arange(structure.N_FEATURES)
    parity = np.bitwise_count(chosen[:, None] & columns[None]) & 1
    blocks = -(-len(columns) // 256)
    stream = b"".join(_digest(b"sign", number) for number in range(blocks))
    signs = np.unpackbits(np.frombuffer(stream, dtype=np.uint8))[: len(columns)]
    unit = np.float32(1 / np.sqrt(_PADDED))
    return np.where(parity ^ signs[None], -unit, unit).astype(np.float32)


def _digest(label: bytes, number: int) -> bytes:
    return hashlib.sha256(_SEED + label + number.to_bytes(4, "little")).digest()
