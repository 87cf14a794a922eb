"""What is to be indexed: each file with the show, episode and kind that it will stand for.

Owns the order of precedence: what is given, then the manifest, then `.nfo` files, then the names.
Must not open media.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from framematch.errors import ConfigError, UnreadableMediaError
from framematch.ingest.folders import PlaceReader
from framematch.ingest.manifest import Manifest, ManifestRow
from framematch.ingest.naming import Naming, read_names
from framematch.ingest.nfo import Nfo, NfoReader
from framematch.ingest.presence import is_file, is_there
from framematch.ingest.walk import FoundFile, walk
from framematch.records import EpisodeId, ItemFailure, ReferenceKind

#: Who said what a file is: an option, the manifest, an `.nfo` file, or folder and file names.
Origin = Literal["option", "manifest", "nfo", "name"]


@dataclass(frozen=True, slots=True)
class Origins:
    """Who said each part of what a file is; ``None`` for an episode that nobody named."""

    show: Origin = "option"
    episode: Origin | None = None
    kind: Origin = "option"


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
    origins : Origins
        Who said so.
    """

    path: Path
    show: str
    episode: EpisodeId | None
    kind: ReferenceKind
    note: str | None = None
    origins: Origins = Origins()

    def to_dict(self) -> dict[str, Any]:
        """Return the item as `index add --dry-run --json` writes it."""
        return {
            "path": str(self.path),
            "show": self.show,
            "episode": None if self.episode is None else str(self.episode),
            "kind": self.kind,
            "from": {
                "show": self.origins.show,
                "episode": self.origins.episode,
                "kind": self.origins.kind,
            },
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """What holds for all files, because a person said so; ``None`` leaves it open.

    Raises
    ------
    ConfigError
        The name is empty or not valid text, a number is out of range, or an episode is given
        without its season.
    """

    show: str | None = None
    season: int | None = None
    episode: int | None = None
    kind: ReferenceKind | None = None

    def __post_init__(self) -> None:
        if self.episode is not None and self.season is None:
            raise ConfigError("an episode needs its season; pass --season too")
        if self.show is not None and not self.show.strip():
            raise ConfigError("the name of the show is empty; pass --show NAME")
        if self.show is not None and not _is_text(self.show):
            raise ConfigError(f"the show {self.show!a} is not valid text; write it in UTF-8")
        EpisodeId(self.season or 0, self.episode or 0)


def plan(
    paths: Iterable[Path | str],
    show: str | None = None,
    season: int | None = None,
    episode: int | None = None,
    kind: ReferenceKind | None = None,
    *,
    manifest: Path | None = None,
) -> tuple[list[IngestItem], list[ItemFailure]]:
    """Return what is to be indexed of `paths`, and the files of which nobody can say what they are.

    Folders are walked as `walk` does. What is given wins over what `manifest` says, that over
    `.nfo` files, and those over names (docs/libraries.md).

    Raises
    ------
    ConfigError
        A number is negative, an episode is given without its season, or the manifest is wrong.
    """
    read = None if manifest is None else Manifest.load(manifest)
    return plan_files(walk(paths).files, Given(show, season, episode, kind), read)


def plan_files(
    files: Iterable[FoundFile], given: Given | None = None, manifest: Manifest | None = None
) -> tuple[list[IngestItem], list[ItemFailure]]:
    """Return what `plan` does, of files that were found already."""
    planner = _Planner(given or Given(), manifest)
    failures: list[ItemFailure] = []
    for found in files:
        try:
            planner.take(found)
        except (UnreadableMediaError, ConfigError) as error:
            failures.append(ItemFailure(str(found.path), type(error).__name__, str(error)))
    return planner.items(), failures


class _Planner:
    """Asks those who may know about each file, until nothing is open."""

    def __init__(self, given: Given, manifest: Manifest | None) -> None:
        self._given = given
        self._manifest = manifest
        self._nfos = NfoReader()
        self._places = PlaceReader()
        self._items: list[IngestItem] = []
        self._years: list[str | None] = []

    def take(self, found: FoundFile) -> None:
        """Plan one file.

        Raises
        ------
        UnreadableMediaError
            It is no file.
        ConfigError
            Nobody says of what show it is.
        """
        if not is_file(found.path):
            what = "not a regular file" if is_there(found.path) else "no such file"
            raise UnreadableMediaError(f"{found.path}: {what}; check the path")
        row = None if self._manifest is None else self._manifest.says(found.path)
        claims: list[tuple[Origin, Given | ManifestRow | Nfo | Naming]] = [("option", self._given)]
        if row is not None:
            claims.append(("manifest", row))
        notes: list[str | None] = []
        naming = None
        if not _is_settled(self._given, row):
            nfo = self._nfos.read(found.path, found.root)
            naming = read_names(found.path, found.root, self._places)
            claims += [("nfo", nfo), ("name", naming)]
            notes.append(nfo.note)
        show, said_show = _said(claims, "show")
        if show is None or said_show is None:
            raise ConfigError(f"{found.path}: no show; pass --show")
        if not _is_text(show):
            raise ConfigError(
                f"{found.path}: the show {show!a} is not valid text; rename the folder or the"
                " file in UTF-8, or pass --show"
            )
        kind, said_kind = _said(claims, "kind")
        if row is not None and not row.counts and row.episode is None:
            claims = [claim for claim in claims if claim[0] == "option"]
        season, _ = _said(claims, "season")
        number, said_number = _said(claims, "episode")
        if naming is not None and said_number == "name" and season == naming.season:
            notes.append(naming.note)
        episode = None if season is None or number is None else EpisodeId(season, number)
        origins = Origins(said_show, None if episode is None else said_number, said_kind or "name")
        self._items.append(
            IngestItem(
                path=found.path,
                show=show.strip(),
                episode=episode,
                kind=kind or "other",
                note="; ".join(filter(None, notes)) or None,
                origins=origins,
            )
        )
        self._years.append(naming.year if naming is not None and said_show == "name" else None)

    def items(self) -> list[IngestItem]:
        """Return the items, shows of one name and several years told apart by them."""
        years = defaultdict(set)
        for item, year in zip(self._items, self._years, strict=True):
            if year is not None:
                years[item.show].add(year)
        return [
            replace(item, show=f"{item.show} ({year})")
            if year is not None and len(years[item.show]) > 1
            else item
            for item, year in zip(self._items, self._years, strict=True)
        ]


def _is_text(name: str) -> bool:
    """Return whether a name holds no bytes that are no UTF-8."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_settled(given: Given, row: ManifestRow | None) -> bool:
    """Return whether options and manifest leave nothing to be read elsewhere."""
    show, kind, season, episode = (
        getattr(given, name) if getattr(given, name) is not None else getattr(row, name, None)
        for name in ("show", "kind", "season", "episode")
    )
    if show is None or kind is None:
        return False
    no_number_expected = row is not None and not row.counts
    return (season is not None and episode is not None) or no_number_expected


def _said(
    claims: Iterable[tuple[Origin, Given | ManifestRow | Nfo | Naming]], what: str
) -> tuple[Any, Origin | None]:
    """Return the first claim about `what`, and whose it is."""
    for origin, claim in claims:
        value = getattr(claim, what)
        if value is not None:
            return value, origin
    return None, None
