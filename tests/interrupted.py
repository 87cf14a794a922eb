"""A command in a process of its own that is interrupted, with a limit on the wait for its end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
        import select

        return bool(select.select([descriptor], [], [], PATIENCE_S)[0])
    finally:
        os.close(descriptor)
