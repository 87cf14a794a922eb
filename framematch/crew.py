"""Processes that are given one task each at a time, and replaced when they die or are late.

Each is started fresh, not forked, so that it inherits no threads and no locks, and without running
the caller's main module again. All of them end with this process, however it ends. The other side
of the pipe is `framematch.worker_process`. Knows nothing of what is asked.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Generic, Literal, TypeVar

from framematch.errors import WorkerStartError

Answer = TypeVar("Answer")

#: The command line of a process; its `sys.path` follows, so that it finds what this one finds.
_START = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from framematch.worker_process import serve; serve(*map(int, sys.argv[1:3]))"
)

#: Processes that a task is given to before it is given up, where they are killed while they start.
_STARTS = 3

#: Seconds that a process may take to come up, at least.
_STARTING_S = 120.0

#: Seconds that a process may take to end after it has closed its side of the pipe.
_ENDING_S = 5.0

#: Tells the task's position something that its function wants known meanwhile.
OnNote = Callable[[int, Any], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task has no answer.

    Attributes
    ----------
    kind : {"died", "late", "raised"}
        Its process died; it took longer than its limit, and was killed; its function raised.
    reason : str
        The same in words, for instance ``its process was killed by SIGSEGV``.
    error : Exception or None
        What was raised.
    """

    kind: Literal["died", "late", "raised"]
    reason: str
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[Answer]):
    """A task that is over.

    Attributes
    ----------
    position : int
        Of the task among those given, from 0.
    answer : Answer or None
        What its function returned; ``None`` too where there is a `fault`.
    fault : Fault or None
        Why there is no answer.
    """

    position: int
    answer: Answer | None
    fault: Fault | None


