"""What every opened file offers, whatever its format. Must not import a decoder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.media.look import Look, look_of_pixels
from framematch.records import Frame, MediaInfo


class Media(ABC):
    """An opened file; a context manager that closes it.

    Attributes
    ----------
    path : Path
        The file, as it was given.
    info : MediaInfo
        What is known before the frames are decoded.
    warning : str or None
        What could not be read; set while `frames` is iterated and complete once it is exhausted.
        The frames that could be read count.
    """

    def __init__(self, path: Path, info: MediaInfo) -> None:
        self.path = path
        self.info = info
        self.warning: str | None = None

    @abstractmethod
    def frames(self, fps: Fraction | None = None) -> Iterator[Frame]:
        """Yield frames in order of time; every call starts from the beginning.

        Parameters
        ----------
        fps : Fraction or None
            Ticks per second of presentation time: the frame on screen at each tick ``k / fps`` is
            given, each frame at most once, and at least one frame per file. ``None`` gives every
            frame.

        Yields
        ------
        Frame
            Its duration is the time to the next frame given, for the last one to the end of the
            stream.

        Raises
        ------
        UnreadableMediaError
            Not one frame could be decoded.
        MediaTooLargeError
            A limit was passed.
        ConfigError
            `fps` is not positive.
        """

    def looks(
        self, fps: Fraction | None = None, burst: int = 1, lively: Fraction = Fraction(1)
    ) -> Iterator[Look]:
        """Yield frames as small as codes and thumbnails need them.

        Parameters
        ----------
        fps : Fraction or None
            As of `frames`.
        burst : int
            How many times as often to look where the file says that its pictures move: at all of
            the ticks ``k / fps / burst`` where it does not say.
        lively : Fraction
            It says so by packets of at least this share of the stream's average.

        Yields
        ------
        Look
            As `frames` yields them.

        Raises
        ------
        InputError
            As of `frames`.
        """
        # Only a video decoder that spares packets looks at their sizes.
        del lively
        for frame in self.frames(None if fps is None else fps * burst):
            yield look_of_pixels(frame.pixels, frame.timestamp_s, frame.duration_s)

    def luma(self) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
        """Return the first picture as the appearance code alone needs it.

        Returns
        -------
        luma : uint8 (H, W)
            BT.601 luma: no larger than the code needs where the file need not be decoded larger
            (a usual JPEG), else of working size.
        size : tuple of int
            Height and width of the picture at working size, at which others are compared with it.

        Raises
        ------
        InputError
            As of `frames`.
        """
        pixels = next(self.frames()).pixels
        return np.asarray(Image.fromarray(pixels).convert("L")), pixels.shape[:2]

    @abstractmethod
    def close(self) -> None:
        """Close the file; closing twice does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
