"""Runs of the targets: by dice in this process, or guided by coverage in one of their own.

Owns the time that one input may take, and what is kept of what goes wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import FrameType

from benchmarks.fuzz.inputs import changed
from benchmarks.fuzz.media import Finding
from benchmarks.fuzz.targets import TARGETS, Target

#: Seconds of the processor for one input; parsing of so few bytes takes milliseconds.
LATE_S = 5.0
_KEPT = 3
_SHOWN = 120


class _LateError(BaseException):
    """An input took too long; no parser catches it."""


def judged(target: Target, data: bytes, folder: Path) -> Finding | None:
    """Return what is wrong with a parser's dealing with `data`: too long counts as well."""
    try:
        with _in_time():
            return target.judge(data, folder)
    except _LateError:
        return Finding("late", target.name, f"more than {LATE_S:g} s for {len(data)} bytes")


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise _LateError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LATE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seeded(target: Target, runs: int, seed: int) -> Iterator[tuple[bytes, Finding]]:
    """Yield the inputs of a run by dice that something went wrong with; seeds come first."""
    seeds = target.seeds()
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(-len(seeds), runs):
            dice = Random(f"{seed} {target.name} {number}")  # noqa: S311 - input, no secrets
            data = seeds[number] if number < 0 else changed(target, seeds, dice)
            finding = judged(target, data, Path(scratch))
            if finding is not None:
                yield data, finding


class Log:
    """What a target has done so far: FOLDER/TARGET.json, written every few seconds.

    Parameters
    ----------
    folder : Path
        Where it stands; inputs that something went wrong with go into its folder ``findings``.
    name : str
        Of the target.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._runs = 0
        self._began_s = self._told_s = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        (folder / "findings").mkdir(parents=True, exist_ok=True)

    def take(self, data: bytes, finding: Finding | None) -> None:
        """Count an input."""
        self._runs += 1
        if finding is not None:
            key = f"{finding.kind} {finding.where if finding.kind != 'nonsense' else finding.what}"
            key = key[:_SHOWN]
            self._counts[key] += 1
            self._first.setdefault(key, finding.what)
            if self._counts[key] <= _KEPT:
                name = f"{self._name}-{hashlib.sha256(data).hexdigest()[:12]}.bin"
                (self._folder / "findings" / name).write_bytes(data)
        if finding is not None or time.monotonic() - self._told_s > 5:
            self.write()

    def write(self) -> None:
        """Write what is known."""
        self._told_s = time.monotonic()
        content = {
            "target": self._name,
            "runs": self._runs,
            "seconds": round(self._told_s - self._began_s, 1),
            "findings": {
                key: {"inputs": count, "first": self._first[key]}
                for key, count in sorted(self._counts.items())
            },
        }
        text = json.dumps(content, indent=2, ensure_ascii=True) + "\n"
        (self._folder / f"{self._name}.json").write_text(text, encoding="ascii")


def is_guided() -> bool:
    """Tell whether atheris is installed."""
    return find_spec("atheris") is not None


def by_dice(name: str, seconds: float, folder: Path, seed: int) -> None:
    """Run a target by dice for some seconds."""
    target, log = TARGETS[name], Log(folder, name)
    seeds = target.seeds()
    end_s, number = time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory() as scratch:
        while time.monotonic() < end_s:
            dice = Random(f"{seed} {name} {number}")  # noqa: S311 - input, no secrets
            data = changed(target, seeds, dice)
            log.take(data, judged(target, data, Path(scratch)))
            number += 1
    log.write()


def by_coverage(name: str, seconds: float, folder: Path, seed: int) -> None:
    """Run a target guided by coverage for some seconds, in another process."""
    with (folder / f"{name}.log").open("wb") as out:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.fuzz.guided",
                name,
                str(seconds),
                str(folder),
                str(seed),
            ],
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=seconds + 300,
            check=False,
        )
