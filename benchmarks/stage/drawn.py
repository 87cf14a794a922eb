"""Cases of drawn studios: any instant at every stage, marked and re-encoded as files are."""

from collections.abc import Iterator

import numpy as np

from benchmarks.stage.cases import Case, studio, thumbnail
from framematch.calibration.operators.pixels import Pixels, as_jpeg, resized
from framematch.demo import Studio, ink
from framematch.demo.dice import Dice
from framematch.demo.edits import apply
from framematch.demo.settings import Drawing
from framematch.hashing.views import View
from framematch.matching.clips import telling
from framematch.records import EpisodeId, Frame

#: Seeds that may be fitted on; the first two are the calibration's.
FITTED = (101, 102)
#: Seeds that are asked about only; 7 is the demo.
ASKED = (7, 201)
_STAGES: dict[str, tuple[str, ...]] = {
    "final": ("final",),
    "title-card": ("final",),
    "flat-colour": ("flat-colour",),
    "flat-plain": ("flat-colour",),
    "line-art": ("line-art",),
    "line-art-background": ("line-art",),
    "layout-sheet": ("line-art", "rough"),
    "rough": ("rough",),
    "rough-plain": ("rough",),
    "storyboard": ("storyboard",),
    "model-sheet": ("model-sheet",),
    "background-only": ("background-only",),
}
_MARKS = ("watermark", "timecode", "cropped", "mirrored", "letterboxed", "darkened")
_PLAINS = (0xFFFFFF, 0xB8C4CC, 0x7FA37A, 0xE6DCC8)
_SHEETS = ("storyboard", "model-sheet", "layout-sheet")
_ASPECT = 360 / 640
_CARDS = ("burst", "card", "credits")
# As often as this a picture is marked, saved as JPEG, shrunk.
_MARKED, _WORN, _SMALL = 0.4, 0.5, 0.25


def _drawn(studio_: Studio, show: str, episode: EpisodeId, time_s: float, drawing: str) -> Pixels:
    dice = Dice(studio_.settings.seed, "stage", show, str(episode), round(time_s, 3), drawing)
    scale = 1.0 if drawing in ("final", "title-card") else dice.pick((1.0, 1.0, 1.5))
    if drawing not in ("flat-plain", "rough-plain"):
        asked = "final" if drawing == "title-card" else drawing
        stage: Drawing = asked  # type: ignore[assignment]  # the rest are the studio's own
        return studio_.draw(show, episode, time_s, stage, scale)
    shot, frame = studio_.shot_at(show, episode, time_s)
    surface, canvas = studio_.canvas(scale)
    artist = studio_.artist(show)
    if drawing == "flat-plain":
        artist.paint_flat(canvas, shot.plan, frame, dice.pick(_PLAINS))
    else:
        artist.paint_rough(canvas, shot.plan, frame, background=False)
    return ink.pixels(surface)


def _marked(
    pixels: Pixels, drawing: str, generator: np.random.Generator
) -> tuple[Pixels, frozenset[str]]:
    """Return a picture with what happens to files: marks, JPEG, a smaller size."""
    flags: set[str] = set()
    if generator.random() < _MARKED and drawing not in _SHEETS:
        mark = str(generator.choice(_MARKS))
        dice = Dice(int(generator.integers(1 << 31)), mark)
        pixels = apply(pixels, (mark,), dice, "TDK 00:00:12:05")
        flags |= {mark} & {"watermark", "timecode", "cropped", "mirrored"}
    if drawing == "layout-sheet":
        flags.add("annotations")
    if generator.random() < _SMALL:
        share = generator.uniform(0.4, 0.7)
        height, width = pixels.shape[:2]
        pixels = resized(pixels, round(width * share), round(height * share))
    if generator.random() < _WORN:
        pixels = as_jpeg(pixels, int(generator.integers(40, 93)))
    return pixels, frozenset(flags)


def studio_cases(seed: int, instants: int = 1) -> Iterator[Case]:
    """Yield `instants` of every show of the studio of a seed at every stage."""
    made = studio(seed)
    for number, show in enumerate((*made.shows, *made.unknown_shows)):
        generator = np.random.default_rng([seed, number])
        for drawing, stages in _STAGES.items():
            # Finished frames are most of what a studio has; they come in more edits too.
            for _ in range(2 * instants if drawing == "final" else instants):
                episode, time_s, near = _instant(made, show, drawing, generator)
                pixels = _drawn(made, show, episode, time_s, drawing)
                reference = None if drawing == "model-sheet" else thumbnail(near)
                pixels, flags = _marked(pixels, drawing, generator)
                title = f"studio {seed}"
                view = _view(pixels, drawing, flags)
                row = f"studio: {drawing}"
                yield Case(pixels, reference, view, title, row, drawing, stages, flags)


def _view(pixels: Pixels, drawing: str, flags: frozenset[str]) -> View | None:
    """Return how a picture lies on its frame; ``None`` of sheets and crops, which throw dice."""
    if drawing in _SHEETS or "cropped" in flags:
        return None
    height, width = pixels.shape[:2]
    # Bars make a picture higher than its frame.
    bar = max(0.0, (1 - _ASPECT * width / height) / 2)
    return View((0.0, bar, 1.0, 1.0 - 2 * bar), "mirrored" in flags)


def _instant(
    made: Studio, show: str, drawing: str, generator: np.random.Generator
) -> tuple[EpisodeId, float, Pixels]:
    """Return an instant with something on it, off most titles, and the indexed frame by it."""
    for _ in range(60):
        episode = made.episodes[int(generator.integers(len(made.episodes)))]
        time_s = float(generator.uniform(0.5, made.settings.episode_s - 0.5))
        plan = made.shot_at(show, episode, time_s)[0].plan
        if (plan.framing in _CARDS) != (drawing == "title-card"):
            continue
        if not plan.actors and drawing not in ("final", "title-card", "storyboard"):
            continue
        near = made.draw(show, episode, round(4 * time_s) / 4)
        if telling(Frame(near, 0.0, 0.0)):
            break
    return episode, time_s, near
