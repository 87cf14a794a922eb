"""Tens of millions of real-like codes: those of a pool of real pictures, drifted as video drifts.

Owns the drift. A row is the code of a distractor (`benchmarks.distractors`), changed in a part of
the bits in which another one differs, so that bits go together as they do in pictures; the rows of
one distractor stand together, as the frames of a shot do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.distractors.store import load
from framematch.hashing.information import MINIMUM
from framematch.records import CodeName

#: Distractors that rows are drifted from.
POOL = 200_000

_SEED = 20_261_126
_ROWS_AT_ONCE = 1 << 20


def pool(media: Path, scratch: Path) -> dict[CodeName, npt.NDArray[np.uint8]]:
    """Return the codes that rows are drifted from, uint8 (P, B) of each code."""
    coded = load(POOL, media, scratch).codes
    kept = coded.information >= MINIMUM
    return {"structure": coded.structure[kept], "appearance": coded.appearance[kept]}


def drifted_rows(codes: npt.NDArray[np.uint8], n: int, path: Path) -> npt.NDArray[np.uint8]:
    """Return `n` rows, uint8 (n, B), mapped from the file `path`, made unless they lie there.

    Parameters
    ----------
    codes : uint8 (P, B)
        Codes of real pictures.
    n : int
        Rows.
    path : Path
        Where they are kept: ``n * B`` bytes.
    """
    width = codes.shape[1]
    if not path.exists() or path.stat().st_size != n * width:
        partial = path.with_suffix(".partial")
        with partial.open("wb") as stream:
            for start in range(0, n, _ROWS_AT_ONCE):
                some = np.arange(start, min(start + _ROWS_AT_ONCE, n))
                stream.write(_drift(codes, some, n).tobytes())
        partial.replace(path)
    return np.memmap(path, dtype=np.uint8, mode="r", shape=(n, width))


def likeness_to_real(
    real: npt.NDArray[np.uint8], made: npt.NDArray[np.uint8], n: int = 4000
) -> str:
    """Return, in words, how evenly bits are set and how far strangers are, of real and made codes.

    Parameters
    ----------
    real, made : uint8 (N, B)
        Codes of pictures, and those drifted from them.
    n : int
        How many of each to look at.
    """
    return "; ".join(
        f"{label}: {_in_words(codes, n)}" for label, codes in (("real", real), ("made", made))
    )


def _in_words(codes: npt.NDArray[np.uint8], n: int) -> str:
    dice = np.random.default_rng(_SEED)
    some = codes[np.sort(dice.integers(0, len(codes), n))]
    low, high = np.percentile(np.unpackbits(some, axis=1).mean(axis=0), (5, 95))
    apart = np.bitwise_count(some ^ some[dice.permutation(n)]).sum(axis=1, dtype=np.int64)
    apart = apart[apart > 0]
    return (
        f"bits set in {low:.2f} to {high:.2f} of the codes, strangers {apart.mean():.0f} bits apart"
        f" (deviation {apart.std():.1f}, one in a hundred within {np.percentile(apart, 1):.0f})"
    )


def _drift(
    codes: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64], n: int
) -> npt.NDArray[np.uint8]:
    dice = np.random.default_rng((_SEED, int(rows[0])))
    # Every picture of the pool has its shots: rows that follow each other.
    own = codes[rows * len(codes) // max(n, len(codes))]
    apart = own ^ codes[dice.integers(0, len(codes), len(rows))]
    one, two, three = (
        np.frombuffer(dice.bytes(apart.size), dtype=np.uint8).reshape(apart.shape) for _ in range(3)
    )
    # An eighth, a quarter or three eighths of the bits that differ.
    share = dice.integers(0, 3, (len(rows), 1))
    turned = np.where(share == 0, one & two & three, one & two)
    turned = np.where(share == 2, one & (two | three), turned)
    return own ^ (apart & turned)
