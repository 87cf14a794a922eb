"""What the index is asked: frames off the sampled instants, edited and drawn, and strangers."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.calibration.library import FILMS, DrawnStudio
from benchmarks.structure.footage import duration_s, frames_at, videos
from framematch.calibration.operators.pixels import Pixels
from framematch.calibration.turns import edited, turns
from framematch.demo import Studio
from framematch.demo.settings import Drawing
from framematch.matching.clips import telling
from framematch.media import open_media
from framematch.records import EpisodeId, Frame

#: A place counts as right within so many seconds.
NEAR_S = 2.5
_SEED = 20
_DRAWN: tuple[Drawing, ...] = (
    "line-art",
    "line-art-background",
    "rough",
    "layout-sheet",
    "flat-colour",
    "storyboard",
)
_PHOTOS = (
    "bridge-mods/aaa-orig.jpg",
    "misc-images/c.png",
    "reg-test-input/pen-and-coaster.png",
    "reg-test-input/exif-rotn/exif-rotn-1.jpg",
    "reg-test-input/labelme-subset/*.jpg",
    "reg-test-input/dih/*.jpg",
)
# The same film at another hand's, and where it starts on the reference's timeline, in seconds.
_OTHER_ENCODES = {
    "sintel-trailer": (
        ("sintel-trailer/sintel_trailer_480x204_1.9MB.mp4", 0.0),
        ("sintel-trailer/yuanzhou_sintel.mpg", 20.0),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a reference file that shows what a query shows; seconds, both ends inclusive."""

    file: str
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Attributes
    ----------
    pixels : uint8 (H, W, 3)
        What is given to the matcher once the operator has run.
    title : str
        Held out together: the show, or a group of strangers.
    show : str or None
        What is right, ``None`` for a stranger.
    places : tuple of Place
        Where it is right.
    family : {"finished", "line-art", "drawn"}
        What was done to it.
    operator : str
        Name in the registry of that family; a stage of the studio for ``drawn``.
    seed : int
        Of the operator.
    """

    pixels: Pixels
    title: str
    show: str | None
    places: tuple[Place, ...]
    family: str
    operator: str
    seed: int

    def picture(self) -> Pixels:
        """Return the picture that is asked for."""
        return edited(self.pixels, self.operator, self.seed)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many queries are made: frames of a title, and operators of each family on a frame."""

    frames: int = 10
    finished: int = 2
    line_art: int = 3
    drawn: int = 24
    photos: int = 3
    stranger_frames: int = 8


def _edited(
    frames: Sequence[tuple[Pixels, tuple[Place, ...]]],
    title: str,
    show: str | None,
    amounts: Amounts,
) -> Iterator[Query]:
    """Yield every frame under the next few operators of both families, all used about equally."""
    generator = np.random.default_rng([_SEED, zlib.crc32(title.encode())])
    for (pixels, places), edits in zip(
        frames, turns(amounts.finished, amounts.line_art, generator), strict=False
    ):
        for edit in edits:
            yield Query(pixels, title, show, places, edit.family, edit.operator, edit.seed)


def _instants(length_s: float, count: int, generator: np.random.Generator) -> list[float]:
    """Return about `count` times, evenly spread, off the quarter seconds where references lie."""
    spread = (np.arange(count) + generator.random(count)) * length_s / count
    quarters = np.floor(4 * spread) + generator.uniform(0.3, 0.7, count)
    return [float(time_s) for time_s in np.unique(quarters / 4)]


def _film_frames(
    media: Path, title: str, count: int, generator: np.random.Generator
) -> Iterator[tuple[Pixels, tuple[Place, ...]]]:
    reference = videos(media, title)[0]
    sources = [(media / name, start_s) for name, start_s in _OTHER_ENCODES.get(title, ())]
    for path, start_s in sources or [(reference, 0.0)]:
        times = _instants(duration_s(path) or 10.0, count, generator)
        for frame in filter(telling, frames_at(path, times)):
            time_s = start_s + frame.timestamp_s
            yield frame.pixels, (Place(reference.name, time_s - NEAR_S, time_s + NEAR_S),)


def _films(media: Path, amounts: Amounts) -> Iterator[Query]:
    for show, titles in FILMS.items():
        generator = np.random.default_rng([_SEED, zlib.crc32(show.encode()), 1])
        frames = [
            found
            for title in titles
            for found in _film_frames(media, title, amounts.frames, generator)
        ]
        yield from _edited(frames, show, show, amounts)


