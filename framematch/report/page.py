"""A case as one page that opens from disk without any network: report.html, and methods.html."""

import hashlib
from collections.abc import Callable, Iterator

from framematch.case_records import Case
from framematch.report import plots, tallies, words
from framematch.report.inert import json_element, picture_element, same_picture_element
from framematch.report.methods import methods_values
from framematch.report.page_data import PictureNumbers, detail, page_data, row
from framematch.report.places import timelines
from framematch.report.shell import END, render
from framematch.verdicts import standing_of

#: The files of the page's script, in order.
SCRIPTS = (
    "dom.js",
    "inert.js",
    "rows.js",
    "address.js",
    "filters.js",
    "list.js",
    "viewer.js",
    "reasons.js",
    "finding.js",
    "tables.js",
    "start.js",
)


def case_page(case: Case, picture: Callable[[str], bytes]) -> Iterator[bytes]:
    """Yield report.html piece by piece.

    What is needed to work with the list comes first, then each finding with the pictures that no
    finding before it had: a browser can be used while it still reads them.

    Parameters
    ----------
    case : Case
        What it says.
    picture : callable
        Returns the bytes of a picture of the case, PNG, JPEG or WebP, by its name in `Evidence`.

    Raises
    ------
    UnsupportedFormatError
        A picture is none of these.
    """
    numbers = PictureNumbers()
    entries = {entry.path: entry for entry in case.entries}
    moved = {change.path: change for change in case.changes}
    people = standing_of(case.verdicts)
    rows = [row(finding, moved, numbers, people.get(finding.key)) for finding in case.findings]
    lines = [line for line in timelines(case) if line.places]
    shows = tallies.by_show(case)
    labels = [people[one.key].label for one in case.findings if one.key in people]
    n_open = labels.count("open") + labels.count("unsure")
    values = {
        **methods_values(case),
        "totals": tallies.totals(case),
        "shows": shows,
        "largest": max((show.n for show in shows), default=1),
        "shots": tallies.shots_in_several_stages(case),
        "plots": [plots.timeline_plot(line) for line in lines],
        "untouched": [line for line in timelines(case) if not line.places],
        "stage_bar": plots.stage_bar,
        "lane": plots.LANE,
        "undecided": len(case.findings) - len(labels) + n_open,
        "disputed": labels.count("disputed"),
        "decided": [(label, labels.count(label)) for label in words.HUMAN if label in labels],
        "data": (json_element("data", page_data(case)) + json_element("rows", rows)).decode(),
    }
    yield render("report.html.j2", SCRIPTS, values)
    # The pictures of the list are numbered already; each comes with its own finding all the same.
    written: set[int] = set()
    known: dict[bytes, int] = {}
    for number, finding in enumerate(case.findings):
        said = detail(finding, entries, moved, numbers, people.get(finding.key))
        yield json_element(f"d{number}", said)
        for place in _pictures(said):
            if place not in written:
                written.add(place)
                yield _picture(place, picture(numbers.names[place]), known)
    yield END


def methods_page(case: Case) -> bytes:
    """Return methods.html: what made the findings, and what they do not say."""
    return render("methods.html.j2", (), methods_values(case)) + END


def _pictures(said: dict[str, dict[str, int | None] | None]) -> list[int]:
    evidence = said["evidence"] or {}
    numbers = (evidence.get(name) for name in ("whole", "query", "reference"))
    return [number for number in numbers if number is not None]


def _picture(number: int, data: bytes, known: dict[bytes, int]) -> bytes:
    """Return the element of a picture; one that was written before is not written again."""
    digest = hashlib.sha256(data).digest()
    if digest in known:
        return same_picture_element(f"p{number}", f"p{known[digest]}")
    known[digest] = number
    return picture_element(f"p{number}", data)
