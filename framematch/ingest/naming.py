"""Show, season and episode, told from where a file lies and what it is called.

Owns the reading of names, by guessit and by the folders of a library; the folder names the show.
Opens no file.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.records import EpisodeId, ReferenceKind

_STILL_SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga", ".tif", ".tiff", ".gif", ".psd", ".exr")
)
_SEASON_FOLDER = re.compile(r"(?:season|series|saison|staffel|s)[ ._-]*(\d{1,4})", re.IGNORECASE)
_SPECIALS_FOLDER = re.compile(r"specials?|ova|oad", re.IGNORECASE)
_WRITTEN_EPISODE = re.compile(r"(?<![a-z0-9])(?:s\d{1,4}[ ._-]?e\d|\d{1,2}x\d{2})", re.IGNORECASE)
#: A number that stands where an episode's number stands; others count takes, shots or drawings.
_EPISODE_NUMBER = re.compile(
    r"^\d{1,4}(?!\d)|(?:^|[ ._-])(?:e|ep|episode|\#)[ ._]?\d| - \d{1,4}(?!\d)|\u7b2c\d",
    re.IGNORECASE,
)
_RELEASE_TAGS = re.compile(r"\s*[\[{][^\]}]*[\]}]")

#: Folders that people keep several shows in: their names name no show.
_COLLECTIONS = frozenset(
    (
        *("anime", "animation", "archive", "cartoons", "clips", "downloads", "episodes", "films"),
        *("finals", "footage", "incoming", "library", "media", "movies", "new", "reference"),
        *("references", "series", "shows", "stuff", "temp", "tmp", "tv", "unsorted", "videos"),
    )
)


@dataclass(frozen=True, slots=True)
class Naming:
    """What the names say.

    Attributes
    ----------
    show : str or None
        ``None`` where nothing names it.
    season, episode : int or None
        As in broadcast; ``None`` where nothing says.
    kind : str
        What the file seems to be.
    note : str or None
        What a person should know about how the names were read.
    """

    show: str | None
    season: int | None
    episode: int | None
    kind: ReferenceKind
    note: str | None

    def episode_id(self) -> EpisodeId | None:
        """Return the episode, or ``None`` where the names do not hold both numbers."""
        if self.season is None or self.episode is None:
            return None
        return EpisodeId(self.season, self.episode)


def read_names(path: Path, root: Path | None) -> Naming:
    """Return what the names along `path` say.

    Parameters
    ----------
    path : Path
        The file.
    root : Path, optional
        The folder that was given and holds it; ``None`` where the file itself was given.
    """
    from guessit import guessit  # half a second: only jobs that read names pay it

    guess: dict[str, Any] = dict(guessit(path.name))
    still = path.suffix.lower() in _STILL_SUFFIXES
    written = _WRITTEN_EPISODE.search(path.stem) is not None
    if not (written or (not still and _EPISODE_NUMBER.search(path.stem))):
        guess.pop("episode", None)
    if still and not written:
        guess.pop("year", None)
    season_folder, season = _season_above(path, root)
    show = _show_folder(path, root, season_folder)
    if show is None and ("episode" in guess or "year" in guess):
        show = guess.get("title")
    if show is None and root is not None and _is_show_folder(root):
        show = _cleaned(root.name)
    notes: list[str] = []
    episode = _first(guess.get("episode"), notes, "episodes", path)
    season_in_name = _first(guess.get("season"), notes, "seasons", path)
    season = season_in_name if season_in_name is not None else season
    if episode is not None and season is None:
        season = 1
        notes.append("the path names no season: taken as season 1")
    return Naming(
        show=None if show is None else str(show),
        season=season,
        episode=episode,
        kind=_kind(path, guess, still=still),
        note="; ".join(notes) or None,
    )


def _season_above(path: Path, root: Path | None) -> tuple[Path | None, int | None]:
    """Return the nearest folder that is named after a season, and its number.

    Folders above the one that was given are somebody's disk layout, apart from the file's own.
    """
    within = () if root is None else tuple(f for f in path.parents[1:] if root in f.parents)
    for folder in (path.parent, *within):
        found = _SEASON_FOLDER.fullmatch(folder.name)
        if found is not None:
            return folder, int(found.group(1))
        if _SPECIALS_FOLDER.fullmatch(folder.name):
            return folder, 0
    return None, None


def _show_folder(path: Path, root: Path | None, season_folder: Path | None) -> str | None:
    """Return the show that a folder names: the one above the season, or the first below `root`."""
    if season_folder is not None and season_folder.parent.name not in ("", ".."):
        return _cleaned(season_folder.parent.name)
    if root is not None:
        levels = path.relative_to(root).parts[:-1]
        if levels and root / levels[0] != season_folder:
            return _cleaned(levels[0])
    return None


def _is_show_folder(root: Path) -> bool:
    """Return whether the given folder itself may name the show: no other folders are inside."""
    if root.name in ("", "..") or root.name.lower() in _COLLECTIONS:
        return False
    return all(
        _SEASON_FOLDER.fullmatch(entry.name) or _SPECIALS_FOLDER.fullmatch(entry.name)
        for entry in root.iterdir()
        if entry.is_dir() and not entry.name.startswith(".")
    )


def _cleaned(name: str) -> str:
    """Return a folder's name without release tags, with spaces where dots stood for them."""
    bare = _RELEASE_TAGS.sub("", name).strip() or name
    return bare if " " in bare else bare.replace("_", " ").replace(".", " ").strip() or bare


def _first(value: Any, notes: list[str], what: str, path: Path) -> int | None:  # noqa: ANN401 - guessit's
    if isinstance(value, list):
        notes.append(f"{path.name} holds several {what}: indexed as the first")
        value = min(value)
    return value if isinstance(value, int) else None


def _kind(path: Path, guess: dict[str, Any], *, still: bool) -> ReferenceKind:
    words = set(re.split(r"[\W_]+", path.stem.lower()))
    extra = guess.get("other") or []
    extras = set(extra if isinstance(extra, list) else [extra])
    if still and words & {"model", "sheet", "modelsheet", "colormodel", "turnaround"}:
        return "model-sheet"
    if still:
        return "still"
    if "Trailer" in extras or words & {"trailer", "teaser", "pv"}:
        return "trailer"
    if "Opening Credits" in extras or words & {"opening", "op", "ncop"}:
        return "opening"
    if guess.get("episode") is not None:
        return "episode"
    return "film" if "year" in guess else "other"
