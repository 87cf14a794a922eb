"""What the notes benchmark counts: places, letters, and what may not be counted."""

import numpy as np
import pytest

from benchmarks.notes.cases import Case
from benchmarks.notes.measure import Found, Read, edits, nearest
from benchmarks.notes.pictures import Line, labels_of
from framematch.case_records import Note
from framematch.demo.writing import Written
from framematch.notes.lines import Proposal
from framematch.notes.model import CLASSES

_BLANK = np.zeros((100, 200, 3), np.uint8)


def _remark(top: float, block: int, text: str = "手要大") -> Written:
    return Written((0.1, top, 0.3, 0.1), "remark", "Han", text, block)


def _note(left: float, top: float, width: float, height: float) -> Note:
    return Note((left, top, width, height), ("Han",), None, None)


def test_found_note_over_a_block_of_two_lines_counts_as_right_and_same() -> None:
    found = Found()
    case = Case("g", "n", _BLANK, (_remark(0.1, 0), _remark(0.25, 0)))
    found.add(case, [_note(0.1, 0.1, 0.3, 0.25)], [])
    said = found.to_dict()
    assert (said["box_precision"], said["line_recall"]) == (1, 1)
    assert said["blocks_by_purpose"] == {"remark": {"blocks": 1, "same": 1}}
    assert said["false_boxes_per_picture"] == 0


def test_found_note_elsewhere_counts_as_false_and_the_line_as_missed() -> None:
    found = Found()
    found.add(Case("g", "n", _BLANK, (_remark(0.1, 0),)), [_note(0.6, 0.6, 0.2, 0.2)], [])
    said = found.to_dict()
    assert (said["box_precision"], said["line_recall"]) == (0, 0)
    assert found.false == [("n", (0.6, 0.6, 0.2, 0.2))]


def test_found_scrawl_is_neither_missed_nor_false() -> None:
    found = Found()
    scrawl = Written((0.1, 0.1, 0.3, 0.1), "illegible", None, None, 0)
    found.add(Case("g", "n", _BLANK, (scrawl,)), [], [])
    found.add(Case("g", "n", _BLANK, (scrawl,)), [_note(0.1, 0.1, 0.3, 0.1)], [])
    said = found.to_dict()
    assert (said["with_writing"], said["boxes"], said["box_precision"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("손을", "손", 1)],
)
def test_edits_counts_letters(one: str, other: str, distance: int) -> None:
    assert edits(one, other) == edits(other, one) == distance


def test_read_line_not_read_counts_every_letter_and_spaces_count_nothing() -> None:
    read = Read()
    read.add("손을 더 크게", "손 을더크게")
    read.add("입은 작게", None)
    said = read.to_dict()
    assert (said["share_right"], said["share_right_of_read"]) == (0.5, 1.0)
    assert said["character_error_rate"] == round(4 / 9, 4)


def test_nearest_text_elsewhere_or_in_another_script_is_not_the_lines() -> None:
    line = _remark(0.1, 0)
    over, away = (0.1, 0.1, 0.3, 0.1), (0.6, 0.6, 0.3, 0.1)
    assert nearest(line, [(away, "手要大")]) is None
    assert nearest(line, [(over, "HAND\n手要天")]) == "手要天"
    assert nearest(line, [(over, "HAND")]) is None


def test_labels_of_proposals_by_where_they_lie() -> None:
    truth = [Line((100, 100, 200, 120), "Hangul", light=False)]
    boxes = {
        (100, 100, 200, 120): "Hangul",
        (100, 99, 150, 121): "Hangul",
        (100, 100, 200, 107): "none",
        (400, 300, 450, 320): "none",
    }
    lines = [Proposal(box, 0, np.array([0])) for box in boxes]
    assert [CLASSES[k] for k in labels_of(lines, truth, 1.0)] == list(boxes.values())
    halves = [Proposal((50, 50, 100, 60), 0, np.array([0]))]
    assert CLASSES[labels_of(halves, truth, 0.5)[0]] == "Hangul"


def test_labels_of_counters_between_dark_letters_are_no_writing() -> None:
    truth = [Line((100, 100, 200, 120), "Latin", light=False)]
    light = Proposal((101, 101, 199, 119), 4, np.array([0]))
    assert labels_of([light], truth, 1.0).tolist() == [0]
