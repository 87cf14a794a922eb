"""Reading of files by decoders that can do nothing else: what the rest of the program calls.

Opens the file, hands its descriptor to a decoder, and holds what comes back against what it may be
(`framematch.media.guard`). The other side is `framematch.media.inside`. With
``FRAMEMATCH_SANDBOX=off`` the same functions decode in this process.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.case_records import MetadataItem
from framematch.config import (
    ArchiveLimits,
    DecoderSettings,
    MediaLimits,
    PartLimits,
    sandbox_mode,
)
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media.archives.member import Member
from framematch.media.closest import SKETCH_SIZE, Closest, Distances, Shown
from framematch.media.guard import (
    asked,
    frame_of,
    info_of,
    look_of,
    number,
    part_of,
    plane,
    sense,
    size_of,
    text,
)
from framematch.media.head import read_format, read_picture_format
from framematch.media.look import Look
from framematch.media.part import FileSort, Part
from framematch.media.received import Received
from framematch.media.sniff import Format
from framematch.media.source import Media
from framematch.media.timeline import check_fps
from framematch.records import Frame, MediaInfo
from framematch.sandbox import Conversation, Message

_INSIDE = "framematch.media.inside."
_PICTURES, _FILMS = (f"{_INSIDE}pictures",), (f"{_INSIDE}films",)
_DOCUMENTS, _ARCHIVES = (f"{_INSIDE}documents",), (f"{_INSIDE}archives",)
#: Pictures whose readers are those of documents, and those of them that may hold several pictures.
_OF_DOCUMENTS, _MAY_BE_PARTED = frozenset(("psd", "exr", "tiff", "clip")), ("psd", "exr", "tiff")


def open_media(
    path: Path, limits: MediaLimits | None = None, decoder: DecoderSettings | None = None
) -> Media:
    """Open a picture or video file, whatever its name says.

    Parameters
    ----------
    path : Path
        A local regular file.
    limits : MediaLimits or None
        What the file may cost; ``None`` takes the defaults.
    decoder : DecoderSettings or None
        How a video is decoded; ``None`` takes the defaults.

    Returns
    -------
    Media
        A context manager that closes the file.

    Raises
    ------
    UnreadableMediaError
        The file is missing, a folder, empty, cut short before the first frame, or damaged, or took
        its decoder down.
    UnsupportedFormatError
        The format is not on the allow-list, or the file has no picture.
    MediaTooLargeError
        The file says that it is larger than `limits`, or takes more memory than decoding may.
    DecodeTimeoutError
        Its decoder worked for too long without a result.
    """
    path = Path(path)
    limits, decoder = limits or MediaLimits(), decoder or DecoderSettings()
    if sandbox_mode() == "off":
        from framematch.media.opening import open_media as open_here

        return open_here(path, limits, decoder)
    return GuardedMedia(path, _modules(read_picture_format(path)), limits, decoder)


def parts_of(
    path: Path, limits: PartLimits | None = None, media_limits: MediaLimits | None = None
) -> Iterator[Part]:
    """Yield the pictures of a file one by one: the composite first, where there is one.

    Parameters
    ----------
    path : Path
        A picture or document; of a video the first frame is given.
    limits : PartLimits or None
        How much is taken out of it; ``None`` takes the defaults.
    media_limits : MediaLimits or None
        How large a picture may be; ``None`` takes the defaults.

    Yields
    ------
    Part
        In an order that the file decides; layers from the lowest up.

    Raises
    ------
    UnsupportedFormatError
        It is an archive, or not media.
    UnreadableMediaError
        The file as a whole cannot be read, or wants a password.
    MediaTooLargeError
        The file as a whole passes a limit.
    """
    limits, media_limits = limits or PartLimits(), media_limits or MediaLimits()
    if sandbox_mode() == "off":
        from framematch.media.parts import parts_of as parts_here

        yield from parts_here(path, limits, media_limits)
        return
    modules = (*_DOCUMENTS, *_FILMS) if read_format(path).family == "video" else _DOCUMENTS
    told = {"parts": dataclasses.asdict(limits), "limits": dataclasses.asdict(media_limits)}
    with asked(path, modules, "parts", told) as decoder:
        for count, message in enumerate(decoder.rest()):
            if count > limits.max_parts + 1:
                raise decoder.makes_no_sense("more parts than there may be")
            with sense(decoder):
                part = part_of(message)
            yield part


def sort_of(path: Path) -> FileSort:
    """Return what sort of file it is, judged by its bytes.

    A Photoshop file with layers, a TIFF with layers or several pages and an OpenEXR file with
    several layers are documents; `open_media` opens them too and gives their composite, first page
    or main layer.

    Raises
    ------
    UnsupportedFormatError
        It is not media, or of a format that is not read; the message says what it is.
    UnreadableMediaError
        It is missing, empty or cut within its signature.
    """
    found = read_format(path)
    if found.family in ("archive", "document"):
        return found.family
    if found.name not in _MAY_BE_PARTED:
        return "picture"
    if sandbox_mode() == "off":
        from framematch.media.parts import sort_of as sort_here

        return sort_here(path)
    with asked(path, _DOCUMENTS, "sort", {}) as decoder:
        for message in decoder.rest():
            return "document" if message.body.get("sort") == "document" else "picture"
    raise UnreadableMediaError(f"{path}: its decoder did not say what it is; leave it out")


def metadata_of(path: Path) -> tuple[MetadataItem, ...]:
    """Return what a picture, video or document says of itself.

    Returns
    -------
    tuple of MetadataItem
        The format's own fields first, then XMP, in a fixed order; empty for archives and for files
        that say nothing. What cannot be read is left out.

    Raises
    ------
    UnsupportedFormatError
        It is not media.
    UnreadableMediaError
        It is missing, empty or cut within its signature.
    """
    if sandbox_mode() == "off":
        from framematch.media.metadata import metadata_of as metadata_here

        return metadata_here(path)
    found = read_format(path)
    if found.family == "archive":
        return ()
    items: list[MetadataItem] = []
    with asked(path, _modules(found), "metadata", {}) as decoder:
        for message in decoder.rest():
            with sense(decoder):
                for told in message.body["items"]:
                    fields = (told["field"], told["value"], told["source"])
                    items.append(MetadataItem(*(text(each) for each in fields)))
    return tuple(items)


def unpack(path: Path, into: Path, limits: ArchiveLimits | None = None) -> Iterator[Member]:
    """Unpack an archive file by file; a file may be removed once the next one is asked for.

    Folders are no members. What is refused is a member with a reason; where the archive breaks, or
    passes a limit as a whole, the last member says so under the name ``""``.

    Parameters
    ----------
    path : Path
        A zip, 7z or tar file, plain or compressed with gzip, bzip2 or xz, or a single file that is.
    into : Path
        An existing, empty folder of ours.
    limits : ArchiveLimits or None
        ``None`` takes the defaults.

    Yields
    ------
    Member
        In the order of the archive.

    Raises
    ------
    UnsupportedFormatError
        It is no such archive.
    UnreadableMediaError
        It cannot be opened as one.
    OSError
        A file below `into` cannot be written: the disk is full, or there is one of that name.
    """
    limits = limits or ArchiveLimits()
    if sandbox_mode() == "off":
        from framematch.media.archives import unpack as unpack_here

        yield from unpack_here(path, into, limits)
        return
    if read_format(path).family != "archive":
        raise UnsupportedFormatError(f"{path}: is no archive that is unpacked here")
    with asked(
        path, _ARCHIVES, "unpack", {"limits": dataclasses.asdict(limits)}, read_long=True
    ) as decoder:
        yield from Received(into, limits).members(decoder)


def closest_moments(
    path: Path,
    start_s: float,
    end_s: float,
    distances: Distances,
    *,
    limits: MediaLimits | None = None,
    most: int = 600,
) -> list[Closest]:
    """Return, for each of the things looked for, the frame that comes closest to it.

    Parameters
    ----------
    path : Path
        A video; of anything else all frames are looked at, whatever the times.
    start_s, end_s : float
        Seconds from the start of the file: frames that are on screen from the one to the other,
        both inclusive, are looked at.
    distances : callable
        How far a frame is from each of them.
    limits : MediaLimits, optional
        What the file may cost.
    most : int
        Frames that are decoded at most, those on the way to the stretch among them; what was found
        until then has to do.

    Returns
    -------
    list of Closest
        In the order of `distances`; empty where there is no frame in that stretch.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    limits = limits or MediaLimits()
    if sandbox_mode() == "off":
        from framematch.media.moments import closest_moments as closest_here

        return closest_here(path, start_s, end_s, distances, limits=limits, most=most)
    modules = (*_FILMS, *_modules(read_format(path)))
    told = {"start_s": start_s, "end_s": end_s, "most": most, "limits": dataclasses.asdict(limits)}
    found: list[Closest] = []
    with asked(path, modules, "closest", told, read_long=True) as decoder:
        for message in decoder.rest():
            with sense(decoder):
                if "asked" in message.body:
                    sketch = plane(message, 0, SKETCH_SIZE)
                else:
                    distance = number(message.body["distance"])
                    shown = [_shown(decoder.hear()) for _ in range(1 + message.body["around"])]
                    found.append(Closest(distance, shown[0], tuple(shown[1:])))
                    continue
            decoder.tell({"distances": [float(each) for each in distances(sketch)]})
    return found