@dataclass(slots=True, eq=False)
class _Job:
    """A task under way, and how many processes it was given to that did not come up."""

    position: int
    task: Any
    limit_s: float | None
    started_s: float = 0.0
    lost_starts: int = 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, this side of its pipe, and what it works on.

    Attributes
    ----------
    life : int
        Descriptor of a pipe that nothing is written to: when the system closes it because this
        process has ended, the other process gets a signal that it cannot miss.
    """

    process: subprocess.Popen[bytes]
    connection: Connection
    life: int
    ready: bool = False
    job: _Job | None = None

    @property
    def left_s(self) -> float | None:
        """Seconds until its task is late, less than nothing afterwards; ``None`` for never."""
        if self.job is None or self.job.limit_s is None:
            return None
        # Coming up is not the task's fault, and takes long on a busy machine.
        limit_s = self.job.limit_s if self.ready else max(self.job.limit_s, _STARTING_S)
        return self.job.started_s + limit_s - time.monotonic()

    @property
    def is_late(self) -> bool:
        """Whether its task has taken longer than it may."""
        left_s = self.left_s
        return left_s is not None and left_s <= 0

    def end(self) -> None:
        """Kill the process, if it is not dead, and let go of everything."""
        self.process.kill()
        self.process.wait()
        self.connection.close()
        os.close(self.life)


class Crew:
    """Processes that are given one task each at a time.

    Parameters
    ----------
    function, processes, limit_s, on_note
        As in `supervised`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        processes: int,
        *,
        limit_s: Callable[[Any], float | None] | None = None,
        on_note: OnNote | None = None,
    ) -> None:
        self._function = function
        self._processes = processes
        self._limit_s = limit_s
        self._on_note = on_note
        self._workers: list[_Worker] = []
        self._has_worked = False

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def has_room(self) -> bool:
        """Whether another task can be started at once."""
        return sum(worker.job is not None for worker in self._workers) < self._processes

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return any(worker.job is not None for worker in self._workers)

    def give(self, position: int, task: Any) -> None:  # noqa: ANN401 - whatever the function takes
        """Start a task; there must be room."""
        self._start(_Job(position, task, None if self._limit_s is None else self._limit_s(task)))

    def _start(self, job: _Job) -> None:
        worker = self._idle() or self._hire()
        worker.job = job
        job.started_s = time.monotonic()
        with contextlib.suppress(OSError):  # waiting for it will show that it died
            worker.connection.send(job.task)

    def wait(self) -> list[Done[Any]]:
        """Wait until a task is over, and return those that are."""
        over: list[Done[Any]] = []
        while not over and self.is_busy:
            busy = {one.connection: one for one in self._workers if one.job is not None}
            left_s = [worker.left_s for worker in busy.values()]
            soonest = min((left for left in left_s if left is not None), default=None)
            heard = wait(list(busy), None if soonest is None else max(0.0, soonest))
            for connection in heard:
                if isinstance(connection, Connection):
                    over += self._heard(busy[connection])
            for worker in busy.values():
                # What came while this process was away, or stopped, was in time.
                while worker.is_late and worker.connection.poll():
                    over += self._heard(worker)
                if worker.is_late:
                    over += self._dismiss(worker, "late")
        return over

    def close(self) -> None:
        """Kill every process; what they were working on is lost."""
        for worker in self._workers:
            worker.process.kill()
        while self._workers:
            self._workers.pop().end()

    def _idle(self) -> _Worker | None:
        """Return a process without a task; one that died meanwhile is let go."""
        for worker in [one for one in self._workers if one.job is None]:
            if worker.process.poll() is None:
                return worker
            self._workers.remove(worker)
            worker.end()
        return None

    def _hire(self) -> _Worker:
        """Start a process and hand it the function."""
        ours, theirs = Pipe()
        life_of_child, life = os.pipe()
        descriptors = (theirs.fileno(), life_of_child)
        process = subprocess.Popen(  # noqa: S603 - this interpreter, with a constant program
            [sys.executable, "-c", _START, *map(str, descriptors), *sys.path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # results are this process's to write
            pass_fds=descriptors,
            # A group of its own: the terminal's interrupt is for this process, which ends the rest.
            process_group=0,
            # One thread for each process: more of them only wait for each other.
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **os.environ},
        )
        theirs.close()
        os.close(life_of_child)
        worker = _Worker(process, ours, life)
        self._workers.append(worker)
        with contextlib.suppress(OSError):  # waiting for it will show that it died
            ours.send((self._function, self._on_note is not None))
        return worker

    def _heard(self, worker: _Worker) -> list[Done[Any]]:
        """Take one message of a process, or note its death."""
        job = worker.job
        if job is None:
            return []
        try:
            kind, payload = worker.connection.recv()
        except (EOFError, OSError):
            return self._dismiss(worker, "died")
        if kind == "ready":
            self._has_worked = worker.ready = True
            # Starting the process is not the task's fault.
            job.started_s = time.monotonic()
        elif kind == "note" and self._on_note is not None:
            self._on_note(job.position, payload)
        elif kind == "answer":
            worker.job = None
            return [Done(job.position, payload, None)]
        elif kind == "error":
            worker.job = None
            return [Done(job.position, None, Fault("raised", str(payload), payload))]
        return []

    def _dismiss(self, worker: _Worker, kind: Literal["died", "late"]) -> list[Done[Any]]:
        """Do away with a process that died or must, and return the task that it was at.

        A task whose process did not even come up is given to another one.
        """
        self._workers.remove(worker)
        status = None
        if kind == "died":
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = worker.process.wait(timeout=_ENDING_S)
        worker.end()
        job, worker.job = worker.job, None
        if job is None:
            return []
        if kind == "late":
            reason = f"took longer than its limit of {job.limit_s:.0f} s and was stopped"
            return [Done(job.position, None, Fault(kind, reason))]
        if not worker.ready:
            job.lost_starts += 1
            was_killed = status is not None and status < 0
            if was_killed and job.lost_starts < _STARTS:
                self._start(job)
                return []
            if not self._has_worked:
                raise WorkerStartError(
                    f"a process could not be started: {_ending(status)}; what it wrote stands"
                    " above. Make room for it, and run again"
                )
        return [Done(job.position, None, Fault(kind, _ending(status)))]


def _ending(status: int | None) -> str:
    """Return in words how a process ended."""
    if status is None or status >= 0:
        return f"its process ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    hint = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"its process was killed by {name}{hint}"
