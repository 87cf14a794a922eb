"""Pairs of what a library holds and what is asked: frames, and edits and drawings of frames.

Everything is kept as the 256 by 144 luma that structure codes are made of. Titles are split: what
is fitted sees `FIT` only, what is reported is measured on `TEST`. Knows nothing of codes.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from benchmarks.structure.footage import duration_s, frames_at, telling, videos
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import Pixels, resized
from framematch.demo import Studio, StudioSettings
from framematch.demo.settings import Drawing
from framematch.hashing import structure
from framematch.hashing.ink import ink_luma
from framematch.hashing.panels import WHOLE
from framematch.hashing.preprocess import luma, shrink
from framematch.hashing.views import View, cut
from framematch.records import Frame

#: Stages that the studio draws itself: the only drawings here that no operator made of a frame.
DRAWN: tuple[Drawing, ...] = (
    "line-art",
    "line-art-background",
    "rough",
    "layout-sheet",
    "flat-colour",
)
#: The name of a frame before any edit.
PLAIN = "frame"
_SAMPLE_S = 0.5
_TALLEST = 360
_SEED = 31
# Shots that all shows of all studios lay out alike, as no two real shows do.
_ALIKE = ("burst", "card", "credits")


@dataclass(frozen=True, slots=True)
class Split:
    """Which titles, and how many of their frames are asked about.

    Attributes
    ----------
    films : tuple of (str, int)
        Title of `footage.TITLES`, and its number of questions.
    studios : tuple of int
        Seeds of drawn studios, four shows of two episodes each.
    episode_s : float
        Length of the studios' episodes, in seconds.
    per_episode : int
        Questions per drawn episode.
    """

    films: tuple[tuple[str, int], ...]
    studios: tuple[int, ...]
    episode_s: float
    per_episode: int


FIT = Split(
    films=tuple(
        (title, 14)
        for title in (
            "sintel-trailer",
            "sintel-clip",
            "steamboat-willie",
            "turbine",
            "dragon",
            "ecmg",
            "flag",
            "forest",
            "glyphs",
        )
    ),
    studios=(101, 102),
    episode_s=24.0,
    per_episode=7,
)
TEST = Split(
    films=(
        ("big-buck-bunny", 40),
        ("penny-and-chip", 24),
        ("chair", 8),
        ("doorknob", 8),
        ("pattern", 8),
    ),
    studios=(301,),
    episode_s=60.0,
    per_episode=5,
)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Pictures and where they are from.

    Attributes
    ----------
    lumas : uint8 (N, 144, 256)
        What structure codes are made of.
    title, file, kind : str (N,)
        Titles are held out together; `kind` is an operator, a stage or `PLAIN`.
    time_s : float64 (N,)
        On the file's timeline.
    question : int64 (N,)
        What was made of one frame has one number within its title; -1 for references.
    drawn : bool (N,)
        Whether the picture is taken for a drawing on paper.
    """

    lumas: npt.NDArray[np.uint8]
    title: npt.NDArray[np.str_]
    file: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    time_s: npt.NDArray[np.float64]
    question: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence["Sample"]) -> Self:
        """Return single samples as one."""
        return cls(
            np.stack([row.luma for row in rows]),
            np.array([row.title for row in rows]),
            np.array([row.file for row in rows]),
            np.array([row.kind for row in rows]),
            np.array([row.time_s for row in rows]),
            np.array([row.question for row in rows]),
            np.array([row.drawn for row in rows]),
        )

    @classmethod
    def joined(cls, parts: Sequence["Samples"]) -> Self:
        """Return the rows of several, one after the other."""
        arrays = [
            np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)
        ]
        return cls(*arrays)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Samples":
        """Return some of the rows."""
        return Samples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.lumas)

    def cells(self) -> npt.NDArray[np.float32]:
        """Return the pooled strokes of every picture, float32 (N, 8, 9, 16)."""
        parts = [
            structure.pool(
                structure.strokes(self.lumas[start : start + 16].astype(np.float32)),
                structure.ROWS,
                structure.COLUMNS,
            )
            for start in range(0, len(self), 16)
        ]
        return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One row of `Samples`."""

    luma: npt.NDArray[np.uint8]
    title: str
    file: str
    kind: str
    time_s: float
    question: int
    drawn: bool

    @classmethod
    def of(cls, pixels: Pixels, title: str, file: str, time_s: float) -> Self:
        """Return a reference, uint8 (H, W, 3)."""
        small = luma(shrink(pixels[np.newaxis], structure.HEIGHT, structure.WIDTH))[0]
        return cls(np.rint(small).astype(np.uint8), title, file, PLAIN, time_s, -1, drawn=False)

    @classmethod
    def asked(
        cls, pixels: Pixels, title: str, file: str, kind: str, time_s: float, question: int
    ) -> Self:
        """Return a question, uint8 (H, W, 3), reduced as `framematch.matching.query` does it."""
        grey, drawn = ink_luma(pixels)
        small = cut(grey, View(WHOLE, mirrored=False), structure.HEIGHT, structure.WIDTH)
        seen = np.clip(np.rint(small), 0, 255).astype(np.uint8)
        return cls(seen, title, file, kind, time_s, question, drawn)


def _edited(
    pixels: Pixels, title: str, file: str, time_s: float, question: int
) -> Iterator[Sample]:
    """Yield a frame as it is, and after every operator."""
    height, width = pixels.shape[:2]
    if height > _TALLEST:
        pixels = resized(pixels, round(_TALLEST * width / height), _TALLEST)
    yield Sample.asked(pixels, title, file, PLAIN, time_s, question)
    for name, operator in {**FINISHED, **LINE_ART}.items():
        generator = np.random.default_rng(
            [_SEED, zlib.crc32(name.encode()), zlib.crc32(file.encode()), round(time_s * 1e3)]
        )
        yield Sample.asked(operator(pixels, generator), title, file, name, time_s, question)


def _instants(length_s: float, count: int, generator: np.random.Generator) -> list[float]:
    """Return instants between those of the references, in seconds, rising."""
    steps = np.floor(generator.random(count) * (length_s - _SAMPLE_S) / _SAMPLE_S)
    return sorted(((steps + generator.uniform(0.3, 0.7, count)) * _SAMPLE_S).tolist())


def _film(media: Path, title: str, count: int) -> Iterator[Sample]:
    paths = videos(media, title)
    lengths = [duration_s(path) or 10.0 for path in paths]
    generator = np.random.default_rng([_SEED, zlib.crc32(title.encode())])
    question = 0
    for path, length in zip(paths, lengths, strict=True):
        share = max(1, round(count * length / sum(lengths)))
        asked = _instants(length, share, generator)
        for frame in frames_at(path, np.arange(0, length, _SAMPLE_S).tolist() + asked):
            if not telling(frame):
                continue
            ends_s = frame.timestamp_s + frame.duration_s
            if any(frame.timestamp_s <= time_s < ends_s for time_s in asked):
                yield from _edited(frame.pixels, title, path.name, frame.timestamp_s, question)
                question += 1
            else:
                yield Sample.of(frame.pixels, title, path.name, frame.timestamp_s)


def _show(split: Split, seed: int, number: int) -> Iterator[Sample]:
    studio = Studio(StudioSettings(seed=seed, n_shows=4, n_episodes=2, episode_s=split.episode_s))
    show, question = studio.shows[number], 0
    for episode in studio.episodes:
        title, file = f"{show} {seed}", f"{show} {seed} {episode}"
        for time_s in np.arange(0.1, split.episode_s, _SAMPLE_S).tolist():
            pixels = studio.draw(show, episode, time_s)
            if telling(Frame(pixels, 0.0, 0.0)):
                yield Sample.of(pixels, title, file, time_s)
        generator = np.random.default_rng([_SEED, zlib.crc32(file.encode())])
        for time_s in _instants(split.episode_s, split.per_episode, generator):
            shot, _ = studio.shot_at(show, episode, time_s)
            pixels = studio.draw(show, episode, time_s)
            if shot.plan.framing in _ALIKE or not telling(Frame(pixels, 0.0, 0.0)):
                continue
            yield from _edited(pixels, title, file, time_s, question)
            for stage in DRAWN:
                drawing = studio.draw(show, episode, time_s, stage)
                yield Sample.asked(drawing, title, file, f"drawn {stage}", time_s, question)
            question += 1


def _part(task: tuple[Path, Split, str | int, int]) -> Samples:
    media, split, source, number = task
    if isinstance(source, str):
        return Samples.of(list(_film(media, source, number)))
    return Samples.of(list(_show(split, source, number)))


def gather(media: Path, split: Split, workers: int = 2) -> Samples:
    """Return everything of a split, always the same; two references a second.

    Frames with next to nothing to see are left out.
    """
    tasks: list[tuple[Path, Split, str | int, int]] = [
        (media, split, title, count) for title, count in split.films
    ]
    tasks += [(media, split, seed, number) for seed in split.studios for number in range(4)]
    with get_context("spawn").Pool(workers) as pool:
        parts = pool.map(_part, tasks, chunksize=1)
    return Samples.joined(parts)
