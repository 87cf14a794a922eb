"""Opening of media: pictures, and videos too where `framematch.media.inside.films` is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import ImageCms

from framematch.config import DecoderSettings, MediaLimits
from framematch.media.look import Look
from framematch.media.opening import open_media
from framematch.media.source import Media
from framematch.media.unnoticed import given
from framematch.records import Frame, MediaInfo
from framematch.sandbox import Call, Operation

_NEEDED = (ImageCms,)


def media(call: Call) -> None:
    """Open a file, say what it is, and give its frames as often as is asked."""
    path = Path(call.told["path"])
    limits, decoder = MediaLimits(**call.told["limits"]), DecoderSettings(**call.told["decoder"])
    with given(path, call.files[0]), open_media(path, limits, decoder) as opened:
        wanted = call.ask(info_of(opened))
        while True:
            for body, arrays in _given(opened, wanted):
                call.say({**body, "warning": opened.warning}, arrays)
            wanted = call.ask(info_of(opened))


def info_of(opened: Media) -> dict[str, Any]:
    """Return what is known of a file, and what went wrong with it, as JSON."""
    info: MediaInfo = opened.info
    return {
        "kind": info.kind,
        "container": info.container,
        "codec": info.codec,
        "width": info.width,
        "height": info.height,
        "duration_s": info.duration_s,
        "fps": None if info.fps is None else str(info.fps),
        "warning": opened.warning,
    }


def _given(
    opened: Media, wanted: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    fps = None if wanted.get("fps") is None else Fraction(wanted["fps"])
    if wanted["do"] == "frames":
        for frame in opened.frames(fps):
            yield times_of(frame), (frame.pixels,)
    elif wanted["do"] == "looks":
        for look in opened.looks(fps, wanted["burst"], Fraction(wanted["lively"])):
            body = {**times_of(look), "size": look.size, "weights": look.weights}
            yield body, (look.luma, *look.planes)
    else:
        luma, size = opened.luma()
        yield {"size": size}, (luma,)


def times_of(shown: Frame | Look) -> dict[str, Any]:
    """Return when a picture is on screen, as JSON."""
    return {"timestamp_s": shown.timestamp_s, "duration_s": shown.duration_s}


OPERATIONS: dict[str, Operation] = {"media": media}
