"""The four codes that are compared, each as a function of one picture, and their distances."""

from collections.abc import Callable

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.hashing import appearance, structure

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint8]


def _pdq(pixels: Pixels) -> Codes:
    codes, _ = appearance.encode(pixels[None])
    code: Codes = codes[0]
    return code


def _phash(pixels: Pixels) -> Codes:
    return np.packbits(imagehash.phash(Image.fromarray(pixels)).hash.ravel())


def _dhash(pixels: Pixels) -> Codes:
    return np.packbits(imagehash.dhash(Image.fromarray(pixels), hash_size=16).hash.ravel())


def _structure(pixels: Pixels) -> Codes:
    code: Codes = structure.encode(pixels[None])[0]
    return code


#: Name and function; each gives uint8 (B,) of uint8 (H, W, 3).
CODES: dict[str, Callable[[Pixels], Codes]] = {
    "PDQ 256": _pdq,
    "pHash 64": _phash,
    "dHash 256": _dhash,
    "structure 512": _structure,
}


def distances(queries: Codes, references: Codes) -> npt.NDArray[np.int64]:
    """Return differing bits, int64 (Q, N), of uint8 (Q, B) and uint8 (N, B)."""
    return np.stack(
        [np.bitwise_count(references ^ query).sum(axis=1, dtype=np.int64) for query in queries]
    )