def _studio_places(
    drawn: DrawnStudio, studio: Studio, show: str, episode: EpisodeId, time_s: float, shots: int
) -> tuple[Place, ...]:
    """Return where the library shows the shot of an instant, or one of the `shots` after it."""
    shot, _ = studio.shot_at(show, episode, time_s)
    keys = {shot.plan.key}
    later = [s for s in studio.shots(show, episode) if s.first > shot.first and s.plan.place >= 0]
    keys |= {other.plan.key for other in later[:shots]}
    places = []
    for file in drawn.truth.library:
        if file.show != show:
            continue
        name = Path(file.path).name
        if file.episode == str(episode):
            places.append(Place(name, time_s - NEAR_S, time_s + NEAR_S))
        places += [
            Place(name, record.start_s, record.start_s + record.duration_s)
            for record in file.shots
            if record.key in keys
        ]
    return tuple(places)


def _asked(studio: Studio, show: str, episode: EpisodeId, time_s: float, pixels: Pixels) -> bool:
    """Say whether an instant is asked about.

    Openings, title cards and credits of all shows of all studios are laid out alike, as no two real
    shows' are: there another show would not be wrong.
    """
    shot, _ = studio.shot_at(show, episode, time_s)
    alike = shot.plan.framing in ("burst", "card", "credits")
    return not alike and telling(Frame(pixels, 0.0, 0.0))


def _studio(drawn: DrawnStudio, amounts: Amounts) -> Iterator[Query]:
    studio = Studio(drawn.truth.settings)
    length_s = drawn.truth.settings.episode_s
    for show in studio.shows:
        title = drawn.show(show)
        generator = np.random.default_rng([_SEED, zlib.crc32(title.encode()), 1])
        frames = []
        for episode in studio.episodes:
            for time_s in _instants(length_s, amounts.frames // 2, generator):
                pixels = studio.draw(show, episode, time_s)
                if _asked(studio, show, episode, time_s, pixels):
                    places = _studio_places(drawn, studio, show, episode, time_s, 0)
                    frames.append((pixels, places))
        yield from _edited(frames, title, title, amounts)
        for number, time_s in enumerate(_instants(length_s, amounts.drawn, generator)):
            stage = _DRAWN[number % len(_DRAWN)]
            episode = studio.episodes[int(generator.integers(len(studio.episodes)))]
            pixels = studio.draw(show, episode, time_s, stage)
            later = 3 if stage == "storyboard" else 0
            places = _studio_places(drawn, studio, show, episode, time_s, later)
            if _asked(studio, show, episode, time_s, pixels):
                yield Query(pixels, title, title, places, "drawn", stage, number)


def _unknown_shows(drawn: DrawnStudio, amounts: Amounts) -> Iterator[Query]:
    """Yield frames and drawings of shows of the studio that the index does not hold."""
    studio = Studio(drawn.truth.settings)
    for show in studio.unknown_shows:
        title = f"{drawn.show(show)} (unknown)"
        generator = np.random.default_rng([_SEED, zlib.crc32(title.encode()), 1])
        episode = studio.episodes[0]
        times = _instants(drawn.truth.settings.episode_s, amounts.stranger_frames, generator)
        finished = [(time_s, studio.draw(show, episode, time_s)) for time_s in times]
        kept = [pair for pair in finished if _asked(studio, show, episode, *pair)]
        yield from _edited([(pixels, ()) for _, pixels in kept], title, None, amounts)
        for number, (time_s, _) in enumerate(kept):
            for stage in (_DRAWN[number % len(_DRAWN)], _DRAWN[(number + 3) % len(_DRAWN)]):
                pixels = studio.draw(show, episode, time_s, stage)
                yield Query(pixels, title, None, (), "drawn", stage, number)


def _strangers(media: Path, amounts: Amounts) -> Iterator[Query]:
    photos = []
    for path in [found for name in _PHOTOS for found in sorted((media / "pdq").glob(name))]:
        with open_media(path) as photo:
            photos.append((next(iter(photo.frames())).pixels, ()))
    more = Amounts(finished=amounts.photos, line_art=amounts.photos)
    yield from _edited(photos, "photos", None, more)
    for title in ("chair", "doorknob", "pattern"):
        path = videos(media, title)[0]
        generator = np.random.default_rng([_SEED, zlib.crc32(title.encode()), 1])
        times = _instants(duration_s(path) or 10.0, amounts.stranger_frames, generator)
        frames = [(frame.pixels, ()) for frame in frames_at(path, times) if telling(frame)]
        yield from _edited(frames, title, None, amounts)


def all_queries(media: Path, studios: Sequence[DrawnStudio], amounts: Amounts) -> Iterator[Query]:
    """Yield every query, always the same ones in the same order."""
    yield from _films(media, amounts)
    for drawn in studios:
        yield from _studio(drawn, amounts)
        yield from _unknown_shows(drawn, amounts)
    yield from _strangers(media, amounts)
