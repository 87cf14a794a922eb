"""Files dropped onto the desk in a real browser: with and without a case."""

from collections.abc import Iterator
from typing import Any

import pytest
from known import Known
from sitting import Sitting


@pytest.fixture
def desk(browser: Any, known: Known) -> Iterator[Sitting]:  # noqa: ANN401
    sitting = Sitting(None, browser, known.index)
    sitting.open()
    yield sitting
    sitting.close()
    sitting.check()


def test_dropped_file_gets_its_attribution_without_a_case(desk: Sitting, known: Known) -> None:
    with desk.tab(viewport={"width": 360, "height": 740}) as tab:
        assert tab.locator("#drop").is_visible()
        tab.evaluate(
            """([name, bytes]) => {
            const sent = new DataTransfer();
            sent.items.add(new File([new Uint8Array(bytes)], name));
            for (const kind of ["dragover", "drop"])
                document.querySelector(".zone").dispatchEvent(
                    new DragEvent(kind, { dataTransfer: sent, bubbles: true, cancelable: true }));
            }""",
            ["<b>sc01</b>.png", list(known.unknown.read_bytes())],
        )
        tab.wait_for_selector(".dropped [data-state=answered]")
        said = tab.locator(".dropped summary").inner_text()
        assert "<b>sc01</b>.png" in said
        assert "Alpha" in said
        assert tab.locator(".dropped .viewer").is_visible()
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_keys_and_help_of_a_desk_without_a_case_say_what_there_is(desk: Sitting) -> None:
    with desk.tab() as tab:
        tab.keyboard.press("c")
        tab.keyboard.press("?")
        assert tab.locator("#help").is_visible()
        assert tab.locator("nav a").all_inner_texts() == ["Drop a file", "Help"]
