"""Checking a case folder later: is it whole, unaltered, and of one piece?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a case.

    Attributes
    ----------
    path : str
        The file, relative to the case.
    what : str
        What is wrong with it, as a sentence without the name.
    """

    path: str
    what: str


def verify_case(folder: Path) -> tuple[Problem, ...]:
    """Return what is wrong with the case `folder`, in order of path; nothing where all is well.

    Raises
    ------
    OSError
        A file could not be read for another reason than that it is missing.
    """
    raise NotImplementedError
