"""Tasks on several processes: what one task does to its process costs that task only."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import worker_tasks
from interrupted import PATIENCE_S, children, is_gone

from framematch.crew import Crew, Fault
from framematch.errors import FrameMatchError, WorkerError, WorkerStartError
from framematch.workers import answered, supervised


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


def test_task_that_dies_hangs_or_raises_costs_itself_only() -> None:
    over = {
        done.position: done for done in supervised(worker_tasks.square, range(8), 2, limit_s=_limit)
    }
    assert sorted(over) == list(range(8))
    assert [over[n].answer for n in (0, 1, 3, 6, 7)] == [0, 1, 9, 36, 49]
    faults = {n: over[n].fault for n in (2, 4, 5)}
    assert [fault and fault.kind for fault in faults.values()] == ["died", "late", "raised"]
    assert faults[2] == Fault("died", "its process was killed by SIGSEGV")
    assert faults[5] is not None
    assert isinstance(faults[5].error, ValueError)


def _limit(number: int) -> float | None:
    return 1.0 if number == 4 else None


def test_answer_of_a_task_that_died_is_what_stands_in_for_it() -> None:
    answers = answered(worker_tasks.square, [1, 2, 3], 2, instead=lambda task, fault: -task)
    assert list(answers) == [1, -2, 9]


def test_task_that_died_without_anything_instead_is_an_error_that_names_it() -> None:
    with pytest.raises(WorkerError, match="2: its process was killed by SIGSEGV"):
        list(answered(worker_tasks.square, [1, 2, 3], 1))


def test_errors_of_processes_are_told_as_a_line() -> None:
    assert issubclass(WorkerStartError, FrameMatchError)
    assert issubclass(WorkerError, FrameMatchError)


def test_notes_reach_the_listener_with_the_position_of_their_task() -> None:
    heard: list[tuple[int, object]] = []
    list(supervised(worker_tasks.told, [5, 7], 1, on_note=lambda *note: heard.append(note)))
    assert heard == [(0, 10), (1, 14)]


def test_task_that_ended_while_nobody_waited_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    monkeypatch.setattr("framematch.crew.time.monotonic", lambda: now_s)

    def away_until_it_ended(*_: object) -> None:
        nonlocal now_s
        (worker,) = crew._workers
        assert worker.connection.poll(PATIENCE_S)  # the answer has come
        now_s += 1000.0

    with Crew(worker_tasks.told, 1, limit_s=lambda _: 60.0, on_note=away_until_it_ended) as crew:
        crew.give(0, 5)
        (done,) = crew.wait()
    assert (done.answer, done.fault) == (5, None)


def test_error_that_cannot_be_sent_comes_as_its_name_and_message() -> None:
    (done,) = supervised(worker_tasks.unsendable, [3], 1)
    assert done.fault is not None
    assert done.fault.reason == "LocalError: at 3"


def test_function_that_the_other_process_does_not_find_is_said_at_once() -> None:
    def local(number: int) -> int:
        return number

    with pytest.raises((WorkerStartError, AttributeError)):
        list(supervised(local, [1], 1))


def test_tasks_are_taken_only_when_a_process_is_free() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield 3

    over = supervised(worker_tasks.square, tasks(), 2)
    for n_over in range(1, 6):
        next(over)
        assert taken <= n_over + 3
    over.close()


def test_closing_ends_processes_that_are_at_work() -> None:
    with Crew(worker_tasks.pid, 1) as crew:
        crew.give(0, 0)
        (done,) = crew.wait()
        crew.give(1, 0)
    assert is_gone(done.answer)


def test_process_that_died_between_two_tasks_costs_none() -> None:
    with Crew(worker_tasks.pid, 1) as crew:
        crew.give(0, 0)
        (first,) = crew.wait()
        os.kill(first.answer, 9)
        assert is_gone(first.answer)
        crew.give(1, 0)
        (second,) = crew.wait()
    assert second.fault is None
    assert second.answer != first.answer


def test_task_whose_process_is_killed_before_it_came_up_is_given_to_another() -> None:
    before = set(children(os.getpid()))
    with Crew(worker_tasks.pid, 1) as crew:
        crew.give(0, 0)
        (started,) = set(children(os.getpid())) - before
        os.kill(started, 9)
        (done,) = crew.wait()
    assert done.fault is None
    assert done.answer != started


def test_processes_that_never_come_up_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("framematch.crew._START", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(WorkerStartError, match="could not be started: its process was killed"):
        list(supervised(worker_tasks.pid, [0], 1))


PARENT = """
import sys
sys.path[:0] = [sys.argv[1]]
import worker_tasks
from framematch.workers import supervised
idle = supervised(worker_tasks.pid, [0, 0], 1)
print(next(idle).answer, flush=True)
supervised(worker_tasks.busy, [0], 1, on_note=lambda _, pid: print(pid, flush=True)).send(None)
"""


def test_processes_end_when_the_one_that_started_them_is_killed() -> None:
    here = str(Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, here],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        idle, busy = int(parent.stdout.readline()), int(parent.stdout.readline())
        parent.kill()
    assert is_gone(idle)
    assert is_gone(busy)
