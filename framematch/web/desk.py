"""What one desk has open: an index, a case with its verdict log, or both."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from framematch.errors import ConfigError, IndexNotFoundError, IndexStoreError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.report import exported_head
from framematch.verdicts import OtherCase, read_other
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
    others : tuple of OtherCase
        Cases whose verdicts on the same content can be adopted.
    reviewer_given : bool
        Whether somebody said that name: then it goes before one that the browser remembers.
    """

    matcher: Matcher | None
    index_missing: str | None
    review: Review | None
    reviewer: str
    others: tuple[OtherCase, ...] = ()
    reviewer_given: bool = False

    @classmethod
    def open(
        cls,
        index: Path,
        case: Path | None,
        reviewer: str,
        others: Sequence[Path] = (),
        *,
        reviewer_given: bool = False,
    ) -> Self:
        """Open a case, and the index where there is one.

        Parameters
        ----------
        index : Path
            Folder of the index. A case is reviewed without it, too: its own pictures are there.
        case : Path or None
            Folder of the case.
        reviewer : str
            Name of who sits at the desk.
        others : sequence of Path
            Folders of cases whose verdicts are offered.
        reviewer_given : bool
            Whether somebody said that name.

        Raises
        ------
        IndexStoreError
            There is no case, and no index or an empty one; or it cannot be read.
        CaseError
            A case is none, or damaged.
        ConfigError
            Other cases are named without a case, or the case itself is among them.
        CaseLockedError
            Another desk has it open.
        """
        known = tuple(_other(case, other) for other in others)
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
        return cls(matcher, missing, review, reviewer, known, reviewer_given)

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


def _other(case: Path | None, other: Path) -> OtherCase:
    if case is None:
        raise ConfigError(f"{other}: there is no case here to recall it in; name one")
    if other.resolve() == case.resolve():
        raise ConfigError(
            f"{other}: is the case itself, in which its verdicts hold already; name another case"
        )
    return read_other(other, exported_head(other))
