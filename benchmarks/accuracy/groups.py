"""All queries of a run, always the same ones in the same order."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy import drawn, films, strangers
from benchmarks.accuracy.films import FrameShelf
from benchmarks.accuracy.library import DWANKO, Library
from benchmarks.accuracy.queries import Amounts, Query, through
from framematch.media import open_media

_FOLDER = "opentoonz-dwanko"
# Where the figure is on the night's model sheet: x, y, width, height in pixels.
_FIGURE = (220, 160, 590, 620)


def _dwanko(media: Path) -> Iterator[Query]:
    """Yield the only drawings by hand that there are.

    `A_0001` is the drawing of the colour model sheet; the other five are other poses, of which no
    finished frame exists here: they are asked, but no target stands on them.
    """
    for number in range(1, 7):
        with open_media(media / _FOLDER / f"A_{number:04d}.tga") as file:
            pixels = next(iter(file.frames())).pixels
        base = Query(
            pixels,
            group="F-lines" if number == 1 else "F-poses",
            operator="plain",
            family="by hand",
            title=DWANKO,
            show=DWANKO,
            stage="line-art",
        )
        yield base
        if number == 1:
            for operator in ("posted", "on-grey", "half"):
                yield replace(base, operator=operator)
    with open_media(media / _FOLDER / "A_colormodel_night.png") as file:
        sheet = next(iter(file.frames())).pixels
    x, y, width, height = _FIGURE
    night = replace(base, pixels=sheet, group="F-flat", family="night sheet", stage=None)
    figure = sheet[y : y + height, x : x + width].copy()
    yield night
    yield replace(night, pixels=figure, family="night figure", stage="flat-colour")


def all_queries(library: Library, scratch: Path, amounts: Amounts) -> Iterator[Query]:
    """Yield every query."""
    shelf = FrameShelf(scratch / "frames")
    yield from films.other_encodes(library, shelf, amounts)
    yield from films.degraded(library, shelf, scratch, amounts.degraded)
    for studio in library.studios:
        yield from drawn.degraded(studio, shelf, scratch, amounts.degraded)
    bases = films.film_bases(library, shelf, amounts.bunny)
    bases += films.penny_bases(library, shelf, amounts.penny)
    for studio in library.studios:
        bases += drawn.drawn_bases(studio, amounts.drawn)
    yield from through(bases, amounts.per_operator)
    yield from _dwanko(library.media)
    for studio in library.studios:
        yield from drawn.staged(studio, amounts.staged)
    yield from drawn.strange_studio(amounts.strange)
    yield from strangers.photos(library.media)
    yield from strangers.computed(amounts.computed)
    yield from strangers.footage(library.media, shelf, amounts.strange)
    yield from strangers.taken_out(bases, amounts)
