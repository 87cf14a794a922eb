"""The appearance code: PDQ, 256 bits of a picture's low frequencies, and its quality figure.

Owns the algorithm and its parameters. Pure functions on arrays: no files, no decoder, no resizing
beyond the published one. Must not import media.

Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019,
hashing.pdf) and its reference implementation, ThreatExchange, pdq/cpp.

The reference adds up in single precision, in an order that its compiler chooses. Here the sums are
in double precision and rounded before they are compared, so that every machine sets the same bits.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.errors import ConfigError
from framematch.hashing.preprocess import check_pixels
from framematch.hashing.tent import SIDE, grey_bands, horizontal_bands, vertical_bands
from framematch.records import HashSpec

#: Names of the eight rotations and mirrors, in the order of `encode_dihedral` and `dihedral`:
#: turned counterclockwise; flip-x is top to bottom, flip-y left to right, the last two swap rows
#: and columns about the main and the other diagonal.
DIHEDRAL = (
    "original",
    "rotate-90",
    "rotate-180",
    "rotate-270",
    "flip-x",
    "flip-y",
    "flip-plus-1",
    "flip-minus-1",
)

#: Pictures with a shorter side have the code 0 and the quality 0, as in the reference.
MIN_SIDE = 5

_FREQUENCIES = 16
_CHUNK = 32

SPEC = HashSpec(
    algorithm="pdq",
    bits=256,
    version=1,
    parameters=(
        ("luma", "0.299 0.587 0.114"),
        ("filter", "two box passes of ceil(side/128)"),
        ("grid", "64x64 sampled at (i+0.5)*side/64"),
        ("transform", "DCT-II, frequencies 1 to 16"),
        ("threshold", "lower median, exclusive"),
        ("order", "last coefficient first"),
    ),
)


def encode(
    pixels: npt.NDArray[np.uint8], original_size: tuple[int, int] | None = None
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the PDQ codes of pictures of one size, and their quality.

    Parameters
    ----------
    pixels : uint8 (N, H, W, 3)
        sRGB. No batch is too long: memory beyond `pixels` is a few kilobytes per picture.
    original_size : tuple of int, optional
        Height and width before the pictures were made smaller, for interchange. PDQ's filter
        shifts the picture by up to a pixel, depending on its size, so that the code of a shrunken
        picture is some 5 bits from the one that others publish; with the original size, some 2.
        Leave it out for codes that are compared with each other: then all large sizes agree.

    Returns
    -------
    codes : uint8 (N, 32)
        In the byte order of the published hexadecimal text. A flat picture has code 0.
    quality : uint8 (N,)
        0 to 100: how much gradient there is. PDQ's makers advise against matching below 50.

    Raises
    ------
    ConfigError
        `pixels` has another dtype or shape, or is larger than `original_size`.
    """
    coefficients, quality = _transform(pixels, original_size)
    return _pack(coefficients), quality


