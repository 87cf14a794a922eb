"""The client that docs/desk.md shows, as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import TOKEN, keep_sample
from listening import listening

from framematch.web.desk import Desk
from framematch.web.review import Review

PAGE = Path(__file__).resolve().parents[2] / "docs" / "desk.md"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Return where a desk with a case really listens."""
    keep_sample(tmp_path / "case", 12)
    desk = Desk(None, "there is none", Review(tmp_path / "case"), "Ann")
    with desk, listening(desk) as found:
        yield found


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
