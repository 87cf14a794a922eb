"""Decoded video frames to upright sRGB pixels of working size.

Owns everything about a video frame's look: matrix, range, transfer, alpha, sample aspect ratio,
rotation. Must not read files or keep time.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.sidedata.sidedata import SideData, SideDataContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from PIL import Image

from framematch.media.downscale import resize_image, working_size
from framematch.media.hdr import Primaries, Transfer, to_srgb

#: Exact integer paths of swscale: without these the bytes depend on the processor's vector unit.
_SCALER = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT

#: AVColorSpace of ITU-T H.273 to the matrices that swscale knows.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}

#: Weights of red and blue in the luma of those matrices; constant-luminance BT.2020 has none.
_WEIGHTS = {
    Colorspace.ITU709: (0.2126, 0.0722),
    Colorspace.FCC: (0.30, 0.11),
    Colorspace.ITU601: (0.299, 0.114),
    Colorspace.SMPTE240M: (0.212, 0.087),
    Colorspace.BT2020: (0.2627, 0.0593),
}

_TRANSFERS: dict[int, Transfer] = {ColorTrc.SMPTE2084: "pq", ColorTrc.ARIB_STD_B67: "hlg"}
#: Matrices of H.273 that are no weighted differences: RGB itself, YCgCo, ICtCp and others.
_NOT_YCBCR = frozenset((0, 8, 11, 12, 13, 14, 15, 16, 17))
_PRIMARIES: dict[int, Primaries] = {
    ColorPrimaries.BT2020: "bt2020",
    ColorPrimaries.SMPTE431: "p3",
    ColorPrimaries.SMPTE432: "p3",
}

#: Sample aspect ratios beyond this, either way, are damage and not anamorphic video.
_WIDEST_SAMPLE = 4


def display_size(frame: VideoFrame, sample_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height in square pixels, upright."""
    width, height = _square_size(frame, sample_aspect)
    return (height, width) if _turn(frame)[0] % 2 else (width, height)


def luma_weights(frame: VideoFrame) -> tuple[float, float] | None:
    """Return the weights of red and blue in the frame's luma, where its matrix is a plain one."""
    return None if frame.colorspace in _NOT_YCBCR else _WEIGHTS.get(_matrix(frame))


def is_plain(frame: VideoFrame) -> bool:
    """Tell whether a frame needs no turning and no other conversion than that of its matrix."""
    return (
        frame.color_trc not in _TRANSFERS
        and frame.color_primaries not in _PRIMARIES
        and _turn(frame) == (0, False)
    )


def to_pixels(frame: VideoFrame, sample_aspect: Fraction | None) -> npt.NDArray[np.uint8]:
    """Return the frame as uint8 (H, W, 3): sRGB, upright, square pixels, of working size."""
    width, height = working_size(*_square_size(frame, sample_aspect))
    transfer = _TRANSFERS.get(frame.color_trc, "sdr")
    primaries = _PRIMARIES.get(frame.color_primaries, "bt709")
    if transfer == "sdr" and primaries == "bt709":
        pixels = _shrunk(frame, "gbrap" if has_alpha(frame) else "gbrp", width, height)
    else:
        if frame.color_primaries == ColorPrimaries.UNSPECIFIED:
            primaries = "bt2020"
        pixels = to_srgb(_shrunk(frame, "gbrp16le", width, height), transfer, primaries)
    quarters, mirrored = _turn(frame)
    turned = np.rot90(pixels, quarters)
    return np.array(turned[:, ::-1] if mirrored else turned, dtype=np.uint8, order="C")


def _square_size(frame: VideoFrame, sample_aspect: Fraction | None) -> tuple[int, int]:
    aspect = sample_aspect or Fraction(1)
    if not Fraction(1, _WIDEST_SAMPLE) <= aspect <= _WIDEST_SAMPLE:
        aspect = Fraction(1)
    return max(1, round(frame.width * aspect)), frame.height


def _turn(frame: VideoFrame) -> tuple[int, bool]:
    """Return the quarter turns, counter-clockwise, and then whether to mirror left to right.

    The display matrix (ISO/IEC 14496-12, 8.2.2) maps decoded (x, y) to (a x + c y, b x + d y) with
    y down.
    """
    # A frame keeps what its own attribute gives, which keeps the frame: memory would wait for a
    # collection of garbage, hundreds of megabytes of it.
    side_data = SideDataContainer(frame)  # type: ignore[call-arg]  # Its stub has no constructor.
    data = side_data.get("DISPLAYMATRIX")
    if not isinstance(data, SideData):
        return 0, False
    a, b, _, c, d = (int(value) for value in np.frombuffer(memoryview(data), "<i4")[:5])
    mirrored = a * d - b * c < 0
    if mirrored:
        a, c = -a, -c  # What is left after undoing the mirror, which comes last.
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return (0 if a + d >= 0 else 2), mirrored
    return (3 if b - c > 0 else 1), mirrored


def _matrix(frame: VideoFrame) -> Colorspace:
    """Return the matrix of Y'CbCr; where it is not said, by size as players do."""
    guessed = Colorspace.ITU709 if frame.width >= 1280 or frame.height > 576 else Colorspace.ITU601
    return _MATRICES.get(frame.colorspace, guessed)


def _shrunk(frame: VideoFrame, pixel_format: str, width: int, height: int) -> npt.NDArray[Any]:
    """Return (height, width, 3) in red, green, blue; transparency lies over white.

    Parameters
    ----------
    frame : VideoFrame
        Of any size and format.
    pixel_format : {"gbrp", "gbrap", "gbrp16le"}
        What it is converted to. Planar, because only swscale's planar output is exact to the
        rounding (the packed one is up to 3 of 255 too dark) and fast as well.
    width, height : int
        Size of the answer in pixels.
    """
    green, blue, red, *alpha = _planes(frame, pixel_format)
    channels = [red, green, blue]
    if alpha:
        white = Image.new("L", alpha[0].size, 255)
        channels = [Image.composite(channel, white, alpha[0]) for channel in channels]
    if red.mode == "L":
        return np.asarray(resize_image(Image.merge("RGB", channels), width, height))
    return np.stack([np.asarray(resize_image(each, width, height)) for each in channels], axis=2)


def _planes(frame: VideoFrame, pixel_format: str) -> list[Image.Image]:
    known_range = frame.color_range in (ColorRange.MPEG, ColorRange.JPEG)
    planar = frame.reformat(
        format=pixel_format,
        interpolation=_SCALER,
        src_colorspace=_matrix(frame),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=frame.color_range if known_range else None,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    sample = np.dtype("<u2" if pixel_format.endswith("16le") else "u1")
    images = []
    for plane in planar.planes:
        rows = np.frombuffer(memoryview(plane), sample)
        rows = rows.reshape(plane.height, plane.line_size // sample.itemsize)
        images.append(Image.fromarray(np.ascontiguousarray(rows[:, : plane.width])))
    return images


def has_alpha(frame: VideoFrame) -> bool:
    """Tell whether a frame may be transparent in places."""
    return frame.format.name == "pal8" or any(each.is_alpha for each in frame.format.components)
