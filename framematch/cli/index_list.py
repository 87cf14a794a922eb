"""`framematch index list`: what is in the index."""

from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.render import clock, counted, note, write, write_json, write_table
from framematch.cli.session import session_of

if TYPE_CHECKING:
    from framematch.index import Index
    from framematch.records import Reference

COLUMNS = ("Show", "Episode", "Kind", "Length", "SHA-256", "File")

#: Digits of a digest that a person needs to tell files apart.
_SHORT_SHA = 12


def index_list(
    ctx: typer.Context,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Write one JSON object per reference.")
    ] = False,
) -> None:
    """List the references, by show and episode."""
    from framematch.index import Index

    session = session_of(ctx)
    index = Index.open(session.index)
    references = sorted(index.references(), key=broadcast_order)
    if json_lines:
        for reference in references:
            write_json(reference.to_dict())
        return
    if not references:
        note(f"{session.index}: the index is empty; fill it with: framematch index add PATH")
        return
    write_table(COLUMNS, (row_of(reference) for reference in references))
    shows = len({reference.show for reference in references})
    write(
        f"{counted(len(references), 'reference')} of {counted(shows, 'show')},"
        f" {counted(index.info.frames, 'frame')}, index {index.info.id}, {searched_by(index)}"
    )


def searched_by(index: "Index") -> str:
    """Return which structure searches an index, and what it is searched from."""
    if index.backend != "sieve":
        return f"searched by {index.backend}"
    if index.derived is None:
        return "searched by sieve, built at each first search: run framematch index compact"
    if index.derived.complete:
        return "searched by sieve, mapped"
    share = float(index.derived.covered.mean())
    return f"searched by sieve, {share:.0%} of the references mapped"


def broadcast_order(reference: "Reference") -> tuple[str, bool, str, str, str]:
    """Return the sort key: show, episodes as broadcast, then what belongs to no episode."""
    episode = reference.episode
    number = "" if episode is None else f"{episode.season:04d}{episode.episode:05d}"
    return reference.show, episode is None, number, reference.path, reference.sha256


def row_of(reference: "Reference") -> tuple[str, ...]:
    """Return the cells of one reference, as in `COLUMNS`."""
    return (
        reference.show,
        "" if reference.episode is None else str(reference.episode),
        reference.kind,
        clock(reference.duration_s) if reference.duration_s else "",
        reference.sha256[:_SHORT_SHA],
        reference.path + (" (incomplete)" if reference.warning else ""),
    )
