"""Earlier composites: finished frames in which something is missing, other, or elsewhere.

Of films a part is painted over; the studio draws the same instant with something left out. What
truly changed is measured on the pixels before anything is encoded.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import skia
from PIL import Image, ImageDraw, ImageFilter

from framematch.demo import Studio, ink
from framematch.demo.artist import Artist
from framematch.demo.colours import hsv
from framematch.demo.shots import Plan

Pixels = npt.NDArray[np.uint8]

#: Levels from which a change is to be seen.
SEEN = 16
_SIZES = (0.003, 0.01, 0.03, 0.1)


def changed_share(one: Pixels, other: Pixels) -> float:
    """Return the share of two pictures of one size that differs visibly."""
    apart = np.abs(one.astype(np.int16) - other).max(axis=2)
    return float((apart > SEEN).mean())


def of_film(pixels: Pixels, dice: np.random.Generator) -> Iterator[tuple[str, Pixels]]:
    """Yield a finished frame with an ellipse of several sizes changed in several ways."""
    height, width = pixels.shape[:2]
    picture = Image.fromarray(pixels)
    for size in _SIZES:
        radius = np.sqrt(size * width * height / np.pi)
        x = dice.uniform(min(radius, width / 3), max(width - radius, 2 * width / 3))
        y = dice.uniform(min(radius, height / 3), max(height - radius, 2 * height / 3))
        mask = Image.new("L", (width, height), 0)
        ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        mask = mask.filter(ImageFilter.GaussianBlur(1.0))
        smooth = picture.filter(ImageFilter.GaussianBlur(float(radius)))
        red, green, blue = picture.split()
        others = {
            "part painted over": smooth,
            "part of another colour": Image.merge("RGB", (green, blue, red)),
            "part in shadow": picture.point(lambda level: round(level * 0.72)),
            "part moved": Image.fromarray(np.roll(pixels, round(0.02 * width), axis=1)),
        }
        for name, other in others.items():
            yield name, np.asarray(Image.composite(other, picture, mask))


def of_studio(studio: Studio, show: str, plan: Plan, frame: int) -> Iterator[tuple[str, Pixels]]:
    """Yield an instant of the studio drawn with something left out, moved or coloured otherwise."""
    artist = studio.artist(show)
    actors = plan.actors
    for number in range(min(len(actors), 2)):
        fewer = (*actors[:number], *actors[number + 1 :])
        yield "actor missing", _painted(studio, artist, replace(plan, actors=fewer), frame)
    if actors:
        first, *others = actors
        for by in (3.0, 8.0, 20.0):
            moved = (replace(first, x=first.x + by), *others)
            name = f"actor moved by {by:.0f} of 640"
            yield name, _painted(studio, artist, replace(plan, actors=moved), frame)
        mood = "amazed" if first.mood != "amazed" else "sulky"
        other = (replace(first, mood=mood), *others)
        yield "other expression", _painted(studio, artist, replace(plan, actors=other), frame)
        yield "costume of another colour", _recoloured(studio, artist, plan, frame)
    if plan.place >= 0:
        elsewhere = replace(plan, place=(plan.place + 1) % 10)
        yield "other background", _painted(studio, artist, elsewhere, frame)
    if plan.framing == "group" and plan.text:
        yield "text missing", _painted(studio, artist, replace(plan, text=()), frame)
    if plan.framing == "wide" and not plan.camera.moves and actors:
        # Shadows lie under the figures of wide shots only.
        bare = replace(plan, framing="establish")
        yield "shadows missing", _painted(studio, artist, bare, frame)
    unlit = _Unlit(artist.seed, artist.number, artist.fps)
    yield "light missing", _painted(studio, unlit, plan, frame)


class _Unlit(Artist):
    """Draws before light is laid over the picture."""

    def _grade(self, canvas: skia.Canvas, plan: Plan) -> None:
        del canvas, plan


def _painted(studio: Studio, artist: Artist, plan: Plan, frame: int) -> Pixels:
    surface, canvas = studio.canvas()
    artist.paint(canvas, plan, frame)
    return ink.pixels(surface)


def _recoloured(studio: Studio, artist: Artist, plan: Plan, frame: int) -> Pixels:
    """Return the instant with the first figure dressed in another colour."""
    worn = artist.cast
    number = plan.actors[0].design
    dressed = replace(worn[number], top=hsv(0.12 + 0.3 * number, 0.75, 0.85))
    other = Artist(artist.seed, artist.number, artist.fps)
    other.cast = (*worn[:number], dressed, *worn[number + 1 :])
    return _painted(studio, other, plan, frame)
