"""Which files are meant by the paths that a person gives.

Owns the walk through folders and what is left out of it, with the reason. Opens no file.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from framematch.ingest.presence import is_folder, is_link, target

#: Files that stand beside media and hold no picture, by suffix.
_SIDE_FILES = {
    **dict.fromkeys((".srt", ".ass", ".ssa", ".vtt", ".sub", ".idx", ".sup"), "subtitles"),
    **dict.fromkeys((".mp3", ".flac", ".m4a", ".wav", ".ogg", ".opus", ".aac"), "sound only"),
    **dict.fromkeys((".txt", ".md", ".nfo", ".log", ".html", ".htm", ".url"), "text"),
    **dict.fromkeys((".json", ".jsonl", ".xml", ".csv", ".yml", ".yaml"), "data"),
    **dict.fromkeys((".db", ".ini", ".lnk", ".torrent"), "left by a desktop program"),
    **dict.fromkeys((".md5", ".sha1", ".sha256", ".sfv"), "checksums"),
}


#: The same, where the name has no suffix.
_SIDE_NAMES = frozenset(("license", "copying", "notice", "authors", "readme", "changelog"))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is meant.

    Attributes
    ----------
    path : Path
        The file, relative where it was given so.
    root : Path or None
        The folder that was given and holds it; ``None`` where the file itself was given.
    """

    path: Path
    root: Path | None


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file or folder that the walk left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found, both lists in sorted order of path below each given path."""

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]


def walk(paths: Iterable[Path | str], *, apart_from: Path | None = None) -> Walk:
    """Return the files that `paths` mean.

    A file that is given is always meant. A folder stands for every file below it, apart from hidden
    files, side files without pictures (subtitles, sound, text, data), special files, and links
    that lead out of the folder.

    Parameters
    ----------
    paths : iterable of Path or str
        Files and folders, in the order wanted.
    apart_from : Path, optional
        A folder that is never entered, such as the index itself.
    """
    files: list[FoundFile] = []
    skipped: list[SkippedFile] = []
    for given in map(Path, paths):
        if not is_folder(given):
            files.append(FoundFile(given, None))
            continue
        below: list[Path] = []
        skipped_below: list[SkippedFile] = []
        for path, reason in _entries(given, apart_from):
            if reason is None:
                below.append(path)
            else:
                skipped_below.append(SkippedFile(str(path), reason))
        files.extend(FoundFile(path, given) for path in sorted(below, key=lambda p: p.parts))
        skipped.extend(sorted(skipped_below, key=lambda skip: Path(skip.path).parts))
    return Walk(tuple(files), tuple(skipped))


def _entries(root: Path, apart_from: Path | None) -> Iterator[tuple[Path, str | None]]:
    """Yield everything below `root` that ends the walk, with the reason where it is left out."""
    outside = None if apart_from is None else target(apart_from)
    unreadable: list[OSError] = []
    for folder, folder_names, file_names in os.walk(root, onerror=unreadable.append):
        here = Path(folder)
        for name in tuple(folder_names):
            path = here / name
            reason = _folder_reason(path, outside)
            if reason is not None:
                folder_names.remove(name)
                yield path, reason
        for name in file_names:
            yield here / name, _file_reason(here / name, root)
    for error in unreadable:
        yield Path(error.filename), f"folder cannot be read: {error.strerror}"


def _folder_reason(path: Path, outside: Path | None) -> str | None:
    if path.name.startswith("."):
        return "hidden folder"
    if is_link(path):
        return "link to a folder"
    if target(path) == outside:
        return "the index itself"
    return None


def _file_reason(path: Path, root: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden file"
    side = "text" if path.name.lower() in _SIDE_NAMES else _SIDE_FILES.get(path.suffix.lower())
    try:
        status = path.stat()
    except FileNotFoundError:
        status = None  # it went this moment, or is a link to nothing: reading it will say so
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if is_link(path) and not target(path).is_relative_to(target(root)):
        return "link that leads out of the folder"
    if side is not None:
        return f"no pictures in it ({side})"
    if status is not None and not stat.S_ISREG(status.st_mode):
        return "special file"
    return None
