"""Pages opened in a headless browser from disk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Opened:
    """A page in a tab, and what it said and asked for."""

    tab: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:  # noqa: ANN401
    """Return what opens a page from disk, and hold at the end that nothing went wrong in it."""
    opened: list[Opened] = []

    def open_it(path: Path, address: str = "", **context: Any) -> Opened:  # noqa: ANN401
        place = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **context})
        one = Opened(place.new_page())
        one.tab.on("console", lambda message: one.said.append(message.text))
        one.tab.on("pageerror", lambda error: one.said.append(str(error)))
        one.tab.on("dialog", lambda dialog: (one.said.append(dialog.message), dialog.dismiss()))
        one.tab.on("request", lambda request: one.asked.append(request.url))
        one.tab.goto(path.as_uri() + address)
        opened.append(one)
        return one

    yield open_it
    for one in opened:
        one.tab.context.close()
        outside = [url for url in one.asked if not url.startswith(("file:", "data:"))]
        assert not outside, f"requests left the page: {outside}"
        assert len([url for url in one.asked if url.startswith("file:")]) == 1
        assert not one.said, f"the browser complained: {one.said}"
