"""Draws any frame of a show at any stage; owns the drawing order and the camera.

The finished frame and every drawing before it come from the same `Plan`. Must not know of files.
"""

import math
from functools import lru_cache

import skia

from framematch.demo import cards, figure, ink, poses
from framematch.demo.backdrop import Backdrops, Look
from framematch.demo.cast import cast_of
from framematch.demo.dice import Dice
from framematch.demo.shapes import Shape, affine, ellipse, placed
from framematch.demo.shots import Actor, Plan, View
from framematch.demo.styles import style_of

_NEAR = ("close", "medium", "two", "over")
_PAPERS = (0xFFFFFF, 0xFFFFFF, 0xF4F4F2, 0xECEBE6, 0xF6EEDC)


class Artist:
    """Draws one show.

    Parameters
    ----------
    seed, number : int
        Seed of the studio, number of the show.
    fps : int
        Frames per second of the plans.
    """

    def __init__(self, seed: int, number: int, fps: int) -> None:
        self.seed = seed
        self.number = number
        self.fps = fps
        self.style = style_of(seed, number)
        self.cast = cast_of(seed, number, self.style)
        self.backdrops = Backdrops(seed, number, fps, self.style)
        self._figure = lru_cache(maxsize=8)(self._drawn)
        self._light_kept: tuple[tuple[object, ...], skia.Image] | None = None

    def paper(self, plan: Plan) -> int:
        """Return the paper that the drawings of this plan are on."""
        return self._dice(plan, "paper").pick(_PAPERS)

    def _dice(self, plan: Plan, *key: object) -> Dice:
        return Dice(self.seed, "artist", self.number, plan.key, *key)

    def step(self, plan: Plan, frame: int) -> tuple[int, int]:
        """Return the drawing and the camera position that `frame` of `plan` shows, in frames.

        Frames with equal steps are equal pictures.
        """
        last = max(plan.n_frames - 1, 0)
        frame = min(max(frame, 0), last)
        still = all(actor.action == "still" for actor in plan.actors)
        animated = plan.framing in ("credits", "burst") or not still
        drawing = frame // plan.hold * plan.hold if animated else 0
        if not plan.camera.moves:
            return drawing, 0
        # A camera that follows moves with the drawings, any other on every frame.
        return drawing, drawing if plan.camera.follow else frame

    def scenery(
        self, canvas: skia.Canvas, plan: Plan, frame: int, look: Look, front: bool = False
    ) -> None:
        """Draw the background layers, or those before the players with `front`."""
        drawing, moment = self.step(plan, frame)
        if plan.place < 0:
            if not front:
                canvas.drawPicture(self.backdrops.card(plan, drawing, look))
            return
        self.backdrops.draw(canvas, plan.place, self.view(plan, moment), look, front)

    def players(self, plan: Plan, frame: int) -> list[list[Shape]]:
        """Return the shapes of each figure, from back to front, in units of the frame."""
        drawing, moment = self.step(plan, frame)
        seconds = drawing / self.fps
        figures = []
        to_view = self._relative_view(plan, moment)
        for actor in plan.actors:
            shapes = self._figure(actor, 0.0 if actor.action == "still" else seconds)
            if plan.camera.moves and not plan.camera.follow:
                shapes = placed(shapes, to_view, to_view.getScaleX())
            figures.append(shapes)
        return figures

    def lettering(self, plan: Plan) -> list[Shape]:
        """Return the letters over the picture."""
        return cards.logo(plan.text[0], self.style) if plan.framing == "group" and plan.text else []

    def paint(self, canvas: skia.Canvas, plan: Plan, frame: int, fade: float = 1.0) -> None:
        """Draw the finished frame; `fade` is its brightness, 0 to 1."""
        self._behind(canvas, plan, frame)
        for actor, shapes in zip(plan.actors, self.players(plan, frame), strict=True):
            if plan.framing in ("wide", "group") and not plan.camera.moves:
                shadow = ellipse(
                    actor.x, self._feet(actor), actor.height * 0.2, actor.height * 0.03
                )
                canvas.drawPath(shadow, ink.fill_paint(0x140C20, 0.3))
            ink.finished(canvas, shapes, self.style, self.style.line * _line_scale(actor))
        self.scenery(canvas, plan, frame, "final", front=True)
        ink.finished(canvas, self.lettering(plan), self.style, self.style.line)
        self._grade(canvas, plan)
        if fade < 1:
            canvas.drawColor(round(255 * (1 - fade)) << 24)

    def paint_flat(
        self, canvas: skia.Canvas, plan: Plan, frame: int, plain: int | None = None
    ) -> None:
        """Draw flat colour, over a `plain` colour instead of the background where one is given."""
        if plain is None:
            self.scenery(canvas, plan, frame, "flat-colour")
        else:
            ink.paper_sheet(canvas, plain)
        for shapes in self.players(plan, frame):
            ink.flat(canvas, shapes, self.style, self.style.line)

    def paint_lines(
        self,
        canvas: skia.Canvas,
        plan: Plan,
        frame: int,
        background: bool = False,
        paper: int | None = None,
    ) -> None:
        """Draw clean line art on `paper`: the figures, and the `background` where asked for."""
        ground = self.paper(plan) if paper is None else paper
        ink.paper_sheet(canvas, ground)
        width = self._dice(plan, "width").between(1.1, 1.8)
        if background:
            self._on_paper(canvas, plan, frame, "line-art")
        for shapes in self.players(plan, frame):
            ink.lines(canvas, shapes, self.style, width, ground)

    def paint_rough(
        self,
        canvas: skia.Canvas,
        plan: Plan,
        frame: int,
        background: bool = True,
        simple: bool = False,
    ) -> None:
        """Draw roughly; `simple` is a storyboard panel: main forms only, looser."""
        ground = self.paper(plan)
        ink.paper_sheet(canvas, ground)
        dice = self._dice(plan, "rough", self.step(plan, frame)[0])
        if background:
            self._on_paper(canvas, plan, frame, "simple" if simple else "rough")
        toned = simple and dice.chance(0.5)
        for shapes in self.players(plan, frame):
            if simple:
                ink.rough(canvas, shapes, dice, 2.1, ground, 3.4, strokes=2, toned=toned)
            else:
                ink.rough(canvas, shapes, dice, 1.3, ground, 2.2, strokes=3)

    def _on_paper(self, canvas: skia.Canvas, plan: Plan, frame: int, look: Look) -> None:
        """Draw the background so that its white lets the paper show."""
        canvas.saveLayer(paint=skia.Paint(BlendMode=skia.BlendMode.kMultiply))
        self.scenery(canvas, plan, frame, look)
        canvas.restore()

    def _drawn(self, actor: Actor, seconds: float) -> list[Shape]:
        design = self.cast[actor.design]
        mood = poses.MOODS[actor.mood]
        looking = poses.Expression(mood.mouth, mood.brow, mood.eyes, *actor.look)
        pose, face, rise = poses.at(
            poses.POSES[actor.pose],
            poses.POSES[actor.other],
            looking,
            actor.action,
            seconds,
            actor.phase,
        )
        size = self.size(actor)
        matrix = affine(actor.x, self._feet(actor) - rise * size, size / 100)
        return placed(figure.draw(design, self.style, pose, face, actor.turn), matrix, size / 100)

    def size(self, actor: Actor) -> float:
        """Return the height of the standing figure in units."""
        design = self.cast[actor.design]
        # A close-up is measured by the head, so that large and small heads fill the frame alike.
        return -actor.height * design.heads if actor.height < 0 else actor.height * design.height

    def _feet(self, actor: Actor) -> float:
        if actor.height < 0:
            return actor.top + self.size(actor)
        # Large figures stand with their crowns near one line, full figures with their feet on one.
        sunk = 0.3 if actor.height > 300 else 1.0
        return actor.top + self.size(actor) + sunk * (actor.height - self.size(actor))

    def view(self, plan: Plan, moment: int) -> View:
        """Return where the camera is, `moment` frames into a plan."""
        share = moment / max(plan.n_frames - 1, 1)
        if not plan.camera.follow:
            share = share * share * (3 - 2 * share)
        start, end = plan.camera.start, plan.camera.end
        x, y, zoom = (a + (b - a) * share for a, b in zip(start, end, strict=True))
        return x, y, zoom

    def _relative_view(self, plan: Plan, moment: int) -> skia.Matrix:
        x0, y0, zoom0 = plan.camera.start
        x, y, zoom = self.view(plan, moment)
        scale = zoom / zoom0
        return affine(
            320 - 320 * scale - (x - x0) * zoom, 180 - 180 * scale - (y - y0) * zoom, scale
        )

    def _behind(self, canvas: skia.Canvas, plan: Plan, frame: int) -> None:
        _, moment = self.step(plan, frame)
        if plan.place < 0:
            self.scenery(canvas, plan, frame, "final")
            return
        last = self.view(plan, plan.n_frames - 1)
        blurred = self.style.family in ("soft", "cel") and plan.framing in _NEAR
        views = (self.view(plan, 0), last if plan.camera.moves else self.view(plan, 0))
        self.backdrops.behind(canvas, plan.place, views, self.view(plan, moment), blurred)

    def _grade(self, canvas: skia.Canvas, plan: Plan) -> None:
        """Lay light over the picture: a vignette, or a glow from the side."""
        if plan.place < 0 or self.style.family in ("flat", "cutout"):
            return
        size, matrix = canvas.getBaseLayerSize(), canvas.getTotalMatrix()
        key = (size.width(), size.height(), *matrix.get9())
        if self._light_kept is None or self._light_kept[0] != key:
            surface = ink.blank(size.width(), size.height())
            own = surface.getCanvas()
            own.setMatrix(matrix)
            own.drawPaint(skia.Paint(Shader=self._light()))
            self._light_kept = (key, surface.makeImageSnapshot())
        canvas.save()
        canvas.resetMatrix()
        canvas.drawImage(self._light_kept[1], 0, 0)
        canvas.restore()

    def _light(self) -> skia.Shader:
        if self.style.family == "soft":
            tones = [0x00000000, 0x0A000000, 0x70080414]
            return skia.GradientShader.MakeRadial(
                skia.Point(320, 170), 430, tones, [0.0, 0.55, 1.0]
            )
        x = 640.0 if self.style.light > 0 else 0.0
        tones = [0x55FFF2C8, 0x12FFF2C8, 0x00FFF2C8]
        return skia.GradientShader.MakeRadial(skia.Point(x, 0), 560, tones, [0.0, 0.6, 1.0])


def _line_scale(actor: Actor) -> float:
    """Return how much thicker lines get on large figures."""
    return min(max(math.sqrt(abs(actor.height) / 300), 0.75), 1.5) if actor.height > 0 else 1.35
