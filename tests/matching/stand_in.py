"""An index in memory, of invented rows: what matching needs of `framematch.index.Index`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing import SPECS
from framematch.index.linear import LinearIndex
from framematch.index.table import FrameTable
from framematch.records import CodeName, EpisodeId, Hits, IndexInfo, Reference

Codes = npt.NDArray[np.uint8]


def reference(name: str, show: str, episode: int | None) -> Reference:
    return Reference(
        sha256=name * 64 if len(name) == 1 else name,
        path=f"{name}.mkv",
        show=show,
        episode=None if episode is None else EpisodeId(1, episode),
        kind="film" if episode is None else "episode",
        media="video",
        width=640,
        height=360,
        duration_s=600.0,
    )


def random_codes(n: int, code: CodeName, seed: int = 0) -> Codes:
    dice = np.random.default_rng(seed)
    return dice.integers(0, 256, (n, SPECS[code].n_bytes), dtype=np.uint8)


def flipped(code: Codes, n_bits: int, seed: int = 0) -> Codes:
    """Return a packed code, (B,), that differs in exactly `n_bits` bits."""
    bits = np.unpackbits(code)
    bits[np.random.default_rng(seed).permutation(len(bits))[:n_bits]] ^= 1
    return np.packbits(bits)


@dataclass(frozen=True)
class StandIn:
    """Rows, their references and their codes."""

    references_: tuple[Reference, ...]
    rows: FrameTable
    codes_: dict[CodeName, Codes]

    @classmethod
    def of(
        cls,
        references: list[Reference],
        rows: list[tuple[int, float]],
        codes: dict[CodeName, Codes] | None = None,
    ) -> "StandIn":
        """Return an index of rows given as their reference's position and their time."""
        n = len(rows)
        table = FrameTable(
            reference=np.array([position for position, _ in rows], dtype=np.int32),
            timestamp_s=np.array([time for _, time in rows], dtype=np.float64),
            duration_s=np.full(n, 0.5),
            quality=np.full(n, 100, dtype=np.uint8),
            information=np.full(n, 80, dtype=np.uint8),
            box=np.tile(np.array([0, 0, 1, 1], dtype=np.float32), (n, 1)),
        )
        given = codes or {}
        both: dict[CodeName, Codes] = {
            "structure": given.get("structure", random_codes(n, "structure", 1)),
            "appearance": given.get("appearance", random_codes(n, "appearance", 2)),
        }
        return cls(tuple(references), table, both)

    @property
    def info(self) -> IndexInfo:
        return IndexInfo("stand-in", len(self.rows), "none")

    def references(self) -> tuple[Reference, ...]:
        return self.references_

    def codes(self, name: CodeName, rows: npt.NDArray[np.int64]) -> Codes:
        return self.codes_[name][rows]

    def search_nearest(self, name: CodeName, codes: Codes, k: int) -> Hits:
        structure = LinearIndex(SPECS[name])
        structure.add(self.codes_[name])
        return structure.search_nearest(codes, k)
