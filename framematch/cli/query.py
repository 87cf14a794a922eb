"""`framematch query`: attribute unknown files."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.decoders import begin_decoders, note_missing_walls
from framematch.cli.exits import EXIT_BULK_FAILURES, EXIT_NO_MATCH
from framematch.cli.inputs import find_queries
from framematch.cli.progress import Meter
from framematch.cli.render import clock, complain, counted, note, write_json, write_table
from framematch.cli.session import SearchStructure, session_of
from framematch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from framematch.index import Index
    from framematch.matching.confidence import Model
    from framematch.media import NumberedSequence
    from framematch.records import Attribution

COLUMNS = ("Verdict", "Show", "Episodes", "Time", "Confidence", "Stage", "File")


def query(
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, or folders of files.", show_default=False),
    ],
    json_lines: Annotated[
        bool, typer.Option("--json", help="Write one JSON object per file, in the order given.")
    ] = False,
    sequences: Annotated[
        bool,
        typer.Option(
            "--sequences",
            help="Answer numbered pictures of one folder (shot_0001.png, ...) as one clip.",
        ),
    ] = False,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Confidence as fitted by framematch calibrate; else as shipped.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Search the index on the nodes of this Ray cluster (docs/scale.md).",
        ),
    ] = None,
    search_structure: Annotated[
        SearchStructure | None,
        typer.Option(
            "--search-structure",
            metavar="|".join(SearchStructure),
            help="How the index is searched; by default what suits its size. Linear and flat "
            "compare every frame in full, sieve passes over those that differ in many bits.",
        ),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 when no file matches a show.")
    ] = False,
) -> None:
    """Say which show and episodes files belong to, how sure that is, and the production stage.

    Folders are looked through in sorted order. A table for people, when all are
    answered; --json for programs, each line as soon as it is known.
    """
    from framematch.matching.confidence import Model

    begin_decoders(paths)
    session = session_of(ctx)
    model = None if calibration is None else Model.load(calibration)
    index = session.open_filled_index(None if search_structure is None else search_structure.value)
    if index.backend == "sieve" and index.derived is None:
        note(
            f"{session.index}: {counted(len(index), 'frame')} are read from"
            f" {counted(len(index.references()), 'file')} and prepared for searching in each"
            " process; framematch index compact does that once"
        )
    queries = find_queries(paths, apart_from=session.index, sequences=sequences)
    answers: list[Attribution] = []
    with (
        Meter(quiet=json_lines and _same_terminal()) as meter,
        # Closed at once where it is interrupted: the processes go with it.
        closing(_attributions(index, queries, model, cluster)) as attributions,
    ):
        first = queries[0]
        meter.update(str(first) if isinstance(first, Path) else first.name, 0, len(queries))
        for answer in attributions:
            answers.append(answer)
            meter.update(answer.file, len(answers), len(queries))
            if json_lines:
                write_json(answer.to_dict())
    if not json_lines:
        write_table(COLUMNS, (row_of(answer) for answer in answers))
    _finish(answers, exit_code=exit_code)


def _attributions(
    index: "Index",
    queries: "Sequence[Path | NumberedSequence]",
    model: "Model | None",
    cluster: str | None,
) -> "Generator[Attribution]":
    """Yield the attribution of each query, in order; searched here or on a cluster."""
    from framematch.parallel import attribute_files

    if cluster is None:
        yield from attribute_files(index, queries, model=model)
        return
    from framematch.cluster import connected, sharded_index

    with connected(cluster) as joined:
        joined.check_sight([index.path])
        with sharded_index(index, joined) as (sharded, opened_there):
            yield from attribute_files(sharded, queries, model=model, opened_there=opened_there)


def _same_terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def row_of(answer: "Attribution") -> tuple[str, ...]:
    """Return the cells of one answer, as in `COLUMNS`."""
    episodes = answer.episodes
    if episodes is None:
        span = ""
    elif episodes.first == episodes.last:
        span = str(episodes.first)
    else:
        best = "" if episodes.best is None else f" (best {episodes.best})"
        span = f"{episodes.first}-{episodes.last}{best}"
    matched = answer.verdict == "match" and answer.matches
    return (
        answer.verdict,
        answer.show or "",
        span,
        clock(answer.matches[0].reference_s) if matched else "",
        "" if answer.verdict == "unreadable" else f"{answer.confidence:.2f}",
        "" if answer.stage is None else ", ".join((answer.stage.label, *answer.stage.flags)),
        answer.file,
    )


def _finish(answers: "list[Attribution]", *, exit_code: bool) -> None:
    """Complain about what could not be read, and leave with the code that says so."""
    note_missing_walls()
    unreadable = [answer for answer in answers if answer.verdict == "unreadable"]
    for answer in answers:
        if answer.error and answer.verdict != "unreadable":
            note(f"warning: {answer.file}: {answer.error}")
    for answer in unreadable:
        complain(answer.error or f"{answer.file}: cannot be read")
    if unreadable and len(answers) == 1:
        raise typer.Exit(InputError.exit_code)
    if unreadable:
        complain(f"{len(unreadable)} of {counted(len(answers), 'file')} could not be read")
        raise typer.Exit(EXIT_BULK_FAILURES)
    if exit_code and not any(answer.verdict == "match" for answer in answers):
        raise typer.Exit(EXIT_NO_MATCH)
