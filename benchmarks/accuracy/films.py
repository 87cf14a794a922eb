"""Frames of the films: the group A of other encodes, and what C, D and E are made of."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.library import BUNNY, FILM, PENNY, Library, penny_clips
from benchmarks.accuracy.queries import Amounts, Instant, Query, generator, spread
from benchmarks.accuracy.reencode import KINDS, reencode
from benchmarks.footage.__main__ import CREDITS_S, EXCERPTS
from benchmarks.structure.footage import duration_s, frames_at
from framematch.calibration.operators.pixels import Pixels
from framematch.matching.clips import telling
from framematch.records import EpisodeId, Frame

_OTHER = "big-buck-bunny/other-encodes"
_SMALL = "big-buck-bunny/bbb_252p_full.mp4"
# So near to a cut between two episodes of the film either is right.
_NEAR_CUT_S = 2.0
_PIECE_S = 10.0


@dataclass(frozen=True, slots=True)
class FrameShelf:
    """Frames of videos, kept in a folder: the films are long, the wanted frames few."""

    folder: Path

    def frames(self, path: Path, times_s: Iterable[float]) -> list[Frame]:
        """Return the telling frames on screen at given times."""
        wanted = sorted(times_s)
        key = f"{path.name} {path.stat().st_size} {wanted}"
        kept = self.folder / f"frames-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
        if not kept.exists():
            found = [frame for frame in frames_at(path, wanted) if telling(frame)]
            self.folder.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(
                kept,
                time_s=np.array([frame.timestamp_s for frame in found]),
                pixels=np.array([frame.pixels for frame in found], dtype=np.uint8),
            )
        with np.load(kept, allow_pickle=False) as held:
            pairs = zip(held["time_s"].tolist(), held["pixels"], strict=True)
            return [Frame(pixels, time_s, 0.0) for time_s, pixels in pairs]


def _of_film(library: Library, pixels: Pixels, film_s: float) -> Query | None:
    """Return the query of a frame of the film; none in the credits and next to a cut."""
    if film_s >= CREDITS_S:
        return None
    if any(part.start_s > 0 and abs(film_s - part.start_s) < _NEAR_CUT_S for part in library.parts):
        return None
    part = max((p for p in library.parts if p.start_s <= film_s), key=lambda p: p.start_s)
    return Query(
        pixels,
        group="A",
        operator="plain",
        family="",
        title=BUNNY,
        show=BUNNY,
        episodes=(str(part.episode),),
        instants=(Instant(part.path.name, film_s - part.start_s),),
        stage="final",
    )


def film_bases(library: Library, shelf: FrameShelf, count: int) -> list[Query]:
    """Return frames of the film itself, off the sampled instants."""
    times = spread(CREDITS_S, count, generator("bunny"))
    frames = shelf.frames(library.media / FILM, times)
    found = (_of_film(library, frame.pixels, frame.timestamp_s) for frame in frames)
    return [query for query in found if query is not None]


def penny_bases(library: Library, shelf: FrameShelf, count: int) -> list[Query]:
    """Return frames of every clip of Penny and Chip."""
    found = []
    for number, clip in enumerate(penny_clips(library.media)):
        times = spread(duration_s(clip) or 8.0, count, generator("penny", number))
        frames = shelf.frames(clip, times)
        found += [_of_penny(number, clip, frame.pixels, frame.timestamp_s) for frame in frames]
    return found


def _of_penny(number: int, clip: Path, pixels: Pixels, time_s: float) -> Query:
    return Query(
        pixels,
        group="A",
        operator="plain",
        family="",
        title=PENNY,
        show=PENNY,
        episodes=(str(EpisodeId(1, number + 1)),),
        instants=(Instant(clip.name, time_s),),
        stage="final",
    )


def other_encodes(library: Library, shelf: FrameShelf, amounts: Amounts) -> Iterator[Query]:
    """Yield the film as others have encoded it: excerpts, and the whole at a smaller size."""
    for name, start_s in EXCERPTS.items():
        path = library.media / _OTHER / name
        length_s = duration_s(path) or 2.0
        times = spread(length_s, amounts.encodes, generator("encodes", name))
        for frame in shelf.frames(path, times):
            # A reversed excerpt shows at t what the film shows that long before its end.
            inside_s = length_s - frame.timestamp_s if "reversed" in name else frame.timestamp_s
            query = _of_film(library, frame.pixels, start_s + inside_s)
            if query is not None:
                yield replace(query, family="by others")
    times = spread(CREDITS_S, amounts.encoded, generator("encoded"))
    for frame in shelf.frames(library.media / _SMALL, times):
        query = _of_film(library, frame.pixels, frame.timestamp_s)
        if query is not None:
            yield replace(query, family="252p")


def degraded(library: Library, shelf: FrameShelf, scratch: Path, count: int) -> Iterator[Query]:
    """Yield both films after poor re-encodes of ten seconds, every kind in turn."""
    clips = penny_clips(library.media)
    rng = generator("degraded")
    pieces: Sequence[tuple[Path, float, int]] = [
        *((library.media / FILM, start_s, -1) for start_s in rng.uniform(5, CREDITS_S - 15, 4)),
        *((clips[number], 0.0, number) for number in rng.permutation(len(clips))[:4].tolist()),
    ]
    for turn, (path, start_s, number) in enumerate(pieces):
        kind = list(KINDS)[turn % len(KINDS)]
        made = scratch / "degraded" / f"{path.stem}-{round(start_s)}-{kind}.mkv"
        first_s = reencode(path, made, kind, start_s, _PIECE_S)
        times = spread(min(_PIECE_S, 7.0), count, generator("degraded", made.name))
        for frame in shelf.frames(made, times):
            time_s = first_s + frame.timestamp_s
            query: Query | None
            if number < 0:
                query = _of_film(library, frame.pixels, time_s)
            else:
                query = _of_penny(number, path, frame.pixels, time_s)
            if query is not None:
                yield replace(query, family=kind)
