"""A desk that listens on a real port, and a browser that sits at it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_server
from typing import Any

import uvicorn
from desks import TOKEN

from framematch.verdicts import Entry
from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.review import Review
from framematch.web.settings import Door


@dataclass
class Sitting:
    """A desk over a case that was opened, which can be closed and opened again.

    Attributes
    ----------
    folder : Path or None
        The case, if any.
    browser : Any
        The headless browser.
    index : Path
        The index; a case does without.
    others : tuple of Path
        Cases whose verdicts are offered.
    """

    folder: Path | None
    browser: Any
    index: Path = Path("no-index-here")
    others: tuple[Path, ...] = ()
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _stop: Callable[[], None] | None = None
    address: str = ""
    port: int = 0
    review: Review | None = None
    desk: Desk | None = None

    def open(self) -> None:
        """Serve the case; on a free port at first, then on the same."""
        listener = create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        door = Door(self.port, TOKEN)
        desk = Desk.open(self.index, self.folder, "Kim", self.others)
        self.desk, self.review = desk, desk.review
        server = uvicorn.Server(
            uvicorn.Config(create_app(desk, door), log_level="warning", lifespan="on")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        self.address = door.address

        def stop() -> None:
            server.should_exit = True
            thread.join()
            listener.close()
            desk.close()

        self._stop = stop

    def close(self) -> None:
        """Stop serving."""
        if self._stop is not None:
            self._stop()
        self._stop = None

    @property
    def log(self) -> tuple[Entry, ...]:
        """What was decided, in order."""
        assert self.review is not None
        return self.review.log

    @contextmanager
    def tab(self, address: str = "", **context: Any) -> Iterator[Any]:  # noqa: ANN401
        """Yield a tab with the page, in a browser that knows nothing yet."""
        place = self.browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **context})
        tab = place.new_page()
        tab.on("console", lambda message: self.said.append(message.text))
        tab.on("pageerror", lambda error: self.said.append(str(error)))
        tab.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.set_default_timeout(8000)
        tab.goto(self.address)
        tab.wait_for_selector("html[data-ready]")
        if address:
            visit(tab, address)
        yield tab
        place.close()

    def check(self) -> None:
        """Hold that nothing was asked of anybody else, and that the browser did not complain."""
        own = self.address.partition("?")[0]
        outside = [url for url in self.asked if not url.startswith((own, "data:", "blob:"))]
        assert not outside, f"requests left the desk: {outside}"
        assert not self.said, f"the browser complained: {self.said}"
        self.asked.clear()


def visit(tab: Any, address: str) -> None:  # noqa: ANN401
    """Go to a view by its address, and wait until it is there."""
    tab.evaluate("(address) => { location.hash = address; }", address)
    if "view=finding&" in address:
        shown(tab)


def shown(tab: Any) -> None:  # noqa: ANN401
    """Wait until the finding of the address is on the screen with all that is said of it."""
    tab.wait_for_function(
        """() => document.querySelector("#finding").dataset.key ===
        new URLSearchParams(location.hash.slice(1)).get("finding")"""
    )


def press(tab: Any, key: str) -> str:  # noqa: ANN401
    """Press a key that decides, and return what the page then says."""
    tab.evaluate("() => document.querySelector('#deciding .done').replaceChildren()")
    tab.keyboard.press(key)
    return told(tab)


def told(tab: Any) -> str:  # noqa: ANN401
    """Wait for what the page says of an entry that was made, and return it."""
    tab.wait_for_selector("#deciding .done:not(:empty)")
    if tab.evaluate("() => document.documentElement.dataset.view") == "finding":
        shown(tab)
    return str(tab.locator("#deciding .done").inner_text())
