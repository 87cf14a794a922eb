"""Pillow images of any mode to upright sRGB pixels of working size.

Owns the rules for bit depth, transparency, colour profiles and orientation of pictures.
Transparency lies over white, since line art is often drawn on nothing. The picture is made smaller
before its colours are converted, which costs a tenth and changes nothing that can be seen. Must not
open files.
"""

import io
import struct

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
        return Image.fromarray(_to_8_bits(np.asarray(image), mode))
    if image.has_transparency_data:
        return _over_white(image)
    if mode in ("L", "CMYK", "RGB"):
        return image
    return image.convert("L" if mode == "1" else "RGB")


def _over_white(image: Image.Image) -> Image.Image:
    straight = image.convert("RGBA")
    if image.format in _CARELESS_ALPHA and straight.getchannel("A").getextrema() == (0, 0):
        return straight.convert("RGB")
    white = Image.new("RGBA", straight.size, "white")
    return Image.alpha_composite(white, straight).convert("RGB")


def _to_8_bits(values: npt.NDArray[np.generic], mode: str) -> npt.NDArray[np.uint8]:
    """Return grey values on the scale 0 to 255.

    16-bit files use their whole range, so theirs is the scale. 32-bit integers and floating point
    have no agreed white: the smallest of 1 (floating point only), 255 and 65535 that holds all
    values is taken as white, and values outside 0 to 65535 are stretched from their least to their
    greatest. Not-a-number is black, infinity the greatest finite value.
    """
    if mode.startswith("I;"):
        scaled: npt.NDArray[np.uint8] = np.rint(values.astype(np.float32) / 257).astype(np.uint8)
        return scaled
    wide = values.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    wide = np.nan_to_num(wide, nan=min(low, 0.0), posinf=high, neginf=low)
    whites = (1.0, 255.0, 65535.0) if mode == "F" else (255.0, 65535.0)
    white = next((white for white in whites if high <= white), None)
    if low >= 0 and white is not None:
        return np.rint(wide * (255.0 / white)).astype(np.uint8)
    span = high - low or 1.0
    return np.rint((wide - low) * (255.0 / span)).astype(np.uint8)


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
