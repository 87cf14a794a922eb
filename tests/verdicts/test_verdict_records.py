"""What a person may decide, and what is refused."""

import pytest

from framematch.errors import ConfigError
from framematch.verdicts import About, judged, noted
from framematch.verdicts.records import Entry

ALPHA = About("a" * 64, "match", "Alpha", 0.97, "index-1")
BETA = About("b" * 64, "match", "Beta", 0.9, "index-1")
NONE = About("c" * 64, "no-match", None, 0.02, "index-1")


def test_confirming_and_denying_are_about_the_show_that_the_machine_names() -> None:
    assert judged([ALPHA], "confirmed").show == "Alpha"
    assert judged([ALPHA], "not-this-show").show == "Alpha"
    assert judged([NONE], "not-this-show", "Gamma").show == "Gamma"


@pytest.mark.parametrize(
    ("findings", "judgement", "show", "complaint"),
    [
        ([], "confirmed", None, "no finding is named"),
        ([ALPHA, ALPHA], "confirmed", None, "named twice"),
        ([ALPHA, BETA], "confirmed", None, "several shows"),
        ([NONE], "confirmed", None, "no show is named"),
        ([ALPHA], "other-show", None, "other show has no name"),
        ([ALPHA], "other-show", "", "other show has no name"),
        ([ALPHA], "not-ours", "Beta", "names no show"),
        ([ALPHA], "certain", None, "is no judgement"),
        ([ALPHA], "other-show", "Be\x07ta", "characters that are not shown"),
        ([ALPHA], "other-show", "x" * 201, "too long"),
    ],
)
def test_verdict_that_says_nothing_is_refused(
    findings: list[About], judgement: str, show: str | None, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        judged(findings, judgement, show)  # type: ignore[arg-type]


def test_reason_keeps_its_lines_and_refuses_what_a_terminal_obeys() -> None:
    assert judged([ALPHA], "unsure", why=" one\ntwo ").why == "one\ntwo"
    with pytest.raises(ConfigError, match="not shown"):
        judged([ALPHA], "unsure", why="one\x1b[31mtwo")


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001])
def test_note_without_text_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        noted([ALPHA], text)


def test_line_with_a_right_digest_and_wrong_content_is_no_entry() -> None:
    entry = Entry(1, "2026-11-27T09:00:00Z", "Kim", judged([ALPHA], "confirmed"), "0" * 64)
    assert Entry.of_line(entry.line()) == entry
    for wrong in (
        Entry(0, entry.when, "Kim", entry.act, entry.previous),
        Entry(1, "yesterday", "Kim", entry.act, entry.previous),
        Entry(1, entry.when, "Kim", entry.act, "none"),
    ):
        with pytest.raises(ValueError, match="says what no entry says"):
            Entry.of_line(wrong.line())
