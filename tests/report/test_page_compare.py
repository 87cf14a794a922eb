"""The page of a comparison."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import HOSTILE, picture

from framematch.report.compare_page import compare_page

_RECORD = {
    "schema": 1,
    "a": {"file": f"leak/{HOSTILE[1]}.png", "sha256": "a" * 64, "media": "image",
          "timestamp_s": 0.0,
          "stage": {"label": "line-art", "confidence": 0.9, "flags": ["paper"]}},
    "b": {"file": "film.mkv", "sha256": "b" * 64, "media": "video", "timestamp_s": 61.5,
          "stage": {"label": "final", "confidence": 0.99, "flags": []}},
    "distance": {"appearance": 98, "structure": 61},
    "same_picture": 0.9731,
    "agreement": 0.81,
    "sharpness": 12.5,
    "colour": 0.05,
    "mirrored": False,
    "box": [0.0, 0.0, 1.0, 1.0],
    "differs": ["colour missing in A", HOSTILE[0]],
    "differing_share": 0.4211,
    "release": {"relation": "work-in-progress", "basis": "reference-file", "frame_s": 61.5,
                "psnr_db": 11.2, "differing_share": 0.4, "differs": ["colour is missing"],
                "regions": [[0.1, 0.1, 0.5, 0.4]]},
}  # fmt: skip


def _page() -> bytes:
    return compare_page(
        _RECORD,
        {"a": picture("x/ink-3.jpg"), "b": picture("x/frame-3.jpg"),
         "difference": picture("x/cel-6.jpg")},
    )  # fmt: skip


def test_compare_page_is_the_same_twice_and_names_every_number() -> None:
    page = _page()

    assert page == _page()
    for number in ("0.9731", "98 bits", "61 bits", "0.4211", "a" * 64, "b" * 64):
        assert number in page.decode()


def test_compare_page_says_how_a_stands_to_b_and_does_without() -> None:
    told = {name: value for name, value in _RECORD.items() if name != "release"}
    pictures = {name: picture("x/ink-3.jpg") for name in ("a", "b", "difference")}

    assert "Work in progress: judged not finished" in _page().decode()
    assert "as the released frame" not in compare_page(told, pictures).decode()


def test_compare_page_in_a_browser_blends_and_lets_nothing_out(
    tmp_path: Path, open_page: Callable[..., Any]
) -> None:
    path = tmp_path / "compare.html"
    path.write_bytes(_page())
    tab = open_page(path).tab
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.pair img')].filter((i) => i.naturalWidth)"
        ".length === 2"
    )

    assert tab.locator(".pair .region").count() == 2
    tab.locator("[data-mode=blend]").click()
    slider = tab.locator(".modes input[type=range]")
    seen = []
    for value in ("0", "100"):
        slider.fill(value)
        seen.append(tab.locator(".pair").screenshot())

    assert seen[0] != seen[1]
    assert tab.evaluate("window.broken") is None
    assert HOSTILE[0] in tab.locator("main").inner_text()


@pytest.mark.parametrize("width", [360, 1024])
def test_compare_page_never_scrolls_sideways(
    tmp_path: Path, open_page: Callable[..., Any], width: int
) -> None:
    path = tmp_path / "compare.html"
    path.write_bytes(_page())

    tab = open_page(path, viewport={"width": width, "height": 800}).tab

    assert tab.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
