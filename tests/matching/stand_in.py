"""An index in memory, of invented rows: what matching needs of `framematch.index.Index`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing import SPECS, structure
from framematch.index.linear import LinearIndex
from framematch.index.table import FrameTable
from framematch.records import CodeName, EpisodeId, Hits, IndexInfo, Reference

Codes = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]


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


def random_features(n: int, seed: int = 0) -> Codes:
    """Return packed features of unrelated pictures, uint8 (n, 576)."""
    dice = np.random.default_rng(seed)
    # As those of pictures: most within a step or two of the middle, two in each byte.
    levels = np.clip(np.rint(dice.normal(8, 2.2, (n, structure.N_FEATURES))), 0, 15)
    nibbles = levels.astype(np.uint8)
    return nibbles[:, ::2] << 4 | nibbles[:, 1::2]


def leaning(packed: Codes, cosine: float, seed: int = 0) -> Features:
    """Return a unit vector, float32 (1152,), at an angle of given cosine to packed features."""
    own = structure.unpack_features(packed[None])[0]
    own /= np.linalg.norm(own)
    aside = np.random.default_rng(seed).normal(size=len(own))
    aside -= (aside @ own) * own
    aside /= np.linalg.norm(aside)
    return np.asarray(cosine * own + np.sqrt(1 - cosine**2) * aside, dtype=np.float32)


@dataclass(frozen=True)
class StandIn:
    """Rows, their references, their codes and features."""

    references_: tuple[Reference, ...]
    rows: FrameTable
    codes_: dict[CodeName, Codes]
    features_: Codes

    @classmethod
    def of(
        cls,
        references: list[Reference],
        rows: list[tuple[int, float]],
        codes: dict[CodeName, Codes] | None = None,
        features: Codes | None = None,
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
        given_features = random_features(n, 3) if features is None else features
        return cls(tuple(references), table, both, given_features)

    @property
    def info(self) -> IndexInfo:
        return IndexInfo("stand-in", len(self.rows), "none")

    def references(self) -> tuple[Reference, ...]:
        return self.references_

    def codes(self, name: CodeName, rows: npt.NDArray[np.int64]) -> Codes:
        return self.codes_[name][rows]

    def features(self, rows: npt.NDArray[np.int64]) -> Codes:
        return self.features_[rows]

    def search_nearest(self, name: CodeName, codes: Codes, k: int, *, exact: bool = False) -> Hits:
        structure = LinearIndex(SPECS[name])
        structure.add(self.codes_[name])
        return structure.search_nearest(codes, k)
