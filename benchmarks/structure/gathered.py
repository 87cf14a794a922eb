"""Draw, decode and edit what `samples` describes, and keep it in a scratch folder.

Everything is seeded: the same footage gives the same rows.
"""

import zlib
from collections.abc import Iterator
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.structure.footage import duration_s, frames_at, videos
from benchmarks.structure.samples import DRAWN, PLAIN, Sample, Samples, Split, Views
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import Pixels, resized
from framematch.demo import Studio, StudioSettings
from framematch.matching.clips import telling
from framematch.records import Frame

_SAMPLE_S = 0.5
_TALLEST = 360
_SEED = 31
# Shots that all shows of all studios lay out alike, as no two real shows do.
_ALIKE = ("burst", "card", "credits")


def _edited(pixels: Pixels, about: tuple[str, str, float, int], *, views: bool) -> Iterator[Sample]:
    """Yield a frame as it is, and after every operator."""
    height, width = pixels.shape[:2]
    if height > _TALLEST:
        pixels = resized(pixels, round(_TALLEST * width / height), _TALLEST)
    _, file, time_s, _ = about
    yield Sample.asked(pixels, about, PLAIN, views=views)
    for name, operator in {**FINISHED, **LINE_ART}.items():
        generator = np.random.default_rng(
            [_SEED, zlib.crc32(name.encode()), zlib.crc32(file.encode()), round(time_s * 1e3)]
        )
        yield Sample.asked(operator(pixels, generator), about, name, views=views)


def _instants(length_s: float, count: int, generator: np.random.Generator) -> list[float]:
    """Return instants between those of the references, in seconds, rising."""
    steps = np.floor(generator.random(count) * (length_s - _SAMPLE_S) / _SAMPLE_S)
    return sorted(((steps + generator.uniform(0.3, 0.7, count)) * _SAMPLE_S).tolist())


def _film(media: Path, split: Split, title: str, count: int) -> Iterator[Sample]:
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
                about = (title, path.name, frame.timestamp_s, question)
                views = split.views_of(question)
                yield from _edited(frame.pixels, about, views=views)
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
            about, views = (title, file, time_s, question), split.views_of(question)
            yield from _edited(pixels, about, views=views)
            for stage in DRAWN:
                drawing = studio.draw(show, episode, time_s, stage)
                yield Sample.asked(drawing, about, f"drawn {stage}", views=views)
            question += 1


def _part(task: tuple[Path, Split, str | int, int]) -> tuple[Samples, Views]:
    media, split, source, number = task
    if isinstance(source, str):
        rows = list(_film(media, split, source, number))
    else:
        rows = list(_show(split, source, number))
    return Samples.of(rows), Views.of(rows)


def gather(media: Path, split: Split, workers: int = 2) -> tuple[Samples, Views]:
    """Return everything of a split, always the same; two references a second.

    Frames with next to nothing to see are left out.
    """
    tasks: list[tuple[Path, Split, str | int, int]] = [
        (media, split, title, count) for title, count in split.films
    ]
    tasks += [(media, split, seed, number) for seed in split.studios for number in range(4)]
    with get_context("spawn").Pool(workers) as pool:
        parts = pool.map(_part, tasks, chunksize=1)
    samples = [part for part, _ in parts]
    views = Views.joined([seen for _, seen in parts], [len(part) for part in samples])
    return Samples.joined(samples), views


def write(path: Path, samples: Samples, views: Views) -> None:
    """Write a gathered split as an npz file."""
    arrays = {f"row_{field.name}": getattr(samples, field.name) for field in fields(samples)}
    with path.open("wb") as file:
        np.savez(file, **arrays, view_row=views.row, view_apart=views.apart)


def read(path: Path) -> tuple[Samples, Views]:
    """Return a split that `write` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        samples = Samples(*(stored[f"row_{field.name}"] for field in fields(Samples)))
        return samples, Views(stored["view_row"], stored["view_apart"])


def kept(media: Path, split: Split, scratch: Path | None) -> tuple[Samples, Views]:
    """Return a split, gathered at most once where there is a scratch folder to keep it in."""
    path = None if scratch is None else scratch / f"{split.name}.npz"
    if path is not None and path.exists():
        return read(path)
    samples, views = gather(media, split)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, samples, views)
    return samples, views
