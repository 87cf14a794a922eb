"""Lines of writing from fonts, made unsteady like a hand: what the model is fitted on.

Fonts are read where they are installed or unpacked; no part of one is kept, only the weights that
were fitted to pictures of their letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from framematch.case_records import Script

Mask = npt.NDArray[np.uint8]

#: Fonts to fit on, by the start of their file names, and the scripts that each writes. In Debian:
#: fonts-noto-cjk, fonts-noto-cjk-extra, fonts-nanum, fonts-unfonts-core, fonts-baekmuk,
#: fonts-arphic-ukai, fonts-arphic-uming, fonts-kiloji, fonts-seto, fonts-yusei-magic,
#: fonts-dejavu-core, fonts-liberation, fonts-humor-sans, fonts-femkeklaver, fonts-breip,
#: fonts-comic-neue.
FITTED: dict[str, tuple[Script, ...]] = {
    "NotoSansCJK": ("Han", "Hangul", "Kana", "Latin"),
    "NotoSerifCJK": ("Han", "Hangul", "Kana"),
    "NanumGothic": ("Hangul", "Latin"),
    "NanumMyeongjo": ("Hangul",),
    "NanumBarunpen": ("Hangul", "Latin"),
    "UnPilgi": ("Hangul",),
    "UnDotum": ("Hangul",),
    "UnGraphic": ("Hangul",),
    "gulim": ("Hangul",),
    "ukai": ("Han",),
    "uming": ("Han",),
    "kiloji": ("Han", "Kana"),
    "setofont": ("Han", "Kana"),
    "YuseiMagic": ("Han", "Kana", "Latin"),
    "DejaVuSans": ("Latin",),
    "LiberationSans": ("Latin",),
    "LiberationMono": ("Latin",),
    "Humor-Sans": ("Latin",),
    "femkeklaver": ("Latin",),
    "breipfont": ("Latin",),
    "ComicNeue": ("Latin",),
}
#: Fonts like handwriting that nothing is fitted on: fonts-nanum-extra, fonts-lxgw-wenkai,
#: fonts-klee, fonts-dkg-handwriting.
KEPT: dict[str, tuple[Script, ...]] = {
    "NanumPen": ("Hangul",),
    "NanumBrush": ("Hangul",),
    "LXGWWenKai-": ("Han",),
    "KleeOne": ("Kana",),
    "dkg": ("Latin",),
}
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_DRAWN_PX = 56
_LOW = "abcdefghijklmnopqrstuvwxyz"
_COMMON = "eeeeeettttaaaooiinnsshhrrddllcum"


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font file and the scripts to write with it."""

    path: Path
    scripts: tuple[Script, ...]


def typefaces(
    folders: Sequence[Path], wanted: dict[str, tuple[Script, ...]]
) -> tuple[Typeface, ...]:
    """Return the fonts below `folders` whose names begin as `wanted` says, sorted by name."""
    found: dict[str, Typeface] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            scripts = next((s for start, s in wanted.items() if path.name.startswith(start)), None)
            if scripts is not None and path.suffix in _SUFFIXES:
                found.setdefault(path.name, Typeface(path, scripts))
    return tuple(found[name] for name in sorted(found))


@lru_cache(maxsize=1)
def _characters() -> dict[str, str]:
    """Return what is in daily use: level 1 of GB 2312, of JIS X 0208, KS X 1001 syllables, kana."""

    def rows(codec: str, first: int, last: int) -> str:
        codes = [
            bytes((row + 160, cell + 160)) for row in range(first, last) for cell in range(1, 95)
        ]
        return "".join(code.decode(codec, "ignore") for code in codes)

    return {
        "Han": rows("gb2312", 16, 56),
        "Hangul": rows("euc_kr", 16, 41),
        "Kana": rows("euc_jp", 4, 5) * 2 + rows("euc_jp", 5, 6),
        "Kanji": rows("euc_jp", 16, 48),
    }


def words(script: Script, rng: np.random.Generator, length: int) -> str:
    """Return a line of about `length` characters that means nothing."""
    pools = _characters()
    if script == "Latin":
        return _latin(rng, length)
    text = ""
    for _ in range(length):
        pool = pools[script]
        if script == "Kana" and rng.random() < 0.25:
            pool = pools["Kanji"]
        text += pool[int(rng.integers(len(pool)))]
        if script == "Hangul" and rng.random() < 0.3:
            text += " "
        elif rng.random() < 0.03:
            text += str(rng.choice(list("!?.,、。0123456789")))
    return text.strip()


