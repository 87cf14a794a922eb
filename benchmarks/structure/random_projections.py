"""Random projections of the structure features: what learned ones are compared with.

Made from a seed, with integers only, so that every machine makes the same. They were the structure
code's up to its version 2.
"""

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing.projection import BITS, N_FEATURES

_SEED = b"framematch structure code 2"
_PADDED = 2048


def _random_bits(count: int, label: bytes) -> npt.NDArray[np.uint8]:
    """Return `count` bits, uint8 (count,) of 0 and 1: SHA-256 in counter mode over the seed."""
    blocks = -(-count // 256)
    stream = b"".join(
        hashlib.sha256(_SEED + label + number.to_bytes(4, "little")).digest()
        for number in range(blocks)
    )
    return np.unpackbits(np.frombuffer(stream, dtype=np.uint8))[:count]


@lru_cache(maxsize=1)
def random_projections() -> npt.NDArray[np.float32]:
    """Return 512 projections of 1152 features, float32 (512, 1152).

    Rows of a Hadamard matrix of order 2048 with randomly signed columns (a subsampled randomised
    Hadamard transform: Ailon and Chazelle, STOC 2006), cut to the length of the features.
    Orthogonal before the cut, nearly so after it: all rows are of the first half of the matrix,
    because each row of the second half repeats one of the first in 1024 of the 1152 columns.
    """
    keys = np.frombuffer(
        b"".join(
            hashlib.sha256(_SEED + b"row" + row.to_bytes(4, "little")).digest()[:8]
            for row in range(_PADDED // 2)
        ),
        dtype="<u8",
    )
    chosen = np.sort(np.argsort(keys, kind="stable")[:BITS])
    parity = np.bitwise_count(chosen[:, None] & np.arange(N_FEATURES)[None, :]) & 1
    signs = parity ^ _random_bits(N_FEATURES, b"sign")[None, :]
    unit = np.float32(1 / np.sqrt(_PADDED))
    matrix = np.where(signs, -unit, unit)
    matrix.setflags(write=False)
    return matrix
