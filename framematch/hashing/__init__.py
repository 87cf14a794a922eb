"""Pixels to codes: pure functions on batches of arrays. Knows no files, no index, no decoder."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.hashing import appearance, structure
from framematch.hashing.decoders import REFERENCE_DECODERS
from framematch.hashing.information import information, information_of_luma
from framematch.hashing.panels import Box
from framematch.hashing.preprocess import shrink
from framematch.hashing.spec import SPECS
from framematch.hashing.views import crop, reference_boxes

__all__ = [
    "REFERENCE_DECODERS",
    "SPECS",
    "Box",
    "Codes",
    "crop",
    "encode",
    "encode_luma",
    "reference_boxes",
]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Both codes of N pictures.

    Attributes
    ----------
    appearance : uint8 (N, 32)
        Appearance codes (PDQ).
    quality : uint8 (N,)
        PDQ quality, 0 to 100.
    structure : uint8 (N, 64)
        Structure codes.
    features : uint8 (N, 576)
        What the structure codes were made of, for re-ranking.
    information : uint8 (N,)
        How much there is to see, 0 to 100.
    """

    appearance: npt.NDArray[np.uint8]
    quality: npt.NDArray[np.uint8]
    structure: npt.NDArray[np.uint8]
    features: npt.NDArray[np.uint8]
    information: npt.NDArray[np.uint8]


def encode(pixels: npt.NDArray[np.uint8]) -> Codes:
    """Return both codes of a batch of pictures.

    Parameters
    ----------
    pixels : uint8 (N, H, W, 3)
        sRGB, as `framematch.open_media` yields them.

    Raises
    ------
    ConfigError
        The array has another dtype or shape.
    """
    codes, quality = appearance.encode(pixels)
    small = shrink(pixels, structure.HEIGHT, structure.WIDTH)
    cells = structure.cells_of(small)
    return Codes(
        appearance=codes,
        quality=quality,
        structure=structure.encode_cells(cells),
        features=structure.pack_features(cells),
        information=information(small),
    )


def encode_luma(luma: npt.NDArray[np.uint8], original_size: tuple[int, int]) -> Codes:
    """Return both codes of a batch of pictures of which the luma is at hand, small.

    Parameters
    ----------
    luma : uint8 (N, 144, 256)
        BT.601 luma, the aspect ratio squashed.
    original_size : tuple of int
        Height and width of the pictures at working size, at which others are compared with them.
    """
    codes, quality = appearance.encode_luma(luma, original_size)
    cells = structure.cells_of_luma(luma)
    return Codes(
        appearance=codes,
        quality=quality,
        structure=structure.encode_cells(cells),
        features=structure.pack_features(cells),
        information=information_of_luma(luma),
    )
