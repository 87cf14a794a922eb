"""`framematch index verify`: whether the index on disk is what was written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.render import complain, counted, note, write, write_json, write_table
from framematch.cli.session import SearchStructure, Session, session_of
from framematch.errors import IndexStoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framematch.index import Backend, Recall


def index_verify(
    ctx: typer.Context,
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    recall: Annotated[
        bool,
        typer.Option(
            "--recall",
            help="Measure what the search structure misses, by distance, on this index.",
        ),
    ] = False,
    sample: Annotated[
        int,
        typer.Option("--sample", metavar="N", min=1, help="Frames that --recall asks for."),
    ] = 200,
    search_structure: Annotated[
        SearchStructure | None,
        typer.Option(
            "--search-structure",
            metavar="|".join(SearchStructure),
            help="The structure that --recall measures.",
        ),
    ] = None,
) -> None:
    """Check every checksum and count of the index; exit with 5 where something is wrong.

    With --recall, frames of the index, changed in some bits towards other frames of it, are
    searched for, and the answers held against a comparison with every frame.
    """
    from framematch.index import verify

    session = session_of(ctx)
    found = verify(session.index)
    structure = None if search_structure is None else search_structure.value
    measured = _recall(session, sample, structure) if recall and not found.problems else None
    if json_line:
        write_json(found.to_dict() | ({} if measured is None else measured.to_dict()))
    for remark in found.notes:
        note(f"{remark.file}: {remark.reason}")
    for problem in found.problems:
        complain(f"{problem.file}: {problem.reason}")
    if found.problems:
        complain(
            f"{session.index}: {counted(len(found.problems), 'problem')};"
            f" framematch --index {session.index} index repair puts right what can be"
        )
        raise typer.Exit(IndexStoreError.exit_code)
    if not json_line:
        write(
            f"{session.index}: good, {counted(found.references, 'reference')},"
            f" {counted(found.frames, 'frame')}"
        )
        if measured is not None:
            _write_recall(measured)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What `--recall` measured.

    Attributes
    ----------
    structure : str
        Search structure.
    sample : int
        Frames that were asked for.
    bins : sequence of Recall
        By code and distance.
    """

    structure: str
    sample: int
    bins: "Sequence[Recall]"

    def to_dict(self) -> dict[str, object]:
        """Return what is added to the JSON object."""
        return {
            "search_structure": self.structure,
            "recall_sample": self.sample,
            "recall": [one.to_dict() for one in self.bins],
        }


def _recall(session: Session, sample: int, structure: "Backend | None") -> _Measured:
    from framematch.index import measure_recall

    with session.open_filled_index(structure) as index:
        sample = min(sample, len(index))
        return _Measured(index.backend, sample, measure_recall(index, sample))


def _write_recall(measured: _Measured) -> None:
    write(
        f"search structure {measured.structure}, a sample of {counted(measured.sample, 'frame')}:"
        " nearest frames found, of those that a comparison with every frame finds"
    )
    rows = [
        (
            one.code,
            str(one.up_to),
            str(one.found),
            str(one.there),
            f"{one.found / one.there:.3f}" if one.there else "",
        )
        for one in measured.bins
    ]
    write_table(("Code", "Bits up to", "Found", "Of", "Recall"), rows)
