"""`.nfo` files as Kodi and Jellyfin write them beside their media: show, season, episode, kind.

Owns their reading. They come with downloads, so nothing in them is trusted: no document type (hence
no entities), a limit on their size, and a bad one is a note about its file, not a failure.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from framematch.ingest.presence import is_file
from framematch.records import ReferenceKind

#: Real ones have some kilobytes; those with whole casts and streams some dozen.
MAX_BYTES = 1_000_000

_SHOW_FILE, _FILM_FILE = "tvshow.nfo", "movie.nfo"


@dataclass(frozen=True, slots=True)
class _Entries:
    """What a file describes, ``""`` where it says nothing, and the text of each of its entries."""

    about: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return the text of an entry, if there is one."""
        return self.texts.get(name)


@dataclass(frozen=True, slots=True)
class Nfo:
    """What the `.nfo` files of a media file say.

    Attributes
    ----------
    show : str or None
        Name of the show, or of the film.
    season, episode : int or None
        As in broadcast.
    kind : str or None
        An episode or a film, where they say so.
    note : str or None
        Which of them could not be used, and why.
    """

    show: str | None = None
    season: int | None = None
    episode: int | None = None
    kind: ReferenceKind | None = None
    note: str | None = None


class NfoReader:
    """Reads the `.nfo` files of media files, each file of a show once."""

    def __init__(self) -> None:
        self._shows: dict[Path, tuple[str | None, str | None]] = {}
        self._folders: dict[Path, frozenset[str]] = {}

    def read(self, path: Path, root: Path | None) -> Nfo:
        """Return what is said of `path` beside it, and of its show in a folder up to `root`."""
        notes: list[str] = []
        own = self._own(path, notes)
        show = own.get("showtitle") or (own.get("title") if own.about == "movie" else None)
        if show is None and own.about != "movie":
            show = self._show_above(path, root, notes)
        is_episode = own.about == "episodedetails"
        season, episode = (_number(own.get(name)) for name in ("season", "episode"))
        return Nfo(
            show=show,
            season=season if is_episode else None,
            episode=episode if is_episode else None,
            kind="episode" if is_episode else "film" if own.about == "movie" else None,
            note="; ".join(notes) or None,
        )

    def _own(self, path: Path, notes: list[str]) -> _Entries:
        """Return the entries of the file beside `path`."""
        names = self._names(path.parent)
        for name in (f"{path.stem}.nfo", _FILM_FILE):
            if name not in names:
                continue
            entries = _entries(path.parent / name, notes)
            if entries.about == "movie" or (
                entries.about == "episodedetails" and name != _FILM_FILE
            ):
                return entries
        return _Entries()

    def _show_above(self, path: Path, root: Path | None, notes: list[str]) -> str | None:
        within = [folder for folder in path.parents[1:] if root in (folder, *folder.parents)]
        for folder in (path.parent, *(path.parents[1:2] if root is None else within)):
            if folder not in self._shows:
                found: list[str] = []
                has_file = _SHOW_FILE in self._names(folder)
                entries = _entries(folder / _SHOW_FILE, found) if has_file else _Entries()
                title = entries.get("title") if entries.about == "tvshow" else None
                self._shows[folder] = title, "; ".join(found) or None
            title, note = self._shows[folder]
            if note is not None:
                notes.append(note)
            if title is not None:
                return title
        return None

    def _names(self, folder: Path) -> frozenset[str]:
        """Return the `.nfo` files of a folder, which is looked through once."""
        if folder not in self._folders:
            try:
                names = frozenset(e.name for e in folder.iterdir() if e.suffix == ".nfo")
            except OSError:  # the walk says so
                names = frozenset()
            self._folders[folder] = names
        return self._folders[folder]


def _number(text: str | None) -> int | None:
    """Return a number as seasons and episodes have them: of five digits at most."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 5):
        return None
    return int(text)


def _entries(path: Path, notes: list[str]) -> _Entries:
    """Return the entries of the first element of a file."""
    if not is_file(path):  # a pipe would be waited for
        notes.append(f"{path}: not used (not a regular file)")
        return _Entries()
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        # Some hold nothing but the address of a page about the film.
        return _Reader().read(raw) if b"<" in raw[:1000] else _Entries()
    # An encoding that nobody knows is a LookupError.
    except (OSError, ValueError, LookupError, expat.ExpatError) as error:
        notes.append(f"{path}: not used ({error})")
        return _Entries()


class _FirstElementOverError(Exception):
    """Several episodes in a file are several elements in a row, which XML does not allow."""


class _Reader:
    """Collects the text of the children of the first element."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._about = ""
        self._found: dict[str, str] = {}
        self._text: list[str] = []

    def read(self, raw: bytes) -> _Entries:
        """Return the entries; `ValueError` where there is a document type, or far too much."""
        if len(raw) > MAX_BYTES:
            raise ValueError(f"larger than {MAX_BYTES} bytes")
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        with contextlib.suppress(_FirstElementOverError):
            parser.Parse(raw, True)
        return _Entries(self._about, self._found)

    def _refuse(self, *_: object) -> None:
        raise ValueError("it has a document type, which is not read")

    def _start(self, name: str, _: object) -> None:
        if not self._path:
            self._about = name
        self._path.append(name)
        self._text.clear()

    def _end(self, name: str) -> None:
        self._path.pop()
        if not self._path:
            raise _FirstElementOverError
        text = " ".join("".join(self._text).split())
        if len(self._path) == 1 and text:
            self._found.setdefault(name, text)
