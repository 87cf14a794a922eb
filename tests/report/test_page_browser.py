"""report.html in a real browser: filters, order, pictures, links, and that nothing gets out of it.

Every test also holds that no request left the page and that the browser had nothing to complain
about, violations of the page's policy included (conftest.py).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sample import HOSTILE, sample

from framematch.report.page import case_page

Open = Callable[..., Any]
_N = 300
_CASE = sample(_N).case


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = sample(_N)
    path = tmp_path_factory.mktemp("case") / "report.html"
    with path.open("wb") as out:
        for piece in case_page(made.case, made.picture):
            out.write(piece)
    return path


def _counted(tab: Any) -> int:  # noqa: ANN401
    return int(tab.locator("#count").inner_text().split(" of ")[0].replace(",", ""))


def _rows(tab: Any, column: str) -> list[str]:  # noqa: ANN401
    """Return a column of the rows on the screen, from top to bottom."""
    return list(
        tab.evaluate(
            """(name) => [...document.querySelectorAll("#list .row")]
            .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
            .map((row) => row.querySelector(`.c-${name}`).innerText)""",
            column,
        )
    )


def _key(number: int) -> str:
    return _CASE.findings[number].key


def _matched() -> int:
    """Return the position of a finding with an aligned pair, regions and notes."""
    return next(
        number
        for number, finding in enumerate(_CASE.findings)
        if finding.release and finding.release.regions and finding.notes and finding.metadata == ()
    )


def test_summary_opens_first_and_counts_the_case(page: Path, open_page: Open) -> None:
    tab = open_page(page).tab

    assert tab.locator("#summary").is_visible()
    assert not tab.locator("#findings").is_visible()
    assert str(len(_CASE.entries)) in tab.locator(".tile").first.inner_text()


@pytest.mark.parametrize("tile", range(1, 6))
def test_summary_figures_lead_to_as_many_findings(page: Path, open_page: Open, tile: int) -> None:
    tab = open_page(page).tab
    link = tab.locator(".tile").nth(tile)
    promised = int(link.locator("b").inner_text().replace(",", ""))

    link.click()
    tab.wait_for_selector("#findings", state="visible")

    assert _counted(tab) == promised > 0


def test_summary_rows_lead_to_as_many_findings(page: Path, open_page: Open) -> None:
    tab = open_page(page).tab
    rows = tab.evaluate(
        """() => [...document.querySelectorAll(".tallies tbody tr")].map((row) =>
        [row.querySelector("a").getAttribute("href"), Number(row.lastElementChild.innerText)])"""
    )

    for address, promised in rows:
        tab.evaluate(f"location.hash = {address!r}")
        tab.wait_for_function(
            f"() => document.getElementById('count').innerText.startsWith('{promised} of')"
        )


def test_filters_narrow_the_list_together_and_say_how_many(page: Path, open_page: Open) -> None:
    findings = _CASE.findings
    tab = open_page(page, "#view=findings").tab
    assert _counted(tab) == _N

    tab.locator("input[name=stage][value=line-art]").check()
    line_art = [
        f for f in findings if f.attribution.stage and f.attribution.stage.label == "line-art"
    ]
    assert _counted(tab) == len(line_art)
    tab.select_option("#show", "Harbour Lights")
    of_show = [f for f in line_art if f.attribution.show == "Harbour Lights"]
    assert _counted(tab) == len(of_show) < len(line_art)
    tab.fill("#from", "90")
    sure = [f for f in of_show if round(f.attribution.confidence, 4) >= 0.9]
    assert _counted(tab) == len(sure) < len(of_show)
    assert set(_rows(tab, "stage")) <= {"Line art", "Line art\nannotations"}

    tab.locator("#clear").click()
    assert _counted(tab) == _N


def test_filter_counts_say_what_choosing_it_would_show(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings&verdict=inconclusive").tab
    box = tab.locator("label.choice", has=tab.locator("input[name=stage][value=rough]"))

    promised = int(box.locator("b").inner_text())
    box.locator("input").check()

    assert _counted(tab) == promised > 0


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        ("背景再亮", lambda f: any(n.text and "背景再亮" in n.text for n in f.notes)),
        ("sc0012 v02", lambda f: any("sc0012" in p and "v02" in p for p in f.paths)),
        ("PARCEL.ZIP", lambda f: any("parcel.zip" in p for p in f.paths)),
    ],
)
def test_search_finds_paths_notes_and_codes(
    page: Path, open_page: Open, asked: str, of: Callable[[Any], bool]
) -> None:
    tab = open_page(page, "#view=findings").tab

    tab.fill("#q", asked)

    assert _counted(tab) == sum(of(finding) for finding in _CASE.findings) > 0


def test_search_by_digest_finds_the_one_file(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings").tab

    tab.fill("#q", _key(7)[:20])

    assert _counted(tab) == 1


def test_folder_filter_takes_what_lies_below_and_inside_archives(
    page: Path, open_page: Open
) -> None:
    tab = open_page(page, "#view=findings").tab

    tab.fill("#folder", "inbox/harbour/e01/")
    tab.locator("#folder").blur()

    inside = [f for f in _CASE.findings
              if any(p.startswith("inbox/harbour/e01/") for p in f.paths)]  # fmt: skip
    assert _counted(tab) == len(inside)
    assert any("parcel.zip!" in f.paths[0] for f in inside)


def test_episode_filter_takes_ranges_that_hold_the_episode(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings").tab

    tab.select_option("#episode", "S01E03")

    assert set(_rows(tab, "episode")) == {"S01E03", "S01E01-S01E04"}


@pytest.mark.parametrize("column", ["Confidence", "Show", "Episode", "Stage", "Release", "Verdict"])
def test_sorting_by_a_column_turns_the_order_around(
    page: Path, open_page: Open, column: str
) -> None:
    tab = open_page(page, "#view=findings&verdict=match,inconclusive").tab
    head = tab.get_by_role("button", name=column, exact=True)
    name = {"Release": "relation"}.get(column, column.lower())

    head.click()
    first = _rows(tab, name)[0]
    assert tab.locator(f".head .c-{name}").get_attribute("aria-sort") == "ascending"
    head.click()

    assert tab.locator(f".head .c-{name}").get_attribute("aria-sort") == "descending"
    assert _rows(tab, name)[0] != first


def test_sorting_by_confidence_puts_the_surest_first(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings&verdict=match&sort=confidence").tab

    shown = [float(text.replace(" %", "")) for text in _rows(tab, "confidence")]

    assert shown == sorted(shown, reverse=True)


def test_list_builds_only_what_is_on_the_screen_and_reaches_the_end(
    page: Path, open_page: Open
) -> None:
    tab = open_page(page, "#view=findings").tab
    assert tab.locator("#list .row").count() < 40

    tab.locator("#list").focus()
    tab.keyboard.press("End")

    tab.wait_for_selector(f"#row-{_N - 1}.current")
    assert tab.locator("#list").get_attribute("aria-activedescendant") == f"row-{_N - 1}"
    assert tab.locator("#list .row").count() < 40


def test_list_that_moves_without_scrolling_shows_what_comes_onto_the_screen(
    page: Path, open_page: Open
) -> None:
    tab = open_page(page, "#view=findings", viewport={"width": 360, "height": 740}).tab
    on_screen = (
        "() => [...document.querySelectorAll('#list .row')].some((row) =>"
        " row.getBoundingClientRect().top < innerHeight - 80)"
    )
    tab.wait_for_function(on_screen)
    tab.locator("details.filters summary").click()
    tab.evaluate("() => { scrollTo(0, 9000); scrollTo(0, 0); }")
    tab.wait_for_function("() => document.querySelectorAll('#list .row').length === 0")

    tab.locator("details.filters summary").click()

    tab.wait_for_function(on_screen)


def test_printing_takes_all_findings_that_pass(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings&verdict=inconclusive").tab

    tab.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert tab.locator("#list .row").count() == _counted(tab) > 20


def test_keyboard_walks_the_list_and_opens_a_finding(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings").tab

    tab.locator("#list").focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        tab.keyboard.press(key)

    tab.wait_for_selector("#finding h1")
    assert tab.locator("#finding h1").inner_text() == _CASE.findings[1].attribution.file
    tab.keyboard.press("j")
    tab.wait_for_function(f"() => location.hash.includes('{_key(2)[:40]}')")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#row-2.current")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_selector("#row-3.current")


def test_keys_pressed_at_once_each_move_one_finding_on(page: Path, open_page: Open) -> None:
    tab = open_page(page, f"#view=finding&finding={quote(_key(1))}").tab

    tab.evaluate(
        "() => { for (const key of ['j', 'j', 'j', 'k', 'Escape'])"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})); }"
    )

    tab.wait_for_selector("#row-3.current")
    tab.go_back()
    tab.wait_for_selector("#finding h1")
    assert tab.locator("#finding h1").inner_text() == _CASE.findings[3].attribution.file


def test_slash_goes_to_the_search_and_is_not_typed_into_it(page: Path, open_page: Open) -> None:
    tab = open_page(page, f"#view=finding&finding={quote(_key(1))}").tab

    for key in "/tin":
        tab.keyboard.press(key)

    assert tab.input_value("#q") == "tin"
    assert tab.locator("#findings").is_visible()


def test_address_restores_filters_order_and_finding(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=findings").tab
    tab.fill("#q", "harbour")
    tab.locator("input[name=verdict][value=match]").check()
    tab.get_by_role("button", name="Confidence", exact=True).click()
    counted, rows = _counted(tab), _rows(tab, "path")
    address = tab.evaluate("location.hash")

    again = open_page(page, address).tab
    assert (_counted(again), _rows(again, "path")) == (counted, rows)
    assert again.input_value("#q") == "harbour"

    again.locator("#list .row a").first.click()
    again.wait_for_selector("#finding .viewer")
    title = again.locator("#finding h1").inner_text()
    third = open_page(page, again.evaluate("location.hash")).tab
    third.wait_for_selector("#finding .viewer")
    assert third.locator("#finding h1").inner_text() == title
    third.get_by_role("link", name="← All findings").click()
    assert _counted(third) == counted


def test_address_of_nonsense_opens_the_summary(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=<script>&stage=x&from=9&sort=__proto__&dir=%00").tab

    assert tab.locator("#summary").is_visible()


def test_address_of_another_case_says_so(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=finding&finding=" + "0" * 64).tab

    assert "No such finding" in tab.locator("#finding").inner_text()


def _pixels(tab: Any) -> bytes:  # noqa: ANN401
    return bytes(tab.locator(".pair").screenshot())


def _open_matched(page: Path, open_page: Open) -> Any:  # noqa: ANN401
    tab = open_page(page, f"#view=finding&finding={quote(_key(_matched()))}").tab
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.pair img')]"
        ".filter((i) => i.complete && i.naturalWidth).length === 2"
    )
    return tab


def test_blend_slider_changes_what_is_seen(page: Path, open_page: Open) -> None:
    tab = _open_matched(page, open_page)
    tab.locator("[data-mode=blend]").click()
    slider = tab.locator(".modes input[type=range]")

    seen = []
    for value in ("0", "50", "100"):
        slider.fill(value)
        seen.append(_pixels(tab))

    assert len(set(seen)) == 3


def test_viewer_modes_show_different_pictures(page: Path, open_page: Open) -> None:
    tab = _open_matched(page, open_page)

    seen = []
    for key in ("1", "2", "3", "4"):
        tab.keyboard.press(key)
        seen.append(_pixels(tab))

    assert len(set(seen)) == 4
    assert tab.locator("[data-mode=difference]").get_attribute("aria-pressed") == "true"


def test_regions_can_be_taken_off(page: Path, open_page: Open) -> None:
    tab = _open_matched(page, open_page)
    with_regions = _pixels(tab)

    tab.get_by_label("Regions that differ").uncheck()

    assert _pixels(tab) != with_regions


def test_finding_keeps_corroboration_apart_and_warns_of_metadata(
    page: Path, open_page: Open
) -> None:
    number = next(n for n, f in enumerate(_CASE.findings)
                  if f.metadata and f.code and f.attribution.verdict == "match")  # fmt: skip
    tab = open_page(page, f"#view=finding&finding={quote(_key(number))}").tab
    tab.wait_for_selector(".aside")

    aside = tab.locator(".aside").inner_text()
    why = tab.locator("section.card", has_text="Why it was decided").first.inner_text()

    assert "not part of the confidence" in aside
    assert "Anybody can write anything into metadata" in aside
    finding = _CASE.findings[number]
    assert finding.code
    assert finding.code.text in aside
    assert finding.code.text not in why


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_notes_and_metadata_stay_text(
    page: Path, open_page: Open, number: int
) -> None:
    key = next(f.key for f in _CASE.findings
               if f.notes and f.notes[0].text == HOSTILE[number])  # fmt: skip
    tab = open_page(page, f"#view=finding&finding={quote(key)}").tab
    tab.wait_for_selector(".notes")

    shown = tab.locator(".notes").inner_text()

    assert tab.evaluate("window.broken") is None
    assert tab.locator("#finding script, #finding img[onerror]").count() == 0
    assert "\u202e" not in shown
    assert HOSTILE[number].split("\u202e")[0].split("\u2028")[0].split("\n")[0] in shown


def test_hostile_folder_of_skipped_files_stays_text(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=files").tab

    assert HOSTILE[2] in tab.locator("#skipped").inner_text()
    assert tab.evaluate("window.broken") is None


def test_timeline_mark_opens_its_finding(page: Path, open_page: Open) -> None:
    tab = open_page(page, "#view=timelines").tab
    mark = tab.locator(".lane-plot a").first
    promised = mark.locator("title").text_content().split(": ", 1)[1]

    mark.locator("path").dispatch_event("click")

    tab.wait_for_selector("#finding h1")
    assert tab.locator("#finding h1").inner_text() == promised


@pytest.mark.parametrize("width", [360, 768, 1024, 1600])
def test_views_never_scroll_sideways(page: Path, open_page: Open, width: int) -> None:
    tab = open_page(page, viewport={"width": width, "height": 800}).tab

    for view in ("summary", "findings", f"finding&finding={quote(_key(_matched()))}", "timelines",
                 "files", "methods"):  # fmt: skip
        tab.evaluate(f"location.hash = 'view={view}'")
        name = view.split("&")[0]
        tab.wait_for_selector(f"#{name} h1, #{name} p", state="visible")
        wide = tab.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{view} is {wide} px wider than a screen of {width}"


def test_controls_and_pictures_have_names_for_a_screen_reader(page: Path, open_page: Open) -> None:
    tab = _open_matched(page, open_page)

    nameless = tab.evaluate(
        """() => [...document.querySelectorAll("button, select, input, a, svg[role=img]")]
        .filter((node) => !node.textContent.trim() && !node.getAttribute("aria-label")
          && !node.labels?.length)
        .map((node) => node.outerHTML.slice(0, 120))"""
    )

    assert nameless == []


def test_page_without_scripts_still_shows_the_summary(page: Path, open_page: Open) -> None:
    tab = open_page(page, java_script_enabled=False).tab

    assert tab.get_by_role("heading", name="Summary").is_visible()
    assert tab.get_by_role("heading", name="Known error rate").is_visible()
