"""The desk in a real browser, against a real server: what a person does in a sitting.

Every test also holds that nothing was asked of anybody but the desk, and that the browser had
nothing to complain about.
"""

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from desks import keep_sample
from sitting import Sitting, press, shown, told, visit

from framematch.verdicts import judged
from framematch.web.review import Review

_N = 60
#: Returns which finding a link leads to.
_KEY = "(a) => new URLSearchParams(a.hash.slice(1)).get('finding')"


@pytest.fixture(scope="module")
def sitting(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:  # noqa: ANN401
    folder = tmp_path_factory.mktemp("sitting") / "case"
    keep_sample(folder, _N)
    keep_sample(folder.with_name("earlier"), 9)
    other = Review(folder.with_name("earlier"))
    known = other.about([other.case.findings[-1].key])
    other.add("Ida", judged(known, "not-ours", why="of another studio"))
    other.close()
    opened = Sitting(folder, browser, others=(other.folder,))
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def desk(sitting: Sitting) -> Iterator[Sitting]:
    """Return the desk; its log grows from test to test."""
    yield sitting
    sitting.check()


def finding(desk: Sitting, **wanted: Any) -> Any:  # noqa: ANN401
    """Return the row of the first open finding that is as wanted."""
    assert desk.review is not None
    return next(
        row
        for row in desk.review.rows()
        if row["human"] == "open"
        and row["last_run"] == desk.review.case.run
        and all(row[name] == value for name, value in wanted.items())
    )


def open_shot(desk: Sitting) -> list[dict[str, Any]]:
    """Return the open findings of a shot of which all name one show."""
    assert desk.review is not None
    shots: dict[str, list[dict[str, Any]]] = {}
    for row in desk.review.rows():
        if row["shot"] and row["last_run"] == desk.review.case.run:
            shots.setdefault(row["shot"], []).append(row)
    return next(
        shot
        for shot in shots.values()
        if len(shot) > 1
        and all(row["human"] == "open" for row in shot)
        and len({row["show"] for row in shot}) == 1
        and shot[0]["show"]
    )


def focused(tab: Any) -> bool:  # noqa: ANN401
    return bool(tab.evaluate("() => document.activeElement !== document.body"))


def counted(tab: Any) -> int:  # noqa: ANN401
    return int(tab.locator("#count").inner_text().split(" of ")[0])


def test_verdict_of_another_case_is_offered_and_adopted_by_a_press(desk: Sitting) -> None:
    with desk.tab() as tab:
        offered = tab.evaluate("() => fetch('/api/v1/recall').then((answer) => answer.json())")
        key = offered[0]["finding"]["key"]
        first = "() => document.querySelector('#list .row .c-path a').href"
        tab.wait_for_function(f"(key) => ({first})().includes(key)", arg=key)
        assert tab.locator("#list .row .c-human").first.inner_text() == "Offered\nNot ours"
        assert tab.locator("#recalled").inner_text().startswith("1 finding was decided in another")
        tab.locator("#recalled").click()
        assert counted(tab) == 1
    with desk.tab(f"#view=finding&finding={quote(key)}") as tab:
        offer = tab.locator(".offer")
        assert "in another case (earlier)" in offer.inner_text()
        assert "Ida" in offer.inner_text()
        assert "of another studio" in offer.inner_text()
        assert press(tab, "a").startswith("Not ours")
    entry = desk.log[-1]
    assert (entry.who, entry.act.judgement) == ("Kim", "not-ours")
    assert "earlier" in entry.act.why


def test_ten_findings_are_reviewed_by_keyboard_alone_and_last(desk: Sitting) -> None:
    before = len(desk.log)
    with desk.tab() as tab:
        waiting = counted(tab)
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Enter")
        shown(tab)
        said = []
        for key in "ccnucxcu":
            usable = not tab.locator(
                f"[data-judgement][aria-keyshortcuts={key}][aria-disabled]"
            ).count()
            said.append(press(tab, key if usable else "n"))
            assert focused(tab)
        tab.keyboard.press("o")
        tab.keyboard.type("A Show Of Mine")
        tab.keyboard.press("Enter")
        said.append(told(tab))
        tab.keyboard.press("Shift+N")
        tab.keyboard.type("drawn by a fan")
        tab.keyboard.press("Enter")
        tab.wait_for_function(
            "() => document.querySelector('.done').innerText.startsWith('Not ours')"
        )
        shown(tab)
        ninth, tenth = desk.log[-2:]
        assert (ninth.act.judgement, ninth.act.show) == ("other-show", "A Show Of Mine")
        assert (tenth.act.judgement, tenth.act.why) == ("not-ours", "drawn by a fan")
        made = desk.log[before:]
        assert len(made) == 10
        assert {entry.who for entry in made} == {"Kim"}
        assert len({entry.act.findings[0].key for entry in made}) == 10

        taken_back = press(tab, "z")

        assert taken_back.startswith("Taken back: Not ours")
        assert desk.log[-1].act.undoes == tenth.number
        assert focused(tab)
        tab.keyboard.press("Escape")
        tab.wait_for_selector("#findings", state="visible")
        assert counted(tab) == waiting - 9
        decided = before + sum(entry.act.judgement != "unsure" for entry in made[:9])
        assert f"{decided} of {_N} decided" in tab.locator("#decided").inner_text()
    assert all("z takes it back" in one for one in said)


def test_verdicts_are_there_after_a_restart_and_in_what_is_written(desk: Sitting) -> None:
    row = finding(desk, verdict="match")
    with desk.tab(f"#view=finding&finding={quote(row['key'])}") as tab:
        press(tab, "c")
    desk.close()
    desk.open()

    with desk.tab(f"#view=finding&finding={quote(row['key'])}") as tab:
        assert "People: Confirmed" in tab.locator("#finding .verdict-line").inner_text()
        visit(tab, "#view=findings")
        tab.locator("#write").click()
        tab.wait_for_selector("#written.good")

    assert desk.folder is not None
    with (desk.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as table:
        lines = list(csv.DictReader(table))
    human = [line for line in lines if "confirmed" in line.values()]
    assert row["key"] in "".join(str(line) for line in human)
    tab = desk.browser.new_page()
    tab.goto((desk.folder / "report.html").as_uri() + f"#view=finding&finding={quote(row['key'])}")
    tab.wait_for_selector("text=What people decided")
    assert "People: Confirmed" in tab.locator("#finding .verdict-line").inner_text()
    tab.close()


def test_reason_waits_for_the_next_verdict_and_escape_drops_it(desk: Sitting) -> None:
    row = finding(desk, verdict="match", range=["S01E01", "S01E01"])
    on_title = "() => document.activeElement.matches('#finding h1')"
    with desk.tab(f"#finding={quote(row['key'])}") as tab:
        shown(tab)
        why = tab.get_by_text("of the probability lies in").inner_text()
        assert why.endswith(f"lies in {row['range'][0]})")
        assert "without an index" in tab.get_by_text("cannot be shown").inner_text()
        tab.locator("[data-tool=reason]").click()
        tab.keyboard.type("thrown away")
        tab.keyboard.press("Escape")
        assert "dropped" in tab.locator(".done").inner_text()
        tab.keyboard.press("r")
        tab.keyboard.type("the same cape")
        tab.keyboard.press("Enter")
        assert "Reason: the same cape" in tab.locator(".about").inner_text()
        assert tab.evaluate(on_title)
        # Written for this finding: it does not go along to another.
        tab.keyboard.press("j")
        shown(tab)
        assert "cape" not in tab.locator(".about").inner_text()
        tab.keyboard.press("k")
        shown(tab)

        press(tab, "c")

        assert desk.log[-1].act.why == "the same cape"
        tab.evaluate("() => document.querySelector('.done').replaceChildren()")
        tab.locator("[data-judgement=unsure]").click()
        told(tab)
        assert desk.log[-1].act.why == ""
        assert tab.evaluate(on_title)
        visit(tab, "#finding=zzz")
        assert "No such finding" in tab.locator("#finding").inner_text()


def test_queue_is_in_the_order_that_the_help_says(desk: Sitting) -> None:
    assert desk.review is not None
    run = desk.review.case.run

    def place(row: dict[str, Any]) -> tuple[bool, bool, bool, int, float]:
        sure = row["confidence"]
        tier = ["inconclusive", "match", "no-match", "unreadable"].index(row["verdict"])
        people = row["human"] != "disputed", row["key"] not in offered
        return row["last_run"] != run, *people, tier, sure if tier == 1 else -sure

    by_key = {row["key"]: row for row in desk.review.rows()}
    with desk.tab("#view=findings&human=", viewport={"width": 1400, "height": 8000}) as tab:
        tab.wait_for_function(f"() => document.querySelectorAll('#list .row').length === {_N}")
        offers = tab.evaluate("() => fetch('/api/v1/recall').then((answer) => answer.json())")
        offered = {offer["finding"]["key"] for offer in offers}
        if offered:
            tab.wait_for_selector("#recalled", state="visible")
        links = tab.locator("#list .row .c-path a").evaluate_all(f"(all) => all.map({_KEY})")
    found = [place(by_key[key]) for key in links]
    gone = [one[0] for one in found]
    assert gone == sorted(gone)
    assert found[: gone.index(True)] == sorted(found[: gone.index(True)])
    assert {one[3] for one in found[: gone.index(True)]} == {0, 1, 2, 3}


def test_filters_narrow_the_queue_and_keep_what_is_decided_apart(desk: Sitting) -> None:
    assert desk.review is not None
    rows = desk.review.rows()
    undecided = [row for row in rows if row["human"] == "open"]
    with desk.tab() as tab:
        first = tab.locator("#row-0 .c-path a").evaluate(_KEY)
        assert counted(tab) == len(undecided) < len(rows)
        tab.locator("input[name=stage][value=line-art]").check()
        assert counted(tab) == sum(row["stage"] == "line-art" for row in undecided) > 0
        tab.locator("[data-which=all]").click()
        assert counted(tab) == sum(row["stage"] == "line-art" for row in rows)
        tab.locator("#clear").click()
        tab.locator("[data-which=decided]").click()
        names = tab.locator("#list .row .c-human").all_inner_texts()
        assert "Confirmed" in names
        assert set(names) <= {"Confirmed", "Other show", "Not this show", "Not ours"}
        every = counted(tab)
        tab.fill("#q", "no such words")
        assert counted(tab) == 0
        assert tab.locator("details.filters summary").inner_text() == "Filters (1)"
        tab.keyboard.press("Escape")
        assert (tab.input_value("#q"), counted(tab)) == ("", every)
        assert tab.locator("details.filters summary").inner_text() == "Filters"
        visit(tab, "#view=findings&q=cape")
        tab.wait_for_function("() => document.querySelector('#q').value === 'cape'")
        visit(tab, "#view=findings")
        tab.wait_for_function("() => document.querySelector('#q').value === ''")
        tab.keyboard.press("Escape")
        tab.keyboard.press("c")
        assert "Choose findings" in tab.locator(".refusal").inner_text()
        tab.keyboard.press("Enter")
        shown(tab)
        assert tab.evaluate("() => document.querySelector('#finding').dataset.key") == first


def test_shot_in_its_stages_is_decided_at_once_but_for_what_is_unticked(desk: Sitting) -> None:
    shot = open_shot(desk)
    with desk.tab(f"#view=finding&finding={quote(shot[0]['key'])}") as tab:
        tab.keyboard.press("g")
        boxes = tab.locator("#shot input")
        assert boxes.count() == len(shot)
        assert all(boxes.nth(at).is_checked() for at in range(len(shot)))
        assert str(len(shot)) in tab.locator("#deciding .about").inner_text()
        press(tab, "c")
    assert {about.key for about in desk.log[-1].act.findings} == {row["key"] for row in shot}

    shot = open_shot(desk)
    with desk.tab(f"#view=finding&finding={quote(shot[0]['key'])}") as tab:
        tab.locator("#together").click()
        tab.locator("#shot input").last.uncheck()
        press(tab, "x")
    assert len(desk.log[-1].act.findings) == len(shot) - 1


def test_findings_chosen_in_the_queue_are_decided_at_once(desk: Sitting) -> None:
    with desk.tab() as tab:
        before = counted(tab)
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Shift+ArrowDown")
        tab.keyboard.press("Shift+ArrowDown")
        tab.keyboard.press("Shift+ArrowUp")
        tab.locator("#list .c-choose input").nth(4).check()
        assert tab.locator("#list [aria-selected=true]").count() == 3
        press(tab, "n")
        assert tab.locator("#list [aria-selected=true]").count() == 0
        assert counted(tab) == before - 3
        assert focused(tab)
        assert len(desk.log[-1].act.findings) == 3

        press(tab, "z")

        assert counted(tab) == before


def test_two_reviewers_who_disagree_are_both_named(desk: Sitting) -> None:
    assert desk.desk is not None
    row = finding(desk, verdict="match")
    address = f"#view=finding&finding={quote(row['key'])}"
    with desk.tab(address) as tab:
        press(tab, "c")
        visit(tab, address)
        tab.fill("#who", "Ola")
        tab.keyboard.press("Enter")
        tab.wait_for_function("() => document.activeElement.matches('#finding h1')")
        press(tab, "n")
        visit(tab, address)
        people = tab.locator(".dispute").inner_text()
        assert "Kim" in people
        assert "Ola" in people
        assert row["show"] in people
        # Only one's own verdict can be taken back.
        assert tab.locator("#people button").count() == 1
        tab.reload()
        shown(tab)
        assert tab.locator("#who").input_value() == "Ola"
        # Another tab: the browser remembers, but a name that the desk was given comes first.
        for given, name in ((True, "Kim"), (False, "Ola")):
            desk.desk.reviewer_given = given
            other = tab.context.new_page()
            other.goto(desk.address)
            assert other.locator("#who").input_value() == name
            other.close()
        tab.locator("#people button").click()
        told(tab)
        tab.wait_for_selector(".dispute", state="detached")
        assert focused(tab)


def test_candidate_is_chosen_in_one_press(desk: Sitting) -> None:
    row = finding(desk, verdict="no-match")
    with desk.tab(f"#view=finding&finding={quote(row['key'])}") as tab:
        assert tab.locator("[data-judgement=confirmed]").get_attribute("aria-disabled") == "true"
        tab.keyboard.press("c")
        tab.wait_for_selector(".refusal:not(:empty)")
        second = tab.locator(".candidates li").nth(1)
        show = second.locator("bdi").inner_text()
        second.locator("button").click()
        told(tab)
    assert (desk.log[-1].act.judgement, desk.log[-1].act.show) == ("other-show", show)


def test_nothing_is_shown_as_decided_when_the_desk_refuses_or_is_gone(desk: Sitting) -> None:
    row = finding(desk, verdict="match")
    before = len(desk.log)
    with desk.tab(f"#view=finding&finding={quote(row['key'])}") as tab:
        tab.route("**/verdicts", lambda route: route.abort())
        tab.keyboard.press("c")
        # At once: the next finding, which is read ahead, may still be answered.
        tab.wait_for_selector("#connection.lost")
        tab.wait_for_selector(".refusal:not(:empty)")
        assert "Not decided" in tab.locator("#finding .verdict-line").inner_text()
        assert row["file"] in tab.locator("h1 bdi").inner_text()
        tab.unroute("**/verdicts")
        # As after a restart, which drew another token.
        refusal = {"error": {"code": "no-token", "message": "send it as a header"}}
        tab.route("**/verdicts", lambda route: route.fulfill(status=401, json=refusal))
        tab.keyboard.press("c")
        tab.wait_for_selector("#connection.lost:has-text('started anew')")
        assert "header" not in tab.locator("#deciding").inner_text()
        desk.said.clear()  # the browser says, too, that the requests failed
        tab.unroute("**/verdicts")
        press(tab, "c")
        assert not tab.locator("#connection.lost").count()
    assert len(desk.log) == before + 1


def test_held_key_decides_once(desk: Sitting) -> None:
    before = len(desk.log)
    with desk.tab() as tab:
        tab.locator("#start").click()
        shown(tab)
        for key in ("n", "Enter"):
            if key == "Enter":
                tab.locator("[data-judgement=unsure]").focus()
            tab.evaluate("() => document.querySelector('.done').replaceChildren()")
            tab.keyboard.down(key)
            told(tab)
            for _ in range(5):
                tab.keyboard.down(key)
            tab.keyboard.up(key)
        press(tab, "u")
    assert len(desk.log) == before + 3


def test_script_in_names_writing_and_reasons_stays_text(desk: Sitting) -> None:
    assert desk.review is not None
    evil = '<img src=x onerror="window.broken=1"></script><script>window.broken=1</script>'
    hostile = [row for row in desk.review.rows() if "hostile" in row["file"]]
    with desk.tab() as tab:
        for row in hostile:
            visit(tab, f"#view=finding&finding={quote(row['key'])}")
            shown(tab)
            assert tab.locator("h1 bdi").inner_text() == row["file"]
        tab.keyboard.press("t")
        tab.keyboard.type(evil)
        tab.keyboard.press("Enter")
        told(tab)
        assert evil in tab.locator("#people").inner_text()
        visit(tab, "#view=log")
        tab.wait_for_selector(".entries li")
        assert evil in tab.locator(".entries li").first.inner_text()
        assert tab.evaluate("() => window.broken") is None


def test_every_view_is_usable_with_a_screen_reader_and_on_a_small_screen(desk: Sitting) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    row = finding(desk, verdict="match")
    views = ["findings", f"finding&finding={quote(row['key'])}", "log", "help"]
    grave = []
    with desk.tab() as tab:
        for view in views:
            visit(tab, f"#view={view}")
            if view == "log":
                tab.wait_for_selector(".entries li")
            cases = [(1280, "light"), (360, "dark")]
            for width, scheme in cases if "finding" in view else cases[1:]:
                tab.set_viewport_size({"width": width, "height": 800})
                tab.emulate_media(color_scheme=scheme)
                assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
                found = axe.run(tab, options={"resultTypes": ["violations"]}).response
                grave += [
                    (view[:8], width, scheme, one["id"], one["nodes"][0]["html"][:200])
                    for one in found["violations"]
                    if one["impact"] in ("serious", "critical")
                ]
    assert not grave, grave
