"""What a process gives up before it touches a hostile file, and how much of it this system has.

Owns the order: each step takes something that a later one no longer needs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from framematch.walls import landlock, seccomp

#: Where memory runs out, the system shall end one of these, which costs one file.
_FIRST_TO_GO = "800"
_SET_PARENT_DEATH_SIGNAL = 1
_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class DecoderLimits:
    """What a decoder may take.

    Attributes
    ----------
    memory_bytes : int
        Address space.
    processor_s : int
        Seconds of a processor from one message to the next, where a request does not allow more.
    clock_s : float
        Seconds of the clock from one message to the next: for what waits and does not work.
    open_files : int
        Descriptors.
    threads : int
        Threads and processes of the user that a decoder becomes where it was root.
    """

    memory_bytes: int = 4 << 30
    processor_s: int = 60
    clock_s: float = 1200.0
    open_files: int = 64
    threads: int = 1024


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds of a process that was confined.

    Attributes
    ----------
    holds : tuple of str
        ``limits``, ``privileges``, ``landlock``, ``seccomp``.
    lacks : tuple of str
        What the system did not have, in words.
    """

    holds: tuple[str, ...]
    lacks: tuple[str, ...]


def confine(limits: DecoderLimits, *, walls: tuple[str, ...] | None = None) -> Confinement:
    """Take from this process all that decoding does not need; it cannot be had back.

    Parameters
    ----------
    limits : DecoderLimits
        What is left.
    walls : tuple of str, optional
        Which of those in `Confinement.holds` are put up; all by default. Fewer for a test that
        wants to see what each of them is good for.
    """
    steps: dict[str, Callable[[], object]] = {
        "limits": lambda: _limit(limits),
        "landlock": landlock.restrict,
        "privileges": _drop_privileges,
        "seccomp": seccomp.allow_decoding,
    }
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    holds: list[str] = []
    lacks: list[str] = []
    for name, step in steps.items():
        if walls is not None and name not in walls:
            continue
        if name in ("landlock", "seccomp") and sys.platform != "linux":
            lacks.append(f"{name}: only Linux has it")
            continue
        try:
            if name == "seccomp":
                _end_with_parent()
            step()
        except OSError as error:
            lacks.append(f"{name}: {error}")
        else:
            holds.append(name)
    return Confinement(tuple(holds), tuple(lacks))


def allow_processor_s(seconds: int) -> None:
    """Let this process use so many more seconds of a processor, from now on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    until_s = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    with contextlib.suppress(OSError, ValueError):  # where a lower limit was set from outside
        resource.setrlimit(resource.RLIMIT_CPU, (until_s, resource.RLIM_INFINITY))


def _limit(limits: DecoderLimits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    if os.geteuid() == 0:  # of anybody else everything that runs would count
        resource.setrlimit(resource.RLIMIT_NPROC, (limits.threads, limits.threads))


def _drop_privileges() -> None:
    """Become nobody where this is root; anybody else has nothing to drop."""
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _end_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it ends.

    The last thing before seccomp, which would refuse it: another user's process is let off.
    """
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
