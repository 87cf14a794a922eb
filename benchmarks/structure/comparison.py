"""Rank-1 by scene of edited frames under every code, and how far apart unrelated pictures lie."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure.codes import CODES, Codes, Pixels, distances
from benchmarks.structure.footage import TITLES, duration_s, frames_at, videos
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import grey_of, resized
from framematch.matching.clips import telling
from framematch.matching.query import Picture, code_views

# Frames of one scene: same file, and not further apart than this; or the same title, and so much
# alike without any edit (correlation of small greys) that nobody could tell which one is meant.
_SCENE_S = 1.5
_ALIKE = 0.95
# Queries are no larger than this before they are edited.
_MOST_WIDE = 640
_SAMPLE_S = 0.5
_SEED = 31
_WITH_VIEWS = "structure, views"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame and where it is from: a query with its pixels, a reference with codes, as `CODES`."""

    file: str
    time_s: float
    title: str
    look: npt.NDArray[np.float32]
    pixels: Pixels
    codes: tuple[Codes, ...]

    def same_scene(self, other: "Shown") -> bool:
        """Say whether both are frames of one scene."""
        if self.file == other.file and abs(self.time_s - other.time_s) <= _SCENE_S:
            return True
        return self.title == other.title and float(self.look @ other.look) >= _ALIKE


def _look(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Return a small grey of unit length and mean 0, float32 (2304,)."""
    grey = grey_of(resized(pixels, 64, 36)).ravel()
    grey = grey - grey.mean()
    look: npt.NDArray[np.float32] = grey / (np.linalg.norm(grey) + np.float32(1e-6))
    return look


def _asked(pixels: Pixels) -> Pixels:
    """Return a query frame at the size at which it is edited."""
    height, width = pixels.shape[:2]
    if width <= _MOST_WIDE:
        return pixels
    return resized(pixels, _MOST_WIDE, round(_MOST_WIDE * height / width))


def _title(task: tuple[Path, str, int]) -> tuple[list[Shown], list[Shown]]:
    """Return the references and the queries of a title, which lie between their instants."""
    media, title, n_queries = task
    references: list[Shown] = []
    queries: list[Shown] = []
    paths = videos(media, title)
    lengths = [duration_s(path) or 10.0 for path in paths]
    generator = np.random.default_rng([_SEED, zlib.crc32(title.encode())])
    for path, length in zip(paths, lengths, strict=True):
        for frame in filter(telling, frames_at(path, np.arange(0, length, _SAMPLE_S).tolist())):
            codes = tuple(code(frame.pixels) for code in CODES.values())
            look, nothing = _look(frame.pixels), frame.pixels[:0]
            references.append(Shown(path.name, frame.timestamp_s, title, look, nothing, codes))
        count = max(1, round(n_queries * length / sum(lengths)))
        halves = np.floor(generator.random(count) * length / _SAMPLE_S) * _SAMPLE_S
        times = sorted((halves + generator.uniform(0.15, 0.35, count)).tolist())
        queries += [
            Shown(
                path.name, frame.timestamp_s, title, _look(frame.pixels), _asked(frame.pixels), ()
            )
            for frame in frames_at(path, times)
            if telling(frame)
        ]
    return references, queries


def _edited(task: tuple[Shown, bool]) -> dict[str, tuple[tuple[Codes, ...], Codes | None]]:
    """Return the codes of a query under every edit, and its views' structure codes where wanted."""
    query, with_views = task
    found: dict[str, tuple[tuple[Codes, ...], Codes | None]] = {}
    for name, operator in {**FINISHED, **LINE_ART}.items():
        generator = np.random.default_rng(
            [_SEED, zlib.crc32(name.encode()), int(query.time_s * 1e3)]
        )
        pixels = operator(query.pixels, generator)
        views = code_views(Picture.of(pixels), "still").structure if with_views else None
        found[name] = (tuple(code(pixels) for code in CODES.values()), views)
    return found


def _first(codes: Codes, references: list[Shown], stacked: Codes) -> Shown:
    """Return the reference nearest to any of the codes, uint8 (V, B)."""
    return references[int(distances(codes, stacked).min(axis=0).argmin())]


def compare(media: Path, n_queries: int, view_every: int) -> Iterator[str]:
    """Yield the lines of the report."""
    with get_context("spawn").Pool(2) as pool:
        tasks = [(media, title, n_queries // len(TITLES)) for title in TITLES]
        titles = pool.map(_title, tasks, chunksize=1)
        references = [shown for known, _ in titles for shown in known]
        queries = [shown for _, asked in titles for shown in asked]
        stacked = [np.stack([shown.codes[n] for shown in references]) for n in range(len(CODES))]
        number_of_views = len(queries[::view_every])
        yield (
            f"{len(references)} reference frames, {len(queries)} queries of {len(TITLES)} titles;"
            f" views for {number_of_views} of the queries"
        )
        work = [(query, number % view_every == 0) for number, query in enumerate(queries)]
        answers = pool.map(_edited, work, chunksize=2)
    yield f"{'edit':16}" + "".join(f"{name:>17}" for name in [*CODES, _WITH_VIEWS])
    for name in [*FINISHED, *LINE_ART]:
        right = np.zeros((len(CODES) + 1, 2))
        for query, answer in zip(queries, answers, strict=True):
            codes, views = answer[name]
            looks = [code[None] for code in codes]
            for number, look in enumerate(looks):
                found = _first(look, references, stacked[number])
                right[number] += (query.same_scene(found), 1)
            if views is not None:
                found = _first(views, references, stacked[-1])
                right[-1] += (query.same_scene(found), 1)
        yield f"{name:16}" + "".join(f"{good / asked:17.3f}" for good, asked in right)
    yield from _spread(references, queries, answers, stacked)


def _spread(
    references: list[Shown],
    queries: list[Shown],
    answers: list[dict[str, tuple[tuple[Codes, ...], Codes | None]]],
    stacked: list[Codes],
) -> Iterator[str]:
    """Yield mean and deviation of the distance between codes of different titles."""
    title = np.array([shown.title for shown in references])
    yield "distance between unrelated pictures, in bits: mean, deviation, lowest of 1000"
    for label, names in (("finished", list(FINISHED)), ("line art", list(LINE_ART))):
        for number, code in enumerate(CODES):
            values: list[npt.NDArray[np.int64]] = []
            for position, (query, answer) in enumerate(zip(queries, answers, strict=True)):
                edit = names[position % len(names)]
                far = distances(answer[edit][0][number][None], stacked[number])[0]
                generator = np.random.default_rng([_SEED, position])
                values += [
                    generator.choice(far[title == other], 10)
                    for other in TITLES
                    if other != query.title
                ]
            away = np.concatenate(values)
            yield (
                f"{code:14} {label} against frames: {away.mean():6.1f} {away.std():5.1f}"
                f" {np.quantile(away, 0.001):5.0f}"
            )
