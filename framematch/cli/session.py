"""What the global options say, handed to every command."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.errors import IndexNotFoundError

if TYPE_CHECKING:
    import typer

    from framematch.index import Backend, Index


class SearchStructure(StrEnum):
    """How an index may be searched: `framematch.index.BACKENDS`, named without importing it."""

    value: "Backend"
    linear = "linear"
    flat = "flat"
    sieve = "sieve"


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

    def open_filled_index(self, search_structure: "Backend | None" = None) -> "Index":
        """Return the index, open for searching.

        Parameters
        ----------
        search_structure : {"linear", "flat", "sieve"}, optional
            Search structure to use; by default what an index of this size uses.

        Raises
        ------
        IndexNotFoundError
            There is none, or nothing is in it yet.
        """
        from framematch.hashing.information import MINIMUM
        from framematch.index import Index

        index = Index.open(self.index, min_information=MINIMUM, backend=search_structure)
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
