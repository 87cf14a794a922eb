"""What a part of a file is, and that no two parts have the same name. Must not open files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from framematch.case_records import PartRole
from framematch.config import PartLimits
from framematch.records import Frame

#: What sort of file it is: a picture or video that `open_media` opens whole, a document that holds
#: several pictures and perhaps their composite, or an archive of files.
FileSort = Literal["picture", "document", "archive"]

# Longer names of layers are cut: Photoshop allows 255 characters.
_LONGEST_NAME = 255
# Runs of equal pixels, which a small file is made of, take a byte for every sixteen.
_PIXELS_PER_BYTE = 64


@dataclass(frozen=True, slots=True)
class Part:
    """One picture of a file that holds several.

    Attributes
    ----------
    name : str or None
        ``layer/GROUP``, ``layer/GROUP/NAME``, ``page/3``, ``page/3/picture/1``; ``None`` for the
        whole. No two parts of a file have the same name. Text as the file has it: whoever shows it
        escapes it.
    role : {"whole", "layer", "page", "embedded"}
        What it is.
    frame : Frame or None
        The picture, of working size; ``None`` where there is none.
    error : str or None
        Why there is no picture, or that it is damaged.
    """

    name: str | None
    role: PartRole
    frame: Frame | None
    error: str | None


class PixelAccount:
    """What the pictures of one file may take together; see `PartLimits.max_pixels`.

    Parameters
    ----------
    limits : PartLimits
        What may be taken.
    n_bytes : int
        Size of the file.
    """

    def __init__(self, limits: PartLimits, n_bytes: int) -> None:
        self._most = self._left = max(limits.max_pixels, _PIXELS_PER_BYTE * n_bytes)

    def take(self, width: int, height: int) -> None:
        """Take a picture off the account.

        Raises
        ------
        ValueError
            There is not so much left.
        """
        self._left -= width * height
        if self._left < 0:
            raise ValueError(f"more than {self._most} pixels in one file, which is the limit")


def joined(path: str, name: str) -> str:
    """Return the name of what lies inside `path`; a ``/`` of its own becomes a dash."""
    return f"{path}/{name.replace('/', '-')[:_LONGEST_NAME].strip() or 'unnamed'}"


def told_apart(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts; the second of a name is called ``NAME (2)``, and so on."""
    given: set[str] = set()
    counts: dict[str, int] = {}
    for part in parts:
        if part.name is None:
            yield part
            continue
        name, count = part.name, counts.get(part.name, 1)
        while name in given:
            count += 1
            name = f"{part.name} ({count})"
        counts[part.name] = count
        given.add(name)
        yield part if name == part.name else replace(part, name=name)


def within(parts: Iterable[Part], limits: PartLimits) -> Iterator[Part]:
    """Yield no more parts than the limit beside the whole; a last one says if there are more."""
    count = 0
    for part in parts:
        if part.name is not None:
            count += 1
        if count > limits.max_parts:
            reason = f"more than {limits.max_parts} parts, which is the limit: the rest is not read"
            yield Part("more", part.role, None, reason)
            return
        yield part
