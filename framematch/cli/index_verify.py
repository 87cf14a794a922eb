"""`framematch index verify`: whether the index on disk is what was written."""

from typing import Annotated

import typer

from framematch.cli.render import complain, counted, note, write, write_json
from framematch.cli.session import session_of
from framematch.errors import IndexStoreError


def index_verify(
    ctx: typer.Context,
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Check every checksum and count of the index; exit with 5 where something is wrong."""
    from framematch.index import verify

    session = session_of(ctx)
    found = verify(session.index)
    if json_line:
        write_json(found.to_dict())
    for remark in found.notes:
        note(f"{remark.file}: {remark.reason}")
    for problem in found.problems:
        complain(f"{problem.file}: {problem.reason}")
    if found.problems:
        complain(
            f"{session.index}: {counted(len(found.problems), 'problem')};"
            " restore the index from a copy, or index the files again into a new folder"
        )
        raise typer.Exit(IndexStoreError.exit_code)
    if not json_line:
        write(
            f"{session.index}: good, {counted(found.references, 'reference')},"
            f" {counted(found.frames, 'frame')}"
        )
