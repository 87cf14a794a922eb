"""Whether numbered pictures are the frames of one shot, judged by looking at them.

Runs in a process that a file may take down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from framematch.config import MediaLimits
from framematch.errors import InputError
from framematch.media import open_media, sort_of
from framematch.media.downscale import resize_area

#: Neighbours that are compared: all of them, of a long sequence so many, evenly over it.
_PAIRS = 240
#: Columns and rows at which they are: movement is small there, another shot is not.
_SIZE = (32, 18)
#: Neighbours of one shot correlate by more than this, in the median: in the demo studio, 19 of 20
#: runs of eight frames by more than 0.93; frames 5 s apart by 0.71 at most, stills of its leak by
#: 0.26. A shot that moves too much for it is looked at picture by picture, which loses little.
_ALIKE = 0.71
#: Neighbours that correlate by less have a cut between them. A render may run over cuts.
_CUT = 0.3
#: But so few pictures between two of them, or a single one at an end, are rather others, slipped
#: among them: nobody would tell of those if the rest spoke for all.
_FEW = 4
#: A picture of less contrast, in levels, is like any other.
_FLAT = 2.0
#: Where more than this share of the files cannot be opened, they are looked at one by one.
_MOST_BROKEN = 0.2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is one shot.

    Attributes
    ----------
    against : str or None
        Why it is none; ``None`` for a shot.
    broken : tuple of (int, str)
        Positions of files that cannot be opened, and why.
    """

    against: str | None
    broken: tuple[tuple[int, str], ...]


def is_one_shot(paths: Sequence[Path], limits: MediaLimits) -> Verdict:
    """Return whether pictures, in order of their numbers, are one shot."""
    sizes: set[tuple[int, int]] = set()
    broken: list[tuple[int, str]] = []
    whole: list[Path] = []
    for position, path in enumerate(paths):
        try:
            if sort_of(path) != "picture":
                return Verdict("files that are no plain pictures are among them", ())
            with open_media(path, limits) as media:
                if media.info.kind != "image":
                    return Verdict("moving pictures are among them", ())
                sizes.add((media.info.width, media.info.height))
        except InputError as error:
            broken.append((position, str(error)))
        else:
            whole.append(path)
    if len(sizes) > 1:
        return Verdict("the pictures differ in size", ())
    if len(broken) > _MOST_BROKEN * len(paths):
        return Verdict(f"{len(broken)} of {len(paths)} files cannot be read", ())
    likeness = _likeness(whole, limits)
    if likeness and median(likeness) < _ALIKE:
        return Verdict("neighbours show different pictures", ())
    if len(whole) <= _PAIRS and _holds_others(likeness):
        return Verdict("a few other pictures are among them", ())
    return Verdict(None, tuple(broken))


def _holds_others(likeness: Sequence[float]) -> bool:
    """Tell whether a few pictures among many are of something else."""
    cuts = [place for place, alike in enumerate(likeness) if alike < _CUT]
    runs = [after - before for before, after in pairwise(cuts)]
    return any(run <= _FEW for run in runs) or 0 in cuts or len(likeness) - 1 in cuts


def _likeness(paths: Sequence[Path], limits: MediaLimits) -> list[float]:
    """Return the correlations of neighbours, as far as they can be compared."""
    pairs = list(pairwise(paths))
    step = max(1, -(-len(pairs) // _PAIRS))
    found: list[float] = []
    last: tuple[Path, npt.NDArray[np.float64] | None] | None = None
    for one, two in pairs[::step]:
        first = last[1] if last is not None and last[0] == one else _small(one, limits)
        last = two, _small(two, limits)
        if first is not None and last[1] is not None:
            found.append(_correlation(first, last[1]))
    return found


def _small(path: Path, limits: MediaLimits) -> npt.NDArray[np.float64] | None:
    try:
        with open_media(path, limits) as media:
            pixels = next(iter(media.frames())).pixels
    except InputError:
        return None
    return np.asarray(resize_area(pixels, *_SIZE), dtype=np.float64)


def _correlation(one: npt.NDArray[np.float64], two: npt.NDArray[np.float64]) -> float:
    first, second = (plane - plane.mean() for plane in (one, two))
    if min(first.std(), second.std()) < _FLAT:
        return 1.0
    return float((first * second).mean() / (first.std() * second.std()))
