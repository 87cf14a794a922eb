"""`framematch case verify`: is a case whole, unaltered, and still true of its dump?"""

from pathlib import Path
from typing import Annotated

import typer

from framematch.cli.progress import Meter
from framematch.cli.render import complain, counted, write, write_json
from framematch.errors import CaseError


def case_verify(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Folder of the case.")],
    dump: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Read the dump too, and say which files are not what they were."
        ),
    ] = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Write one JSON object per problem.")
    ] = False,
) -> None:
    """Check every byte of a case against its manifests, its files against each other, its journal.

    Nothing is written. Exit code 5 where anything is wrong.
    """
    from framematch.triage import verify

    read: list[str] = []
    with Meter() as meter:

        def on_file(path: str) -> None:
            read.append(path)
            meter.update(f"reading {path}", 0, 0)

        problems = verify(case, dump, on_file)
    for problem in problems:
        if json_lines:
            write_json({"path": problem.path, "what": problem.what})
        else:
            write(f"{problem.path}: {problem.what}")
    if problems:
        complain(f"{case}: {counted(len(problems), 'problem')} found")
        raise typer.Exit(CaseError.exit_code)
    if not json_lines:
        of_dump = "" if dump is None else f", and {counted(len(read), 'file')} of {dump}"
        write(f"{case}: all is as it was written{of_dump}")
