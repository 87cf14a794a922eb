"""What the folders above a file say: the show, the season, or that it is an extra.

Owns the folder names of Plex, Jellyfin, Kodi and Sonarr, and what is stripped from a show's name.
Reads no file names.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from framematch.ingest.presence import is_folder
from framematch.records import ReferenceKind

_SEASON_FOLDER = re.compile(
    r"(?:season|series|saison|staffel|s)[ ._-]*(\d{1,4})(?:\s*[-(\[].*)?", re.IGNORECASE
)
_SPECIALS_FOLDER = re.compile(r"specials?|ova|oad", re.IGNORECASE)

#: Folders of Plex and Jellyfin inside that of a show, a season or a film, with what they hold.
_EXTRAS_FOLDERS: dict[str, ReferenceKind] = {
    "trailers": "trailer",
    **dict.fromkeys(
        (
            *("backdrops", "behind the scenes", "bonus", "clips", "deleted scenes", "extra"),
            *("extras", "featurettes", "interviews", "other", "samples", "scenes", "shorts"),
            "theme-music",
        ),
        "other",
    ),
}

#: Folders that people keep several shows in: their names name no show.
_COLLECTIONS = frozenset(
    (
        *("anime", "animation", "archive", "cartoons", "clips", "downloads", "episodes", "films"),
        *("finals", "footage", "incoming", "library", "media", "movies", "new", "reference"),
        *("references", "series", "shows", "stuff", "temp", "tmp", "tv", "tv series", "tv shows"),
        *("unsorted", "videos"),
    )
)

_TAGS = re.compile(r"\s*[\[{][^\]}]*[\]}]")
_YEAR = re.compile(r"\s*\(((?:19|20)\d\d)\)\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """What the folders above a file say of it.

    Attributes
    ----------
    show : str or None
        ``None`` where no folder names it.
    year : str or None
        The year that stood behind the show's name.
    season : int or None
        ``None`` where no folder says.
    extra : str or None
        What the file is, where it lies in a folder of extras.
    """

    show: str | None
    year: str | None
    season: int | None
    extra: ReferenceKind | None


class PlaceReader:
    """Reads places, and remembers which of the given folders are those of a single show."""

    def __init__(self) -> None:
        self._show_folders: dict[Path, bool] = {}

    def read(self, path: Path, root: Path | None) -> Place:
        """Return what the folders of `path` up to the given folder `root` say.

        Folders above the one that was given are somebody's disk layout, apart from the file's own.
        """
        within = () if root is None else tuple(f for f in path.parents[1:] if root in f.parents)
        season_folder, season, extra = None, None, None
        for folder in (path.parent, *within):
            number = season_number(folder.name)
            if number is not None:
                season_folder, season = folder, number
                break
            if extra is None and self._may_hold_extras(folder, root):
                extra = _EXTRAS_FOLDERS.get(folder.name.lower())
        named = self._show_folder(path, root, season_folder)
        show, year = (None, None) if named is None else bare_name(named)
        return Place(show, year, season, extra)

    def _may_hold_extras(self, folder: Path, root: Path | None) -> bool:
        """Return whether a folder lies in that of a show, of which it then says no name."""
        if root is None or folder == root:
            return False
        return folder.parent != root or self._is_show_folder(root)

    def _show_folder(self, path: Path, root: Path | None, season_folder: Path | None) -> str | None:
        """Return the name of the folder above the season, of the first below `root`, or `root`."""
        if season_folder is not None and season_folder.parent.name not in ("", ".."):
            return season_folder.parent.name
        if root is None:
            return None
        for level in path.relative_to(root).parts[:-1]:
            if root / level == season_folder or (
                level.lower() in _EXTRAS_FOLDERS and self._is_show_folder(root)
            ):
                break
            if level.lower() not in _COLLECTIONS:
                return level
        return None

    def of_root(self, root: Path) -> str | None:
        """Return the show that the given folder itself names, if it holds no other folders."""
        return bare_name(root.name)[0] if self._is_show_folder(root) else None

    def _is_show_folder(self, root: Path) -> bool:
        if root not in self._show_folders:
            self._show_folders[root] = _is_show_folder(root)
        return self._show_folders[root]


def _is_show_folder(root: Path) -> bool:
    if root.name in ("", "..") or root.name.lower() in _COLLECTIONS or not is_folder(root):
        return False
    try:
        entries = list(root.iterdir())
    except OSError:  # the walk says so
        return False
    return all(
        season_number(entry.name) is not None or entry.name.lower() in _EXTRAS_FOLDERS
        for entry in entries
        if not entry.name.startswith(".") and is_folder(entry)
    )


def season_number(folder: str) -> int | None:
    """Return the season that a folder is named after: 0 for specials, ``None`` for none."""
    found = _SEASON_FOLDER.fullmatch(folder)
    if found is not None:
        return int(found.group(1))
    return 0 if _SPECIALS_FOLDER.fullmatch(folder) else None


def bare_name(name: str) -> tuple[str, str | None]:
    """Return a show's name without identifiers, release tags and year, and that year.

    >>> bare_name("Some Show (2019) [tvdbid-123]")
    ('Some Show', '2019')
    """
    untagged = _TAGS.sub("", name).strip() or name
    dated = _YEAR.search(untagged)
    bare = untagged[: dated.start()].strip() if dated else untagged
    if dated is None or not bare:
        return _spaced(untagged), None
    return _spaced(bare), dated.group(1)


def _spaced(name: str) -> str:
    """Return a name with spaces where dots and underscores stood for them."""
    return name if " " in name else name.replace("_", " ").replace(".", " ").strip() or name
