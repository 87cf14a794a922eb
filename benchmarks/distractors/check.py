"""Whether distractors are what they pretend to be: their codes, and how near they come to queries.

``python -m benchmarks.distractors --media MEDIA --scratch SCRATCH --index INDEX`` prints both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.distractors.store import Distractors
from framematch.hashing import encode
from framematch.records import CodeName

_NAMES: tuple[CodeName, ...] = ("structure", "appearance")


def code_differences(distractors: Distractors, n: int) -> dict[CodeName, npt.NDArray[np.int64]]:
    """Return in how many bits the codes of some distractors differ from those of their pictures.

    Parameters
    ----------
    distractors : Distractors
        All of them.
    n : int
        How many to look at, evenly spread.

    Returns
    -------
    mapping of str to int64 (n,)
        Bits of each code.
    """
    places = np.linspace(0, len(distractors) - 1, n).astype(np.int64)
    coded = encode(np.stack([distractors.picture(k) for k in places.tolist()]))
    pairs = {
        "structure": (coded.structure, distractors.codes.structure[places]),
        "appearance": (coded.appearance, distractors.codes.appearance[places]),
    }
    return {name: _bits(*pairs[name]) for name in _NAMES}


def nearest_distances(
    queries: npt.NDArray[np.uint8], held: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int64]:
    """Return how far the nearest of N held codes, uint8 (N, B), is from each of Q queries."""
    return np.array([_bits(held, query).min() for query in queries])


def quantiles(values: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """Return the tenth, the middle and the ninetieth hundredth of some bits, in words."""
    low, middle, high = np.percentile(np.asarray(values), (10, 50, 90))
    return f"median {middle:.0f} bits ({low:.0f} to {high:.0f})"


def _bits(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    bits: npt.NDArray[np.int64] = np.bitwise_count(left ^ right).sum(axis=-1, dtype=np.int64)
    return bits
