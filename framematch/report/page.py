"""A case as one page that opens from disk without any network."""

from collections.abc import Callable, Iterator

from framematch.case_records import Case


def case_page(case: Case, picture: Callable[[str], bytes]) -> Iterator[bytes]:
    """Yield report.html piece by piece.

    Parameters
    ----------
    case : Case
        What it says.
    picture : callable
        Returns the bytes of a picture of the case, PNG, JPEG or WebP, by its name in `Evidence`.
    """
    raise NotImplementedError


def methods_page(case: Case) -> bytes:
    """Return methods.html: what made the findings, and what they do not say."""
    raise NotImplementedError
