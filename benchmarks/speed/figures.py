"""What a section of the speed benchmark hands over, and how it is printed.

Owns the rows of the table and the line that says on which machine they were taken. No measuring.
"""

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line.

    Attributes
    ----------
    name : str
        What was measured, on what.
    value, unit : str
        The median as it is to be read, and its unit.
    ratio : float or None
        The asked-for ratio, taken in pairs within one run; ``None`` where there is nothing to
        compare with.
    against : str
        What the ratio compares with.
    asked : str
        What the ratio has to be, such as ``<= 1.15``; empty where nothing was asked.
    holds : bool or None
        Whether it is; ``None`` where nothing was asked.
    """

    name: str
    value: str
    unit: str
    ratio: float | None = None
    against: str = ""
    asked: str = ""
    holds: bool | None = None


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the quotients of runs that were made in turn."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def machine() -> str:
    """Return what the figures were taken on, in one line."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {usable} usable processors, Python {platform.python_version()}"


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| | median | ratio | against | asked | |", "|---|---|---|---|---|---|"]
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        judged = "" if figure.holds is None else "holds" if figure.holds else "**MISSED**"
        lines.append(
            f"| {figure.name} | {figure.value} {figure.unit} | {ratio} | {figure.against}"
            f" | {figure.asked} | {judged} |"
        )
    return "\n".join(lines)
