"""The codes of distractors, kept in a scratch folder: made once, cut to the number asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.distractors.collage import (
    CollageCodes,
    Parts,
    Recipes,
    codes,
    collage_cells,
    picture,
    recipes,
)
from benchmarks.distractors.pool import load_pool, pool_key
from framematch.hashing import structure


@dataclass(frozen=True, slots=True, eq=False)
class Distractors:
    """N distractors.

    Attributes
    ----------
    pool : uint8 (P, 144, 256, 3)
        What they are cut from.
    made : Recipes
        How each is cut.
    codes : CollageCodes
        Their codes.
    cells : float32 (2P, 8, 9, 16)
        Cells of the pool's pictures and of their mirror images.
    """

    pool: npt.NDArray[np.uint8]
    made: Recipes
    codes: CollageCodes
    cells: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.made)

    def picture(self, k: int) -> npt.NDArray[np.uint8]:
        """Return distractor `k`, uint8 (144, 256, 3)."""
        return picture(self.pool, self.made, k)

    def features(self, k: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return what the structure codes of distractors are made of, uint8 (n, 576)."""
        return structure.pack_features(collage_cells(self.cells, self.made.take(k)))


def load(n: int, media: Path, scratch: Path, exclude: Collection[str] = ()) -> Distractors:
    """Return the first `n` distractors, coded unless as many lie in `scratch` already."""
    pool = load_pool(media, scratch, exclude)
    made = recipes(n, len(pool))
    key = f"{pool_key(exclude)}-v{structure.SPEC.version}"
    kept = sorted(
        (int(path.stem.split("-")[-1]), path) for path in scratch.glob(f"codes-{key}-*.npz")
    )
    cells = _cells(pool, scratch / f"cells-{key}.npy")
    enough = next((path for count, path in kept if count >= n), None)
    if enough is None:
        enough = scratch / f"codes-{key}-{n}.npz"
        coded = codes(Parts.of(pool), made)
        partial = enough.with_suffix(".partial.npz")
        np.savez(
            partial,
            structure=coded.structure,
            appearance=coded.appearance,
            information=coded.information,
        )
        partial.replace(enough)
    with np.load(enough) as held:
        coded = CollageCodes(*(held[name][:n] for name in CollageCodes.__slots__))
    return Distractors(pool, made, coded, cells)


def _cells(pool: npt.NDArray[np.uint8], path: Path) -> npt.NDArray[np.float32]:
    """Return the cells of a pool and of its mirror images, kept in the file `path`."""
    if not path.exists():
        upright = structure.cells_of(pool)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.concatenate([upright, structure.mirror_cells(upright)]))
        partial.replace(path)
    cells: npt.NDArray[np.float32] = np.load(path, mmap_mode="r")
    return cells
