"""The bulk job: what is to be indexed, and indexing it.

Owns the rule that one broken file costs itself only, and that a job which is run again does nothing
twice. Must not import matching or the faces.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from framematch.config import SamplingSettings
from framematch.errors import ConfigError, InputError, UnreadableMediaError
from framematch.hashing import SPECS
from framematch.index import Index, IndexWriter
from framematch.ingest.coding import code_file
from framematch.ingest.naming import Naming, read_names
from framematch.ingest.walk import FoundFile, walk
from framematch.media import sha256_of
from framematch.records import EpisodeId, ItemFailure, Reference, ReferenceKind


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


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Where a job stands.

    Attributes
    ----------
    path : Path
        The file being worked on.
    position, total : int
        Files before it, and files in the job.
    share : float
        Share of the file that is done, 0 to 1.
    """

    path: Path
    position: int
    total: int
    share: float


@dataclass(frozen=True, slots=True)
class IngestWarning:
    """One file that was indexed, with something a person should know about it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a job did, each list in the order of the job.

    Attributes
    ----------
    added : tuple of Reference
        Files that were coded and published, those with a new attribution included.
    unchanged : tuple of str
        Paths whose file was in the index already.
    failures : tuple of ItemFailure
        Files that could not be used.
    warnings : tuple of IngestWarning
        Files that were indexed in part, or whose names were read with a doubt.
    frames : int
        Rows that were added.
    """

    added: tuple[Reference, ...]
    unchanged: tuple[str, ...]
    failures: tuple[ItemFailure, ...]
    warnings: tuple[IngestWarning, ...]
    frames: int


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


def add(
    index_path: Path,
    items: Sequence[IngestItem],
    sampling: SamplingSettings | None = None,
    on_progress: Callable[[IngestProgress], None] | None = None,
) -> IngestReport:
    """Index `items`, each in one atomic step; the index is made where there is none.

    A file that is in the index with the same show, episode and kind is left alone; with others it
    is coded again and replaced. An interrupt leaves every file before it in the index.

    Parameters
    ----------
    index_path : Path
        Folder of the index.
    items : sequence of IngestItem
        What to index, in order.
    sampling : SamplingSettings, optional
        How often videos are looked at; the default where left out.
    on_progress : callable, optional
        Told where the job stands.

    Raises
    ------
    IndexStoreError
        The index cannot be written, or another process is writing to it.
    """
    job = _Job(sampling or SamplingSettings(), on_progress or _unheard, len(items))
    if not items:
        return job.report()
    with IndexWriter(index_path, SPECS, _decoders()) as writer:
        with Index.open(index_path) as index:
            known = {reference.sha256: reference for reference in index.references()}
        for position, item in enumerate(items):
            job.take(writer, known, position, item)
    return job.report()


def _decoders() -> dict[str, str]:
    """Return the versions of what decodes, by package."""
    return {package: version(package) for package in ("av", "pillow")}


def _unheard(progress: IngestProgress) -> None:
    """Stand in for a listener."""


class _Job:
    """One run of `add`."""

    def __init__(
        self,
        sampling: SamplingSettings,
        on_progress: Callable[[IngestProgress], None],
        total: int,
    ) -> None:
        self._sampling = sampling
        self._on_progress = on_progress
        self._total = total
        self._seen: dict[str, Path] = {}
        self._added: list[Reference] = []
        self._unchanged: list[str] = []
        self._failures: list[ItemFailure] = []
        self._warnings: list[IngestWarning] = []
        self._frames = 0

    def take(
        self,
        writer: IndexWriter,
        known: dict[str, Reference],
        position: int,
        item: IngestItem,
    ) -> None:
        """Index one file, or note why not."""

        def share_done(share: float) -> None:
            self._on_progress(IngestProgress(item.path, position, self._total, share))

        share_done(0.0)
        try:
            sha256 = sha256_of(item.path)
            if not self._is_wanted(sha256, known.get(sha256), item):
                return
            coded = code_file(item.path, self._sampling, share_done)
        except (InputError, OSError) as error:
            self._failures.append(_failure(item.path, error))
            return
        reference = Reference(
            sha256=sha256,
            path=str(item.path),
            show=item.show,
            episode=item.episode,
            kind=item.kind,
            media=coded.info.kind,
            width=coded.info.width,
            height=coded.info.height,
            duration_s=coded.info.duration_s or 0.0,
            warning=coded.warning,
        )
        writer.publish(reference, coded.batch)
        known[sha256] = reference
        self._added.append(reference)
        self._frames += len(coded.batch)
        for reason in filter(None, (item.note, coded.warning)):
            self._warnings.append(IngestWarning(str(item.path), reason))

    def _is_wanted(self, sha256: str, known: Reference | None, item: IngestItem) -> bool:
        """Return whether the file must be coded; say so where it is the same as one before it."""
        twin = self._seen.setdefault(sha256, item.path)
        same = known is not None and _attribution(known) == _attribution(item)
        if same:
            self._unchanged.append(str(item.path))
        elif known is not None and twin != item.path:
            reason = (
                f"the same file as {twin}, which stays {known.show} {known.episode or ''}".strip()
            )
            self._warnings.append(IngestWarning(str(item.path), reason))
            self._unchanged.append(str(item.path))
            return False
        return not same

    def report(self) -> IngestReport:
        """Return what was done."""
        return IngestReport(
            added=tuple(self._added),
            unchanged=tuple(self._unchanged),
            failures=tuple(self._failures),
            warnings=tuple(self._warnings),
            frames=self._frames,
        )


def _attribution(owner: Reference | IngestItem) -> tuple[str, EpisodeId | None, ReferenceKind]:
    return owner.show, owner.episode, owner.kind
