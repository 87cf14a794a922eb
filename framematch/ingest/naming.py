"""Show, season and episode, told from where a file lies and what it is called.

Owns the reading of file names, by guessit where they are not written plainly; the folder names the
show (`framematch.ingest.folders`). Opens no file.
"""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.ingest.folders import Place, PlaceReader, bare_name
from framematch.records import EpisodeId, ReferenceKind

_STILL_SUFFIXES = frozenset(
    (
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".bmp",
        ".tga",
        ".tif",
        ".tiff",
        ".gif",
        ".psd",
        ".psb",
        ".exr",
        ".clip",
    )
)
_WRITTEN_EPISODE = re.compile(r"(?<![a-z0-9])(?:s\d{1,4}[ ._-]?e\d|\d{1,2}x\d{2})", re.IGNORECASE)
#: Season and episodes as Sonarr, Plex and Jellyfin write them: nothing is left to guess.
_PLAIN = re.compile(
    r"(?<![a-z0-9])s(?P<season>\d{1,4})[ ._-]?e(?P<first>\d{1,5})"
    r"(?:-?e(?P<more>\d{1,5})|-(?P<last>\d{1,3}))?(?:v\d)?(?![a-z0-9]|-?e?\d)",
    re.IGNORECASE,
)
#: A number that stands where an episode's number stands; others count takes, shots or drawings.
_EPISODE_NUMBER = re.compile(
    r"^\d{1,4}(?!\d)|(?:^|[ ._-])(?:e|ep|episode|\#)[ ._]?\d| - \d{1,4}(?!\d)|\u7b2c\d",
    re.IGNORECASE,
)
#: What Plex and Jellyfin write behind the name of an extra.
_EXTRA_SUFFIX = re.compile(
    r"[-.](?:behindthescenes|clip|deleted|deletedscene|extra|featurette|interview|other|sample"
    r"|scene|short)$",
    re.IGNORECASE,
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
    year : str or None
        The year that stood behind the show's name.
    """

    show: str | None
    season: int | None
    episode: int | None
    kind: ReferenceKind
    note: str | None
    year: str | None = None

    def episode_id(self) -> EpisodeId | None:
        """Return the episode, or ``None`` where the names do not hold both numbers."""
        if self.season is None or self.episode is None:
            return None
        return EpisodeId(self.season, self.episode)


def read_names(path: Path, root: Path | None, places: PlaceReader | None = None) -> Naming:
    """Return what the names along `path` say.

    Parameters
    ----------
    path : Path
        The file.
    root : Path, optional
        The folder that was given and holds it; ``None`` where the file itself was given.
    places : PlaceReader, optional
        Remembers folders from one file to the next.
    """
    places = places or PlaceReader()
    place = places.read(path, root)
    still = path.suffix.lower() in _STILL_SUFFIXES
    guess = _guess(path, place, still=still)
    show, year = place.show, place.year
    if show is None and ("episode" in guess or "year" in guess) and guess.get("title"):
        show = bare_name(str(guess["title"]))[0]
    if show is None and root is not None:
        show = places.of_root(root)
    notes: list[str] = []
    episode = _first(guess.get("episode"), notes, "episodes", path)
    season = _first(guess.get("season"), notes, "seasons", path)
    season = place.season if season is None else season
    if episode is not None and season is None:
        season = 1
        notes.append("the path names no season: taken as season 1")
    return Naming(
        show=show,
        season=season,
        episode=episode,
        kind=_kind(path, guess, place, still=still),
        note="; ".join(notes) or None,
        year=year,
    )


def _guess(path: Path, place: Place, *, still: bool) -> dict[str, Any]:
    """Return what the name of the file says, in guessit's words."""
    plain = _PLAIN.findall(path.stem)
    if len(plain) == 1 and place.show is not None:
        # Ten milliseconds saved: a library has thousands of these.
        season, *episodes = (int(number) for number in plain[0] if number)
        return {"season": season, "episode": episodes if len(episodes) > 1 else episodes[0]}
    from guessit import guessit  # slow to import: only jobs that need it pay it

    guess: dict[str, Any] = dict(guessit(path.name, {"episode_prefer_number": True}))
    written = _WRITTEN_EPISODE.search(path.stem) is not None
    extra = place.extra is not None or _is_extra(path)
    if not written and (still or extra or not _has_number(path.stem, place.show)):
        guess.pop("episode", None)
        if extra:
            guess.pop("date", None)
    date = guess.get("date")
    if isinstance(date, datetime.date) and not still and "episode" not in guess:
        # As Plex numbers shows that are named by date; the order stays that of broadcast.
        guess["episode"] = date.month * 100 + date.day
        guess.setdefault("season", date.year if place.season is None else place.season)
    if still and not written:
        guess.pop("year", None)
    return guess


def _is_extra(path: Path) -> bool:
    """Return whether the name ends as those of extras do, and is not that of an episode."""
    return bool(_EXTRA_SUFFIX.search(path.stem)) and not _WRITTEN_EPISODE.search(path.stem)


def _has_number(stem: str, show: str | None) -> bool:
    """Return whether a number stands where that of an episode does: behind the show, for one."""
    if _EPISODE_NUMBER.search(stem):
        return True
    if show is None:
        return False
    name = r"[\W_]+".join(map(re.escape, show.split()))
    return re.match(rf"(?:\[[^\]]*\]\s*)?{name}[ ._-]+\d{{1,4}}(?!\d)", stem, re.I) is not None


def _first(value: Any, notes: list[str], what: str, path: Path) -> int | None:  # noqa: ANN401 - guessit's
    if isinstance(value, list):
        notes.append(f"{path.name} holds several {what}: indexed as the first")
        value = min(value)
    return value if isinstance(value, int) else None


def _kind(path: Path, guess: dict[str, Any], place: Place, *, still: bool) -> ReferenceKind:
    words = set(re.split(r"[\W_]+", path.stem.lower()))
    found = guess.get("other") or []
    others = set(found if isinstance(found, list) else [found])
    if still and words & {"model", "sheet", "modelsheet", "colormodel", "turnaround"}:
        return "model-sheet"
    if still:
        return "still"
    if "Trailer" in others or words & {"trailer", "teaser", "pv"}:
        return "trailer"
    if "Opening Credits" in others or words & {"opening", "op", "ncop"}:
        return "opening"
    if place.extra is not None and guess.get("episode") is None:
        return place.extra
    if _is_extra(path):
        return "other"
    if guess.get("episode") is not None:
        return "episode"
    return "film" if "year" in guess else "other"
