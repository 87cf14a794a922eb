"""The client that docs/desk.md shows, as it stands there."""

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from desks import keep_sample

from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.review import Review
from framematch.web.settings import Door

PAGE = Path(__file__).resolve().parents[2] / "docs" / "desk.md"
TOKEN = "a-token-for-tests-only"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Return where a desk with a case really listens."""
    keep_sample(tmp_path / "case", 12)
    listener = socket.create_server(("127.0.0.1", 0))
    door = Door(listener.getsockname()[1], TOKEN)
    with Desk(None, "there is none", Review(tmp_path / "case"), "Ann") as desk:
        server = uvicorn.Server(uvicorn.Config(create_app(desk, door), log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{door.port}"
        server.should_exit = True
        thread.join()
    listener.close()


def test_client_of_the_documentation_lists_and_decides(address: str) -> None:
    shown = re.search(
        r"<!-- runnable: client -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL
    )
    assert shown is not None
    client: dict[str, Any] = {}
    exec(shown[1], client)  # noqa: S102 - our own documentation
    desk = client["Desk"](address, TOKEN)

    found = desk.findings(human="open", verdict="match")
    number = desk.decide("Ann", [found[0]["key"]], "confirmed", "seen in the episode")

    assert number == 1
    assert desk.ask("/health")["case"]["log_entries"] == 1
    left = desk.findings(human="open", verdict="match")
    assert [row["key"] for row in left] == [row["key"] for row in found[1:]]
