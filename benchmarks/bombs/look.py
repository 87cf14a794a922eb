"""What a process of the product does with a file, apart from asking the index: run as a program.

    python -m benchmarks.bombs.look FILE SCRATCH

The same functions of `framematch.media` in the same order as in `framematch.triage.looking`; prints
how it ended in one line.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

from framematch.errors import FrameMatchError, UnsupportedFormatError
from framematch.media import metadata_of, open_media, parts_of, sort_of, unpack

#: As many frames a second as a query takes.
_RATE = Fraction(2)


def look(file: Path, scratch: Path) -> str:
    """Return how it ended, in words."""
    try:
        sort = sort_of(file)
        if sort == "archive":
            return _archive(file, scratch)
        said = _document(file) if sort == "document" else _picture(file)
        n_items = len(metadata_of(file))
    except UnsupportedFormatError as error:
        return f"refused: {_short(error, file)}"
    except FrameMatchError as error:
        return f"{type(error).__name__}: {_short(error, file)}"
    return f"{said}, {n_items} things told of it"


def _archive(file: Path, scratch: Path) -> str:
    scratch.mkdir(exist_ok=True)
    unpacked = n_bytes = refused = 0
    last = ""
    for member in unpack(file, scratch):
        if member.path is not None:
            unpacked += 1
            n_bytes += member.size or 0
            member.path.unlink()
        else:
            refused += 1
            last = member.reason or ""
    said = f"{unpacked} members of {n_bytes / 1e6:.0f} MB unpacked"
    return f"{said}, {refused} not ({last})" if refused else said


def _document(file: Path) -> str:
    drawn = 0
    last = ""
    for part in parts_of(file):
        drawn += part.frame is not None
        last = part.error or last
    return f"{drawn} parts drawn" + (f" (last: {last})" if last else "")


def _picture(file: Path) -> str:
    with open_media(file) as media:
        count = sum(1 for _ in media.frames(_RATE))
        said = f"{count} frames of {media.info.width}x{media.info.height} drawn"
        return said if media.warning is None else f"{said} ({media.warning})"


def _short(error: Exception, file: Path) -> str:
    return str(error).removeprefix(f"{file}: ")


if __name__ == "__main__":
    sys.stdout.write(look(Path(sys.argv[1]), Path(sys.argv[2])) + "\n")
