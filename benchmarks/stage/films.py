"""Cases of the footage: finished frames, their edits, the line art made of them, and drawings."""

import zlib
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from benchmarks.operators.kept import FINISHED_TEST, LINE_ART_TEST
from benchmarks.stage.cases import Case, thumbnail, worked_on
from benchmarks.stage.pages import storyboard
from benchmarks.structure.footage import duration_s, frames_at, videos
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import Pixels
from framematch.matching.clips import telling
from framematch.media import open_media
from framematch.media.downscale import fit

#: Titles that may be fitted on, with how many frames of each file; the same as of the calibration.
FITTED = {
    "sintel-trailer": 4,
    "sintel-clip": 4,
    "steamboat-willie": 6,
    "turbine": 3,
    "dragon": 3,
    "ecmg": 3,
    "flag": 2,
    "forest": 3,
    "glyphs": 3,
    "chair": 2,
    "doorknob": 2,
    "pattern": 2,
}
_BUNNY = "big-buck-bunny/other-encodes"
#: Files of titles that are asked about only. Excerpts of the film by others: it is long to decode.
ASKED = {
    "big-buck-bunny": {
        f"{_BUNNY}/parulj_360p_0-60s.mp4": 7,
        f"{_BUNNY}/w3schools_mov_bbb.mp4": 2,
        f"{_BUNNY}/androidx_bbb_960x540_60fps_vp8.webm": 1,
    },
    "penny-and-chip": {
        f"penny-and-chip/penny_and_chip_{name}.mp4": 2
        for name in ("autumn", "bedtime", "carnival", "football")
    },
}
PHOTOS = (
    "bridge-mods/aaa-orig.jpg",
    "misc-images/c.png",
    "reg-test-input/pen-and-coaster.png",
    "reg-test-input/exif-rotn/exif-rotn-1.jpg",
    "reg-test-input/labelme-subset/*.jpg",
)
# The reference is another frame of the same moment, as in an index that samples twice a second.
_APART_S = 0.21
_EDITS, _DRAWINGS = 2, 4
# Operators take their time on large pictures, and the stage is judged at 512 pixels.
_WIDEST = 640
# A page of panels is made of so many line drawings at a time.
_PANELS = 4


def _edited(
    frames: Sequence[tuple[Pixels, Pixels]], title: str, source: str, *, kept: bool
) -> Iterator[Case]:
    """Yield every frame as it is and under the next few operators, all used about equally."""
    generator = np.random.default_rng(zlib.crc32(title.encode()))
    families: list[tuple[list[str], int]] = [
        (list(FINISHED), _EDITS),
        (list(LINE_ART), _DRAWINGS),
    ]
    if kept:
        families += [(list(FINISHED_TEST), 2), (list(LINE_ART_TEST), 2)]
    turns = [(cycle(generator.permutation(names).tolist()), n) for names, n in families]
    for pixels, near in frames:
        reference = thumbnail(near)
        names = ["plain", *(name for turn, n in turns for name in islice(turn, n))]
        for name in names:
            seed = int(generator.integers(1 << 31))
            yield worked_on(pixels, reference, title, source, name, seed)


def _pairs(path: Path, count: int, generator: np.random.Generator) -> list[tuple[Pixels, Pixels]]:
    """Return about `count` frames, evenly spread, each with another of the same moment."""
    length_s = (duration_s(path) or 10.0) - _APART_S - 0.2
    times = (np.arange(count) + generator.random(count)) * length_s / count
    wanted = sorted([*times.tolist(), *(times + _APART_S).tolist()])
    frames = list(frames_at(path, wanted))
    pairs = []
    for time_s in times.tolist():
        shown = [f for f in frames if f.timestamp_s <= time_s + 1e-6]
        later = [f for f in frames if f.timestamp_s <= time_s + _APART_S + 1e-6]
        if shown and telling(shown[-1]):
            pairs.append((fit(shown[-1].pixels, _WIDEST), fit(later[-1].pixels, _WIDEST)))
    return pairs


def fitted_cases(media: Path) -> Iterator[Case]:
    """Yield the cases of films that may be fitted on."""
    for title, count in FITTED.items():
        generator = np.random.default_rng([7, zlib.crc32(title.encode())])
        pairs = [p for path in videos(media, title) for p in _pairs(path, count, generator)]
        yield from _edited(pairs, title, title, kept=False)
        yield from _pages([near for _, near in pairs], title, generator)


def asked_cases(media: Path) -> Iterator[Case]:
    """Yield the cases of films that are asked about only, kept operators among them."""
    for title, files in ASKED.items():
        generator = np.random.default_rng([7, zlib.crc32(title.encode())])
        pairs = [p for name, n in files.items() for p in _pairs(media / name, n, generator)]
        yield from _edited(pairs, title, title, kept=True)
        yield from _pages([near for _, near in pairs], title, generator)


def _pages(frames: list[Pixels], title: str, generator: np.random.Generator) -> Iterator[Case]:
    """Yield storyboard pages: panels in rows or in a column, with captions, of line drawings."""
    names = ("xdog", "wobbled", "rough", "thin-edges", "dog-wide", "pencil")
    for start in range(0, len(frames), _PANELS):
        name = str(generator.choice(names))
        chosen = frames[start : start + _PANELS]
        panels = [LINE_ART[name](pixels, generator) for pixels in chosen]
        page = storyboard(panels, generator)
        row = f"{title}: pages of panels"
        yield Case(page, None, None, title, row, f"page-{name}", ("storyboard",), frozenset())


def photo_cases(media: Path) -> Iterator[Case]:
    """Yield the cases of photos: finished, as far as any stage fits a photo."""
    photos = []
    for path in [found for name in PHOTOS for found in sorted((media / "pdq").glob(name))]:
        with open_media(path) as photo:
            pixels = next(iter(photo.frames())).pixels
            pixels = fit(pixels, _WIDEST)
            photos.append((pixels, pixels))
    yield from _edited(photos, "photos", "photos", kept=False)


def dwanko_cases(media: Path) -> Iterator[Case]:
    """Yield the drawn-by-hand key frames and the colour model sheets of the same character."""
    folder = media / "opentoonz-dwanko"
    for path in sorted(folder.glob("A_0*.tga")):
        with open_media(path) as opened:
            pixels = next(iter(opened.frames())).pixels
        yield Case(pixels, None, None, "dwanko", "dwanko: keys", "line", ("line-art",), frozenset())
    for path in sorted(folder.glob("A_colormodel*.png")):
        with open_media(path) as opened:
            pixels = next(iter(opened.frames())).pixels
        stages, row = ("model-sheet", "flat-colour"), "dwanko: model sheets"
        yield Case(pixels, None, None, "dwanko", row, "sheet", stages, frozenset())
