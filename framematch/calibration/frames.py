"""Frames of the references that are still there, between the instants that the index has sampled.

Opens files through `framematch.media`; knows nothing of operators and of the matcher.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from framematch.errors import InputError
from framematch.matching.clips import telling
from framematch.media import open_media, sha256_of
from framematch.records import Frame, Reference

#: Of a show's videos about so many are opened: decoding a whole file for a frame costs the most.
_VIDEOS = 4
# Frames whose picture is too dark or flat to be asked about are made up for from further files, of
# at most so many times the number of frames wanted.
_MOST_OPENED = 2
# Instants are chosen among so many times as many as are wanted.
_CHOICE = 2


@dataclass(frozen=True, slots=True)
class Skipped:
    """A reference whose file could not be used.

    Attributes
    ----------
    path : str
        As it stands in the index.
    reason : str
        A sentence that names the file.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class KnownFrame:
    """A frame of which it is known where it is from; its time is that in the file."""

    frame: Frame
    reference: Reference


def on_disk(references: Sequence[Reference]) -> tuple[list[Reference], list[Skipped]]:
    """Return the references whose files are there, and the others.

    Model sheets are left out of both: an edit of one is no edit of a frame.
    """
    wanted = [reference for reference in references if reference.kind != "model-sheet"]
    found = [reference for reference in wanted if Path(reference.path).is_file()]
    missing = [
        Skipped(reference.path, f"{reference.path}: is not there any more")
        for reference in wanted
        if not Path(reference.path).is_file()
    ]
    return found, missing


def frames_of_show(
    references: Sequence[Reference],
    count: int,
    seed: int,
    on_skip: Callable[[Skipped], None],
) -> Iterator[KnownFrame]:
    """Yield frames of one show, spread over some of its files.

    Parameters
    ----------
    references : sequence of Reference
        Of the show, files that are there.
    count : int
        How many; fewer where the files do not hold so many with something to see.
    seed : int
        Chooses files and instants, beside the name of the show.
    on_skip : callable
        Told of each file that has changed or cannot be read.
    """
    generator = np.random.default_rng([seed, zlib.crc32(references[0].show.encode())])
    each = -(-count // min(len(references), _VIDEOS))
    left = count
    order = generator.permutation(len(references))[: _MOST_OPENED * count]
    for position in order.tolist():
        reference = references[position]
        try:
            found = _frames_of(reference, min(each, left), generator)
        except (InputError, OSError) as error:
            on_skip(Skipped(reference.path, str(error)))
            continue
        if found is None:
            reason = f"{reference.path}: has changed since it was indexed"
            on_skip(Skipped(reference.path, reason))
            continue
        left -= len(found)
        yield from (KnownFrame(frame, reference) for frame in found)
        if left <= 0:
            return


def instants(
    length_s: float, count: int, generator: np.random.Generator
) -> tuple[Fraction, list[Fraction]]:
    """Return when to look at a file: between its quarter seconds, where references are sampled.

    Parameters
    ----------
    length_s : float
        Length of the file in seconds.
    count : int
        How many instants; fewer of a file that is shorter than half a second for each.
    generator : numpy.random.Generator
        Chooses them, one in each of `count` stretches.

    Returns
    -------
    Fraction
        Ticks per second on which all of them lie, so that little else need be converted.
    list of Fraction
        Seconds, rising: odd multiples of an eighth.
    """
    eighths = max(1, int(8 * length_s / (2 * _CHOICE * count)))
    step = Fraction(eighths - 1 + eighths % 2, 8)
    ticks = np.arange(1, int(length_s / step) + 1, 2)
    stretches = np.array_split(ticks, min(count, len(ticks))) if len(ticks) else []
    return 1 / step, [int(generator.choice(stretch)) * step for stretch in stretches]


def _frames_of(
    reference: Reference, count: int, generator: np.random.Generator
) -> list[Frame] | None:
    """Return frames of a file with something to see; `None` where it is another file by now."""
    path = Path(reference.path)
    if sha256_of(path) != reference.sha256:
        return None
    fps, times_s = instants(reference.duration_s, count, generator)
    return [frame for frame in frames_at(path, fps, times_s or [Fraction(0)]) if telling(frame)]


def frames_at(
    path: Path, fps: Fraction | None, times_s: Sequence[Fraction | float]
) -> Iterator[Frame]:
    """Yield the frames of a file on screen at given times, each once.

    Parameters
    ----------
    path : Path
        An image or a video.
    fps : Fraction or None
        Frames per second that are looked at; ``None`` for all.
    times_s : sequence of Fraction or float
        Seconds, rising.
    """
    wanted = list(times_s)
    with open_media(path) as media:
        for frame in media.frames(fps):
            shown = False
            # A frame stands until the next one given begins; a still has no length at all.
            while wanted and (frame.timestamp_s + frame.duration_s > wanted[0] or not wanted[0]):
                wanted.pop(0)
                shown = True
            if shown:
                yield frame
            if not wanted:
                return
