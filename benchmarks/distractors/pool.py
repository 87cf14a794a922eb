"""The pictures that distractors are cut from: drawn studios of other seeds, and footage.

Owns what is in the pool. Seeds and titles that an evaluation asks for must stay outside: the seeds
are used by nothing else, titles are left out by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure.footage import TITLES, videos
from framematch.demo import Studio, StudioSettings
from framematch.hashing import structure
from framematch.hashing.information import MINIMUM, information
from framematch.hashing.preprocess import shrink
from framematch.matching.clips import telling
from framematch.media import open_media

#: Seeds of the studios: not the demo's, not the calibration's, not those of any test.
SEEDS = (9101, 9102, 9103, 9104, 9105, 9106)

# Frames a second taken of footage; a shot of the studio gives one picture a set-up.
_FPS = Fraction(2)
# At most so many pictures of one title, evenly spread.
_MOST_OF_TITLE = 1200


def load_pool(media: Path, scratch: Path, exclude: Collection[str] = ()) -> npt.NDArray[np.uint8]:
    """Return the pool, uint8 (P, 144, 256, 3), made unless it lies in `scratch` already.

    Parameters
    ----------
    media : Path
        The development footage.
    scratch : Path
        Where the pool is kept.
    exclude : collection of str
        Titles, keys of `benchmarks.structure.footage.TITLES`, that must not be in it.

    Raises
    ------
    ValueError
        An excluded title does not exist: leaving it out silently would leave it in.
    """
    unknown = set(exclude) - set(TITLES)
    if unknown:
        raise ValueError(f"no such title: {', '.join(sorted(unknown))}; known: {', '.join(TITLES)}")
    path = scratch / f"pool-{pool_key(exclude)}.npy"
    if not path.exists():
        scratch.mkdir(parents=True, exist_ok=True)
        pictures = np.stack([*_drawn(), *_filmed(media, exclude)])
        pictures = pictures[information(pictures) >= MINIMUM]
        partial = path.with_suffix(".partial.npy")
        np.save(partial, pictures)
        partial.replace(path)
    pool: npt.NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return pool


def pool_key(exclude: Collection[str]) -> str:
    """Return a short name for the content of a pool."""
    content = f"1 {SEEDS} {_FPS} {_MOST_OF_TITLE} {sorted(set(TITLES) - set(exclude))}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _drawn() -> Iterator[npt.NDArray[np.uint8]]:
    """Yield one picture of each set-up of each studio."""
    for seed in SEEDS:
        studio = Studio(
            StudioSettings(
                seed=seed, n_shows=8, n_episodes=3, width=512, height=288, leak_per_stage=0
            )
        )
        for show in studio.shows:
            plans = set()
            for episode in studio.episodes:
                for shot in studio.shots(show, episode):
                    if shot.plan.key in plans:
                        continue
                    plans.add(shot.plan.key)
                    middle_s = shot.start_s + shot.duration_s / 2
                    yield _small(studio.draw(show, episode, middle_s))


def _filmed(media: Path, exclude: Collection[str]) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the frames of the titles that are not left out."""
    for title in sorted(set(TITLES) - set(exclude)):
        pictures: list[npt.NDArray[np.uint8]] = []
        for path in videos(media, title):
            with open_media(path) as film:
                frames = [frame for frame in film.frames(_FPS) if telling(frame)]
                pictures += [_small(frame.pixels) for frame in frames]
        step = max(1.0, len(pictures) / _MOST_OF_TITLE)
        yield from (pictures[int(place)] for place in np.arange(0, len(pictures), step))


def _small(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    small: npt.NDArray[np.uint8] = shrink(pixels[np.newaxis], structure.HEIGHT, structure.WIDTH)[0]
    return small
