"""What siblings say."""

from made import finding

from framematch.case_records import Siblings
from framematch.triage.siblings import with_siblings


def test_siblings_of_a_folder_count_others_only() -> None:
    found = [
        finding("cut/a.png", show="Alpha"),
        finding("cut/b.png", show="Alpha"),
        finding("cut/c.png", show="Beta"),
        finding("cut/d.png"),
        finding("elsewhere.png", show="Alpha"),
    ]
    assert with_siblings(found) == [
        Siblings("cut", None, 0, 2, 1, None),  # one of each show
        Siblings("cut", None, 0, 2, 1, None),
        Siblings("cut", "Alpha", 2, 0, 1, False),
        Siblings("cut", "Alpha", 2, 1, 0, None),
        None,
    ]


def test_siblings_of_a_layered_file_count_it_once() -> None:
    found = [
        finding("cut/a.psd", show="Beta", key="a"),
        finding("cut/a.psd", show="Beta", key="a", part="layer/Lines"),
        finding("cut/a.psd", show="Beta", key="a", part="layer/Paint"),
        finding("cut/b.png", show="Alpha"),
        finding("cut/c.png", show="Alpha"),
    ]
    whole, lines, *_, last = with_siblings(found)
    assert whole == Siblings("cut", "Alpha", 2, 0, 0, False)
    assert lines == Siblings("cut/a.psd", "Beta", 1, 0, 0, True)
    assert last == Siblings("cut", None, 0, 2, 0, None)


def test_siblings_in_an_archive_are_its_members() -> None:
    found = [finding("a.zip!/1.png", show="Alpha"), finding("a.zip!/2.png"), finding("b.png")]
    assert with_siblings(found)[1] == Siblings("a.zip", "Alpha", 1, 0, 0, None)
    assert with_siblings(found)[2] is None
