"""The process that decoders are forked from: it has imported what they need and holds nothing else.

Started fresh, with an empty environment and no open files, so that no decoder can find there what
was none of its business. Runs no thread, as a fork would lose it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
from pathlib import Path

from framematch.sandbox.confine import DecoderLimits
from framematch.sandbox.wire import Wire, WireError
from framematch.sandbox.worker import Operation, work
from framematch.walls import seccomp
from framematch.worker_process import end_with_the_other_side_of

_BROKEN = 70


def serve(control: int, life: int) -> None:
    """Fork decoders when asked to, and tell how they ended.

    Parameters
    ----------
    control : int
        Descriptor of a connected socket: ``{"spawn": modules, ...}`` with one end of another
        socket, answered by ``{"pid": n}``; ``{"ended": pid}``, by ``{"status": n}``.
    life : int
        Descriptor of a pipe that is closed when the process that started this one is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_the_other_side_of(life)
    with contextlib.suppress(OSError):  # what holds of a decoder says that it is missing
        seccomp.library()
    wire = Wire(socket.socket(fileno=control))
    with contextlib.suppress(WireError):
        while True:
            request = wire.receive()
            if "ended" in request.body:
                wire.send({"status": _ended(int(request.body["ended"]))})
                continue
            operations: dict[str, Operation] = {}
            for name in request.body["spawn"]:
                operations |= importlib.import_module(name).OPERATIONS
            limits = DecoderLimits(**request.body["limits"])
            walls = request.body["walls"]
            pid = os.fork()
            if not pid:
                wire.close()
                os.close(life)
                _decode(request.files[0], operations, limits, walls)
            os.close(request.files[0])
            wire.send({"pid": pid})


def _decode(
    file: int,
    operations: dict[str, Operation],
    limits: DecoderLimits,
    walls: list[str] | None,
) -> None:
    """Be a decoder until there is nothing more to decode; never returns.

    What libraries have to say about a file is not for a terminal, which obeys what it is shown.
    """
    status = _BROKEN
    try:
        with Path(os.devnull).open("w", encoding="ascii") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        end = socket.socket(fileno=file)
        work(end, operations, limits, None if walls is None else tuple(walls))
        status = 0
    finally:
        # What this process was forked from has cleaning up to do; this one has not.
        import traceback

        traceback.print_exc()
        os._exit(status)


def _ended(pid: int) -> int:
    """Return the exit status of a decoder, negative for a signal, as `subprocess` has it."""
    with contextlib.suppress(ChildProcessError):
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return 0
