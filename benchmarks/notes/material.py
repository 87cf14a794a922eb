"""Pictures without writing: what writing is laid over, and what must not be taken for it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.structure.footage import duration_s, frames_at, videos
from framematch.calibration.operators import LINE_ART
from framematch.calibration.operators.pixels import Pixels
from framematch.demo import Studio, StudioSettings
from framematch.demo.dice import Dice
from framematch.demo.settings import Drawing

#: Seeds of studios whose drawings may be fitted on: drawings only, never their letters.
FITTED_SEEDS = (101, 102)
#: Titles of the footage that may be fitted on, with how many frames of each.
FITTED_TITLES = {
    "turbine": 6,
    "dragon": 8,
    "ecmg": 8,
    "flag": 6,
    "forest": 8,
    "chair": 4,
    "doorknob": 4,
    "pattern": 4,
}
#: Of the film the first part, of the series the first clips.
_BUNNY_FRAMES, _BUNNY_SHARE = 60, (0.05, 0.5)
_PENNY = ("autumn", "basketball", "beach_surfing", "bedtime", "carnival", "cycling")
_STAGES: tuple[Drawing, ...] = (
    "line-art",
    "line-art-background",
    "rough",
    "final",
    "flat-colour",
    "background-only",
    "line-art",
    "rough",
)
# Frames with letters of their own.
_LETTERED = {"title", "credits"}


def drawn(seed: int, count: int) -> Iterator[Pixels]:
    """Yield drawings of a studio at all stages, none with a letter on it."""
    studio = Studio(StudioSettings(seed=seed, n_shows=6, n_episodes=2, episode_s=24.0))
    dice = Dice(seed, "notes-material")
    made = 0
    while made < count:
        show, episode = dice.pick(studio.shows), dice.pick(studio.episodes)
        shot = dice.pick(studio.shots(show, episode))
        if _LETTERED & set(shot.tags) or shot.plan.text:
            continue
        time_s = shot.start_s + shot.duration_s / 2
        stage = _STAGES[made % len(_STAGES)]
        yield studio.draw(show, episode, time_s, stage, dice.pick((1.0, 1.5, 2.0)))
        made += 1


def filmed(media: Path) -> Iterator[Pixels]:
    """Yield frames of the footage that may be fitted on, and line art made of some of them."""
    rng = np.random.default_rng(5)
    operators = list(LINE_ART.values())
    for number, pixels in enumerate(_frames(media)):
        yield pixels
        if number % 2 == 0:
            yield operators[number // 2 % len(operators)](pixels, rng)


def _frames(media: Path) -> Iterator[Pixels]:
    for title, count in FITTED_TITLES.items():
        for path in videos(media, title):
            long = duration_s(path)
            times = np.linspace(0.05, 0.9, count) * long
            yield from (frame.pixels for frame in frames_at(path, times.tolist()))
    for path in videos(media, "penny-and-chip"):
        if path.stem.removeprefix("penny_and_chip_") in _PENNY:
            yield from (frame.pixels for frame in frames_at(path, (1.0, 4.0, 7.0)))
    bunny = videos(media, "big-buck-bunny")[0]
    times = np.linspace(*_BUNNY_SHARE, _BUNNY_FRAMES) * duration_s(bunny)
    yield from (frame.pixels for frame in frames_at(bunny, times.tolist()))


def paper(rng: np.random.Generator) -> Pixels:
    """Return an empty sheet, white, cream, grey or dark."""
    height, width = int(rng.integers(400, 900)), int(rng.integers(600, 1025))
    tone = rng.choice([255, 250, 240, 225, 205, 60, 20])
    colour = np.clip(tone + rng.normal(0, 6, 3), 0, 255)
    return np.broadcast_to(colour.astype(np.uint8), (height, width, 3)).copy()
