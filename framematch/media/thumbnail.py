"""Reference thumbnails: small JPEG files that serve verification; and what a report shows.

Owns their size and encoding. Knows nothing of files on disk.
"""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from framematch.config import THUMBNAIL_SIZE
from framematch.errors import UnreadableMediaError
from framematch.media.downscale import fit, resize_area
from framematch.media.look import Look

_QUALITY = 85
# Half the bytes of a JPEG that shows lines as well.
_EVIDENCE_QUALITY = 78


def encode_thumbnail(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return a JPEG of `config.THUMBNAIL_SIZE`; the aspect ratio is squashed as in the codes.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB picture.
    """
    return _encoded(Image.fromarray(np.ascontiguousarray(resize_area(pixels, *THUMBNAIL_SIZE))))


def thumbnail_of(look: Look) -> bytes:
    """Return the same of a look, whose Y'CbCr goes into the JPEG as it is."""
    return _encoded(look.jpeg_image())


def _encoded(image: Image.Image) -> bytes:
    data = io.BytesIO()
    # The standard Huffman tables: tables of its own would save 3 % and cost as much as the rest.
    image.save(data, "JPEG", quality=_QUALITY, subsampling="4:2:0")
    return data.getvalue()


def encode_evidence(pixels: npt.NDArray[np.uint8], max_side: int | None = None) -> bytes:
    """Return a small WebP of a picture as a report shows it; equal pixels give equal bytes.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB picture.
    max_side : int, optional
        Longest side of the answer in pixels, inclusive; by default as given.
    """
    small = pixels if max_side is None else fit(pixels, max_side)
    data = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(small))
    image.save(data, "WEBP", quality=_EVIDENCE_QUALITY, method=4)
    return data.getvalue()


def decode_thumbnail(data: bytes) -> npt.NDArray[np.uint8]:
    """Return the picture that `encode_thumbnail` wrote.

    Returns
    -------
    uint8 (144, 256, 3)

    Raises
    ------
    UnreadableMediaError
        `data` is no such JPEG.
    """
    try:
        image = JpegImageFile(io.BytesIO(data))
        if image.size == THUMBNAIL_SIZE:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableMediaError(
            f"a thumbnail is damaged ({error}); check the index with `framematch index verify`"
        ) from error
    raise UnreadableMediaError(
        f"a thumbnail has {image.size} pixels instead of {THUMBNAIL_SIZE};"
        " check the index with `framematch index verify`"
    )
