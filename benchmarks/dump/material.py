"""Pictures that a dump is made of: drawn by the demo studio, or frames of the footage."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import DecoderSettings
from framematch.demo import Studio, StudioSettings
from framematch.demo.settings import Drawing
from framematch.media import open_media

Pixels = npt.NDArray[np.uint8]

#: Drawings of one shot from early to late, and the stages that they are.
STAGES: tuple[tuple[Drawing, str], ...] = (
    ("rough", "rough"),
    ("line-art", "line-art"),
    ("flat-colour", "flat-colour"),
    ("final", "final"),
)
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Instant:
    """One instant of a studio's episode, and every episode that shows the same."""

    show: str
    code: str
    season: int
    episode: int
    shot: int
    time_s: float
    episodes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the production code."""
        return f"{self.code}_{self.season}{self.episode:02d}_sc{self.shot:03d}"


@lru_cache(maxsize=2)
def studio_of(settings: StudioSettings) -> Studio:
    """Return the studio of these settings; one for each process."""
    return Studio(settings)


def instant_of(settings: StudioSettings, values: np.random.Generator) -> Instant:
    """Return an instant of a shot with people in it, in the middle of it."""
    studio = studio_of(settings)
    while True:
        show = studio.shows[int(values.integers(len(studio.shows)))]
        episode = studio.episodes[int(values.integers(len(studio.episodes)))]
        shots = studio.shots(show, episode)
        number = int(values.integers(len(shots)))
        shot = shots[number]
        if shot.plan.actors and not {"title", "credits"} & set(shot.tags):
            break
    frame = shot.first + int(
        values.integers(shot.n_frames // 4, max(shot.n_frames * 3 // 4, 1) + 1)
    )
    time_s = min(frame, shot.first + shot.n_frames - 1) / settings.fps
    places = studio.occurrences(show, episode, time_s)
    episodes = tuple(str(place) for place, _ in places)
    return Instant(
        show, studio.code(show), episode.season, episode.episode, number + 1, time_s, episodes
    )


def draw(settings: StudioSettings, instant: Instant, drawing: Drawing) -> Pixels:
    """Return an instant as the studio drew it at one stage."""
    studio = studio_of(settings)
    episode = next(each for each in studio.episodes if each.episode == instant.episode)
    return studio.draw(instant.show, episode, instant.time_s, drawing)


@lru_cache(maxsize=2)
def frames_of(path: Path, fps: int) -> tuple[Pixels, ...]:
    """Return the first frames of a video."""
    found = []
    with open_media(path, decoder=DecoderSettings(spare=True)) as media:
        for frame in media.frames(Fraction(fps)):
            found.append(frame.pixels)
            if len(found) == _KEPT * fps:
                break
    return tuple(found)


def films_of(media: Path) -> list[Path]:
    """Return the videos of the footage that are small, in order."""
    suffixes = (".mp4", ".mkv", ".webm", ".flv", ".mov")
    return sorted(
        path
        for path in media.rglob("*")
        if path.suffix.lower() in suffixes and path.stat().st_size < 4_000_000
    )
