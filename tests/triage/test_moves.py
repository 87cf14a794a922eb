"""What moved between two runs."""

from framematch.case_records import Change, Entry
from framematch.triage.journal import Place
from framematch.triage.moves import changes


def entries(**digests: str | None) -> list[Entry]:
    return [
        Entry(path, 1, digest, None, None, "media", None, ()) for path, digest in digests.items()
    ]


def test_first_run_has_no_changes() -> None:
    assert changes(entries(a="1"), {}, 0) == ()


def test_every_sort_of_change_is_told_once() -> None:
    before = {
        "a": Place("1", 2),
        "b": Place("2", 2),
        "c": Place("3", 2),
        "d": Place("4", 1),
        "same": Place("5", 2),
    }
    now = entries(a="9", e="3", d="4", f="5", same="5")
    assert changes(now, before, 2) == (
        Change("a", "changed", "9", "1"),
        Change("b", "gone", None, "2"),
        Change("d", "returned", "4", "4"),
        Change("e", "renamed", "3", "c"),
        Change("f", "new", "5", None),  # a copy: the other one is still there
    )


def test_one_of_two_copies_that_moved_is_no_rename() -> None:
    before = {"a": Place("1", 1), "b": Place("1", 1)}
    assert changes(entries(a="1", c="1"), before, 1) == (
        Change("b", "gone", None, "1"),
        Change("c", "new", "1", None),
    )


def test_a_file_that_cannot_be_read_any_more_has_changed() -> None:
    assert changes(entries(a=None), {"a": Place("1", 1)}, 1) == (Change("a", "changed", None, "1"),)
