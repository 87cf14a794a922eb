"""Places of a show as layers of shapes: what a background is, and its palette.

The world is 1520 units wide (x from -440 to 1080) and the frame 640 by 360; layers nearer than the
players have a depth above 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

from framematch.demo.colours import hsv, mix
from framematch.demo.dice import Dice
from framematch.demo.shapes import Shape
from framematch.demo.styles import Style

LEFT, RIGHT, TOP, BOTTOM = -440.0, 1080.0, -80.0, 440.0

_HOURS = {
    "day": (0.56, 0.45, 0.95, 0.0, 0xFFFFFF),
    "dusk": (0.05, 0.5, 0.93, 0.24, 0xE0708A),
    "night": (0.64, 0.62, 0.3, 0.5, 0x1B2350),
    "grey": (0.58, 0.1, 0.82, 0.16, 0x9FA8B4),
    "morning": (0.13, 0.3, 0.97, 0.1, 0xFFE9C0),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes that move together: `depth` 0 stands still under a pan, 1 moves with the players."""

    depth: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one place at one hour."""

    style: Style
    hour: str
    hue: float

    @property
    def sky(self) -> tuple[int, int]:
        """Upper and lower colour of the sky."""
        hue, saturation, value, _, _ = _HOURS[self.hour]
        upper = hsv(
            hue + 0.08 * (self.style.hue - 0.5),
            saturation * (0.6 + 0.6 * self.style.saturation),
            value,
        )
        lower = hsv(hue + 0.03, saturation * 0.35, min(value * 1.15 + 0.05, 1.0))
        return upper, lower

    def tone(self, hue: float, saturation: float = 1.0, value: float = 1.0) -> int:
        """Return a local colour: `hue` in turns, the others as shares of the style's."""
        style = self.style
        plain = hsv(
            hue + 0.12 * (style.hue - 0.5), style.saturation * saturation, style.value * value
        )
        return mix(plain, _HOURS[self.hour][4], _HOURS[self.hour][3])

    def own(self, offset: float = 0.0, saturation: float = 1.0, value: float = 1.0) -> int:
        """Return a colour around the ground tone of this place."""
        return self.tone(self.hue + offset, saturation, value)

    @property
    def dark(self) -> bool:
        """Whether lamps are lit."""
        return self.hour in ("night", "dusk")


Place = Callable[[Dice, Palette], list[Layer]]


def area(
    path: object,
    fill: int,
    *,
    down: int | None = None,
    ink: float = 1.0,
    level: int = 1,
    form: bool = False,
) -> Shape:
    """Return an area of scenery, with a gradient to `down` in the finished frame."""
    return Shape(path, fill, fill2=down, ink=ink, level=level, form=form)
