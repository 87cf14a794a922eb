"""Unknown files: photos, computed pictures, other animation, and films taken out of the index."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy.films import FrameShelf
from benchmarks.accuracy.library import BUNNY, PENNY
from benchmarks.accuracy.queries import Amounts, Query, generator, spread, unknown
from benchmarks.structure.footage import duration_s, videos
from framematch.calibration.operators.pixels import Pixels
from framematch.demo.dice import Dice
from framematch.demo.strangers import FORMATS, draw
from framematch.matching.clips import telling
from framematch.media import open_media
from framematch.records import Frame

#: Photos, one of each: the dump of a phone.
PHOTOS = (
    "bridge-mods/aaa-orig.jpg",
    "bridge-mods/high-contrast.jpg",
    "misc-images/c.png",
    "misc-images/small.jpg",
    "misc-images/modes/1.png",
    "misc-images/modes/HSV.webp",
    "reg-test-input/pen-and-coaster.png",
    "reg-test-input/exif-rotn/exif-rotn-1.jpg",
    "reg-test-input/dih/bridge-2-rotate-90.jpg",
    "reg-test-input/labelme-subset/*.jpg",
)
#: Films that nobody has indexed here. The confidence was fitted with these in the index: their
#: frames are strangers that it has seen, and are gathered under a name of their own.
ANIMATION = (
    *("sintel-trailer", "sintel-clip", "steamboat-willie", "turbine", "dragon", "ecmg"),
    *("flag", "forest", "glyphs"),
)
VIDEOS = ("chair", "doorknob", "pattern")
_BLANK = ("black frame", "flat frame")


def _stranger(pixels: Pixels, family: str, title: str, stage: str | None) -> Query:
    return Query(pixels, "U", "plain", family, title, None, stage=stage)


def photos(media: Path) -> Iterator[Query]:
    """Yield photos, each as it is and as line art."""
    bases = []
    for path in [found for name in PHOTOS for found in sorted((media / "pdq").glob(name))]:
        with open_media(path) as photo:
            pixels = next(iter(photo.frames())).pixels
        bases.append(_stranger(pixels, "photos", path.name, None))
    yield from bases
    yield from unknown(bases, ("D",))


def computed(count: int) -> Iterator[Query]:
    """Yield charts, screenshots, text, sketches and computed photographs."""
    for kind in FORMATS:
        if kind in _BLANK:
            continue
        for number in range(count):
            pixels = draw(kind, Dice("accuracy", kind, number))
            if telling(Frame(pixels, 0.0, 0.0)):
                yield _stranger(pixels, "computed pictures", kind, None)


def footage(media: Path, shelf: FrameShelf, count: int) -> Iterator[Query]:
    """Yield frames of films and home videos that are not indexed, edited and as line art."""
    first = 0
    for place, title in enumerate((*ANIMATION, *VIDEOS)):
        family, stage = ("other animation", "final") if title in ANIMATION else ("videos", None)
        path = videos(media, title)[0]
        length_s = duration_s(path) or 10.0
        number = max(1, min(count, round(count * length_s / 10)))
        times = spread(length_s, number, generator("footage", title))
        bases = [
            _stranger(frame.pixels, family, title, stage) for frame in shelf.frames(path, times)
        ]
        # By turns edited and drawn by either sort of operator.
        turns = (("C", "D"), ("D", "E"), ("C", "E"))[place % 3]
        yield from unknown(bases, turns, first)
        first += len(bases)


def taken_out(bases: list[Query], amounts: Amounts) -> Iterator[Query]:
    """Yield frames of indexed films, asked of an index without their film."""
    for place, show in enumerate((BUNNY, PENNY)):
        own = [base for base in bases if base.title == show]
        rng = generator("taken out", show)
        chosen = [own[number] for number in rng.permutation(len(own))[: amounts.strange].tolist()]
        gone = [
            replace(base, family="taken out", without=show, episodes=(), instants=())
            for base in chosen
        ]
        yield from unknown(gone, first=place * amounts.strange)
