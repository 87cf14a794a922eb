"""The decoders of this process, and what they say held against what it may be.

A decoder that a file has taken over can say anything; what makes no sense ends it, and costs the
file. Must not import a decoder.
"""

from __future__ import annotations

import atexit
import math
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from framematch.case_records import PartRole
from framematch.config import THUMBNAIL_SIZE, WORKING_SIDE, sandbox_mode
from framematch.errors import ConfigError
from framematch.media.look import Look
from framematch.media.part import Part
from framematch.media.unnoticed import open_unnoticed
from framematch.records import Frame, MediaInfo, MediaKind
from framematch.sandbox import Broker, Confinement, Conversation, Message

_MOST_TEXT = 4096
_LARGEST_SIDE = 1 << 31
#: Seconds of a processor for what is read long: a video in 4K is decoded for two minutes from one
#: frame to the next where 120 of six hours are looked at.
_LONG_S = 240


_MAKING = threading.Lock()


def _broker() -> Broker:
    with _MAKING:  # threads that come first together would each start processes of their own
        return _the_broker()


@lru_cache(maxsize=1)
def _the_broker() -> Broker:
    broker = Broker()
    atexit.register(broker.close)
    os.register_at_fork(after_in_child=broker.forget)
    return broker


def get_ready() -> None:
    """Have what decoders are forked from come up while this process does something else."""
    if sandbox_mode() != "off":
        _broker().start()


def confinement() -> Confinement | None:
    """Return what holds of the decoders here; ``None`` where decoding is done in this process.

    Raises
    ------
    ConfigError
        Something is lacking, and ``FRAMEMATCH_SANDBOX=require`` is set.
    """
    mode = sandbox_mode()
    if mode == "off":
        return None
    found = _broker().confinement(("framematch.media.inside.pictures",))
    if mode == "require" and found.lacks:
        raise ConfigError(f"FRAMEMATCH_SANDBOX=require: this system lacks {'; '.join(found.lacks)}")
    return found


def asked(
    path: Path,
    modules: Sequence[str],
    operation: str,
    told: dict[str, Any],
    *,
    read_long: bool = False,
) -> Conversation:
    """Open a file and put a request about it to a decoder.

    Parameters
    ----------
    path : Path
        The file.
    modules, operation, told
        As of `framematch.sandbox.Broker.ask`.
    read_long : bool
        Whether much may have to be read before there is anything to say: of a video from one wanted
        frame to the next, of an archive before the first member that is wanted.

    Raises
    ------
    UnreadableMediaError, UnsupportedFormatError
        It cannot be opened, or is no regular file.
    WorkerStartError
        No decoder could be started.
    """
    if sandbox_mode() == "require":
        confinement()
    with open_unnoticed(path) as stream:
        return _broker().ask(
            modules,
            operation,
            {"path": str(path), **told},
            name=str(path),
            files=[stream.fileno()],
            processor_s=_LONG_S if read_long else 0,
        )


@contextmanager
def sense(decoder: Conversation) -> Iterator[None]:
    """Take what a decoder says for no sense where it does not fit what is made of it.

    Raises
    ------
    InputError
        It does not; the decoder is done away with.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise decoder.makes_no_sense(f"{type(error).__name__}: {error}") from error


def number(told: Any) -> float:  # noqa: ANN401 - JSON
    """Return a finite number.

    Raises
    ------
    ValueError
        It is none.
    """
    if isinstance(told, bool) or not isinstance(told, int | float) or not math.isfinite(told):
        raise ValueError(f"no number: {told!r:.40}")
    return float(told)


def whole(told: Any, most: int) -> int:  # noqa: ANN401 - JSON
    """Return a whole number from 0 to `most`.

    Raises
    ------
    ValueError
        It is none.
    """
    if type(told) is not int or not 0 <= told <= most:
        raise ValueError(f"no number from 0 to {most}: {told!r:.40}")
    return told


def text(told: Any) -> str:  # noqa: ANN401 - JSON
    """Return text, cut where it is too long.

    Raises
    ------
    ValueError
        It is none.
    """
    if not isinstance(told, str):
        raise TypeError(f"no text: {told!r:.40}")
    return told[:_MOST_TEXT]


def plane(
    message: Message | None, position: int, size: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8]:
    """Return an array of two axes, of `size` (width, height) or no larger than working size.

    Raises
    ------
    ValueError
        It is none.
    """
    if message is None:
        raise ValueError("a picture is missing")
    found = message.arrays[position]
    if found.ndim != 2 or not 0 < found.size <= WORKING_SIDE**2:
        raise ValueError(f"no plane: {found.shape}")
    if size is not None and found.shape != size[::-1]:
        raise ValueError(f"no plane of {size}: {found.shape}")
    return found


def size_of(body: dict[str, Any]) -> tuple[int, int]:
    """Return height and width of a picture at working size.

    Raises
    ------
    ValueError
        They are none.
    """
    height, width = body["size"]
    return whole(height, WORKING_SIDE), whole(width, WORKING_SIDE)


def frame_of(message: Message | None, position: int = 0) -> Frame:
    """Return a picture on its file's timeline.

    Raises
    ------
    ValueError
        It is none.
    """
    if message is None:
        raise ValueError("a picture is missing")
    pixels = message.arrays[position]
    if pixels.ndim != 3 or pixels.shape[2] != 3 or not 0 < max(pixels.shape) <= WORKING_SIDE:
        raise ValueError(f"no picture of working size: {pixels.shape}")
    if not pixels.size:
        raise ValueError("a picture without pixels")
    return Frame(pixels, number(message.body["timestamp_s"]), number(message.body["duration_s"]))


def look_of(message: Message) -> Look:
    """Return what codes and thumbnails need of a picture.

    Raises
    ------
    ValueError
        It is none.
    """
    luma, *planes = (plane(message, position, THUMBNAIL_SIZE) for position in range(4))
    red, blue = message.body["weights"]
    return Look(
        luma=luma,
        size=size_of(message.body),
        timestamp_s=number(message.body["timestamp_s"]),
        duration_s=number(message.body["duration_s"]),
        planes=(planes[0], planes[1], planes[2]),
        weights=(number(red), number(blue)),
    )


def part_of(message: Message) -> Part:
    """Return a picture of a file that holds several.

    Raises
    ------
    ValueError
        It is none.
    """
    body = message.body
    name, error = (None if told is None else text(told) for told in (body["name"], body["error"]))
    for role in get_args(PartRole):
        if body["role"] == role:
            return Part(name, role, frame_of(message) if message.arrays else None, error)
    raise ValueError("a part without a role")


def info_of(message: Message | None) -> MediaInfo:
    """Return what is known of a file before its frames are decoded.

    Raises
    ------
    ValueError
        It makes no sense.
    """
    if message is None:
        raise ValueError("nothing was said of the file")
    body = message.body
    length_s, fps = body["duration_s"], body["fps"]
    for kind in get_args(MediaKind):
        if body["kind"] == kind:
            return MediaInfo(
                kind=kind,
                container=text(body["container"]),
                codec=text(body["codec"]),
                width=whole(body["width"], _LARGEST_SIDE),
                height=whole(body["height"], _LARGEST_SIDE),
                duration_s=None if length_s is None else number(length_s),
                fps=None if fps is None else Fraction(text(fps)),
            )
    raise ValueError("neither a picture nor a video")
