"""A distractor: one picture left of a cut or above it, another one on the other side.

Owns which two, where the cut runs, and the way from there to picture and codes. The codes come from
what the codes of both pictures are made of, cut and joined, so that a million take minutes and not
hours: the cells of the structure code are local, and PDQ's transform is linear. What differs from
the codes of the picture itself is what happens right at the cut (`benchmarks.distractors.check`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing import appearance, structure
from framematch.hashing.information import information

#: Distractors are thrown in blocks of so many, so that the first ones are the same in any number.
BLOCK = 10_000

_SEED = 20_261_123
# PDQ's small picture.
_SIDE = 64
_CODED_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Recipes:
    """How N collages are made.

    Attributes
    ----------
    first, second : int32 (N,)
        Pictures of the pool: left of the cut or above it, and the other one. From P on, picture
        number minus P mirrored left to right.
    stacked : bool (N,)
        Whether the cut is horizontal.
    cut : int32 (N,)
        Cells before the cut, of 16 across or of 9 down.
    """

    first: npt.NDArray[np.int32]
    second: npt.NDArray[np.int32]
    stacked: npt.NDArray[np.bool_]
    cut: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: slice | npt.NDArray[np.int64]) -> Recipes:
        """Return some of the recipes."""
        return Recipes(self.first[rows], self.second[rows], self.stacked[rows], self.cut[rows])


def recipes(n: int, n_pictures: int) -> Recipes:
    """Return the first `n` recipes over a pool of so many pictures."""
    blocks = [_block(number, n_pictures) for number in range(-(-n // BLOCK))]
    none = np.empty(0, dtype=np.int64)
    columns = (np.concatenate([none, *(block[k] for block in blocks)])[:n] for k in range(4))
    first, second, stacked, cut = columns
    return Recipes(
        first.astype(np.int32), second.astype(np.int32), stacked.astype(bool), cut.astype(np.int32)
    )


def _block(number: int, n_pictures: int) -> tuple[npt.NDArray[np.int64], ...]:
    rng = np.random.default_rng((_SEED, number))
    first, second = rng.integers(0, 2 * n_pictures, (2, BLOCK))
    stacked = rng.integers(0, 2, BLOCK)
    # Neither side smaller than a third.
    cut = np.where(stacked, rng.integers(3, 7, BLOCK), rng.integers(6, 11, BLOCK))
    return first, second, stacked, cut


def picture(pool: npt.NDArray[np.uint8], made: Recipes, k: int) -> npt.NDArray[np.uint8]:
    """Return collage `k`, uint8 (144, 256, 3)."""
    first, second = (_mirrored(pool, int(side[k])) for side in (made.first, made.second))
    at = int(made.cut[k]) * (structure.WIDTH // structure.COLUMNS)
    collage = second.copy()
    if made.stacked[k]:
        collage[:at] = first[:at]
    else:
        collage[:, :at] = first[:, :at]
    return collage


def _mirrored(pool: npt.NDArray[np.uint8], number: int) -> npt.NDArray[np.uint8]:
    picture = np.asarray(pool[number % len(pool)])
    return picture[:, ::-1] if number >= len(pool) else picture


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What codes are made of, for the P pictures of a pool and their mirror images.

    Attributes
    ----------
    cells : float32 (2P, 8, 9, 16)
        Cells of the structure code.
    tones : float32 (2P, 64, 64)
        PDQ's small picture.
    information : uint8 (2P,)
        How much there is to see, 0 to 100.
    """

    cells: npt.NDArray[np.float32]
    tones: npt.NDArray[np.float32]
    information: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, pool: npt.NDArray[np.uint8]) -> Parts:
        """Return the parts of a pool, uint8 (P, 144, 256, 3)."""
        cells = structure.cells_of(pool)
        size = (structure.HEIGHT, structure.WIDTH)
        # The small picture has no other name; to take it from here costs the benchmark less than
        # it would cost the package to promise it.
        tones = appearance._grids(pool, size).astype(np.float32)
        telling = information(np.asarray(pool))
        return cls(
            np.concatenate([cells, structure.mirror_cells(cells)]),
            np.concatenate([tones, tones[:, :, ::-1]]),
            np.concatenate([telling, telling]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CollageCodes:
    """Codes of N collages.

    Attributes
    ----------
    structure : uint8 (N, 64)
        Structure codes.
    appearance : uint8 (N, 32)
        Appearance codes.
    information : uint8 (N,)
        How much there is to see: that of both pictures by their share, on its own scale.
    """

    structure: npt.NDArray[np.uint8]
    appearance: npt.NDArray[np.uint8]
    information: npt.NDArray[np.uint8]


def codes(parts: Parts, made: Recipes) -> CollageCodes:
    """Return the codes of collages, made of the parts of their pictures."""
    starts = range(0, len(made), _CODED_AT_ONCE)
    done = [_some_codes(parts, made.take(slice(at, at + _CODED_AT_ONCE))) for at in starts]
    none = CollageCodes(*(np.zeros((0, *shape), np.uint8) for shape in ((64,), (32,), ())))
    return CollageCodes(
        np.concatenate([none.structure, *(part.structure for part in done)]),
        np.concatenate([none.appearance, *(part.appearance for part in done)]),
        np.concatenate([none.information, *(part.information for part in done)]),
    )


def collage_cells(cells: npt.NDArray[np.float32], made: Recipes) -> npt.NDArray[np.float32]:
    """Return the cells of collages, float32 (N, 8, 9, 16), of the parts', (2P, 8, 9, 16)."""
    across = _before(made, ~made.stacked, structure.COLUMNS, structure.COLUMNS)
    down = _before(made, made.stacked, structure.ROWS, structure.ROWS)
    here = across[:, None, None, :] & down[:, None, :, None]
    return np.where(here, cells[made.first], cells[made.second])


def _some_codes(parts: Parts, made: Recipes) -> CollageCodes:
    cells = collage_cells(parts.cells, made)
    across = _before(made, ~made.stacked, structure.COLUMNS, _SIDE)
    down = _before(made, made.stacked, structure.ROWS, _SIDE)
    here = across[:, None, :] & down[:, :, None]
    tones = np.where(here, parts.tones[made.first], parts.tones[made.second])
    basis = appearance.frequency_basis().astype(np.float32)
    coefficients = (basis @ tones @ basis.T).astype(np.float64)
    # Information is the root of the share of telling cells.
    share = made.cut / np.where(made.stacked, structure.ROWS, structure.COLUMNS)
    first, second = (
        parts.information[side].astype(np.float64) ** 2 for side in (made.first, made.second)
    )
    telling = np.sqrt(share * first + (1 - share) * second).astype(np.uint8)
    return CollageCodes(structure.encode_cells(cells), appearance._pack(coefficients), telling)


def _before(
    made: Recipes, cut_here: npt.NDArray[np.bool_], n_cells: int, n: int
) -> npt.NDArray[np.bool_]:
    """Return which of `n` places along an axis belong to the first picture, bool (N, n).

    All of them along the axis that is not cut.
    """
    end = np.where(cut_here, np.rint(made.cut * n / n_cells), n)
    before: npt.NDArray[np.bool_] = np.arange(n) < end[:, None]
    return before
