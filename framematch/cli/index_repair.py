"""`framematch index repair`: a damaged index brought back to what is whole of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.exits import EXIT_BULK_FAILURES
from framematch.cli.render import complain, counted, note, write, write_json
from framematch.cli.session import Session, session_of

if TYPE_CHECKING:
    from framematch.index import Repair


def index_repair(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Make again what follows from other files, and name what must be indexed again.

    Damaged files are kept in the folder quarantine of the index. References whose frames are lost
    leave the index and are listed with a manifest for index add; exit with 6 while some wait.
    References that are whole give the answers that they gave before.
    """
    from framematch.hashing import SPECS
    from framematch.index import repair

    session = session_of(ctx)
    found = repair(session.index, SPECS, dry_run=dry_run)
    if json_line:
        write_json(found.to_dict())
    else:
        _tell(session, found, dry_run=dry_run)
    if found.again or not found.is_all:
        raise typer.Exit(EXIT_BULK_FAILURES)


def _tell(session: Session, found: "Repair", *, dry_run: bool) -> None:
    for one in found.done:
        note(f"{one.file}: {one.reason}; {'would be ' if dry_run else ''}{one.did}")
    for lost in found.again:
        reference = lost.reference
        named = " ".join(filter(None, (reference.show, str(reference.episode or ""))))
        complain(f"{lost.file}: {named}: {lost.reason}; index it again")
    if not found.is_all:
        complain(
            f"{session.index}: some references may be lost with their names;"
            " index the library again: what is there already is left alone"
        )
    left = counted(found.references, "reference")
    if not found.done:
        write(f"{session.index}: nothing to repair, {left}")
    else:
        write(
            f"{session.index}: {counted(len(found.done), 'file')}"
            f" {'to repair' if dry_run else 'repaired'}, {left} left"
        )
    if found.again and not dry_run:
        manifest = session.index / found.manifest
        write(f"framematch --index {session.index} index add --manifest {manifest}")
