"""Two compared files as one page that opens from disk without any network."""

from collections.abc import Mapping
from typing import Any


def compare_page(record: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Return the page of a comparison.

    Parameters
    ----------
    record : mapping
        What `Comparison.to_dict` returns.
    pictures : mapping of str to bytes
        ``a`` as aligned, ``b`` and their ``difference``: PNG, JPEG or WebP files of one size.
    """
    raise NotImplementedError
