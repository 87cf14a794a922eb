"""`framematch index show`: one reference in full, or the index itself and who decoded it."""

from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.lookup import find_reference
from framematch.cli.render import clock, write, write_json
from framematch.cli.session import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from framematch.index import Index


def index_show(
    ctx: typer.Context,
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="[SHA|PATH]",
            help="Start of the SHA-256, the path it was indexed under, or the file itself;"
            " by default the index itself.",
            show_default=False,
        ),
    ] = None,
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Show everything that the index knows of one reference, or what the index is.

    Of the index: its content in numbers, its codes, with which decoders its rows were made, which
    ones are installed here, and where those differ. Other decoders are no error: a code may then
    differ by a few bits.
    """
    from framematch.index import Index

    index = Index.open(session_of(ctx).index)
    if which is None:
        _show_index(index, json_line=json_line)
        return
    reference = find_reference(index.references(), which)
    if json_line:
        write_json(reference.to_dict())
        return
    for name, value in reference.to_dict().items():
        shown = clock(value) if name == "duration_s" else "-" if value is None else str(value)
        write(f"{name.removesuffix('_s'):<9} {shown}")


def _show_index(index: "Index", *, json_line: bool) -> None:
    from framematch.hashing import REFERENCE_DECODERS
    from framematch.index import decoders_of, differing
    from framematch.media import installed_decoders

    installed, made_with = installed_decoders(), decoders_of(index.path)
    if json_line:
        write_json(
            {
                "id": index.info.id,
                "spec": index.info.spec,
                "references": len(index.references()),
                "frames": index.info.frames,
                "made_with": list(made_with),
                "installed": installed,
                "reference_decoders": dict(REFERENCE_DECODERS),
            }
        )
        return
    write(f"id          {index.info.id}")
    write(f"codes       {index.info.spec}")
    write(f"references  {len(index.references())}")
    write(f"frames      {index.info.frames}")
    write(f"installed   {_listed(installed)}")
    for one in made_with:
        write(f"made with   {_compared(differing(one, installed))}")
    if not made_with:
        write("made with   not noted")
    write(f"test codes  {_compared(differing(REFERENCE_DECODERS, installed))}")


def _listed(decoders: "Mapping[str, str]") -> str:
    return ", ".join(f"{name} {version}" for name, version in decoders.items())


def _compared(found: "Mapping[str, tuple[str, str]]") -> str:
    """Return in words where decoders are others than those installed."""
    if not found:
        return "the same decoders"
    return "other decoders: " + ", ".join(
        f"{name} {theirs} (here {here})" for name, (theirs, here) in found.items()
    )