def encode_luma(
    luma: npt.NDArray[np.uint8], original_size: tuple[int, int]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return what `encode` does, of luma.

    Parameters
    ----------
    luma : uint8 (N, H, W)
        BT.601 luma; the aspect ratio may be squashed.
    original_size : tuple of int
        Height and width of the picture whose code is wanted: some 2 bits from its own.
    """
    n, height, width = luma.shape
    grids = np.zeros((n, SIDE, SIDE))
    if min(original_size) >= MIN_SIDE:
        strip = np.empty((n, SIDE, width))
        for band in grey_bands(height, original_size[0]):
            samples = luma[:, band.samples].astype(np.float64)
            np.matmul(band.weights, samples, out=strip[:, band.rows])
        for band in grey_bands(width, original_size[1]):
            grids[:, :, band.rows] = strip[:, :, band.samples] @ band.weights.T
        grids = _rounded(grids)
    basis = frequency_basis()
    return _pack(_rounded(basis @ grids @ basis.T)), _quality(grids)


def encode_dihedral(
    pixels: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the PDQ codes of the eight rotations and mirrors of each picture, and its quality.

    Turning a picture permutes its DCT coefficients and changes the sign of some, so the eight codes
    cost hardly more than one.

    Parameters
    ----------
    pixels : uint8 (N, H, W, 3)
        sRGB.

    Returns
    -------
    codes : uint8 (N, 8, 32)
        In the order of `DIHEDRAL`.
    quality : uint8 (N,)
        0 to 100.

    Raises
    ------
    ConfigError
        `pixels` has another dtype or shape.
    """
    coefficients, quality = _transform(pixels)
    return encode_coefficients(coefficients), quality


def encode_coefficients(coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return the codes of the eight rotations and mirrors, uint8 (N, 8, 32), in their order.

    Parameters
    ----------
    coefficients : float64 (N, 16, 16)
        Of the pictures' cosine transform, frequencies 1 to 16 (`frequency_basis`).
    """
    source, negative = _dihedral_tables()
    turned = coefficients.reshape(-1, 256)[:, source]
    turned[:, negative] *= -1.0
    return _pack(turned.reshape(-1, len(DIHEDRAL), _FREQUENCIES, _FREQUENCIES))


def dihedral(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the codes of the eight rotations and mirrors, from the code alone.

    Exact where the median coefficient is 0. Otherwise the bits of coefficients between 0 and the
    median are wrong, some ten of 256: where the picture is at hand, `encode_dihedral` gives the
    published codes.

    Parameters
    ----------
    codes : uint8 (..., 32)
        Codes that `encode` returned.

    Returns
    -------
    uint8 (..., 8, 32)
        In the order of `DIHEDRAL`; the first is the code itself.
    """
    source, negative = _dihedral_tables()
    bits = np.unpackbits(codes, axis=-1)[..., ::-1]
    turned = bits[..., source] ^ negative
    return np.packbits(turned[..., ::-1], axis=-1)


def _transform(
    pixels: npt.NDArray[np.uint8], original_size: tuple[int, int] | None = None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """Return the DCT coefficients, float64 (N, 16, 16), and the quality, uint8 (N,)."""
    check_pixels(pixels)
    size = (pixels.shape[1], pixels.shape[2])
    original = original_size or size
    if original[0] < size[0] or original[1] < size[1]:
        raise ConfigError(f"pictures of {size} pixels cannot come from smaller ones of {original}")
    basis = frequency_basis()
    coefficients = np.empty((len(pixels), _FREQUENCIES, _FREQUENCIES))
    quality = np.empty(len(pixels), dtype=np.uint8)
    for start in range(0, len(pixels), _CHUNK):
        part = slice(start, start + _CHUNK)
        grids = _grids(pixels[part], original)
        coefficients[part] = _rounded(basis @ grids @ basis.T)
        quality[part] = _quality(grids)
    return coefficients, quality


def _grids(pixels: npt.NDArray[np.uint8], original: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return the blurred and sampled luma, float64 (N, 64, 64), of uint8 (N, H, W, 3)."""
    grids = np.zeros((len(pixels), SIDE, SIDE))
    if min(original) >= MIN_SIDE:
        # One picture at a time: its strips stay in the processor's cache, and a code does not
        # depend on the batch that it was computed in.
        for picture, grid in zip(pixels, grids, strict=True):
            _shrink(picture, original, out=grid)
    return grids


def _shrink(
    picture: npt.NDArray[np.uint8], original: tuple[int, int], out: npt.NDArray[np.float64]
) -> None:
    """Write the blurred and sampled luma of a uint8 (H, W, 3) picture to float64 (64, 64)."""
    height, width, _ = picture.shape
    values = picture.reshape(height, width * 3)
    strip = np.empty((SIDE, width * 3))
    for band in vertical_bands(height, original[0]):
        np.matmul(band.weights, values[band.samples].astype(np.float64), out=strip[band.rows])
    for band in horizontal_bands(width, original[1]):
        out[:, band.rows] = strip[:, band.samples] @ band.weights
    out[:] = _rounded(out)


@lru_cache(maxsize=1)
def frequency_basis() -> npt.NDArray[np.float64]:
    """Return the float64 (16, 64) cosines of frequencies 1 to 16; 0, the mean, is left out."""
    frequency = np.arange(1, _FREQUENCIES + 1)[:, None]
    position = 2 * np.arange(SIDE)[None, :] + 1
    angle = np.pi / (2 * SIDE) * frequency * position
    basis: npt.NDArray[np.float64] = np.sqrt(2.0 / SIDE) * np.cos(angle)
    basis.setflags(write=False)
    return basis


@lru_cache(maxsize=1)
def _dihedral_tables() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return for each of the eight, int64 (8, 256) sources and bool (8, 256) changes of sign.

    Coefficient k of the turned picture is coefficient ``source[k]`` of the original, negated where
    told.
    """
    index = np.arange(256).reshape(_FREQUENCIES, _FREQUENCIES)
    # Index 0 is frequency 1: even indices are odd frequencies, which change sign under a mirror.
    down = np.broadcast_to((np.arange(_FREQUENCIES) % 2 == 0)[:, None], index.shape)
    across = down.T
    none = np.zeros_like(down)
    flips = (none, across, down ^ across, down, down, across, none, down ^ across)
    transposed = (False, True, False, True, False, False, True, True)
    source = np.stack([index.T if turn else index for turn in transposed])
    negative = np.stack(
        [flip.T if turn else flip for flip, turn in zip(flips, transposed, strict=True)]
    )
    return source.reshape(len(DIHEDRAL), 256), negative.reshape(len(DIHEDRAL), 256)


def _pack(coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return the codes, uint8 (..., 32), of float64 (..., 16, 16): 1 above the lower median."""
    flat = coefficients.reshape(*coefficients.shape[:-2], 256)
    median = np.partition(flat, 127, axis=-1)[..., 127:128]
    return np.packbits((flat > median)[..., ::-1], axis=-1)


def _quality(grid: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return PDQ's quality, uint8 (N,): steps between neighbours of the float64 (N, 64, 64) grid.

    A step counts whole hundredths of the range, cut towards 0, so that noise counts nothing.
    """
    total = np.zeros(len(grid), dtype=np.int64)
    for axis in (1, 2):
        steps = np.abs(np.diff(grid, axis=axis)) * 100.0 / 255.0
        total += np.floor(steps).astype(np.int64).sum(axis=(1, 2))
    return np.minimum(total // 90, 100).astype(np.uint8)


def _rounded(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round to multiples of 2**-20: far above double-precision noise, far below what PDQ sees."""
    return np.rint(values * 2.0**20) * 2.0**-20