class GuardedMedia(Media):
    """A file that a decoder has open."""

    def __init__(
        self, path: Path, modules: tuple[str, ...], limits: MediaLimits, decoder: DecoderSettings
    ) -> None:
        self._modules = modules
        self._told = {
            "limits": dataclasses.asdict(limits),
            "decoder": dataclasses.asdict(decoder),
        }
        self._decoder: Conversation | None = None
        super().__init__(path, MediaInfo("image", "", "", 0, 0, None, None))
        self._opened()

    def close(self) -> None:
        """Have the decoder close the file."""
        decoder, self._decoder = self._decoder, None
        if decoder is not None:
            decoder.close()

    def frames(self, fps: Fraction | None = None) -> Iterator[Frame]:
        """Yield frames; see `Media.frames`."""
        check_fps(fps)
        for message in self._given({"do": "frames", "fps": None if fps is None else str(fps)}):
            yield frame_of(message)

    def looks(
        self, fps: Fraction | None = None, burst: int = 1, lively: Fraction = Fraction(1)
    ) -> Iterator[Look]:
        """Yield frames, small; see `Media.looks`."""
        check_fps(fps)
        wanted = {"burst": burst, "lively": str(lively)}
        for message in self._given(
            {"do": "looks", "fps": None if fps is None else str(fps), **wanted}
        ):
            yield look_of(message)

    def luma(self) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
        """Return luma; see `Media.luma`."""
        given = [
            (plane(message, 0), size_of(message.body)) for message in self._given({"do": "luma"})
        ]
        return given[0]

    def _given(self, wanted: dict[str, Any]) -> Iterator[Message]:
        """Yield what the decoder gives of the file, and keep what it says went wrong."""
        decoder = self._opened()
        decoder.tell(wanted)
        done = False
        try:
            for message in decoder.rest():
                with sense(decoder):
                    warning = message.body["warning"]
                    self.warning = None if warning is None else text(warning)
                if "kind" in message.body:  # as when it was opened: that was all
                    done = True
                    return
                with sense(decoder):
                    yield message
        finally:
            if not done:
                # Half of it is left: the next one who asks begins anew.
                self.close()

    def _opened(self) -> Conversation:
        """Return the decoder that has the file open and waits to be told what is wanted of it."""
        if self._decoder is None:
            decoder = asked(
                self.path,
                self._modules,
                "media",
                self._told,
                read_long=self._modules == _FILMS,
            )
            message = decoder.hear()
            with sense(decoder):
                self.info = info_of(message)
            self._decoder = decoder
        return self._decoder


def _modules(found: Format) -> tuple[str, ...]:
    """Return what reads a format."""
    if found.family == "video":
        return _FILMS
    of_documents = found.family == "document" or found.name in _OF_DOCUMENTS
    return _DOCUMENTS if of_documents else _PICTURES


def _shown(message: Message | None) -> Shown:
    frame = frame_of(message, 1)
    return Shown(plane(message, 0, SKETCH_SIZE), frame.timestamp_s, lambda: frame)
