"""`framematch index compact`: one file of all rows, so that a large index opens at once."""

from typing import Annotated

import typer

from framematch.cli.render import counted, write, write_json
from framematch.cli.session import session_of


def index_compact(
    ctx: typer.Context,
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Write what a large index is searched by to one file, mapped at the next opening.

    Nothing is lost where that file is missing or older than the index: opening and the first search
    take longer, answers are the same. Running this again writes only what changed.
    """
    from framematch.index import compact

    session = session_of(ctx)
    done = compact(session.index)
    if json_line:
        write_json(done.to_dict())
        return
    did = "written" if done.written else "already good"
    write(
        f"{session.index / done.file}: {did}, {counted(done.rows, 'frame')},"
        f" {done.bytes / 1e6:.1f} MB"
    )
