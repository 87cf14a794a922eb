"""JPEG stills from file to code, beside `imagehash.phash` and beside scaled decoding alone.

One picture of film frames per size, whole path from the file: processor time of the appearance code
alone and of both codes with the thumbnail. The runs of one figure are taken in turn.
"""

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from benchmarks.speed.figures import Figure, median_ratio
from framematch.cli.hash_command import quick_pdq
from framematch.hashing import encode_luma
from framematch.media import open_media, thumbnail_of

_SIZES = ((640, 360), (1280, 720), (1920, 1080), (3840, 2160))
_FRAMES = 12
# As framematch asks for it: a half, a quarter or an eighth, no smaller than this.
_LUMA = (135, 135)
_FILM = "big-buck-bunny/other-encodes/leandro_1080p_30fps_10s.mp4"
_MOST_OF_DECODING, _LEAST_GAIN = 1.25, 3.0


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the figures of each size."""
    figures = []
    for width, height in _SIZES:
        paths = _stills(media, scratch, width, height)
        ways = {
            "appearance": appearance_of,
            "both": both_of,
            "phash": phash_of,
            "decoding": decode_scaled,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way(paths[0])
        for _ in range(runs):
            for name, way in ways.items():
                taken[name].append(_seconds(way, paths))
        figures += _figures(f"{width}x{height}", taken)
    return figures


def appearance_of(path: Path) -> None:
    """Make the appearance code of a file, as `framematch hash --quick` does."""
    with open_media(path) as file:
        quick_pdq(file)


def both_of(path: Path) -> None:
    """Make both codes, the features and the thumbnail of a file."""
    with open_media(path) as file:
        look = next(iter(file.looks()))
    encode_luma(look.luma[np.newaxis], look.size)
    thumbnail_of(look)


def phash_of(path: Path) -> None:
    """Make the perceptual hash of the peer."""
    with Image.open(path) as image:
        imagehash.phash(image)


def decode_scaled(path: Path) -> None:
    """Decode no more than the appearance code is made of."""
    with Image.open(path) as image:
        image.draft("L", _LUMA)
        image.load()


def _stills(media: Path, scratch: Path, width: int, height: int) -> list[Path]:
    folder = scratch / f"stills-{width}"
    if not folder.exists():
        folder.mkdir(parents=True)
        with open_media(media / _FILM) as film:
            for number, frame in enumerate(film.frames(Fraction(2))):
                image = Image.fromarray(frame.pixels).resize((width, height))
                image.save(folder / f"{number:02}.jpg", quality=88)
    return sorted(folder.iterdir())[:_FRAMES]


def _seconds(way: Callable[[Path], None], paths: list[Path]) -> float:
    began = time.process_time()
    for path in paths:
        way(path)
    return (time.process_time() - began) / len(paths)


def _figures(size: str, taken: dict[str, list[float]]) -> list[Figure]:
    def median(name: str) -> str:
        return f"{1000 * float(np.median(taken[name])):.2f}"

    gain = median_ratio(taken["phash"], taken["appearance"])
    over = median_ratio(taken["appearance"], taken["decoding"])
    both = median_ratio(taken["phash"], taken["both"])
    return [
        Figure(
            f"appearance code, {size}",
            median("appearance"),
            "ms",
            gain,
            f"times as fast as phash ({median('phash')} ms)",
            f">= {_LEAST_GAIN:g}",
            gain >= _LEAST_GAIN,
        ),
        Figure(
            f"appearance code, {size}",
            median("appearance"),
            "ms",
            over,
            f"scaled decoding ({median('decoding')} ms)",
            f"<= {_MOST_OF_DECODING:g}",
            over <= _MOST_OF_DECODING,
        ),
        Figure(f"both codes, {size}", median("both"), "ms", both, "times as fast as phash"),
    ]
