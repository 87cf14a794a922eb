"""Two compared files as one page that opens from disk without any network."""

from collections.abc import Mapping
from typing import Any

from framematch.report import words
from framematch.report.inert import json_element, picture_element
from framematch.report.shell import END, render

_SCRIPTS = ("dom.js", "inert.js", "viewer.js", "compare.js")


def compare_page(record: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Return the page of a comparison.

    Parameters
    ----------
    record : mapping
        What `Comparison.to_dict` returns; ``release``, how A stands to B, may be missing.
    pictures : mapping of str to bytes
        ``a`` as aligned, ``b`` and their ``difference``: PNG, JPEG or WebP files of one size.

    Raises
    ------
    UnsupportedFormatError
        A picture is none of these.
    """
    names = ("a", "b", "difference")
    inside = [picture_element(f"p{number}", pictures[name]) for number, name in enumerate(names)]
    release = record.get("release")
    regions = json_element("regions", [] if release is None else release["regions"])
    values = {
        "record": {**record, "release": release},
        "words": words,
        "regions": regions.decode("ascii"),
    }
    page = render("compare.html.j2", _SCRIPTS, values)
    return page + b"".join(inside) + END
