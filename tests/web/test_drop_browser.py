"""Files dropped on the desk in a real browser: their answers, and the player at the second."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawings import drawing
from known import FILM, PLAYED, Known
from scenes import write_image
from sitting import Sitting

#: Makes an event with files in it, as a browser does when somebody drops or pastes some.
_EVENT = """([kind, files]) => {
  const transfer = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const details = { bubbles: true, cancelable: true };
  document.querySelector("#drop").dispatchEvent(
    kind === "drop"
      ? new DragEvent(kind, { ...details, dataTransfer: transfer })
      : new ClipboardEvent(kind, { ...details, clipboardData: transfer }));
}"""


@pytest.fixture(scope="module")
def sitting(browser: Any, known: Known) -> Iterator[Sitting]:  # noqa: ANN401
    opened = Sitting(None, browser, known.index)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def tab(sitting: Sitting) -> Iterator[Any]:
    with sitting.tab() as opened:
        opened.set_default_timeout(30_000)  # a still takes its time on a busy machine
        yield opened
    sitting.check()


def hand_over(tab: Any, kind: str, files: list[tuple[str, str, bytes]]) -> None:  # noqa: ANN401
    """Drop or paste files."""
    tab.evaluate(_EVENT, [kind, [[name, of, b64encode(data).decode()] for name, of, data in files]])


def answered(tab: Any, at: int = 0) -> str:  # noqa: ANN401
    """Wait for the answer of a file and return its line."""
    tab.locator("#dropped > li").nth(at).and_(tab.locator("[data-state=answered]")).wait_for()
    return str(tab.locator("#dropped > li summary").nth(at).inner_text())


def drop_drawing(tab: Any, folder: Path, seed: int) -> None:  # noqa: ANN401
    """Drop the line drawing of a scene, and go to where it is played."""
    content = write_image(folder / "a.png", drawing(seed, "lines")).read_bytes()
    hand_over(tab, "drop", [("a.png", "image/png", content)])
    answered(tab)
    tab.locator(".in-reference").scroll_into_view_if_needed()


def test_dropped_files_are_answered_each_in_its_place(tab: Any, known: Known) -> None:  # noqa: ANN401
    evil = '<img src=x onerror="window.broken=1">\u202egnp.png'
    drawn = known.unknown.read_bytes()

    hand_over(tab, "drop", [("sc001.png", "image/png", drawn), (evil, "", b"no picture")])

    assert answered(tab).startswith("sc001.png")
    assert "Match" in answered(tab)
    assert "Alpha S01E01" in answered(tab)
    assert answered(tab, 1).startswith('<img src=x onerror="window.broken=1">[U+202E]gnp.png')
    assert "Unreadable" in answered(tab, 1)
    assert "is text, not a picture" in answered(tab, 1)
    assert tab.evaluate("() => window.broken") is None
    said = tab.locator("#drop-said[aria-live=polite]").inner_text()
    assert "Unreadable" in said
    assert said.endswith("2 files: 1 match, 1 unreadable")
    tab.locator("#dropped summary").nth(1).click()
    opened = tab.locator("#dropped > li").nth(1)
    opened.locator(".answer").wait_for()
    assert opened.locator(".answer").inner_text().count("is text, not a picture") == 1
    first = tab.locator("#dropped > li").first
    assert "Alpha" in first.locator(".meter").first.inner_text()
    assert "Work in progress" in first.inner_text()
    first.get_by_role("button", name="Outline").click()
    lines = first.locator(".lines img")
    lines.wait_for()
    tab.wait_for_function("() => document.querySelector('.lines img').naturalWidth > 0")
    tab.locator("#drop-clear").click()
    assert tab.locator("#dropped > li").count() == 0


def test_pasted_picture_is_answered_and_a_refused_one_can_be_sent_again(
    sitting: Sitting,
    tab: Any,  # noqa: ANN401
    known: Known,
) -> None:
    tab.route("**/attributions?*", lambda route: route.abort())
    hand_over(tab, "paste", [("image.png", "image/png", known.still.read_bytes())])
    failed = tab.locator("#dropped > li[data-state=failed]")
    failed.wait_for()
    assert "Not attributed" in failed.inner_text()
    sitting.said.clear()  # the browser says, too, that the request failed
    tab.unroute("**/attributions?*")

    failed.get_by_role("button", name="Try again").click()

    assert answered(tab).startswith("pasted-1.png")
    assert "Beta" in answered(tab)

    hand_over(tab, "drop", [("nothing.png", "image/png", b"")])
    failed.wait_for()
    assert "nothing in the file" in failed.inner_text()
    assert failed.get_by_role("button").count() == 0
    sitting.said.clear()


def test_film_at_hand_is_played_at_the_matched_second(tab: Any, tmp_path: Path) -> None:  # noqa: ANN401
    drop_drawing(tab, tmp_path, PLAYED[1])

    film = tab.locator(".player video")
    film.wait_for()
    tab.wait_for_function("() => document.querySelector('video').currentTime >= 2")
    frame_s = 1 / 8
    assert 2 <= film.evaluate("(film) => film.currentTime") < 2 + frame_s
    assert film.evaluate("(film) => film.muted && film.paused")
    tab.get_by_role("button", name="+1 frame").click()
    assert 2 + frame_s <= film.evaluate("(film) => film.currentTime") < 2 + 2 * frame_s
    tab.get_by_role("button", name="−1 s").click()  # noqa: RUF001 - a minus
    assert 1 + frame_s <= film.evaluate("(film) => film.currentTime") < 1 + 2 * frame_s


def test_film_that_the_browser_does_not_play_is_shown_frame_by_frame(
    tab: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    drop_drawing(tab, tmp_path, FILM[1])

    at = tab.locator(".player output")
    tab.locator(".player img[alt='The frame at 0:02.0']").wait_for()
    assert "does not play it" in tab.locator(".player").inner_text()
    tab.get_by_role("button", name="−1 frame").click()  # noqa: RUF001 - a minus
    tab.locator(".player img[alt='The frame at 0:01.9']").wait_for()
    assert at.inner_text() == "At 0:01.9"
    tab.get_by_role("button", name="+1 s").click()
    tab.locator(".player img[alt='The frame at 0:02.9']").wait_for()


def test_film_out_of_reach_is_shown_by_the_index_and_is_readable_by_all(
    tab: Any,  # noqa: ANN401
    known: Known,
    tmp_path: Path,
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    kept = known.film.rename(known.film.with_suffix(".away"))
    try:
        drop_drawing(tab, tmp_path, FILM[1])
        strip = tab.locator(".strip li")
        strip.first.wait_for()
    finally:
        kept.rename(known.film)

    assert tab.locator(".strip li[aria-current]").count() == 1
    assert "0:02.0" in tab.locator(".strip li[aria-current]").inner_text()
    assert str(known.film) in tab.locator(".player").inner_text()
    grave = []
    for width, scheme in ((1280, "light"), (360, "dark")):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(color_scheme=scheme)
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
        found = axe.run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        grave += [
            (width, one["id"], one["nodes"][0]["html"][:200])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
    assert not grave, grave


def test_keys_and_help_without_a_case_say_what_there_is(tab: Any) -> None:  # noqa: ANN401
    tab.keyboard.press("c")
    tab.keyboard.press("?")

    assert tab.locator("#help").is_visible()
    assert tab.locator("nav a").all_inner_texts() == ["Drop a file", "Help"]
