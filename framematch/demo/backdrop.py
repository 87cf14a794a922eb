"""Backgrounds of a show in every look, with what makes them fast; owns the caches of one show.

Layers are recorded once per look; for a shot with a camera move they are painted once, a little
larger than the frame, and then only slid and scaled.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import skia

from framematch.demo import cards, indoors, ink, outdoors, town
from framematch.demo.dice import Dice
from framematch.demo.scenery import Layer, Palette, Place
from framematch.demo.shapes import Shape
from framematch.demo.shots import Plan, View
from framematch.demo.styles import Style

Look = Literal["final", "flat-colour", "line-art", "rough", "simple"]

PLACES: tuple[Place, ...] = (
    town.street,
    indoors.room,
    town.harbour,
    indoors.hall,
    outdoors.forest,
    indoors.control_room,
    outdoors.hills,
    town.rooftops,
)
_HOURS = ("day", "dusk", "night", "morning", "grey")


class Backdrops:
    """Backgrounds of one show.

    Parameters
    ----------
    seed, number, fps : int
        Seed of the studio, number of the show, frames per second.
    style : Style
        Look of the show.
    """

    def __init__(self, seed: int, number: int, fps: int, style: Style) -> None:
        self._seed = seed
        self._number = number
        self._fps = fps
        self._style = style
        self._order = Dice(seed, "places", number).shuffled(range(len(PLACES)))
        self._picture = lru_cache(maxsize=96)(self._recorded)
        self._layers = lru_cache(maxsize=16)(self._built)
        self._kept: tuple[tuple[object, ...], list[tuple[skia.Image, skia.Rect]]] | None = None

    def draw(
        self, canvas: skia.Canvas, place: int, view: View, look: Look, front: bool = False
    ) -> None:
        """Draw the layers behind the players, or those before them with `front`."""
        for i, layer in enumerate(self._layers(place)):
            if (layer.depth > 1.1) == front:
                canvas.save()
                canvas.concat(_layer_matrix(layer.depth, view))
                canvas.drawPicture(self._picture(place, i, look))
                canvas.restore()

    def behind(
        self, canvas: skia.Canvas, place: int, ends: tuple[View, View], view: View, blurred: bool
    ) -> None:
        """Draw the finished layers behind the players, `view` being between the `ends`."""
        size, matrix = canvas.getBaseLayerSize(), canvas.getTotalMatrix()
        key = (place, ends, blurred, size.width(), size.height(), *matrix.get9())
        if self._kept is None or self._kept[0] != key:
            frame = skia.Rect.MakeWH(size.width(), size.height())
            inverse = skia.Matrix()
            if not matrix.invert(inverse):
                return
            shown = inverse.mapRect(frame)
            unit = matrix.getScaleX()
            layers = [layer for layer in self._layers(place) if layer.depth <= 1.1]
            if ends[0] == ends[1]:
                # Nothing slides: one sheet holds every layer.
                painted = [self._sheet(place, range(len(layers)), ends, shown, unit, blurred)]
            else:
                painted = [
                    self._sheet(place, [i], ends, shown, unit, blurred) for i in range(len(layers))
                ]
            self._kept = (key, painted)
        depths = [layer.depth for layer in self._layers(place) if layer.depth <= 1.1]
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
        still = ends[0] == ends[1]
        for depth, (image, rect) in zip(depths, self._kept[1], strict=False):
            canvas.save()
            if still:
                canvas.resetMatrix()
                canvas.drawImage(image, 0, 0)
            else:
                canvas.concat(_layer_matrix(depth, view))
                whole = skia.Rect.MakeWH(image.width(), image.height())
                canvas.drawImageRect(image, whole, rect, smooth, None)
            canvas.restore()

    def card(self, plan: Plan, drawing: int, look: Look) -> skia.Picture:
        """Return what stands behind the players where there is no place: burst, card, credits."""
        if plan.framing == "burst":
            number = plan.actors[0].design if plan.actors else 0
            shapes = cards.burst(self._style, number, drawing / self._fps * 24)
        elif plan.framing == "card":
            shapes = cards.title(plan.text[0], self._style, self._seed)
        else:
            shapes = cards.rolling(plan.text, drawing / self._fps)
        return self._record(shapes, look, 1.0, Dice(self._seed, "card", self._number, plan.key))

    def _sheet(
        self,
        place: int,
        numbers: Sequence[int],
        ends: tuple[View, View],
        shown: skia.Rect,
        unit: float,
        blurred: bool,
    ) -> tuple[skia.Image, skia.Rect]:
        """Paint layers onto one picture that covers `shown` all through a move.

        Returns the picture and the rectangle of the layer's world that it stands for.
        """
        still = ends[0] == ends[1]
        depth = self._layers(place)[numbers[0]].depth
        if still:
            rect, scale, view = shown, unit, ends[0]
        else:
            rect = skia.Rect.MakeEmpty()
            sizes = []
            for end in ends:
                inverse = skia.Matrix()
                if _layer_matrix(depth, end).invert(inverse):
                    rect.join(inverse.mapRect(shown))
                    sizes.append(1 / inverse.getScaleX())
            rect.outset(2, 2)
            scale, view = unit * max(sizes), (320.0, 180.0, 1.0)
        surface = ink.blank(
            max(round(rect.width() * scale), 1), max(round(rect.height() * scale), 1)
        )
        canvas = surface.getCanvas()
        if blurred:
            # What stands behind near figures is out of focus.
            lens = skia.ImageFilters.Blur(1.3 * unit, 1.3 * unit, skia.TileMode.kClamp, None)
            canvas.saveLayer(paint=skia.Paint(ImageFilter=lens))
        canvas.scale(surface.width() / rect.width(), surface.height() / rect.height())
        canvas.translate(-rect.left(), -rect.top())
        for i in numbers:
            canvas.save()
            if still:
                canvas.concat(_layer_matrix(self._layers(place)[i].depth, view))
            canvas.drawPicture(self._picture(place, i, "final"))
            canvas.restore()
        canvas.restoreToCount(1)
        return surface.makeImageSnapshot(), rect

    def _built(self, place: int) -> tuple[Layer, ...]:
        dice = Dice(self._seed, "place", self._number, place)
        hour = _HOURS[(place * 2 + self._number) % len(_HOURS)] if place else "day"
        palette = Palette(self._style, hour, self._style.hue + dice.unit() * 0.5)
        return tuple(PLACES[self._order[place % len(PLACES)]](dice, palette))

    def _recorded(self, place: int, i: int, look: Look) -> skia.Picture:
        layer = self._layers(place)[i]
        dice = Dice(self._seed, "bg", self._number, place, i)
        return self._record(layer.shapes, look, layer.depth, dice)

    def _record(
        self, shapes: Sequence[Shape], look: Look, depth: float, dice: Dice
    ) -> skia.Picture:
        recorder = skia.PictureRecorder()
        canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-500, -200, 1140, 560))
        thin = self._style.line * self._style.scenery_line * (0.6 + 0.4 * min(depth, 1.0))
        if look == "final":
            ink.finished(canvas, shapes, self._style, thin)
        elif look == "flat-colour":
            ink.flat(canvas, [shape for shape in shapes if shape.level < 2], self._style, thin)
        elif look == "line-art":
            ink.lines(canvas, shapes, self._style, 0.9, 0xFFFFFF, construction=False)
        elif look == "rough":
            ink.rough(canvas, shapes, dice, 0.9, 0xF8F8F6, 1.6, strokes=1, detail=1)
        else:
            ink.rough(canvas, shapes, dice, 1.2, 0xF8F8F6, 2.6, strokes=1, detail=0)
        return recorder.finishRecordingAsPicture()


def _layer_matrix(depth: float, view: View) -> skia.Matrix:
    """Return the way of a layer from the world to the frame."""
    x, y, zoom = view
    size = 1 + (zoom - 1) * (0.3 + 0.7 * min(depth, 1.0))
    matrix = skia.Matrix()
    matrix.setTranslate(320, 180)
    matrix.preScale(size, size)
    matrix.preTranslate(-320 - (x - 320) * depth, -180 - (y - 180) * depth)
    return matrix
