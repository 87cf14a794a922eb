"""Draw the scenes whose codes are kept in goldens/, and write those codes.

Run ``python tests/hashing/make_goldens.py`` after a change that is meant to change codes, and raise
the version in the code's `SPEC` in the same commit: indexes made before are not comparable.
The scenes are arithmetic on arrays, so that no drawing library's next release moves a pixel.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.hashing import appearance, structure
from framematch.hashing.information import information
from framematch.hashing.interchange import to_hex

APPEARANCE = Path(__file__).parent / "goldens" / "appearance.json"
STRUCTURE = Path(__file__).parent / "goldens" / "structure.json"

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Case:
    """A scene, why its codes are kept, and how it is drawn."""

    name: str
    why: str
    draw: Callable[[], Picture]


def scene(height: int, width: int, tone: float = 1.0) -> Picture:
    """Return a sky with a sun, a hill and a house, uint8 (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width]
    v, u = (y + 0.5) / height, (x + 0.5) / width
    picture = np.empty((height, width, 3))
    picture[:] = np.stack([90 + 60 * v, 140 + 50 * v, 230 - 40 * u], axis=-1)
    picture[(u - 0.8) ** 2 + (v - 0.2) ** 2 < 0.01] = (250, 220, 80)
    picture[v > 0.65 + 0.12 * np.sin(5 * u)] = (60, 140, 50)
    picture[(abs(u - 0.3) < 0.1) & (abs(v - 0.6) < 0.12)] = (170, 60, 40)
    picture[(abs(u - 0.33) < 0.02) & (abs(v - 0.65) < 0.07)] = (40, 20, 10)
    return np.floor(picture * tone).astype(np.uint8)


def line_art(height: int, width: int) -> Picture:
    """Return thin dark strokes on white paper, uint8 (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width]
    v, u = (y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5
    paper = np.full((height, width, 3), 255, dtype=np.uint8)
    for radius, left in ((0.3, -0.05), (0.12, -0.15), (0.07, 0.1)):
        paper[abs(np.hypot(u - left, v) - radius) < 0.006] = 20
    paper[abs(v - 0.3 * u - 0.2) < 0.005] = 20
    return paper


def letterboxed() -> Picture:
    """Return a scene between black bars, uint8 (480, 640, 3)."""
    picture = np.zeros((480, 640, 3), dtype=np.uint8)
    picture[60:420] = scene(360, 640)
    return picture


def symmetric() -> Picture:
    """Return a scene beside its own mirror image, uint8 (200, 320, 3)."""
    half = scene(200, 160)
    return np.concatenate([half, half[:, ::-1]], axis=1)


def checks(rows: int, columns: int) -> Picture:
    """Return a chessboard of ten by ten pixels a square, uint8 (10 rows, 10 columns, 3)."""
    y, x = np.mgrid[0 : 10 * rows, 0 : 10 * columns] // 10
    squares = (y + x) % 2 * 255
    return np.repeat(squares[..., np.newaxis], 3, axis=2).astype(np.uint8)


def noise() -> Picture:
    """Return seeded noise, uint8 (90, 160, 3)."""
    return np.random.default_rng(7).integers(0, 256, (90, 160, 3), dtype=np.uint8)


CASES = (
    Case("working-size", "the most common size; windows of 5 and 8", lambda: scene(576, 1024)),
    Case("odd-size", "sides that 64 does not divide", lambda: scene(217, 333)),
    Case("small", "sides below 64: samples repeat", lambda: scene(30, 41)),
    Case("smallest", "the shortest side that has a code", lambda: scene(5, 9)),
    Case("too-small", "below that the code is 0", lambda: scene(4, 9)),
    Case("wide", "a panorama: unequal windows", lambda: scene(40, 1000)),
    Case("grid-size", "64x64: blurring does nothing", lambda: scene(64, 64)),
    Case("dark", "a night scene has little gradient", lambda: scene(360, 640, 0.1)),
    Case("line-art", "work in progress: most of it is paper", lambda: line_art(360, 640)),
    Case("letterboxed", "hard edges at the bars", letterboxed),
    Case("symmetric", "half of the coefficients are exactly 0", symmetric),
    Case("flat", "every coefficient is exactly 0", lambda: np.full((72, 128, 3), 200, np.uint8)),
    Case("noise", "the upper end of the quality", noise),
)

STRUCTURE_CASES = (
    Case("working-size", "the most common size", lambda: scene(576, 1024)),
    Case("odd-size", "sides that the grid does not divide", lambda: scene(217, 333)),
    Case("code-size", "256x144: nothing is resized", lambda: scene(144, 256)),
    Case("small", "sides below the grid's: samples are grown", lambda: scene(30, 41)),
    Case("upright", "every aspect is squashed", lambda: scene(640, 360)),
    Case("dark", "the floor of the contrast counts", lambda: scene(360, 640, 0.1)),
    Case("line-art", "work in progress: most of it is paper", lambda: line_art(360, 640)),
    Case("letterboxed", "long straight edges at the bars", letterboxed),
    Case("symmetric", "a picture that is its own mirror image", symmetric),
    Case(
        "flat",
        "no stroke: the code of the mean alone",
        lambda: np.full((72, 128, 3), 200, np.uint8),
    ),
    Case("noise", "strokes everywhere", noise),
)


def structure_goldens() -> dict[str, dict[str, str | int]]:
    """Return what the golden file of the structure code holds.

    The codes come from products of float32 matrices, which another machine adds up in another
    order: compare with four bits to spare.
    """
    goldens: dict[str, dict[str, str | int]] = {}
    for case in STRUCTURE_CASES:
        picture = case.draw()[None]
        goldens[case.name] = {
            "why": case.why,
            "code": to_hex(structure.encode(picture)[0]),
            "information": int(information(picture)[0]),
        }
    return goldens


def appearance_goldens() -> dict[str, dict[str, str | int]]:
    """Return what the golden file holds: for each case its reason, code and quality."""
    goldens: dict[str, dict[str, str | int]] = {}
    for case in CASES:
        codes, quality = appearance.encode(case.draw()[None])
        goldens[case.name] = {
            "why": case.why,
            "code": to_hex(codes[0]),
            "quality": int(quality[0]),
        }
    return goldens


def write() -> None:
    """Write the golden files."""
    for path, goldens in ((APPEARANCE, appearance_goldens()), (STRUCTURE, structure_goldens())):
        path.write_text(json.dumps(goldens, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
