"""What of another case's verdicts can be adopted, and what adopting it leaves in the log."""

from dataclasses import replace
from pathlib import Path

import pytest

from framematch.errors import CaseError
from framematch.verdicts import (
    LOG,
    About,
    Judgement,
    OtherCase,
    Recalled,
    VerdictLog,
    acts_of,
    judged,
    noted,
    read_other,
    recallable,
    standing_of,
    undone,
)
from framematch.verdicts.records import MOST_REASON

ONE = About("a" * 64, "match", "Alpha", 0.97, "index-1")
TWO = About("b" * 64, "match", "Alpha", 0.88, "index-1")
THREE = About("c" * 64, "no-match", None, 0.1, "index-1")
#: The same content as another index saw it.
HERE = replace(ONE, show="Beta", index="index-2")

Said = tuple[str, Judgement, str | None]


def other(folder: Path, *said: Said, about: About = ONE) -> OtherCase:
    folder.mkdir(exist_ok=True)
    with VerdictLog(folder) as log:
        for who, judgement, show in said:
            log.add(who, judged([about], judgement, show, f"{who} looked"))
    return read_other(folder)


def offered(others: list[OtherCase], *findings: About, here: Path | None = None) -> list[Recalled]:
    """Return what is offered to a case without a log, or with that of a folder."""
    entries = () if here is None else read_other(here).entries
    return list(recallable(others, findings, standing_of(entries), entries))


def test_not_ours_is_offered_for_the_same_content_only(tmp_path: Path) -> None:
    leak = other(tmp_path / "leak", ("Kim", "not-ours", None))

    (found,) = offered([leak], TWO, HERE, THREE)

    assert (found.about, found.judgement, found.show) == (HERE, "not-ours", None)
    assert (found.who, found.why, found.case, found.number) == ("Kim", "Kim looked", "leak", 1)
    assert (found.when, found.sha256) == (leak.entries[0].when, leak.entries[0].sha256)


def test_not_this_show_is_offered_where_that_show_is_named_here_too(tmp_path: Path) -> None:
    leak = other(tmp_path / "leak", ("Kim", "not-this-show", None), ("Lee", "not-this-show", "Rho"))

    assert [one.show for one in offered([leak], ONE)] == ["Alpha"]
    assert offered([leak], HERE) == []
    assert offered([leak], replace(ONE, show=None)) == []


@pytest.mark.parametrize(
    "said",
    [
        [("Kim", "confirmed", None)],
        [("Kim", "other-show", "Beta")],
        [("Kim", "unsure", None)],
        [("Kim", "not-ours", None), ("Lee", "confirmed", None)],
        [("Kim", "not-this-show", None), ("Lee", "other-show", "Beta")],
        [("Kim", "not-ours", None), ("Kim", "unsure", None)],
    ],
)
def test_what_names_a_show_is_disputed_or_not_decided_is_not_offered(
    tmp_path: Path, said: list[Said]
) -> None:
    assert offered([other(tmp_path / "leak", *said)], ONE) == []


def test_what_other_cases_dispute_among_them_is_not_offered(tmp_path: Path) -> None:
    no = other(tmp_path / "no", ("Kim", "not-ours", None))
    yes = other(tmp_path / "yes", ("Lee", "confirmed", None))

    assert len(offered([no], ONE)) == 1
    assert offered([no, yes], ONE) == []
    assert len(offered([no, other(tmp_path / "later", ("Lee", "not-ours", None))], ONE)) == 1


def test_what_anybody_has_decided_here_is_left_to_them(tmp_path: Path) -> None:
    leak = other(tmp_path / "leak", ("Kim", "not-ours", None))
    decided, looked = tmp_path / "decided", tmp_path / "looked"
    other(decided, ("Lee", "confirmed", None))
    other(looked, ("Lee", "unsure", None))

    assert offered([leak], ONE, here=decided) == []
    assert len(offered([leak], ONE, here=looked)) == 1


