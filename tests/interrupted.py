"""A command in a process of its own that is interrupted, with a limit on the wait for its end."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

#: No healthy command takes so long to end; one that does is killed, and the test fails.
PATIENCE_S = 60


@contextlib.contextmanager
def command(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Start `framematch` with `arguments`; whatever is left of it at the end is killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "framematch", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    workers: Sequence[int] = ()
    try:
        yield process
        workers = children(process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        process.communicate()


def until(condition: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait until something holds while a process runs; fail where it ends before, or never does."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline_s
        time.sleep(0.01)  # what is waited for happens in another process


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are not over."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def is_gone(pid: int) -> bool:
    """Wait until a process is over, as long as patience lasts; say whether it is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE_S)[0])
    finally:
        os.close(descriptor)
