"""What can be wrong with a case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a case.

    Attributes
    ----------
    path : str
        The file, relative to the case.
    what : str
        What is wrong with it, as the rest of a sentence that begins with its name.
    """

    path: str
    what: str
