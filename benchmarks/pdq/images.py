"""The published image hashes (published.json) against the code of the same images."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import Image

from benchmarks.pdq.series import Series
from framematch.hashing import appearance
from framematch.hashing.interchange import from_hex
from framematch.media import open_media

PUBLISHED = Path(__file__).parent / "published.json"

#: Counterclockwise quarter turns from upright to stored, by EXIF orientation.
_TURNS_TO_STORED = {3: 2, 6: 1, 8: 3}

Pixels = npt.NDArray[np.uint8]


def prepare(path: Path, preparation: str) -> Pixels:
    """Return an image, uint8 (H, W, 3), as the publisher of a list of hashes made it smaller.

    ``thumbnail-512`` is what PDQ's Python tool does, ``nearest-512`` what its C++ tool does (the
    resize of CImg, without interpolation), ``full`` what the libraries do.
    """
    with Image.open(path) as image:
        if preparation == "thumbnail-512":
            image.thumbnail((512, 512))
        small = image.convert("RGB")
    if preparation == "nearest-512" and max(small.size) > 512:
        small = small.resize((512, 512), Image.Resampling.NEAREST)
    return np.asarray(small)


def product_pixels(path: Path) -> Pixels:
    """Return an image, uint8 (H, W, 3), as the product codes it, but lying as it was stored.

    PDQ's tools ignore EXIF rotation, the product does not.
    """
    with open_media(path) as media:
        pixels = next(media.frames()).pixels
    with Image.open(path) as image:
        orientation = int(image.getexif().get(274, 1))
    return np.rot90(pixels, _TURNS_TO_STORED.get(orientation, 0))


def measure_lists(folder: Path) -> tuple[list[Series], list[Series]]:
    """Return the series that the rule holds for, and those to look at, over all lists of hashes.

    The lists differ by up to 12 bits on one and the same file, because each was made with another
    way to shrink the picture first. So the rule holds for pictures shrunk as the list's maker did,
    and for the product's own way where the maker hashed pictures in full size.
    """
    ruled: list[Series] = []
    shown: list[Series] = []
    for name, source in _sources().items():
        preparation = source["preparation"]
        as_published = Series(f"{name}, prepared as published ({preparation})")
        interchange = Series(f"{name}, framematch.media, original size")
        index = Series(f"{name}, framematch.media")
        for file, text in source["images"].items():
            path, published = folder / file, from_hex(text)
            _add(as_published, prepare(path, preparation), published)
            pixels, full = product_pixels(path), prepare(path, "full")
            _add(index, pixels, published)
            _add(interchange, pixels, published, (full.shape[0], full.shape[1]))
        ruled.append(as_published)
        (ruled if preparation == "full" else shown).append(interchange)
        shown.append(index)
    return ruled, [*shown, _between_lists()]


def _sources() -> dict[str, dict[str, Any]]:
    sources: dict[str, dict[str, Any]] = json.loads(PUBLISHED.read_text("utf-8"))["sources"]
    return sources


def _between_lists() -> Series:
    """Return the distances of published hashes of one file to each other."""
    series = Series("published hashes of one file, to each other")
    for one, two in combinations(_sources().values(), 2):
        for file in one["images"].keys() & two["images"].keys():
            series.add(from_hex(one["images"][file]), 100, from_hex(two["images"][file]))
    return series


def measure_dihedral(folder: Path) -> tuple[list[Series], bool]:
    """Return the series of published dihedral codes, and whether the eight images name their turn.

    The published codes are those that PDQ derives from the first image. The eight files are JPEGs
    of the turned photograph: each must be nearest to the code of its own turn.
    """
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))["dihedral"]
    path = folder / published["image"]
    series = Series("dihedral codes, prepared as published (nearest-512)")
    codes, quality = appearance.encode_dihedral(prepare(path, published["preparation"])[None])
    for code, text in zip(codes[0], published["codes"], strict=True):
        series.add(code, int(quality[0]), from_hex(text))

    own_turn = Series("the eight images, to the derived code of their own turn")
    eight, _ = appearance.encode_dihedral(prepare(path, "full")[None])
    all_named = True
    for place, image in enumerate(sorted(path.parent.glob("bridge-*.jpg"))):
        code, quality = appearance.encode(prepare(image, "full")[None])
        distances = np.bitwise_count(eight[0] ^ code[0]).sum(axis=1)
        all_named &= int(distances.argmin()) == place
        own_turn.add(code[0], int(quality[0]), eight[0, place])
        print(f"  {image.name:<28} to the eight turns: {' '.join(f'{d:>4}' for d in distances)}")
    return [series, own_turn], all_named


def measure_package(folder: Path) -> Series:
    """Return the distances to the pdqhash package over every image in the folder."""
    series = Series("every image, to the pdqhash package")
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".jpg", ".png", ".webp"}:
            continue
        pixels = prepare(path, "full")
        bits, package_quality = pdqhash.compute(pixels)
        code, quality = appearance.encode(pixels[None])
        series.add(code[0], int(quality[0]), np.packbits(bits.astype(np.uint8)), package_quality)
    return series


def _add(
    series: Series, pixels: Pixels, published: Pixels, original: tuple[int, int] | None = None
) -> None:
    code, quality = appearance.encode(pixels[None], original)
    series.add(code[0], int(quality[0]), published)
