"""Pictures to be asked about: nothing is fitted on any of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.notes import material
from benchmarks.notes.lettering import Typeface, lettered
from benchmarks.structure.footage import duration_s, frames_at, videos
from framematch.case_records import Script
from framematch.demo import Truth
from framematch.demo.notes import INKS, REMARKS
from framematch.demo.writing import Written

Pixels = npt.NDArray[np.uint8]

#: Seed of the studio that is asked about.
SEED = 61
#: What editors write, beside the demo's own words: Chinese, Korean, Japanese.
SAID: dict[Script, tuple[str, ...]] = {
    "Han": (
        *(row[0] for row in REMARKS),
        *("请检查口型", "动作再慢一点", "头发影子太重", "镜头往左移动"),
    ),
    "Hangul": (
        *(row[1] for row in REMARKS),
        *("입모양 확인 바람", "동작을 더 천천히", "카메라 왼쪽으로"),
    ),
    "Kana": (
        *("もう少し大きく", "セル重ね注意", "ここはブラシ処理"),
        *("口パク三枚でお願いします", "カメラ右へ"),
    ),
    "Latin": (*(row[2] for row in REMARKS), "check lip sync", "Hold 8 frames", "see model sheet"),
}
#: Titles to count false boxes on, with how many frames of each file and from which share on.
_FILMED = {"sintel-clip": (24, 0.0), "sintel-trailer": (16, 0.0), "steamboat-willie": (16, 0.0)}
_BUNNY_FRAMES, _BUNNY_SHARE = 60, (0.55, 0.93)
_PENNY = ("easter", "football", "halloween", "locomotive", "mtb")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A picture, what is written on it, and what it is called in the report."""

    group: str
    name: str
    pixels: Pixels
    lines: tuple[Written, ...]


def leaked(folder: Path, truth: Truth) -> Iterator[Case]:
    """Yield every still of a studio's leak whose writing is known."""
    for file in truth.leak:
        if file.kind == "image" and file.notes is not None:
            with Image.open(folder / file.path) as image:
                pixels = np.asarray(image.convert("RGB"))
            yield Case(file.drawing.removeprefix("unknown show, "), file.path, pixels, file.notes)


def pasted(faces: Sequence[Typeface], count: int) -> Iterator[Case]:
    """Yield drawings with remarks in fonts like handwriting, two or three lines each, by script."""
    rng = np.random.default_rng(23)
    for number, ground in enumerate(material.drawn(SEED, count)):
        pixels = ground.copy()
        lines: list[Written] = []
        for block in range(2):
            lines += _remark(pixels, faces, rng, block, lines)
        yield Case("pasted", f"pasted {number}", pixels, tuple(lines))


def _remark(
    pixels: Pixels,
    faces: Sequence[Typeface],
    rng: np.random.Generator,
    block: int,
    others: Sequence[Written],
) -> list[Written]:
    height, width = pixels.shape[:2]
    high = int(rng.integers(16, 36))
    order: list[Script] = [("Han", "Kana")[int(rng.random() < 0.3)], "Hangul"]
    if rng.random() < 0.5:
        order.append("Latin")
    masks = []
    for script in order:
        able = [face for face in faces if script in face.scripts]
        text = SAID[script][int(rng.integers(len(SAID[script])))]
        mask = lettered(text, able[int(rng.integers(len(able)))], rng, 0.3)
        if mask is not None:
            wide = max(round(mask.shape[1] * high / mask.shape[0]), 4)
            small = Image.fromarray(mask).resize((wide, high), Image.Resampling.BOX)
            masks.append((script, text, np.asarray(small)))
    wide = max(mask.shape[1] for _, _, mask in masks)
    tall = round(1.5 * high * len(masks))
    if wide >= width - 8 or tall >= height - 8:
        return []
    x, y = _quietest(pixels, wide, tall, rng, others)
    dark = float(pixels[y : y + tall, x : x + wide].mean()) < 90
    found = []
    for number, (script, text, mask) in enumerate(masks):
        colour = 0xFFFFFF if dark else INKS[int(rng.integers(3))]
        ink = np.array([colour >> 16, colour >> 8 & 255, colour & 255], np.float64)
        top = y + round(1.5 * high * number)
        under = pixels[top : top + high, x : x + mask.shape[1]]
        alpha = (mask / 255 * 0.9)[..., None]
        under[:] = (under * (1 - alpha) + ink * alpha).round().astype(np.uint8)
        box = (x / width, top / height, mask.shape[1] / width, high / height)
        found.append(Written(box, "remark", script, text, block))
    return found


def _quietest(
    pixels: Pixels, wide: int, tall: int, rng: np.random.Generator, others: Sequence[Written]
) -> tuple[int, int]:
    """Return where least is drawn of a few places: a person writes where there is room."""
    height, width = pixels.shape[:2]
    grey = pixels[..., 1].astype(np.float32)
    best = (np.inf, 4, 4)
    for _ in range(6):
        x, y = int(rng.integers(4, width - wide - 3)), int(rng.integers(4, height - tall - 3))
        busy = float(np.abs(np.diff(grey[y : y + tall, x : x + wide], axis=1)).mean())
        for line in others:
            left, top, w, h = line.box
            over_x = min(x + wide, (left + w) * width) - max(x, left * width)
            over_y = min(y + tall, (top + h) * height) - max(y, top * height)
            busy += 1000.0 if over_x > -20 and over_y > -20 else 0.0
        best = min(best, (busy, x, y))
    return best[1], best[2]


def filmed(media: Path) -> Iterator[Case]:
    """Yield frames of real footage that nothing was fitted on; no writing is told of them."""
    for title, (count, first) in _FILMED.items():
        for path in videos(media, title):
            times = np.linspace(first + 0.02, 0.96, count) * duration_s(path)
            for frame in frames_at(path, times.tolist()):
                yield Case(title, f"{title} {frame.timestamp_s:.1f} s", frame.pixels, ())
    for path in videos(media, "penny-and-chip"):
        if path.stem.removeprefix("penny_and_chip_") in _PENNY:
            for frame in frames_at(path, (1.5, 4.5, 7.0)):
                yield Case("penny-and-chip", f"{path.stem} {frame.timestamp_s}", frame.pixels, ())
    bunny = videos(media, "big-buck-bunny")[0]
    times = np.linspace(*_BUNNY_SHARE, _BUNNY_FRAMES) * duration_s(bunny)
    for frame in frames_at(bunny, times.tolist()):
        yield Case("big-buck-bunny", f"bunny {frame.timestamp_s:.1f} s", frame.pixels, ())
    for path in sorted((media / "opentoonz-dwanko").glob("A_000*.tga")):
        with Image.open(path) as image:
            flat = Image.new("RGB", image.size, (255, 255, 255))
            flat.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
            yield Case("opentoonz-dwanko", path.name, np.asarray(flat), ())
