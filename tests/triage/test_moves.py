"""What moved between two runs."""

from pathlib import Path

from framematch.case_records import Change, Entry
from framematch.triage.journal import Journal, Place
from framematch.triage.moves import changes, out_of_sight


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


def test_what_lay_in_a_folder_that_cannot_be_listed_is_not_gone(tmp_path: Path) -> None:
    before = {"in/a": Place("1", 1), "in/b": Place("2", 1), "inner": Place("3", 1)}
    folder = Entry("in", None, None, None, None, "unreadable", "the folder cannot be listed", ())
    assert changes([folder], before, 1) == (
        Change("in", "new", None, None),
        Change("inner", "gone", None, "3"),
    )
    # Nor has it returned when it is seen again.
    with Journal(tmp_path / "state.sqlite") as journal:
        number, _ = journal.begin_run("key")
        journal.finish_run(number, entries(**{"in/a": "1", "in/b": "2", "inner": "3"}), ())
        number, _ = journal.begin_run("key")
        hidden = out_of_sight([folder], journal.places())
        journal.finish_run(number, [folder], (), hidden)
        later = entries(**{"in/a": "1", "in/b": "9", "in/c": "4"})
        assert changes(later, journal.places(), journal.last_complete_run()) == (
            Change("in", "gone", None, None),
            Change("in/b", "changed", "9", "2"),
            Change("in/c", "new", "4", None),
        )


def test_what_an_archive_held_that_cannot_be_unpacked_this_time_is_not_gone() -> None:
    before = {"a.zip": Place("1", 1), "a.zip!/b": Place("2", 1)}
    late = Entry("a.zip", 9, "1", None, None, "refused", "took longer than its limit", ())
    assert changes([late], before, 1) == ()
    other = Entry("a.zip", 9, "5", None, None, "refused", "took longer than its limit", ())
    assert [change.moved for change in changes([other], before, 1)] == ["changed", "gone"]


def test_link_that_is_gone_is_told_as_gone() -> None:
    before = {"link": Place(None, 1), "a": Place("1", 1)}
    assert changes(entries(a="1"), before, 1) == (Change("link", "gone", None, None),)
