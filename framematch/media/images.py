"""Still and animated pictures through Pillow.

Owns the choice of plugin, the limits before decoding, what is kept of a damaged picture, and the
frame times of animations. Must not import the video decoder.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TgaImagePlugin import TgaImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from framematch.config import MediaLimits
from framematch.errors import InputError, MediaTooLargeError, UnreadableMediaError
from framematch.media.clip import open_clip
from framematch.media.exr import ExrImageFile
from framematch.media.jpeg_cost import has_more_scans, spare_memory
from framematch.media.jpeg_look import decode_smaller, jpeg_look, jpeg_luma
from framematch.media.look import Look
from framematch.media.modes import DAMAGE, to_pixels, upright_size
from framematch.media.psd import open_psd
from framematch.media.source import Media
from framematch.media.timeline import Timed, check_fps, select
from framematch.media.unnoticed import open_unnoticed
from framematch.records import Frame, MediaInfo

#: Plugins are called directly: `Image.open` applies Pillow's own pixel limit, a global of the
#: process.
_PLUGINS: dict[str, Callable[[IO[bytes]], ImageFile.ImageFile]] = {
    "avif": AvifImageFile,
    "bmp": BmpImageFile,
    "clip": open_clip,
    "exr": ExrImageFile,
    "gif": GifImageFile,
    "jpeg": JpegImageFile,
    "jpeg2000": Jpeg2KImageFile,
    "png": PngImageFile,
    "ppm": PpmImageFile,
    "psd": open_psd,
    "tga": TgaImageFile,
    "tiff": TiffImageFile,
    "webp": WebPImageFile,
}

#: Formats in which several pictures are one picture in motion. The pages of a TIFF and the layers
#: of a PSD are not: there the first page and the composite are the picture.
_ANIMATED = frozenset(("avif", "gif", "png", "webp"))

#: Decoders that hold several copies of the whole picture: 16 bytes a pixel were measured.
_MOST_PIXELS = {"avif": 134_000_000, "webp": 134_000_000}

#: A damaged picture with a larger share of one shade than this shows nothing but the filling.
_NOTHING_THERE = 0.99

#: Viewers show frames of at most 10 ms for 100 ms, since the first ones could not do better; AVIF
#: is younger, but no frame of it is shown for no time at all.
_SHORTEST_MS = 10
_DEFAULT_MS = 100


def open_image(path: Path, name: str, limits: MediaLimits) -> Media:
    """Open a picture whose format `recognise` found to be `name`; errors as for `open_media`."""
    with ExitStack() as unless_opened:
        stream = unless_opened.enter_context(open_unnoticed(path))
        image = _header(path, name, stream)
        width, height = upright_size(image)
        if width * height > limits.max_pixels:
            raise MediaTooLargeError(
                f"{path}: {width} x {height} pixels exceed the limit of {limits.max_pixels};"
                " make it smaller or raise the limit"
            )
        _check_cost(path, name, stream, image, limits)
        n_frames = _count_frames(path, name, image, limits)
        if n_frames > 1 and n_frames * width * height > limits.max_moving_pixels:
            raise MediaTooLargeError(
                f"{path}: {n_frames} frames of {width} x {height} pixels exceed the limit of"
                f" {limits.max_moving_pixels} pixels in all; cut it or raise the limit"
            )
        unless_opened.pop_all()
    moves = n_frames > 1
    info = MediaInfo(
        kind="animation" if moves else "image",
        container=name,
        codec=name,
        width=width,
        height=height,
        duration_s=None if moves else 0.0,
        fps=None,
    )
    return ImageMedia(path, info, stream, limits, n_frames)


class ImageMedia(Media):
    """A picture, still or animated; opened with `open_image`."""

    def __init__(
        self, path: Path, info: MediaInfo, stream: IO[bytes], limits: MediaLimits, n_frames: int
    ) -> None:
        super().__init__(path, info)
        self._stream = stream
        self._limits = limits
        self._n_frames = n_frames

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def frames(self, fps: Fraction | None = None) -> Iterator[Frame]:
        """Yield the picture, or the frames of the animation; see `Media.frames`."""
        check_fps(fps)
        self.warning = None
        if self.info.kind == "image":
            yield Frame(self._still(), 0.0, 0.0)
            return
        for shown in select(self._moving(), fps):
            yield Frame(shown.item, float(shown.start_s), float(shown.length_s))

    def looks(
        self, fps: Fraction | None = None, burst: int = 1, lively: Fraction = Fraction(1)
    ) -> Iterator[Look]:
        """Yield the same, small; a JPEG is decoded no larger than that. See `Media.looks`."""
        look = jpeg_look(self._unread()) if self._is_jpeg() else None
        if look is None:
            yield from super().looks(fps, burst, lively)
        else:
            self.warning = None
            yield look

    def luma(self) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
        """Return luma; a JPEG is decoded no larger than that. See `Media.luma`."""
        luma = jpeg_luma(self._unread()) if self._is_jpeg() else None
        if luma is None:
            return super().luma()
        self.warning = None
        return luma

    def _is_jpeg(self) -> bool:
        return (self.info.kind, self.info.container) == ("image", "jpeg")

    def _unread(self) -> ImageFile.ImageFile:
        return _header(self.path, self.info.container, self._stream)

    def _still(self) -> npt.NDArray[np.uint8]:
        image, box = self._unread(), None
        try:
            if self.info.container == "jpeg":
                box = decode_smaller(image)
            if self.info.container == "jpeg2000":
                spare_memory(image)
            image.load()
        except DAMAGE as error:
            image, box = self._salvage(image, error), None
            self.warning = f"damaged: only part of the picture could be read ({error})"
        try:
            return to_pixels(image, box)
        except DAMAGE as error:
            raise _unreadable(self.path, error) from error

    def _salvage(self, image: ImageFile.ImageFile, error: BaseException) -> ImageFile.ImageFile:
        """Return what was decoded before the break.

        A JPEG is decoded once more with an end marker after its last byte, without which a
        progressive one gives nothing at all.
        """
        try:
            if self.info.container == "jpeg":
                self._stream.seek(0)
                image = JpegImageFile(io.BytesIO(self._stream.read() + b"\xff\xd9"))
            else:
                image.tile = []  # Nothing more to decode: the memory as it is becomes the picture.
            image.load()
            shades = image.convert("L").histogram()
        except DAMAGE:
            raise _unreadable(self.path, error) from error
        if max(shades) > _NOTHING_THERE * sum(shades):
            raise _unreadable(self.path, error) from error
        return image

    def _moving(self) -> Iterator[Timed[npt.NDArray[np.uint8]]]:
        image = _header(self.path, self.info.container, self._stream)
        # An APNG's default picture is for viewers without animation.
        first = 1 if getattr(image, "default_image", False) else 0
        start_s = Fraction(0)
        for number in range(first, first + self._n_frames):
            try:
                image.seek(number)
                image.load()
                pixels = to_pixels(image)
                length_s = _length_s(self.info.container, image.info.get("duration", 0))
            except DAMAGE as error:
                if number == first:
                    raise _unreadable(self.path, error) from error
                self.warning = f"damaged from {float(start_s):.3f} s on: {error}"
                return
            if start_s > self._limits.max_duration_s:
                raise MediaTooLargeError(
                    f"{self.path}: longer than the limit of {self._limits.max_duration_s:g} s;"
                    " cut it or raise the limit"
                )
            yield Timed(pixels, start_s, length_s)
            start_s += length_s


def open_plugin(name: str, stream: IO[bytes]) -> ImageFile.ImageFile:
    """Return the picture as its plugin gives it: the header has been read and nothing decoded.

    Raises
    ------
    Exception
        One of `modes.DAMAGE`.
    """
    stream.seek(0)
    return _PLUGINS[name](stream)


def _header(path: Path, name: str, stream: IO[bytes]) -> ImageFile.ImageFile:
    """Read what stands before the picture data; nothing is decoded."""
    try:
        return open_plugin(name, stream)
    except DAMAGE as error:
        raise _unreadable(path, error) from error


def _count_frames(path: Path, name: str, image: ImageFile.ImageFile, limits: MediaLimits) -> int:
    """Return how many frames the animation has, 1 for a still."""
    if name not in _ANIMATED:
        return 1
    try:
        n_frames = int(getattr(image, "n_frames", 1))
    except DAMAGE as error:
        raise _unreadable(path, error) from error
    if getattr(image, "default_image", False):
        n_frames -= 1
    if n_frames > limits.max_frames:
        raise MediaTooLargeError(
            f"{path}: {n_frames} frames exceed the limit of {limits.max_frames};"
            " cut it or raise the limit"
        )
    return n_frames


def _check_cost(
    path: Path, name: str, stream: IO[bytes], image: ImageFile.ImageFile, limits: MediaLimits
) -> None:
    """Refuse what a format makes dearer than its pixels tell."""
    n_pixels = image.width * image.height
    if n_pixels > _MOST_PIXELS.get(name, n_pixels):
        raise MediaTooLargeError(
            f"{path}: {image.width} x {image.height} pixels exceed the limit of"
            f" {_MOST_PIXELS[name]} for {name}, whose decoder takes several times their memory;"
            " save it as PNG or TIFF"
        )
    if name == "jpeg" and has_more_scans(stream, limits.max_scans):
        raise MediaTooLargeError(
            f"{path}: more than {limits.max_scans} scans, which is the limit; save it anew"
        )


def _length_s(name: str, duration_ms: float) -> Fraction:
    length_ms = Fraction(duration_ms)
    if length_ms <= (0 if name == "avif" else _SHORTEST_MS):
        length_ms = Fraction(_DEFAULT_MS)
    return length_ms / 1000


def _unreadable(path: Path, error: BaseException) -> InputError:
    if isinstance(error, Image.DecompressionBombError):
        # Some plugins apply Pillow's own limit as well, which may be lower than ours.
        return MediaTooLargeError(f"{path}: {error}; make the picture smaller")
    return UnreadableMediaError(
        f"{path}: damaged, nothing could be decoded ({error}); get another copy"
    )
