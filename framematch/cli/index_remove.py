"""`framematch index remove`: references out of the index."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.index_list import broadcast_order
from framematch.cli.lookup import find_reference
from framematch.cli.render import counted, note, write
from framematch.cli.session import session_of
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.records import EpisodeId, Reference


def index_remove(
    ctx: typer.Context,
    which: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SHA|PATH",
            help="References: start of the SHA-256, or path as indexed.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[
        str | None, typer.Option(metavar="NAME", help="All references of this show.")
    ] = None,
    episode: Annotated[
        str | None, typer.Option(metavar="S03E02", help="Of --show, this episode only.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove references: single ones, an episode or a whole show. Asks first."""
    from framematch.hashing import SPECS
    from framematch.index import IndexWriter, read_references
    from framematch.records import EpisodeId

    session = session_of(ctx)
    wanted_episode = None if episode is None else EpisodeId.parse(episode)
    # Of the catalogue: what is damaged can be removed too.
    references = sorted(read_references(session.index), key=broadcast_order)
    chosen = _chosen(references, which or [], show, wanted_episode)
    if not yes:
        _confirm(chosen)
    with IndexWriter(session.index, SPECS) as writer:
        removed = writer.remove([reference.sha256 for reference in chosen])
    write(f"{counted(removed, 'reference')} removed")


def _chosen(
    references: "list[Reference]",
    which: list[str],
    show: str | None,
    episode: "EpisodeId | None",
) -> "list[Reference]":
    """Return the references that are meant, each once."""
    if episode is not None and show is None:
        raise ConfigError(f"episode {episode} of which show? pass --show too")
    if not which and show is None:
        raise ConfigError("say what to remove: --show NAME, --show NAME --episode S03E02, or a SHA")
    chosen = {ref.sha256: ref for ref in (find_reference(references, name) for name in which)}
    if show is not None:
        of_show = {
            ref.sha256: ref
            for ref in references
            if ref.show == show and (episode is None or ref.episode == episode)
        }
        if not of_show:
            wanted = show if episode is None else f"{show} {episode}"
            raise ConfigError(f"{wanted}: not in the index; framematch index list shows what is")
        chosen |= of_show
    return list(chosen.values())


def _confirm(chosen: "list[Reference]") -> None:
    for reference in chosen:
        note(f"remove {reference.show} {reference.episode or ''} {reference.path}")
    if not sys.stdin.isatty():
        raise ConfigError(f"{counted(len(chosen), 'reference')} not removed; pass --yes to confirm")
    if not typer.confirm(f"Remove {counted(len(chosen), 'reference')}?", err=True):
        note("nothing removed")
        raise typer.Exit
