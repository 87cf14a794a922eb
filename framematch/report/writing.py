"""Writing a case folder: what is written, in which order, and what is taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from framematch.case_records import Case


def write_case(case: Case, folder: Path, picture: Callable[[str], bytes]) -> None:
    """Write everything in the case `folder` but its run record.

    Every file appears whole or not at all, the tag manifest last: a folder whose writing was cut
    short does not verify, and the next call mends it. Two calls with equal records and pictures
    write the same bytes.

    Parameters
    ----------
    case : Case
        What the case says.
    folder : Path
        The case; made where it does not exist.
    picture : callable
        Gives the bytes of a picture by its name in `Evidence`, such as ``data/evidence/ab.jpg``.

    Raises
    ------
    OSError
        A file could not be written: no space, no permission.
    """
    raise NotImplementedError
