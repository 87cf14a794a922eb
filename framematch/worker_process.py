"""The inside of a process of `framematch.crew`: take a task, hand back its answer, again.

Owns how such a process ends: with the one that started it, even while native code keeps it busy.
"""

import contextlib
import fcntl
import os
import pickle
import select
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from framematch.shown import guard_streams

#: Where memory runs out, the system shall end one of these, which costs a task, not the job.
_FIRST_TO_GO = "500"


def serve(descriptor: int, life: int) -> None:
    """Work on the tasks that come over a connection until it is closed.

    Parameters
    ----------
    descriptor : int
        Of the connection. The first message is the function and whether it takes a second argument.
    life : int
        Descriptor of a pipe that is closed when the process that started this one is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard_streams()
    end_with_the_other_side_of(life)
    with contextlib.suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    connection = Connection(descriptor)
    # End of file or a broken pipe: there is nobody left to work for.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        function, wants_notes = connection.recv()
        connection.send(("ready", None))
        more = (lambda note: connection.send(("note", note)),) if wants_notes else ()
        while True:
            task = connection.recv()
            try:
                answer = ("answer", function(task, *more))
            except Exception as error:  # noqa: BLE001 - whoever asked decides what it means
                answer = ("error", _sendable(error))
            connection.send(answer)


def end_with_the_other_side_of(life: int) -> None:
    """Have the kernel end this process when the pipe is closed; it need not run Python for that."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)  # which is to end
    if hasattr(fcntl, "F_SETSIG"):  # on Linux: even where it was stopped
        fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:  # closed before anybody watched
        os._exit(1)


def _sendable(error: Exception) -> Any:  # noqa: ANN401 - an exception
    """Return an error as it can be handed over; one that cannot, by its name and message."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled just now
    except Exception:  # noqa: BLE001 - whatever its own pickling raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
