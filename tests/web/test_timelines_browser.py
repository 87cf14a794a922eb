"""Timelines and the outline in a real browser: what is drawn, and that keys lead everywhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from desks import keep_sample
from sitting import Sitting, shown, visit

from framematch.verdicts import judged


@pytest.fixture(scope="module")
def sitting(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:  # noqa: ANN401
    folder = tmp_path_factory.mktemp("timelines") / "case"
    keep_sample(folder)
    opened = Sitting(folder, browser)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def desk(sitting: Sitting) -> Iterator[Sitting]:
    yield sitting
    # Without an index the desk has no pictures of references, and says so to the player.
    sitting.said[:] = [said for said in sitting.said if "status of 503" not in said]
    sitting.check()


def on_timeline(desk: Sitting) -> dict[str, Any]:
    """Return the row of a drawing that lies on a timeline."""
    assert desk.review is not None
    return next(
        row
        for row in desk.review.rows()
        if row["verdict"] == "match"
        and row["stage"] == "line-art"
        and row["last_run"] == desk.review.case.run
    )


def test_timelines_point_out_a_finding_and_keys_open_others(desk: Sitting) -> None:
    row, review = on_timeline(desk), desk.review
    assert review is not None
    review.add("Lee", judged(review.about([row["key"]]), "unsure"))
    line = next(line for line in review.timelines if len({p.finding for p in line.places}) > 1)
    place = next(p for p in line.places if p.sure and review.rows()[p.finding] != row)
    other = review.rows()[place.finding]
    review.add("Lee", judged(review.about([other["key"]]), "not-ours"))
    n_places = sum(len(line.places) for line in review.timelines)
    with desk.tab(f"#view=timelines&finding={row['key']}") as tab:
        here = tab.locator("#timelines [aria-current] .mark.stage-line-art")
        here.first.wait_for(state="attached")
        assert tab.locator("#timelines .place").count() == n_places
        assert tab.locator(".timeline:has-text('1 of them rejected by people')").count() == 1
        assert tab.locator("#timelines .legend li", has_text="Rejected").count() == 1
        assert tab.locator("#timelines .strike").count() > 0
        named = tab.locator("#timelines [aria-current]").first.get_attribute("aria-label")
        assert row["file"] in named
        assert "Line art" in named
        assert "Unsure" in named
        stops = tab.evaluate(
            "() => [...document.querySelectorAll('#timelines .lane')].map((lane) =>"
            " lane.querySelectorAll('[tabindex=\"0\"]').length)"
        )
        assert set(stops) == {1}

        lane = tab.locator("#timelines .lane:has(.place ~ .place)").first
        lane.locator(".place").first.focus()
        names = [one.get_attribute("aria-label") for one in lane.locator(".place").all()]
        tab.keyboard.press("End")
        focused = "() => document.activeElement.getAttribute('aria-label')"
        assert tab.evaluate(focused) == names[-1]
        tab.keyboard.press("ArrowRight")
        assert tab.evaluate(focused) == names[-1]
        tab.keyboard.press("ArrowLeft")
        assert tab.evaluate(focused) == names[-2]
        tab.keyboard.press("ArrowDown")
        under = tab.evaluate(focused)
        assert under not in names
        tab.keyboard.press("Enter")
        shown(tab)
        assert tab.locator("#finding h1").inner_text() in under


def test_finding_shows_its_place_and_leads_to_what_lies_beside_it(desk: Sitting) -> None:
    row = on_timeline(desk)
    with desk.tab(f"#view=finding&finding={row['key']}") as tab:
        card = tab.locator("#finding .of-one")
        card.locator("[aria-current]").first.wait_for(state="attached")
        assert f"{row['show']} {row['range'][0]}" in card.inner_text()
        beside = card.locator(".neighbours a").last
        name = beside.inner_text()
        beside.click()
        tab.wait_for_function("(key) => document.querySelector('#finding').dataset.key !== key",
                              arg=row["key"])  # fmt: skip
        shown(tab)
        assert tab.locator("#finding h1").inner_text() == name


def test_outline_lies_over_the_finished_frame_by_a_key(desk: Sitting) -> None:
    row = on_timeline(desk)
    with desk.tab(f"#view=finding&finding={row['key']}") as tab:
        shown(tab)
        lines = tab.locator("#finding .layer.lines img")
        assert not lines.is_visible()

        tab.keyboard.press("5")

        assert tab.locator("[data-mode=outline]").get_attribute("aria-pressed") == "true"
        tab.wait_for_function(
            "() => document.querySelector('#finding .layer.lines img').naturalWidth > 0"
        )
        frame = tab.locator("#finding .layer.reference img").bounding_box()
        laid = lines.bounding_box()
        assert all(abs(laid[side] - frame[side]) < 1 for side in ("x", "y", "width", "height"))
        assert not tab.locator("#finding .layer.query img").is_visible()
        tab.keyboard.press("1")
        assert not lines.is_visible()
        assert tab.locator("#finding .layer.query img").is_visible()


def test_timelines_are_fit_for_everybody_and_a_narrow_screen(desk: Sitting) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    row = on_timeline(desk)
    narrow = {"width": 360, "height": 800}
    with desk.tab(
        f"#view=timelines&finding={row['key']}", viewport=narrow, color_scheme="dark"
    ) as tab:
        tab.locator("#timelines [aria-current]").first.wait_for(state="attached")
        found = axe.run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"]) for one in grave] == []
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        ends = "(nodes) => Math.max(...nodes.map((node) => node.getBoundingClientRect().right))"
        assert tab.locator(".top nav a").evaluate_all(ends) <= narrow["width"]
        visit(tab, "#view=findings")
        tab.locator("#list .row .c-verdict .badge").first.wait_for()
        assert tab.locator("#which button b").evaluate_all(ends) <= narrow["width"]
