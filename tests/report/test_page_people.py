"""What people decided on report.html: beside the machine's verdict, filtered by, not obeyed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sample import HOSTILE, sample

from framematch.case_records import Case, Finding
from framematch.report.page import case_page
from framematch.verdicts import About, VerdictLog, judged, noted

Open = Callable[..., Any]
_N = 60


def _about(finding: Finding) -> About:
    said = finding.attribution
    return About(finding.key, said.verdict, said.show, said.confidence, said.index.id)


def _decided(folder: Path, case: Case) -> Case:
    named = [_about(one) for one in case.findings if one.attribution.show]
    with VerdictLog(folder) as log:
        log.add("Kim", judged(named[:1], "confirmed", why="seen on the air"))
        log.add("Lee", judged(named[:1], "not-ours"))
        log.add("Kim", judged(named[1:2], "other-show", HOSTILE[0], HOSTILE[2]))
        log.add("Lee", noted(named[2:3], HOSTILE[1]))
        return replace(case, verdicts=log.entries)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    folder = tmp_path_factory.mktemp("case")
    before = sample(_N)
    case = _decided(folder, before.case)
    path = folder / "report.html"
    path.write_bytes(b"".join(case_page(case, before.picture)))
    return path, case


def _open(made: tuple[Path, Case], open_page: Open, at: int) -> Any:  # noqa: ANN401
    named = [one for one in made[1].findings if one.attribution.show]
    tab = open_page(made[0], f"#view=finding&finding={quote(named[at].key)}").tab
    tab.wait_for_selector("#finding section.card >> text=What people decided")
    return tab


def test_list_is_filtered_by_what_people_decided(made: tuple[Path, Case], open_page: Open) -> None:
    tab = open_page(made[0], "#view=findings").tab

    for value, number in (("disputed", 1), ("other-show", 1), ("open", _N - 2)):
        box = tab.locator(f"input[name=human][value={value}]")
        box.check()
        assert tab.locator("#count").inner_text().startswith(f"{number} of {_N}")
        box.uncheck()


def test_summary_says_how_many_findings_people_decided_and_leads_to_them(
    made: tuple[Path, Case], open_page: Open
) -> None:
    tab = open_page(made[0]).tab
    row = tab.locator("#summary section", has_text="Decided by people").locator(
        "tr", has_text="Disputed"
    )
    assert row.locator(".number").inner_text() == "1"

    row.locator("a").click()

    assert tab.locator("#count").inner_text().startswith(f"1 of {_N}")


def test_finding_shows_both_opinions_and_the_machine_verdict_as_it_was(
    made: tuple[Path, Case], open_page: Open
) -> None:
    tab = _open(made, open_page, 0)

    section = tab.locator("section.card", has_text="What people decided").inner_text()
    assert "They say what cannot both be so" in section
    assert "Kim" in section
    assert "seen on the air" in section
    assert "Not ours" in section
    head = tab.locator(".verdict-line").inner_text()
    assert "Match" in head
    assert "People: Disputed" in head


def test_known_limits_say_what_nobody_has_decided(made: tuple[Path, Case]) -> None:
    page = made[0].read_text(encoding="utf-8")
    assert f"No person has decided on {_N - 2} of {_N} findings. On 1 they differ." in page
    before = sample(3)
    untouched = b"".join(case_page(before.case, before.picture)).decode()
    assert "No person has decided on any finding in this case." in untouched


def test_text_with_script_in_it_is_shown(made: tuple[Path, Case], open_page: Open) -> None:
    tab = _open(made, open_page, 1)
    assert HOSTILE[0] in tab.locator("#finding").inner_text()
    assert HOSTILE[2] in tab.locator("#finding").inner_text()

    other = _open(made, open_page, 2)
    assert HOSTILE[1] in other.locator("#finding").inner_text()
    for one in (tab, other):
        assert one.evaluate("window.broken") is None


def test_page_without_verdicts_has_no_such_filter(tmp_path: Path, open_page: Open) -> None:
    before = sample(20)
    path = tmp_path / "report.html"
    path.write_bytes(b"".join(case_page(before.case, before.picture)))

    tab = open_page(path, "#view=findings").tab

    assert tab.locator("input[name=human]").count() == 0
