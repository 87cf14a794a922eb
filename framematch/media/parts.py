"""Files that hold several pictures: layers, pages, and the pictures inside pages.

Owns which reader takes which format. Nothing is left out in silence: what cannot be shown is a part
with the reason. The readers of layers and pages are imported when the first such file is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from framematch.config import MediaLimits, PartLimits
from framematch.errors import (
    InputError,
    MediaTooLargeError,
    UnreadableMediaError,
    UnsupportedFormatError,
)
from framematch.media.head import read_format
from framematch.media.modes import DAMAGE, to_pixels
from framematch.media.opening import open_media
from framematch.media.part import FileSort, Part, PixelAccount, joined, told_apart, within
from framematch.media.psd import is_layered, open_document
from framematch.media.tiff import has_layers, has_pages, page_parts, photoshop_layers
from framematch.media.unnoticed import open_unnoticed
from framematch.records import Frame


def sort_of(path: Path) -> FileSort:
    """Return what sort of file it is; see `framematch.media.guarded.sort_of`."""
    found = read_format(path)
    if found.family == "archive":
        return "archive"
    return "document" if found.family == "document" or _is_parted(path, found.name) else "picture"


def parts_of(
    path: Path, limits: PartLimits | None = None, media_limits: MediaLimits | None = None
) -> Iterator[Part]:
    """Yield the pictures of a file; see `framematch.media.guarded.parts_of`."""
    limits, media_limits = limits or PartLimits(), media_limits or MediaLimits()
    found = read_format(path)
    if found.family == "archive":
        raise UnsupportedFormatError(f"{path}: is an archive, which is unpacked and not drawn")
    with open_unnoticed(path) as stream:
        _check_size(path, stream, limits, found.family)
        if found.family == "document":
            from framematch.media.pages import page_parts as pages_of

            yield from within(pages_of(path, stream, limits, media_limits), limits)
        elif not _is_parted(path, found.name):
            yield _whole(path, media_limits)
        else:
            parts = _READERS[found.name](path, stream, limits, media_limits)
            yield from within(told_apart(parts), limits)


def _check_size(path: Path, stream: IO[bytes], limits: PartLimits, family: str) -> None:
    size = stream.seek(0, 2)
    stream.seek(0)
    if family != "video" and size > limits.max_bytes:
        raise MediaTooLargeError(
            f"{path}: {size} bytes exceed the limit of {limits.max_bytes};"
            " make it smaller or raise the limit"
        )


def _is_parted(path: Path, name: str) -> bool:
    """Tell whether a picture holds others; what cannot be told is a picture, and damaged."""
    if name not in _READERS:
        return False
    try:
        with open_unnoticed(path) as stream:
            if name == "psd":
                return is_layered(stream)
            if name == "tiff":
                return has_pages(stream) or has_layers(stream)
            from framematch.media.exr import count_layers

            return count_layers(stream) > 1
    except DAMAGE:
        return False


def _whole(path: Path, limits: MediaLimits) -> Part:
    try:
        with open_media(path, limits) as media:
            frame = next(media.frames())
            return Part(None, "whole", frame, media.warning)
    except InputError as error:
        return Part(None, "whole", None, str(error))


def _of_psd(
    path: Path, stream: IO[bytes], limits: PartLimits, media_limits: MediaLimits
) -> Iterator[Part]:
    from framematch.media.layers import composed, layer_parts

    whole = _whole(path, media_limits)
    try:
        document = open_document(stream)
    except DAMAGE as error:
        if whole.frame is None:
            raise UnreadableMediaError(
                f"{path}: damaged, nothing could be decoded ({error}); get another copy"
            ) from error
        yield whole
        yield Part("layers", "layer", None, f"the layers cannot be read ({error})")
        return
    if document.width * document.height > media_limits.max_pixels:
        raise MediaTooLargeError(
            f"{path}: {document.width} x {document.height} pixels exceed the limit of"
            f" {media_limits.max_pixels}; make it smaller or raise the limit"
        )
    has_composite = whole.frame is not None and document.has_preview()
    n_bytes = stream.seek(0, 2)
    yield whole if has_composite else composed(document, limits, media_limits, n_bytes)
    yield from layer_parts(document, limits, media_limits, n_bytes)


def _of_tiff(
    path: Path, stream: IO[bytes], limits: PartLimits, media_limits: MediaLimits
) -> Iterator[Part]:
    yield _whole(path, media_limits)
    n_bytes = stream.seek(0, 2)
    try:
        document = photoshop_layers(stream)
    except DAMAGE as error:
        yield Part("layers", "layer", None, f"the layers cannot be read ({error})")
    else:
        if document is not None:
            from framematch.media.layers import layer_parts

            yield from layer_parts(document, limits, media_limits, n_bytes)
    yield from page_parts(stream, media_limits, PixelAccount(limits, n_bytes))


def _of_exr(
    path: Path, stream: IO[bytes], limits: PartLimits, media_limits: MediaLimits
) -> Iterator[Part]:
    from framematch.media.exr import layers_of

    whole = _whole(path, media_limits)
    yield whole
    if whole.frame is None:
        return
    try:
        for number, (name, image, error) in enumerate(layers_of(stream)):
            if number == 0:
                continue  # The main layer is the whole.
            frame = None if image is None else Frame(to_pixels(image), 0.0, 0.0)
            yield Part(joined("layer", name), "layer", frame, error)
    except DAMAGE as error:
        yield Part("layers", "layer", None, f"the layers cannot be read ({error})")


_READERS = {"psd": _of_psd, "tiff": _of_tiff, "exr": _of_exr}
