"""Mutated files without end, one after the other, through a process that may die of them.

Owns the counting, and what is kept: of every place that goes wrong the first few files, with a
line that says what happened. A summary is written anew every minute.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz.media import Finding, Outcome, judge_within_limits
from benchmarks.fuzz.mutate import mutated
from framematch.crew import Crew, Done
from framematch.durable import write_durably

#: A file that takes longer, on a busy machine, is stopped, and is a finding.
LATE_S = 120.0
_KEPT = 3
_CONTAINED = ("contained", "died", "late")
_EVERY_S = 60.0


@dataclass(slots=True)
class Tally:
    """What a campaign has seen.

    Attributes
    ----------
    files, refused, shown : Counter of str
        By format: all files; those that no call showed anything of; those that gave a picture or a
        member.
    findings : Counter of str
        Files by ``FORMAT KIND PLACE``.
    told : dict of str to str
        What was said of the first file of a place.
    """

    files: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)

    def count(self, name: str, outcome: Outcome) -> None:
        """Count a file that was looked at to its end."""
        self.files[name] += 1
        ends = ("frames", "unpacked")
        shown = any(each.endswith(ends) for each in outcome.endings)
        (self.shown if shown else self.refused)[name] += 1

    def to_dict(self) -> dict[str, Any]:
        """Return the summary's counts."""
        return {
            "files": sum(self.files.values()),
            "formats": {
                name: {
                    "files": count,
                    "shown": self.shown[name],
                    "refused": self.refused[name],
                }
                for name, count in sorted(self.files.items())
            },
            "contained": sum(
                count for key, count in self.findings.items() if key.split()[1] in _CONTAINED
            ),
            "findings": {
                key: {"files": count, "first": self.told[key]}
                for key, count in sorted(self.findings.items())
            },
        }


class Campaign:
    """A run of mutated files.

    Parameters
    ----------
    seeds : dict of str to tuple of bytes
        Whole files by format.
    folder : Path
        Where findings, the file under test and the summary go.
    seed : int
        The same seed gives the same files.
    """

    def __init__(self, seeds: dict[str, tuple[bytes, ...]], folder: Path, seed: int) -> None:
        self.tally = Tally()
        self._seeds = seeds
        self._folder = folder
        self._seed = seed
        self._began_s = time.monotonic()
        self._told_s = 0.0

    def run(self, goes_on: Callable[[int], bool]) -> Tally:
        """Look at files as long as `goes_on` says of the number of files so far."""
        (self._folder / "findings").mkdir(parents=True, exist_ok=True)
        names = list(self._seeds)
        number = 0
        with Crew(judge_within_limits, 1, limit_s=lambda _: LATE_S) as crew:
            while goes_on(number):
                # One format after the other: none is left out however short the run.
                name = names[number % len(names)]
                data = self.file(number, name)
                path = self._folder / f"under-test-{number % 8}.{name}"
                path.write_bytes(data)
                crew.give(number, path)
                for done in crew.wait():
                    self._take(done, name, data)
                path.unlink()
                number += 1
                if time.monotonic() - self._told_s > _EVERY_S:
                    self.summarise(over=False)
        self.summarise(over=True)
        return self.tally

    def file(self, number: int, name: str) -> bytes:
        """Return the file of that number."""
        dice = Random(f"{self._seed} {number}")  # noqa: S311 - files, no secrets
        return mutated(name, self._seeds[name], dice)

    def summarise(self, *, over: bool) -> None:
        """Write the summary."""
        self._told_s = time.monotonic()
        summary = {
            "seed": self._seed,
            "over": over,
            "hours": round((self._told_s - self._began_s) / 3600, 3),
            **self.tally.to_dict(),
        }
        text = json.dumps(summary, indent=2, ensure_ascii=True) + "\n"
        write_durably(self._folder / "summary.json", [text.encode("ascii")])

    def _take(self, done: Done[Outcome], name: str, data: bytes) -> None:
        if done.answer is None:
            fault = done.fault
            assert fault is not None  # noqa: S101 - there is one where there is no answer
            self.tally.files[name] += 1
            self._keep(done.position, name, data, Finding(fault.kind, fault.kind, fault.reason))
            return
        self.tally.count(name, done.answer)
        for finding in done.answer.findings:
            self._keep(done.position, name, data, finding)

    def _keep(self, number: int, name: str, data: bytes, finding: Finding) -> None:
        place = finding.where if finding.kind != "died" else finding.what
        key = f"{name} {finding.kind} {place}"
        self.tally.findings[key] += 1
        self.tally.told.setdefault(key, f"file {number}: {finding.what}")
        if self.tally.findings[key] <= _KEPT:
            plain = re.sub(r"[^A-Za-z0-9]+", "-", f"{finding.kind}-{place}")[:80].strip("-")
            kept = self._folder / "findings" / f"{name}-{number}-{plain}.bin"
            kept.write_bytes(data)
