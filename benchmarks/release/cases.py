"""The pictures that are held against what was released, with what is right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.release.composites import changed_share, of_film, of_studio
from benchmarks.release.copies import COPIES, RUN_UP
from benchmarks.release.library import OTHER_ENCODES, Title, length_s, runs
from framematch.demo import Studio
from framematch.hashing.panels import WHOLE, Box
from framematch.hashing.views import View
from framematch.matching.clips import telling
from framematch.records import Frame

Pixels = npt.NDArray[np.uint8]

# The part of a copy that covers the frame, where that is not all of it: see `copies`.
_BOXES: dict[str, Box] = {
    "letterboxed": (0.0, 0.1, 1.0, 0.8),
    "cropped": (-0.04 / 0.96, -0.06 / 0.89, 1 / 0.96, 1 / 0.89),
}
# A change of less than this share of the picture is none.
_LEAST_CHANGE = 0.0005


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One picture.

    Attributes
    ----------
    name : str
        Tells it from all others.
    title : Title
        What it is from.
    operator : str
        What was done to it.
    changed : float
        Share of the frame that is another one; 0 for a received copy.
    pixels : uint8 (H, W, 3)
        The picture.
    path : Path
        The file of the library that it is from.
    time_s : float
        When that shows it.
    """

    name: str
    title: Title
    operator: str
    changed: float
    pixels: Pixels
    path: Path
    time_s: float

    @property
    def view(self) -> View:
        """The part of the picture that covers the frame."""
        return View(_BOXES.get(self.operator, WHOLE), mirrored=False)


def _worth_it(pixels: Pixels) -> bool:
    return telling(Frame(pixels, 0.0, 0.0))


def film_cases(title: Title, other_encodes: Sequence[Path], n: int) -> Iterator[Case]:
    """Yield copies and composites of `n` moments of a film, at any frame."""
    dice = np.random.default_rng(len(title.name) + n)
    each = max(1, n // len(title.files))
    operators = list(COPIES)
    turn = 0
    for path in title.files:
        last_s = length_s(path)
        times_s = dice.uniform(0.05 * last_s, 0.95 * last_s, each).tolist()
        for time_s, run in runs(path, times_s, RUN_UP):
            middle = run[RUN_UP]
            if not _worth_it(middle):
                continue
            name = f"{title.name} {path.stem} {time_s:.3f}"
            for _ in range(3):
                operator = operators[turn % len(operators)]
                turn += 1
                yield Case(
                    f"{name} {operator}", title, operator, 0.0, COPIES[operator](run), path, time_s
                )
            made = list(of_film(middle, dice))
            for number in dice.choice(len(made), 4, replace=False).tolist():
                operator, other = made[number]
                changed = changed_share(middle, other)
                if changed > _LEAST_CHANGE:
                    pixels = COPIES["jpeg 75"]([other])
                    yield Case(
                        f"{name} {operator} {number}",
                        title,
                        operator,
                        changed,
                        pixels,
                        path,
                        time_s,
                    )
    for path in other_encodes:
        last_s = length_s(path)
        times_s = dice.uniform(0.05 * last_s, 0.95 * last_s, n).tolist()
        for time_s, run in runs(path, times_s, 0):
            if _worth_it(run[0]):
                name = f"{title.name} {path.stem} {time_s:.3f}"
                yield Case(name, title, "other encode", 0.0, run[0], title.files[0], time_s)


def studio_cases(title: Title, studio: Studio, n: int) -> Iterator[Case]:
    """Yield copies and composites of `n` moments of a drawn show."""
    dice = np.random.default_rng(len(title.name) + n)
    episode = studio.episodes[0]
    shots = [shot for shot in studio.shots(title.name, episode) if shot.plan.framing != "credits"]
    operators = list(COPIES)
    turn = int(dice.integers(len(operators)))
    for number in range(n):
        shot = shots[int(dice.integers(len(shots)))]
        first = shot.first + max(shot.fade_in, 1)
        last = max(shot.first + shot.n_frames - 1 - max(shot.fade_out, 1), first)
        frame = int(dice.integers(first, last + 1))
        fps = studio.settings.fps
        run = [
            studio.draw(title.name, episode, max(frame + by, 0) / fps)
            for by in range(-RUN_UP, RUN_UP + 1)
        ]
        middle, path, time_s = run[RUN_UP], title.files[0], frame / fps
        if not _worth_it(middle):
            continue
        name = f"{title.name} {title.asked} {number} {frame}"
        for _ in range(2):
            operator = operators[turn % len(operators)]
            turn += 1
            yield Case(
                f"{name} {operator}", title, operator, 0.0, COPIES[operator](run), path, time_s
            )
        for k, (operator, other) in enumerate(
            of_studio(studio, title.name, shot.plan, frame - shot.first)
        ):
            changed = changed_share(middle, other)
            if changed > _LEAST_CHANGE:
                pixels = COPIES["jpeg 75"]([other])
                yield Case(f"{name} {operator} {k}", title, operator, changed, pixels, path, time_s)


def cases(title: Title, media: Path, n: int) -> Iterator[Case]:
    """Yield the cases of a title."""
    if title.studio is not None:
        yield from studio_cases(title, title.studio, n)
        return
    other = OTHER_ENCODES.get(title.name)
    yield from film_cases(title, [] if other is None else [media / other], n)
