"""The page of the desk: its frame with the findings in it, its script and its style sheet.

The scripts of report.html serve here too; where those read what stands in the page, `served.js`
asks the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framematch.report import words
from framematch.report.inert import json_element, visible
from framematch.report.shell import asset, scoped, templates
from framematch.web.desk import Desk

_ASSETS = Path(__file__).with_name("assets")

#: The parts of the script that are the report's, and those that are the desk's, in order.
SCRIPTS = (
    "desk/text.js",
    "report/dom.js",
    "desk/served.js",
    "report/rows.js",
    "report/address.js",
    "report/filters.js",
    "report/list.js",
    "report/viewer.js",
    "report/reasons.js",
    "report/finding.js",
    "desk/player.js",
    "desk/timelines.js",
    "desk/drop.js",
    "desk/queue.js",
    "desk/panel.js",
    "desk/deciding.js",
    "desk/review.js",
    "desk/log.js",
    "desk/connection.js",
    "desk/start.js",
)

STYLES = (
    "report/page.css",
    "desk/desk.css",
    "desk/player.css",
    "desk/drop.css",
    "desk/timelines.css",
)


#: What a person without the token sees.
CLOSED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>FrameMatch desk: closed</title>
<h1>This desk wants its token</h1>
<p>Open the address that <code>framematch serve</code> has printed: it holds the token. Each start
of a desk draws another one, so that an address of yesterday does not open the desk of today.</p>
"""


def script() -> bytes:
    """Return the script of the page."""
    return scoped(map(_part, SCRIPTS)).encode()


def style() -> bytes:
    """Return the style sheet of the page."""
    return "\n".join(_part(name) for name in STYLES).encode()


def page(desk: Desk) -> bytes:
    """Return the page, with the rows of all findings as they stand now."""
    from markupsafe import Markup

    review = desk.review
    elements = json_element("data", _data(desk)) + json_element(
        "rows", [] if review is None else review.rows()
    )
    text = (
        templates(_ASSETS)
        .get_template("desk.html.j2")
        .render(
            case=None if review is None else review.case,
            words=words,
            data=Markup(elements.decode()),  # noqa: S704 - nothing in it can end its element
        )
    )
    return text.encode("utf-8", "backslashreplace")


def _data(desk: Desk) -> Mapping[str, Any]:
    """Return what the scripts need besides the findings."""
    review, matcher = desk.review, desk.matcher
    said = _no_case() if review is None else review.page_data()
    shows = {one.show for one in (() if matcher is None else matcher.index.references())}
    shows |= {one.show for one in (() if review is None else review.case.references)}
    return {
        **said,
        "source": None if review is None else visible(review.case.source),
        "has_case": review is not None,
        "recalls": bool(desk.others),
        "has_index": matcher is not None,
        "index_missing": desk.index_missing,
        "reviewer": desk.reviewer,
        "reviewer_given": desk.reviewer_given,
        "shows": sorted(map(visible, shows)),
    }


def _no_case() -> dict[str, Any]:
    return {"run": 0, "words": words.for_scripts(), "references": {}, "skipped": [], "changes": []}


def _part(name: str) -> str:
    where, _, file = name.partition("/")
    return asset(file) if where == "report" else (_ASSETS / file).read_text(encoding="utf-8")
