"""The published per-frame hashes of vPDQ's sample videos against the codes of their frames."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pdqhash

from benchmarks.pdq.series import Series
from framematch.hashing import appearance
from framematch.hashing.interchange import VpdqRow, from_hex, parse_vpdq
from framematch.media import open_media

#: Every so many frames are compared with the pdqhash package too, which is slow.
PACKAGE_STEP = 10

Pixels = npt.NDArray[np.uint8]


def measure(folder: Path) -> Iterator[tuple[list[Series], list[Series]]]:
    """Yield for each video the series that the rule holds for, and those to look at."""
    for path in sorted(folder.glob("*.mp4")):
        direct = Series(f"{path.name}, PyAV, full size")
        squashed = Series(f"{path.name}, PyAV, 128x128 bicubic")
        interchange = Series(f"{path.name}, framematch.media, original size")
        index = Series(f"{path.name}, framematch.media")
        package = Series(f"{path.name}, to the pdqhash package")
        full_rows = _rows(folder, path.stem)
        small_rows = _rows(folder, f"{path.stem}-128x128")
        with av.open(str(path)) as container:
            frames = container.decode(video=0)
            for row, small, frame in zip_longest(full_rows, small_rows, frames):
                if row is None or small is None or frame is None:
                    raise ValueError(f"{path}: {len(full_rows)} published frames are not all of it")
                pixels = _rgb(frame)
                code, quality = _add(direct, pixels, row)
                _add(squashed, _rgb(frame, side=128), small)
                if row.frame_number % PACKAGE_STEP == 0:
                    bits, package_quality = pdqhash.compute(pixels)
                    expected = np.packbits(bits.astype(np.uint8))
                    package.add(code, quality, expected, package_quality)
        with open_media(path) as media:
            original = (media.info.height, media.info.width)
            for row, decoded in zip(full_rows, media.frames(), strict=True):
                _add(interchange, decoded.pixels, row, original)
                _add(index, decoded.pixels, row)
        yield [direct, squashed, interchange], [index, package]


def _rows(folder: Path, name: str) -> tuple[VpdqRow, ...]:
    return parse_vpdq((folder / "sample-hashes" / f"{name}.txt").read_text(encoding="utf-8"))


def _rgb(frame: av.VideoFrame, side: int | None = None) -> Pixels:
    """Return a frame, uint8 (H, W, 3), squashed to a square where a side is given."""
    picture = frame.reformat(side, side, format="rgb24", interpolation="BICUBIC")
    return picture.to_ndarray().astype(np.uint8, copy=False)


def _add(
    series: Series, pixels: Pixels, row: VpdqRow, original: tuple[int, int] | None = None
) -> tuple[Pixels, int]:
    codes, quality = appearance.encode(pixels[None], original)
    series.add(codes[0], int(quality[0]), from_hex(row.code_hex), row.quality)
    return codes[0], int(quality[0])
