"""Bit planes: some bits of many codes turned on their side, so that 256 rows are compared at once.

Owns which bits of a code have a plane and how planes lie in memory and on disk, which
docs/index-format.md states for other languages. Knows nothing of searching; imports no compiler.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

#: Rows of a block: a plane of a block is one vector of 256 bits.
BLOCK_ROWS = 256

#: Words of 64 rows in a plane of a block.
WORDS = BLOCK_ROWS // 64

#: Planes of a code, and of one that has no more bits than the fewer: multiples of `GROUP`. Two
#: numbers and no more, because code is compiled for each.
MOST_PLANES, FEW_PLANES = 168, 96

#: Planes that are looked up together.
GROUP = 3


def n_planes(bits: int) -> int:
    """Return how many planes codes of so many bits have."""
    return MOST_PLANES if bits > FEW_PLANES else FEW_PLANES


def plane_bits(bits: int) -> npt.NDArray[np.int64]:
    """Return the bit of the code that each plane holds, int64 (P,); -1 for a plane of zeros.

    Bit b of a code is bit ``b % 8`` of byte ``b // 8``, the lowest bit being 0. Neighbours among
    the bits say nearly the same, so the planes jump about the code.
    """
    step = max(1, round(bits * (math.sqrt(5) - 1) / 2))
    while math.gcd(step, bits) != 1:
        step += 1
    number = np.arange(n_planes(bits), dtype=np.int64)
    return np.where(number < bits, number * step % bits, -1)


def n_blocks(rows: int) -> int:
    """Return how many blocks so many rows take; the last one is filled up with zeros."""
    return -(-rows // BLOCK_ROWS)


def lookups(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return where each group of planes is looked up for each query code, int64 (Q, P / 3).

    Parameters
    ----------
    codes : uint8 (Q, B)
        Query codes.
    """
    held = plane_bits(8 * codes.shape[1])
    bits = np.unpackbits(codes, axis=1, bitorder="little").astype(np.int64)
    chosen = np.where(held >= 0, bits[:, held], 0).reshape(len(codes), -1, GROUP)
    pattern = chosen @ (1 << np.arange(GROUP))
    # A group has two vectors, of 32 bytes each, for each of its eight patterns.
    return np.ascontiguousarray((np.arange(pattern.shape[1]) * 8 + pattern) * 2 * (BLOCK_ROWS // 8))
