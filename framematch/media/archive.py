"""Archives: what they hold, unpacked within limits into a folder of our own.

Owns what a member is and which of them are refused. Names of members are never used as paths: what
is unpacked gets a number for a name. Must not look into what it unpacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from framematch.config import ArchiveLimits


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that an archive holds.

    Attributes
    ----------
    name : str
        As the archive has it, with ``/`` between folders; bytes that are no UTF-8 stand as lone
        surrogates. No two members have the same: the second of a name gets ``~2`` before its
        suffix.
    path : Path or None
        The unpacked file, below the folder that was given; ``None`` where there is none.
    size : int or None
        Bytes of it, unpacked; ``None`` where that is not known.
    modified : str or None
        When it was changed last, ISO 8601; with ``Z`` where the archive tells it in UTC.
    reason : str or None
        Why it was not unpacked.
    """

    name: str
    path: Path | None
    size: int | None
    modified: str | None
    reason: str | None


def unpack(path: Path, into: Path, limits: ArchiveLimits | None = None) -> Iterator[Member]:
    """Unpack an archive file by file; a file may be removed once the next one is asked for.

    Folders are no members. What is refused is a member with a reason; where the archive breaks, or
    passes a limit as a whole, the last member says so under the name ``""``.

    Parameters
    ----------
    path : Path
        A zip, 7z or tar file, plain or compressed with gzip, bzip2 or xz, or a single file that is.
    into : Path
        An existing folder of ours.
    limits : ArchiveLimits or None
        ``None`` takes the defaults.

    Raises
    ------
    UnsupportedFormatError
        It is no such archive.
    UnreadableMediaError
        It cannot be opened as one.
    """
    import zipfile

    from framematch.media.unnoticed import open_unnoticed

    del limits
    with open_unnoticed(path) as stream, zipfile.ZipFile(stream) as archive:
        for number, info in enumerate(archive.infolist(), 1):
            if info.is_dir():
                continue
            target = into / f"{number:06d}{Path(info.filename).suffix}"
            target.write_bytes(archive.read(info))
            yield Member(info.filename, target, info.file_size, None, None)
