"""What one desk has open: an index, a case with its verdict log, or both."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from framematch.errors import IndexNotFoundError, IndexStoreError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.web.review import Review


@dataclass(slots=True)
class Desk:
    """Everything that the routes work on; closed by whoever has opened it.

    Attributes
    ----------
    matcher : Matcher or None
        Attributes files; ``None`` where there is no index.
    index_missing : str or None
        Why there is no index.
    review : Review or None
        The case; ``None`` where the desk was opened without one.
    reviewer : str
        Name that the page suggests for who decides.
    """

    matcher: Matcher | None
    index_missing: str | None
    review: Review | None
    reviewer: str

    @classmethod
    def open(cls, index: Path, case: Path | None, reviewer: str) -> Self:
        """Open a case, and the index where there is one.

        Parameters
        ----------
        index : Path
            Folder of the index. A case is reviewed without it, too: its own pictures are there.
        case : Path or None
            Folder of the case.
        reviewer : str
            Name of who sits at the desk.

        Raises
        ------
        IndexStoreError
            There is no case, and no index or an empty one; or it cannot be read.
        CaseError
            The case is none, or damaged.
        CaseLockedError
            Another desk has it open.
        """
        with contextlib.ExitStack() as undo:
            matcher, missing = None, None
            try:
                matcher = Matcher(_filled(index))
                undo.callback(matcher.index.close)
            except IndexStoreError as error:
                if case is None:
                    raise
                missing = str(error)
            review = None if case is None else Review(case)
            undo.pop_all()
        return cls(matcher, missing, review, reviewer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to the case, and let go of the index."""
        if self.review is not None:
            self.review.close()
        if self.matcher is not None:
            self.matcher.index.close()


def _filled(path: Path) -> Index:
    index = Index.open(path, min_information=MINIMUM)
    if not index.references():
        index.close()
        raise IndexNotFoundError(
            f"{path}: the index is empty; fill it with: framematch index add PATH"
        )
    return index
