"""`framematch case report`: a case written anew with what people have decided."""

from pathlib import Path
from typing import Annotated

import typer

from framematch.cli.render import counted, write


def case_report(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Folder of the case.")],
) -> None:
    """Write report, tables and manifests of a case anew, with the verdicts of people in them.

    Nothing is looked at again: what the machine says stays as it is, and what people decided stands
    beside it.
    """
    from framematch.triage import write_report
    from framematch.verdicts import standing_of

    written = write_report(case)
    people = standing_of(written.verdicts)
    decided = sum(one.decided is not None for one in people.values())
    disputed = sum(one.disputed for one in people.values())
    write(
        f"{case}: written with {counted(len(written.verdicts), 'entry')} of the verdict log;"
        f" {counted(decided, 'finding')} decided, {disputed} disputed"
    )