def test_adopted_once_is_not_offered_again_not_even_when_taken_back(tmp_path: Path) -> None:
    leak = other(tmp_path / "leak, entry 1", ("Kim", "not-ours", None))
    here = tmp_path / "here"
    here.mkdir()
    with VerdictLog(here) as log:
        (act,) = acts_of(offered([leak], ONE))
        log.add("Ada", undone(log.add("Ada", act)))

    assert standing_of(read_other(here).entries) == {}
    assert offered([leak], ONE, here=here) == []
    # What was decided there since is another entry.
    later = other(tmp_path / "leak, entry 1", ("Kim", "not-ours", None))
    assert [one.number for one in offered([later], ONE, here=here)] == [2]


def test_acts_are_one_for_each_entry_and_say_whose_it_was(tmp_path: Path) -> None:
    leak = tmp_path / "leak"
    leak.mkdir()
    with VerdictLog(leak) as log:
        log.add("Kim", judged([ONE, TWO], "not-ours", why="a trailer\nof nobody"))
        log.add("Kim", judged([THREE], "not-ours"))
        first, second = log.entries

    acts = acts_of(offered([read_other(leak)], THREE, TWO, ONE))

    assert [[about.key for about in act.findings] for act in acts] == [
        [THREE.key],
        [TWO.key, ONE.key],
    ]
    assert (
        acts[0].why == f"recalled from leak, entry 2 ({second.sha256[:12]}) of Kim, {second.when}"
    )
    assert acts[1].why == (
        f"recalled from leak, entry 1 ({first.sha256[:12]}) of Kim, {first.when}:"
        " a trailer\nof nobody"
    )
    assert {(act.kind, act.judgement) for act in acts} == {("judged", "not-ours")}


def test_reason_that_would_be_too_long_is_cut_and_still_known(tmp_path: Path) -> None:
    leak, here = tmp_path / "leak", tmp_path / "here"
    for folder in (leak, here):
        folder.mkdir()
    with VerdictLog(leak) as log:
        log.add("Kim", judged([ONE], "not-ours", why="x" * MOST_REASON))

    (act,) = acts_of(offered([read_other(leak)], ONE))
    with VerdictLog(here) as log:
        log.add("Ada", act)
        log.add("Ada", undone(log.entries[0]))

    assert len(act.why) == MOST_REASON
    assert act.why.endswith("x…")
    assert offered([read_other(leak)], ONE, here=here) == []


def test_name_of_a_folder_that_a_terminal_would_obey_can_be_a_source(tmp_path: Path) -> None:
    leak = other(tmp_path / "le\x1b[31mak\udcff", ("Kim", "not-ours", None))

    (act,) = acts_of(offered([leak], ONE))

    assert act.why.startswith("recalled from le?[31mak?, entry 1 (")


def test_log_that_was_changed_cut_or_is_not_there_is_refused(tmp_path: Path) -> None:
    leak = other(tmp_path / "leak", ("Kim", "not-ours", None), ("Lee", "not-ours", None))
    head = leak.entries[-1].sha256
    log = tmp_path / "leak" / LOG
    whole = log.read_bytes()

    log.write_bytes(whole.splitlines(keepends=True)[0])
    with pytest.raises(CaseError, match="lines are missing"):
        read_other(tmp_path / "leak", head)
    log.write_bytes(whole.replace(b"Kim", b"Tim", 1))
    with pytest.raises(CaseError, match="changed or damaged"):
        read_other(tmp_path / "leak")
    with pytest.raises(CaseError, match=r"holds no review/verdicts\.jsonl"):
        read_other(tmp_path)


def test_finding_whose_key_is_not_all_shown_is_decided_on(tmp_path: Path) -> None:
    layer = replace(ONE, key=f"{ONE.key}:layer/\u202eLines\n\udc80")
    leak = other(tmp_path / "leak", ("Kim", "not-ours", None), about=layer)

    assert [one.about for one in offered([leak], ONE, layer)] == [layer]
    with VerdictLog(tmp_path / "leak") as log:
        log.add("Kim", noted([layer], "still"))
