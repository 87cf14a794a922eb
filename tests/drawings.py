"""Small drawn scenes at two stages: finished in flat colour, and as the line drawing of the same.

Every shape of a scene is drawn at both stages, so that a drawing and its frame share their lines.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Pixels = npt.NDArray[np.uint8]
Stage = Literal["final", "lines", "figure"]
Corners = list[tuple[float, float]]

#: Size of every drawing, width and height.
SIZE = (512, 288)

_INK, _PAPER = (15, 15, 15), (255, 255, 255)
_LINE = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed outline and its colour."""

    corners: Corners
    colour: tuple[int, int, int]


def drawing(seed: int, stage: Stage = "final") -> Pixels:
    """Draw a scene, uint8 (288, 512, 3); another seed gives quite another one.

    ``lines`` are its outlines on white paper, ``figure`` those of what stands in front only.
    """
    dice = np.random.default_rng(seed)
    ground = _colour(dice)
    behind = [_blob(dice, dice.uniform((0, 0), SIZE), dice.uniform(40, 110)) for _ in range(8)]
    middle = np.array([dice.uniform(150, 360), dice.uniform(110, 180)])
    figure = [
        _blob(dice, middle + dice.uniform(-45, 45, 2), dice.uniform(16, 60)) for _ in range(9)
    ]
    picture = Image.new("RGB", SIZE, ground if stage == "final" else _PAPER)
    pen = ImageDraw.Draw(picture)
    for shape in figure if stage == "figure" else [*behind, *figure]:
        fill = shape.colour if stage == "final" else _PAPER
        pen.polygon(shape.corners, fill=fill)
        pen.line([*shape.corners, shape.corners[0]], fill=_INK, width=_LINE, joint="curve")
    return np.asarray(picture, dtype=np.uint8).copy()


def _colour(dice: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = (int(c) for c in dice.integers(40, 245, 3))
    return red, green, blue


def _blob(dice: np.random.Generator, middle: npt.NDArray[np.float64], size: float) -> Shape:
    """Return a closed curve of three random waves around a stretched circle."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = np.ones(60)
    for waves in (2, 3, 5):
        radius += dice.uniform(0, 0.9 / waves) * np.sin(waves * turn + dice.uniform(0, 6.3))
    stretch = dice.uniform(0.6, 1.5)
    x = middle[0] + size * stretch * radius * np.cos(turn)
    y = middle[1] + size / stretch * radius * np.sin(turn)
    return Shape(list(zip(x.tolist(), y.tolist(), strict=True)), _colour(dice))


def inside(picture: Pixels, canvas: Pixels, left: int, top: int) -> Pixels:
    """Return `canvas` with a picture laid on it."""
    laid = canvas.copy()
    laid[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return laid


def resized(picture: Pixels, width: int, height: int) -> Pixels:
    """Return a picture of another size."""
    image = Image.fromarray(picture).resize((width, height), Image.Resampling.HAMMING)
    return np.asarray(image, dtype=np.uint8).copy()
