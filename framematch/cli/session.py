"""What the global options say, handed to every command."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.errors import IndexNotFoundError

if TYPE_CHECKING:
    import typer

    from framematch.index import Index


@dataclass(frozen=True, slots=True)
class Session:
    """The global options of one run.

    Attributes
    ----------
    index : Path
        Folder of the index.
    debug : bool
        Whether tracebacks are wanted.
    """

    index: Path
    debug: bool

    def open_filled_index(self) -> "Index":
        """Return the index, open for searching.

        Raises
        ------
        IndexNotFoundError
            There is none, or nothing is in it yet.
        """
        from framematch.hashing.information import MINIMUM
        from framematch.index import Index

        index = Index.open(self.index, min_information=MINIMUM)
        if not index.references():
            raise IndexNotFoundError(
                f"{self.index}: the index is empty; fill it with: framematch index add PATH"
            )
        return index


def session_of(ctx: "typer.Context") -> Session:
    """Return the session that the global callback put into the context."""
    session = ctx.obj
    if not isinstance(session, Session):
        raise TypeError("a command ran without the global options")
    return session
