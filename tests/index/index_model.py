"""What an index should hold, in plain Python: a mapping, sorted, and every distance counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from framematch.records import CodeName, EpisodeId, FrameBatch, Reference

WIDTHS: dict[CodeName, int] = {"appearance": 32, "structure": 64}
Hit = tuple[int, int, int]


def made_frames(n: int, seed: int) -> FrameBatch:
    """Frames whose codes are near one of three, in no order of time, some at one time."""
    dice = np.random.default_rng(seed)
    whole = np.tile(np.array([0, 0, 1, 1], np.float32), (n, 1))
    part = np.tile(np.array([0, 0, 0.5, 1], np.float32), (n, 1))
    return FrameBatch(
        timestamp_s=dice.integers(0, 5, n) * 0.5,
        duration_s=dice.integers(1, 5, n) * 0.25,
        appearance=_near(dice, n, "appearance"),
        quality=dice.integers(0, 101, n, dtype=np.uint8),
        structure=_near(dice, n, "structure"),
        features=dice.integers(0, 256, (n, 576), dtype=np.uint8),
        information=dice.integers(0, 101, n, dtype=np.uint8),
        box=np.where(dice.random((n, 1)) < 0.7, whole, part).astype(np.float32),
        thumbnails=tuple(
            b"\xff\xd8" + dice.bytes(int(dice.integers(0, 9))) + b"\xff\xd9" for _ in range(n)
        ),
    )


def near_codes(n: int, seed: int, name: CodeName) -> np.ndarray:
    """Queries, uint8 (n, B), that lie among the codes of `made_frames`."""
    return _near(np.random.default_rng(seed), n, name)


def _near(dice: np.random.Generator, n: int, name: CodeName) -> np.ndarray:
    width = WIDTHS[name]
    bases = np.random.default_rng(width).integers(0, 256, (3, width), dtype=np.uint8)
    bits = np.unpackbits(bases[dice.integers(0, 3, n)], axis=1)
    bits ^= (dice.random(bits.shape) < dice.choice([0.0, 0.01, 0.1])).astype(np.uint8)
    return np.packbits(bits, axis=1)


def made_reference(name: str, show: str, episode: EpisodeId | None) -> Reference:
    return Reference(
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        path=f"library/{name}.mkv",
        show=show,
        episode=episode,
        kind="other" if episode is None else "episode",
        media="video",
        width=640,
        height=360,
        duration_s=12.5,
    )


def in_time(frames: FrameBatch) -> FrameBatch:
    """The same frames as an index holds them: by time, those of one time as they came."""
    order = sorted(range(len(frames)), key=lambda row: float(frames.timestamp_s[row]))
    taken = {
        name: getattr(frames, name)[order]
        for name in (
            *("timestamp_s", "duration_s", "appearance", "quality", "structure", "features"),
            *("information", "box"),
        )
    }
    return replace(frames, **taken, thumbnails=tuple(frames.thumbnails[row] for row in order))


@dataclass(slots=True)
class Model:
    """References by digest, each with its frames."""

    held: dict[str, tuple[Reference, FrameBatch]] = field(default_factory=dict)

    def copy(self) -> Model:
        return Model(dict(self.held))

    def listed(self) -> list[tuple[Reference, FrameBatch]]:
        """All of it in broadcast order: those without an episode behind those of their show."""

        def key(pair: tuple[Reference, FrameBatch]) -> tuple[object, ...]:
            reference, episode = pair[0], pair[0].episode
            number = (1, 0, 0) if episode is None else (0, episode.season, episode.episode)
            return (reference.show, *number, reference.sha256)

        return sorted(self.held.values(), key=key)

    def column(self, name: str, width: tuple[int, ...] = ()) -> np.ndarray:
        """One array of all rows."""
        parts = [getattr(frames, name) for _, frames in self.listed()]
        return np.concatenate(parts) if parts else np.zeros((0, *width), np.uint8)

    def hits(
        self,
        name: CodeName,
        queries: np.ndarray,
        min_information: int,
        *,
        k: int | None = None,
        max_distance: int = 1 << 30,
    ) -> list[Hit]:
        """What a search must find: every distance counted, bit by bit."""
        codes = self.column(name, (WIDTHS[name],))
        informed = self.column("information") >= min_information
        found: list[Hit] = []
        for number, query in enumerate(queries):
            distances = np.unpackbits(codes ^ query, axis=1).sum(axis=1, dtype=np.int64)
            one = sorted(
                (int(distance), row)
                for row, distance in enumerate(distances)
                if informed[row] and distance <= max_distance
            )
            found += [(number, row, distance) for distance, row in one[:k]]
        return found
