"""Pillow images of any mode to upright sRGB pixels of working size.

Owns the rules for bit depth, transparency, colour profiles and orientation of pictures.
Transparency lies over white, since line art is often drawn on nothing. The picture is made smaller
before its colours are converted, which costs a tenth and changes nothing that can be seen. Must not
open files.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms

from framematch.media.downscale import PixelBox, resize_image, working_size

#: What Pillow raises for damaged or hostile input, over all its plugins; warnings count where the
#: caller turned them into errors.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    Image.DecompressionBombError,
)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# So many pixels are made over at once: a few dozen megabytes.
_BAND_PIXELS = 4_000_000

#: Formats whose writers often leave the alpha channel at zero in pictures that are meant to be
#: opaque.
_CARELESS_ALPHA = frozenset(("BMP", "TGA"))


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF or XMP orientation, 1 to 8; 1 where none can be read."""
    if image.format == "TIFF":
        return 1  # Pillow turns TIFF pictures itself.
    try:
        # The base method: PNG's own decodes the whole picture in search of a late EXIF chunk.
        value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return value if value in _TURNS else 1


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height in pixels after orientation."""
    width, height = image.size
    return (height, width) if orientation_of(image) >= 5 else (width, height)


def to_pixels(image: Image.Image, box: PixelBox | None = None) -> npt.NDArray[np.uint8]:
    """Return a loaded image as uint8 (H, W, 3): sRGB, upright, over white, of working size.

    With a box, that part of it.
    """
    flat = _flatten(image)
    small = resize_image(flat, *working_size(*flat.size), box)
    colour = _to_srgb(small, image.info.get("icc_profile"))
    turn = _TURNS.get(orientation_of(image))
    upright = colour if turn is None else colour.transpose(turn)
    return np.array(upright, dtype=np.uint8)


def _flatten(image: Image.Image) -> Image.Image:
    """Return the image in mode L, RGB or CMYK: 8 bits a channel, no palette, no transparency."""
    mode = image.mode
    if mode in ("I", "F") or mode.startswith("I;"):
        return _to_8_bits(image)
    if image.has_transparency_data:
        return _over_white(image)
    if mode in ("L", "CMYK", "RGB"):
        return image
    return image.convert("L" if mode == "1" else "RGB")


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield the rows of an image in bands, from the top: what is made of one is small.

    The largest picture that is let in takes a gigabyte as it is; a few whole copies of it would
    take all the memory there is.
    """
    width, height = image.size
    step = max(1, _BAND_PIXELS // max(width, 1))
    for top in range(0, height, step):
        yield top, image.crop((0, top, width, min(top + step, height)))


def _over_white(image: Image.Image) -> Image.Image:
    careless = image.format in _CARELESS_ALPHA and all(
        band.convert("RGBA").getchannel("A").getextrema() == (0, 0) for _, band in _bands(image)
    )
    flat = Image.new("RGB", image.size)
    for top, band in _bands(image):
        straight = band.convert("RGBA")
        if not careless:
            white = Image.new("RGBA", straight.size, "white")
            straight = Image.alpha_composite(white, straight)
        flat.paste(straight.convert("RGB"), (0, top))
    return flat


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Return grey values on the scale 0 to 255.

    16-bit files use their whole range, so theirs is the scale. 32-bit integers and floating point
    have no agreed white: the smallest of 1 (floating point only), 255 and 65535 that holds all
    values is taken as white, and values outside 0 to 65535 are stretched from their least to their
    greatest. Not-a-number is black, infinity the greatest finite value.
    """
    mode = image.mode
    scale = None if mode.startswith("I;") else _Scale.of(image)
    flat = Image.new("L", image.size)
    for top, band in _bands(image):
        values = np.asarray(band)
        if scale is None:
            grey = np.rint(values.astype(np.float32) / 257).astype(np.uint8)
        else:
            grey = scale.grey(values)
        flat.paste(Image.fromarray(grey), (0, top))
    return flat


@dataclass(frozen=True, slots=True)
class _Scale:
    """How 32-bit values become grey: the least and greatest finite one, and white, if agreed."""

    low: float
    high: float
    white: float | None

    @classmethod
    def of(cls, image: Image.Image) -> "_Scale":
        ends: list[tuple[float, float]] = []
        for _, band in _bands(image):
            values = np.asarray(band).astype(np.float64)
            finite = values[np.isfinite(values)]
            if finite.size:
                ends.append((float(finite.min()), float(finite.max())))
        low = min((least for least, _ in ends), default=0.0)
        high = max((most for _, most in ends), default=0.0)
        whites = (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0)
        white = next((white for white in whites if high <= white), None)
        return cls(low, high, white if low >= 0 else None)

    def grey(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
        wide = np.nan_to_num(
            values.astype(np.float64), nan=min(self.low, 0.0), posinf=self.high, neginf=self.low
        )
        if self.white is not None:
            return np.rint(wide * (255.0 / self.white)).astype(np.uint8)
        span = self.high - self.low or 1.0
        return np.rint((wide - self.low) * (255.0 / span)).astype(np.uint8)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in RGB through its profile; one that cannot be used is ignored."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, *DAMAGE):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")
