"""`framematch index add`: files and libraries into the index."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.adding import Adding
from framematch.cli.decoders import note_missing_walls
from framematch.cli.exits import EXIT_BULK_FAILURES, EXIT_INTERRUPTED
from framematch.cli.following import follow
from framematch.cli.planning import Plan
from framematch.cli.render import note, write, write_json, write_table
from framematch.cli.session import session_of
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framematch.ingest import Executor, IngestItem

#: Four months. The system's waiting knows no more than some years.
_MOST_SECONDS = 10_000_000

DRY_COLUMNS = ("Show", "Episode", "Kind", "From", "File")


class Kind(StrEnum):
    """What a reference is, as in `framematch.records.ReferenceKind`."""

    episode = "episode"
    film = "film"
    trailer = "trailer"
    opening = "opening"
    still = "still"
    model_sheet = "model-sheet"
    other = "other"


class Profile(StrEnum):
    """How closely videos are looked at, as in `framematch.config.PROFILES`."""

    thorough = "thorough"
    fast = "fast"


def index_add(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, or folders of a library; left out, those that --manifest names.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the show.")] = None,
    season: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, help="Number of the season.")
    ] = None,
    episode: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, help="Number of the episode.")
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(metavar="|".join(Kind), help="What the files are.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="CSV or YAML that says what files are: path, show, season, ..."
        ),
    ] = None,
    profile: Annotated[
        Profile,
        typer.Option(metavar="|".join(Profile), help="How closely videos are looked at."),
    ] = Profile.thorough,
    processes: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", min=1, help="Files coded at a time; else one per processor."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Code the files on the nodes of this Ray cluster (docs/scale.md).",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            max=_MOST_SECONDS,
            help="What one file may take; else 15 minutes, and more for large ones.",
        ),
    ] = None,
    remove_missing: Annotated[
        bool,
        typer.Option(
            "--remove-missing", help="Remove references from below PATH whose file is gone."
        ),
    ] = False,
    reread: Annotated[
        bool,
        typer.Option("--reread", help="Read files too whose size and time are as they were."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what each file would become, and do nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with files that are added or changed later.")
    ] = False,
    every: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0.1, max=_MOST_SECONDS, help="With --watch: how often to look."
        ),
    ] = 60.0,
    json_report: Annotated[
        bool, typer.Option("--json", help="Write the report as one JSON object.")
    ] = False,
) -> None:
    """Add files or whole library folders to the index.

    What a file is comes from the options, else from the manifest, else from .nfo files beside it,
    else from its path, such as "Show/Season 03/Show - S03E02 - Title.mkv". Files whose content is
    in the index already are left alone, so the same command can be run again: after an interrupt
    it continues where it stopped. A file that is broken, hangs or crashes its process costs itself
    only.
    """
    from framematch.config import PROFILES
    from framematch.ingest import Given

    session = session_of(ctx)
    if not paths and manifest is None:
        ctx.fail("Nothing to add: give files, folders, or a --manifest that names some.")
    given = Given(show, season, episode, None if kind is None else kind.value)
    plan = Plan(tuple(paths or ()), given, manifest, apart_from=session.index)
    if dry_run and (watch or remove_missing):
        raise ConfigError("--dry-run does nothing, so it goes with neither --watch nor another")
    if dry_run:
        _show_plan(plan, json_lines=json_report)
        return
    if cluster is not None and processes is not None:
        raise ConfigError("--processes is about this machine; leave it out with --cluster")
    note_missing_walls()
    try:
        with _coders(cluster, plan) as elsewhere:
            adding = Adding(
                index=session.index,
                plan=plan,
                sampling=PROFILES[profile.value],
                processes=processes,
                elsewhere=elsewhere,
                time_limit_s=time_limit,
                remove_missing=remove_missing,
                reread=reread,
                json_report=json_report,
            )
            if watch:
                follow(adding, every)
            failed = adding.once()
    except KeyboardInterrupt as error:
        note("interrupted; finished files are in the index, run the same command to continue")
        raise typer.Exit(EXIT_INTERRUPTED) from error
    if failed:
        raise typer.Exit(EXIT_BULK_FAILURES)


@contextlib.contextmanager
def _coders(cluster: str | None, plan: Plan) -> "Iterator[Executor | None]":
    """Yield who codes where that is not this machine: the nodes of a cluster, or ``None``."""
    if cluster is None:
        yield None
        return
    from framematch.cluster import RayExecutor, connected

    with connected(cluster) as joined:
        joined.check_sight(plan.paths)
        yield RayExecutor(joined)


def _show_plan(plan: Plan, *, json_lines: bool) -> None:
    """Write what each file would become."""
    items, failures = plan.made(plan.files())
    for item in items:
        if item.note is not None:
            note(f"warning: {item.path}: {item.note}")
    plan.tell(failures)
    if json_lines:
        for item in items:
            write_json(item.to_dict())
    elif items:
        write_table(DRY_COLUMNS, map(_row, items))
    else:
        write("nothing would be added")
    if failures:
        raise typer.Exit(EXIT_BULK_FAILURES)


def _row(item: "IngestItem") -> tuple[str, ...]:
    origins = item.origins
    sources = (origins.show, origins.episode, origins.kind)
    return (
        item.show,
        "" if item.episode is None else str(item.episode),
        item.kind,
        ", ".join(dict.fromkeys(source for source in sources if source is not None)),
        str(item.path),
    )