def _latin(rng: np.random.Generator, length: int) -> str:
    if rng.random() < 0.12:
        digits = [int(n) for n in rng.integers(0, 60, 4)]
        return ":".join(f"{n:02d}" for n in digits)
    text = ""
    while len(text) < length:
        size = int(rng.integers(1, 9))
        pool = _COMMON if rng.random() < 0.7 else _LOW
        word = "".join(pool[int(rng.integers(len(pool)))] for _ in range(size))
        if rng.random() < 0.15:
            word = str(int(rng.integers(1, 1000)))
        text += word + (" " if rng.random() < 0.85 else str(rng.choice(list("-_.:/+"))))
    kind = rng.random()
    text = text.strip()
    return text.upper() if kind < 0.6 else text.title() if kind < 0.75 else text


@lru_cache(maxsize=256)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def lettered(text: str, face: Typeface, rng: np.random.Generator, unsteady: float) -> Mask | None:
    """Return a line of writing, uint8 (H, W), 255 where the ink is full, cut to its ink.

    Parameters
    ----------
    text : str
        One line.
    face : Typeface
        What to write it with.
    rng : numpy.random.Generator
        Decides pen, slant and wobble.
    unsteady : float
        0 for type, 1 for a hurried hand.
    """
    font = _font(face.path, _DRAWN_PX)
    thin = any(name in face.path.name for name in ("Thin", "Light"))
    pen = int(rng.integers(0, 5)) if thin else int(rng.random() < 0.3)
    spacing = rng.uniform(0.0, 0.15)
    canvas = Image.new("L", (int(_DRAWN_PX * (len(text) * 1.5 + 3)), _DRAWN_PX * 3), 0)
    x = float(_DRAWN_PX)
    for character in text:
        if character == " ":
            x += _DRAWN_PX * rng.uniform(0.25, 0.6)
            continue
        advance = font.getlength(character)
        tile = Image.new("L", (_DRAWN_PX * 3, _DRAWN_PX * 3), 0)
        ImageDraw.Draw(tile).text(
            (_DRAWN_PX, _DRAWN_PX * 0.8), character, 255, font=font, stroke_width=pen
        )
        if unsteady > 0:
            turn = rng.normal(0, 3 * unsteady)
            grow = 1 + rng.normal(0, 0.06 * unsteady)
            lift = rng.normal(0, 0.05 * unsteady) * _DRAWN_PX
            tile = _moved(tile, turn, grow, lift)
        canvas.paste(255, (round(x) - _DRAWN_PX, 0), tile)
        x += advance + spacing * _DRAWN_PX
    if unsteady > 0:
        canvas = _warped(canvas, rng, unsteady)
    ink = np.asarray(canvas)
    rows, columns = np.flatnonzero(ink.max(axis=1) > 64), np.flatnonzero(ink.max(axis=0) > 64)
    if len(rows) < 6 or len(columns) < 6:
        return None
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _moved(tile: Image.Image, turn: float, grow: float, lift: float) -> Image.Image:
    angle = np.deg2rad(turn)
    cos, sin = np.cos(angle) / grow, np.sin(angle) / grow
    middle = tile.width / 2
    matrix = (
        cos,
        sin,
        middle - cos * middle - sin * (middle + lift),
        -sin,
        cos,
        middle + sin * middle - cos * (middle + lift),
    )
    return tile.transform(tile.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _warped(canvas: Image.Image, rng: np.random.Generator, unsteady: float) -> Image.Image:
    """Slant a line and pull it about smoothly."""
    width, height = canvas.size
    slant = rng.normal(0, 0.12 * unsteady)
    tilt = rng.normal(0, 0.02 * unsteady)
    canvas = canvas.transform(
        canvas.size,
        Image.Transform.AFFINE,
        (1, slant, -slant * height / 2, tilt, 1, -tilt * width / 2),
        Image.Resampling.BILINEAR,
    )
    step = _DRAWN_PX // 2
    columns, rows = width // step + 1, height // step + 1
    pull = rng.normal(0, 1.6 * unsteady, (rows + 1, columns + 1, 2))
    mesh = []
    for row in range(rows):
        for column in range(columns):
            x0, y0 = column * step, row * step
            x1, y1 = min(x0 + step, width), min(y0 + step, height)
            if x1 <= x0 or y1 <= y0:
                continue
            corners = (
                (x0, y0, pull[row, column]),
                (x0, y1, pull[row + 1, column]),
                (x1, y1, pull[row + 1, column + 1]),
                (x1, y0, pull[row, column + 1]),
            )
            quad = tuple(v for x, y, by in corners for v in (x + by[0], y + by[1]))
            mesh.append(((x0, y0, x1, y1), quad))
    return canvas.transform(canvas.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
