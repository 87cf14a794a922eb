"""`framematch index add`: files and libraries into the index."""

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.inputs import find
from framematch.cli.progress import Meter
from framematch.cli.render import complain, counted, note, write, write_json
from framematch.cli.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framematch.ingest import Executor

#: Exit codes of its own; see docs/exit-codes.md.
EXIT_BULK_FAILURES = 6
EXIT_INTERRUPTED = 130


class Kind(StrEnum):
    """What a reference is, as in `framematch.records.ReferenceKind`."""

    episode = "episode"
    film = "film"
    trailer = "trailer"
    opening = "opening"
    still = "still"
    model_sheet = "model-sheet"
    other = "other"


def index_add(
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, or folders of a library.", show_default=False),
    ],
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
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Code the files on the nodes of this Ray cluster (docs/scale.md).",
        ),
    ] = None,
    json_report: Annotated[
        bool, typer.Option("--json", help="Write the report as one JSON object.")
    ] = False,
) -> None:
    """Add files or whole library folders to the index.

    Without options, show, season and episode come from the path, such as
    "Show/Season 03/Show - S03E02 - Title.mkv". Files that are in the index already are left alone,
    so the same command can be run again: after an interrupt it continues where it stopped.
    """
    from framematch.ingest import IngestProgress, add, plan_files

    session = session_of(ctx)
    files = find(paths, apart_from=session.index)
    items, failures = plan_files(files, show, season, episode, None if kind is None else kind.value)
    with Meter() as meter:

        def on_progress(at: IngestProgress) -> None:
            meter.update(
                f"{at.position + 1}/{at.total} {at.path}", at.position + at.share, at.total
            )

        try:
            with _executor(cluster, paths) as executor:
                report = add(session.index, items, on_progress=on_progress, executor=executor)
        except KeyboardInterrupt as error:
            note("interrupted; finished files are in the index, run the same command to continue")
            raise typer.Exit(EXIT_INTERRUPTED) from error
    failed = [*failures, *report.failures]
    for warning in report.warnings:
        note(f"warning: {warning.path}: {warning.reason}")
    for failure in failed:
        complain(failure.reason)
    if json_report:
        write_json(
            {
                "added": [reference.to_dict() for reference in report.added],
                "unchanged": list(report.unchanged),
                "failures": [failure.to_dict() for failure in failed],
                "warnings": [{"path": w.path, "reason": w.reason} for w in report.warnings],
                "frames": report.frames,
            }
        )
    else:
        write(
            f"{counted(len(report.added), 'file')} added ({counted(report.frames, 'frame')}),"
            f" {len(report.unchanged)} unchanged, {len(failed)} failed"
        )
    if failed:
        raise typer.Exit(EXIT_BULK_FAILURES)


@contextlib.contextmanager
def _executor(cluster: str | None, paths: list[Path]) -> "Iterator[Executor | None]":
    """Yield who codes the files: the nodes of a cluster, or whoever does by default."""
    if cluster is None:
        yield None
        return
    from framematch.cluster import RayExecutor, connected

    with connected(cluster) as joined:
        joined.check_sight(paths)
        yield RayExecutor(joined)
