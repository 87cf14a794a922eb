"""Tasks on several processes: answers in order, tasks not taken long before their turn."""

from collections.abc import Iterator

import pytest

from framematch.workers import answered


def test_answers_come_in_the_order_of_their_tasks_and_tasks_are_taken_as_needed() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(12):
            taken.append(-number)
            yield -number

    answers = answered(abs, tasks(), 2, ahead=3)
    assert next(answers) == 0
    assert len(taken) <= 4
    assert list(answers) == list(range(1, 12))


def test_task_that_fails_ends_the_others_with_its_error() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(answered(int, ["1", "two", "3"], 2))


def test_no_tasks_have_no_answers() -> None:
    assert list(answered(abs, [], 2)) == []
