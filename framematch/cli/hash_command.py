"""`framematch hash`: codes as the rest of the field writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.decoders import note_missing_walls
from framematch.cli.exits import EXIT_BULK_FAILURES
from framematch.cli.inputs import find_files
from framematch.cli.progress import Meter
from framematch.cli.render import complain, counted, note, write_fields
from framematch.errors import ConfigError, InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from framematch.media import Media


class Format(StrEnum):
    """Text formats of codes."""

    pdq = "pdq"
    phash = "phash"
    structure = "structure"
    vpdq = "vpdq"


@dataclass(frozen=True, slots=True)
class _Sampling:
    """What to write of a file: the format, how often a video is looked at, how well a JPEG."""

    format: Format
    fps: Fraction | None
    quick: bool


def hash_files(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, or folders of files.", show_default=False),
    ],
    format_: Annotated[
        Format, typer.Option("--format", metavar="|".join(Format), help="Which code.")
    ] = Format.pdq,
    fps: Annotated[
        float,
        typer.Option(
            metavar="NUMBER", min=0, max=60, help="Pictures per second of a video; 0 for all."
        ),
    ] = 2.0,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="For pdq: decode JPEG files no larger than the code needs; some 2 of the 256"
            " bits differ then, 8 at most.",
        ),
    ] = False,
) -> None:
    """Write the codes of files, one line per picture, fields separated by tabs.

    pdq: code, quality, seconds, file. phash (imagehash) and structure: code, seconds, file. vpdq:
    lines "frame,quality,code,seconds" as ThreatExchange reads them, of one file at a time.
    """
    files = find_files(paths)
    if format_ is Format.vpdq and len(files) > 1:
        raise ConfigError("vpdq text has no place for file names; give one file at a time")
    if quick and format_ is not Format.pdq:
        raise ConfigError(f"--quick is for --format pdq; {format_} needs the whole picture")
    sampling = _Sampling(format_, Fraction(fps).limit_denominator(1001) if fps else None, quick)
    failures = 0
    with Meter() as meter:
        for position, file in enumerate(files):
            meter.update(str(file), position, len(files))
            try:
                for fields in _lines(file, sampling):
                    write_fields(*fields)
            except InputError as error:
                if len(files) == 1:
                    raise
                complain(str(error))
                failures += 1
    note_missing_walls()
    if failures:
        complain(f"{failures} of {counted(len(files), 'file')} could not be read")
        raise typer.Exit(EXIT_BULK_FAILURES)


def quick_pdq(media: Media) -> tuple[npt.NDArray[np.uint8], int]:
    """Return the appearance code, uint8 (32,), of the first picture, and its quality, 0 to 100.

    A JPEG file is decoded no larger than the code needs. The code is that of the picture at full
    size, as others publish it (docs/media.md has the bits that differ).

    Raises
    ------
    InputError
        As of `Media.frames`.
    """
    from framematch.hashing import appearance

    luma, _ = media.luma()
    codes, qualities = appearance.encode_luma(luma[None], (media.info.height, media.info.width))
    return codes[0], int(qualities[0])


def _lines(file: Path, sampling: _Sampling) -> Iterator[tuple[str, ...]]:
    """Yield the fields of one line per picture of `file`."""
    from framematch.hashing import appearance, structure
    from framematch.hashing.interchange import VpdqRow, phash, to_hex, write_vpdq
    from framematch.media import open_media

    name = str(file)
    with open_media(file) as media:
        if sampling.quick and (media.info.kind, media.info.container) == ("image", "jpeg"):
            code, quality = quick_pdq(media)
            yield to_hex(code), str(quality), "0.000", name
            if media.warning:
                note(f"warning: {file}: {media.warning}")
            return
        native = media.info.fps
        for position, frame in enumerate(media.frames(sampling.fps)):
            seconds = f"{frame.timestamp_s:.3f}"
            if sampling.format is Format.phash:
                yield phash(frame.pixels), seconds, name
                continue
            if sampling.format is Format.structure:
                yield to_hex(structure.encode(frame.pixels[None])[0]), seconds, name
                continue
            # Others hash the full-size picture: its size makes up for the shrinking.
            original = (media.info.height, media.info.width)
            codes, qualities = appearance.encode(frame.pixels[None], original)
            quality = int(qualities[0])
            if sampling.format is Format.pdq:
                yield to_hex(codes[0]), str(quality), seconds, name
            else:
                number = position
                if sampling.fps is not None and native is not None:
                    number = round(frame.timestamp_s * native)
                row = VpdqRow(number, quality, to_hex(codes[0]), frame.timestamp_s)
                yield (write_vpdq([row]).rstrip("\n"),)
        if media.warning:
            note(f"warning: {file}: {media.warning}")
