"""`framematch index merge`: what other indexes hold, into this one."""

from pathlib import Path
from typing import Annotated

import typer

from framematch.cli.compacting import compact_if_worth_it
from framematch.cli.exits import EXIT_INTERRUPTED
from framematch.cli.progress import LOG_EVERY_S, Meter
from framematch.cli.render import counted, note, write, write_json
from framematch.cli.session import session_of


def index_merge(
    ctx: typer.Context,
    others: Annotated[
        list[Path],
        typer.Argument(metavar="OTHER", help="Folders of other indexes.", show_default=False),
    ],
    json_report: Annotated[
        bool, typer.Option("--json", help="Write the report as one JSON object.")
    ] = False,
) -> None:
    """Add what other indexes hold to this one, without the files and without decoding.

    All must hold codes of the same specification. The others are only read. Of a file that several
    hold as different things, what this index says stays, then what the first OTHER says; that is
    told. An interrupted merge is run again.
    """
    from framematch.index import merge

    session = session_of(ctx)
    with Meter(log_every_s=LOG_EVERY_S) as meter:
        try:
            report = merge(
                session.index,
                others,
                on_merged=lambda done, total: meter.update("merging", done, total),
            )
        except KeyboardInterrupt as error:
            note("interrupted; what was merged stays, run the same command to continue")
            raise typer.Exit(EXIT_INTERRUPTED) from error
    for conflict in report.conflicts:
        note(f"warning: {conflict.reason}")
    if report.added:
        compact_if_worth_it(session.index)
    if json_report:
        write_json(
            {
                "added": [reference.to_dict() for reference in report.added],
                "unchanged": report.unchanged,
                "conflicts": [conflict.to_dict() for conflict in report.conflicts],
            }
        )
        return
    write(
        f"{counted(len(report.added), 'reference')} added, {report.unchanged} unchanged,"
        f" {counted(len(report.conflicts), 'conflict')}"
    )
