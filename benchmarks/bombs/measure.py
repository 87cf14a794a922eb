"""Time and memory of a command and of every process that it starts."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took.

    Attributes
    ----------
    seconds : float
        From its start to its end.
    processor_s : float
        Seconds of a processor that it and the processes below it took, where it ended by itself.
    peak_mb : float
        Most memory that it and the processes below it held at once, as sampled; pages that they
        share are counted for each.
    code : int
        Its exit status; negative where a signal ended it.
    said : str
        The last line on its stdout, or on stderr where there is none.
    cut : str or None
        Why it was ended here: it passed a limit.
    """

    seconds: float
    processor_s: float
    peak_mb: float
    code: int
    said: str
    cut: str | None


def measured(command: Sequence[str], *, most_s: float, most_mb: float, scratch: Path) -> Cost:
    """Run a command to its end, or to a limit, and return what it took.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    most_s, most_mb : float
        Beyond these it is killed with everything below it.
    scratch : Path
        A folder for its output.
    """
    out, err = scratch / "stdout", scratch / "stderr"
    began_s, before_s = time.monotonic(), _processor_s()
    peak_mb, cut = 0.0, None
    with out.open("wb") as to, err.open("wb") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=to, stderr=errors)
        while process.poll() is None:
            tree = _tree(process.pid)
            peak_mb = max(peak_mb, sum(map(_held, tree)) / 1e6)
            seconds = time.monotonic() - began_s
            if seconds > most_s or peak_mb > most_mb:
                cut = "time" if seconds > most_s else "memory"
                for number in reversed(tree):
                    _end(number)
                process.wait()
                break
            time.sleep(_EVERY_S)
    said = _last_line(out) or _last_line(err)
    seconds, processor_s = time.monotonic() - began_s, _processor_s() - before_s
    return Cost(seconds, processor_s, peak_mb, process.returncode, said, cut)


def _processor_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tree(number: int) -> list[int]:
    """Return a process and all below it."""
    found, waiting = [], [number]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return found


def _held(number: int) -> int:
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _end(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
