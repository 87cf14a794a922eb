"""JPEG stills to looks, without decoding what a look does not hold.

JPEG keeps blocks of 8 by 8 as cosines: leaving out the high ones gives the picture at a half, a
quarter or an eighth of its size for less than the whole costs, and as Y'CbCr it needs no conversion
either. A side that is no multiple of the scale ends within a pixel, hence the boxes. Owns which
files that is right for. Must not open files.
"""

import numpy as np
import numpy.typing as npt
from PIL import ImageFile

from framematch.config import THUMBNAIL_SIZE
from framematch.media.downscale import PixelBox, resize_image, working_size
from framematch.media.look import Look
from framematch.media.modes import DAMAGE, orientation_of

# Luma of this width and height has what the appearance code sees, 1080 lines at an eighth among it:
# docs/media.md has the bits that differ. From 128 by 128, a few pictures are 40 bits off.
_LEAST_LUMA = (135, 135)


def jpeg_look(image: ImageFile.ImageFile) -> Look | None:
    """Return the look of a JPEG of which only the header has been read; ``None`` if unusual."""
    size = _size_if_usual(image)
    box = None if size is None else _decode(image, "YCbCr", THUMBNAIL_SIZE)
    if size is None or box is None:
        return None
    channels = resize_image(image, *THUMBNAIL_SIZE, box).split()
    y, blue, red = (np.asarray(channel) for channel in channels)
    return Look(y, size, 0.0, 0.0, (y, blue, red))


def jpeg_luma(
    image: ImageFile.ImageFile,
) -> tuple[npt.NDArray[np.uint8], tuple[int, int]] | None:
    """Return what `Media.luma` does, of a JPEG of which only the header has been read."""
    size = _size_if_usual(image)
    box = None if size is None else _decode(image, "L", _LEAST_LUMA)
    if size is None or box is None:
        return None
    return np.asarray(resize_image(image, int(box[2]), int(box[3]), box)), size


def decode_smaller(image: ImageFile.ImageFile) -> PixelBox | None:
    """Have a JPEG decoded at a half or less where that is no smaller than a working picture.

    Returns
    -------
    tuple of float or None
        What the picture fills of what will be decoded; ``None`` if all of it.
    """
    draft = image.draft(image.mode, working_size(*image.size))
    return None if draft is None else draft[1]


def _size_if_usual(image: ImageFile.ImageFile) -> tuple[int, int] | None:
    """Return height and width at working size of an upright Y'CbCr picture that is large enough."""
    width, height = image.size
    is_usual = (
        image.mode == "RGB"
        and image.info.get("adobe_transform", 1) == 1
        and not image.info.get("icc_profile")
        and width >= THUMBNAIL_SIZE[0]
        and height >= THUMBNAIL_SIZE[1]
        and orientation_of(image) == 1
    )
    return working_size(width, height)[::-1] if is_usual else None


def _decode(image: ImageFile.ImageFile, mode: str, least: tuple[int, int]) -> PixelBox | None:
    """Decode at the smallest size of at least `least`; return what the picture fills of it.

    ``None`` if that went wrong.
    """
    try:
        draft = image.draft(mode, least)
        image.load()
    except DAMAGE:
        return None
    return draft[1] if draft is not None and image.mode == mode else None
