"""`framematch index show`: one reference in full."""

from typing import Annotated

import typer

from framematch.cli.lookup import find_reference
from framematch.cli.render import clock, write, write_json
from framematch.cli.session import session_of


def index_show(
    ctx: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            metavar="SHA|PATH",
            help="Start of the SHA-256, the path it was indexed under, or the file itself.",
            show_default=False,
        ),
    ],
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Show everything that the index knows of one reference."""
    from framematch.index import Index

    reference = find_reference(Index.open(session_of(ctx).index).references(), which)
    if json_line:
        write_json(reference.to_dict())
        return
    for name, value in reference.to_dict().items():
        shown = clock(value) if name == "duration_s" else "-" if value is None else str(value)
        write(f"{name.removesuffix('_s'):<9} {shown}")
