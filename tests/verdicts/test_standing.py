"""What holds by a log: the last word of each, disagreement, what was taken back."""

from pathlib import Path

import pytest

from framematch.verdicts import (
    About,
    Judgement,
    Standing,
    VerdictLog,
    judged,
    noted,
    standing_of,
    undone,
)

ONE = About("a" * 64, "match", "Alpha", 0.97, "index-1")
TWO = About("b" * 64, "match", "Alpha", 0.88, "index-1")


def standing(tmp_path: Path, *said: tuple[str, Judgement, str | None]) -> Standing:
    with VerdictLog(tmp_path) as log:
        for who, judgement, show in said:
            log.add(who, judged([ONE], judgement, show))
        return standing_of(log.entries)[ONE.key]


def test_last_word_of_each_person_holds(tmp_path: Path) -> None:
    now = standing(
        tmp_path, ("Kim", "confirmed", None), ("Lee", "unsure", None), ("Kim", "not-ours", None)
    )

    assert [(one.who, one.judgement) for one in now.opinions] == [
        ("Lee", "unsure"),
        ("Kim", "not-ours"),
    ]
    assert now.decided is not None
    assert now.decided.who == "Kim"


@pytest.mark.parametrize(
    ("first", "second", "disputed", "decided"),
    [
        (("confirmed", None), ("confirmed", None), False, ("confirmed", "Alpha")),
        (("confirmed", None), ("not-this-show", None), True, None),
        (("confirmed", None), ("other-show", "Beta"), True, None),
        (("confirmed", None), ("other-show", "Alpha"), False, ("other-show", "Alpha")),
        (("confirmed", None), ("not-ours", None), True, None),
        (("confirmed", None), ("unsure", None), False, ("confirmed", "Alpha")),
        (("not-this-show", None), ("other-show", "Beta"), False, ("other-show", "Beta")),
        (("other-show", "Beta"), ("not-this-show", None), False, ("other-show", "Beta")),
        (("not-this-show", None), ("not-ours", None), False, ("not-ours", None)),
        (("other-show", "Beta"), ("other-show", "Gamma"), True, None),
        (("unsure", None), ("unsure", None), False, None),
    ],
)
def test_two_people_differ_where_both_cannot_be_right(
    tmp_path: Path,
    first: tuple[Judgement, str | None],
    second: tuple[Judgement, str | None],
    disputed: bool,
    decided: tuple[str, str | None] | None,
) -> None:
    now = standing(tmp_path, ("Kim", *first), ("Lee", *second))

    assert now.disputed is disputed
    assert (None if now.decided is None else (now.decided.judgement, now.decided.show)) == decided


def test_taking_back_brings_back_what_was_said_before(tmp_path: Path) -> None:
    with VerdictLog(tmp_path) as log:
        log.add("Kim", judged([ONE, TWO], "confirmed"))
        log.add("Kim", judged([ONE], "not-ours"))
        log.add("Kim", undone(log.entries[1]))
        now = standing_of(log.entries)
        assert [now[key].opinions[0].judgement for key in (ONE.key, TWO.key)] == ["confirmed"] * 2

        log.add("Kim", undone(log.entries[0]))
        assert standing_of(log.entries) == {}


def test_notes_of_all_stand_beside_the_verdicts(tmp_path: Path) -> None:
    with VerdictLog(tmp_path) as log:
        log.add("Kim", noted([ONE], "see page 3"))
        log.add("Lee", noted([ONE], "same cut as sc045"))
        log.add("Kim", undone(log.entries[0]))
        now = standing_of(log.entries)[ONE.key]

    assert [remark.text for remark in now.remarks] == ["same cut as sc045"]
    assert now.decided is None
    assert now.to_dict()["opinions"] == []
