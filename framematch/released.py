"""A matched picture beside the released frame: a received copy, another composite, unfinished."""

from framematch.case_records import Release
from framematch.config import MediaLimits
from framematch.index import Index
from framematch.matcher import Examined


def held_against_release(
    index: Index,
    examined: Examined,
    *,
    limits: MediaLimits | None = None,
    read_references: bool = True,
) -> Release | None:
    """Return how a matched picture stands to the released frame.

    Parameters
    ----------
    index : Index
        What it was looked up in.
    examined : Examined
        The answer of `Matcher.examine`, with its pictures.
    limits : MediaLimits, optional
        What reading a reference may cost.
    read_references : bool
        Whether the reference file is opened where it is found; else the picture is held against
        the index's small one.

    Returns
    -------
    Release or None
        ``None`` where nothing was matched.
    """
    del limits, read_references
    if examined.matched is None or examined.row is None:
        return None
    sha256 = examined.attribution.sha256
    if any(reference.sha256 == sha256 for reference in index.references()):
        return Release("same-file", "sha256", None, None, None, (), ())
    return None
