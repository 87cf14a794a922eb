"""What is to be indexed: each file with the show, episode and kind that it will stand for.

Owns the order of precedence: what is given, then what the names say. Must not open media.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from framematch.errors import ConfigError, UnreadableMediaError
from framematch.ingest.naming import Naming, read_names
from framematch.ingest.walk import FoundFile, walk
from framematch.records import EpisodeId, ItemFailure, ReferenceKind


@dataclass(frozen=True, slots=True)
class IngestItem:
    """One file that is to be indexed, and what it is.

    Attributes
    ----------
    path : Path
        The file, as it was given.
    show : str
        Name of the show.
    episode : EpisodeId or None
        ``None`` where it belongs to no single episode.
    kind : str
        What the reference is.
    note : str or None
        What a person should know about how its names were read.
    """

    path: Path
    show: str
    episode: EpisodeId | None
    kind: ReferenceKind
    note: str | None = None


def plan(
    paths: Iterable[Path | str],
    show: str | None = None,
    season: int | None = None,
    episode: int | None = None,
    kind: ReferenceKind | None = None,
) -> tuple[list[IngestItem], list[ItemFailure]]:
    """Return what is to be indexed of `paths`, and the files of which nobody can say what they are.

    Folders are walked as `walk` does. What is given wins over what the names say.
    """
    return plan_files(walk(paths).files, show, season, episode, kind)


def plan_files(
    files: Iterable[FoundFile],
    show: str | None = None,
    season: int | None = None,
    episode: int | None = None,
    kind: ReferenceKind | None = None,
) -> tuple[list[IngestItem], list[ItemFailure]]:
    """Return what `plan` does, of files that were found already.

    Raises
    ------
    ConfigError
        A number is negative, or an episode is given without its season.
    """
    if episode is not None and season is None:
        raise ConfigError("an episode needs its season; pass --season too")
    if show is not None and not show.strip():
        raise ConfigError("the name of the show is empty; pass --show NAME")
    items: list[IngestItem] = []
    failures: list[ItemFailure] = []
    for found in files:
        if not found.path.is_file():
            failures.append(_failure(found.path, _not_a_file(found.path)))
            continue
        names = read_names(found.path, found.root)
        named = show or names.show
        if named is None:
            failures.append(
                _failure(found.path, ConfigError(f"{found.path}: no show; pass --show"))
            )
            continue
        items.append(
            IngestItem(
                path=found.path,
                show=named.strip(),
                episode=_episode(names, season, episode),
                kind=kind or names.kind,
                note=names.note if season is None and episode is None else None,
            )
        )
    return items, failures


def _episode(names: Naming, season: int | None, episode: int | None) -> EpisodeId | None:
    season = names.season if season is None else season
    episode = names.episode if episode is None else episode
    return None if season is None or episode is None else EpisodeId(season, episode)


def _not_a_file(path: Path) -> UnreadableMediaError:
    what = "not a regular file" if path.exists() else "no such file"
    return UnreadableMediaError(f"{path}: {what}; check the path")


def _failure(path: Path, error: Exception) -> ItemFailure:
    return ItemFailure(path=str(path), error=type(error).__name__, reason=str(error))
