"""How long the rest takes, by what files of the same sort have taken.

A drawing of forty layers takes a hundred times what a picture of the same size does, so bytes say
little. Knows no file, only names, and says nothing before it knows enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

#: Jobs that must be over, for each process, before anything is said.
_LEAST_DONE = 8
#: Share of what is left that must be of a sort that was met, before anything is said.
_LEAST_MET = 0.5


@dataclass(slots=True, eq=False)
class Pace:
    """Seconds that jobs have taken, by sort.

    Parameters
    ----------
    processes : int
        How many work at once.
    """

    processes: int
    _waiting: Counter[str] = field(default_factory=Counter)
    _over: Counter[str] = field(default_factory=Counter)
    _taken_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, sort: str) -> None:
        """Count a job that is still to be done."""
        self._waiting[sort] += 1

    def settle(self, sort: str, taken_s: float) -> None:
        """Count a job that is over."""
        self._waiting[sort] -= 1
        self._over[sort] += 1
        self._taken_s[sort] += taken_s

    @property
    def left_s(self) -> float | None:
        """Seconds that the jobs known of still take; ``None`` where nobody can say yet."""
        waiting = {sort: number for sort, number in self._waiting.items() if number > 0}
        n_waiting, n_over = sum(waiting.values()), sum(self._over.values())
        if not n_waiting:
            return 0.0
        n_met = sum(number for sort, number in waiting.items() if self._over[sort])
        if n_over < _LEAST_DONE * self.processes or n_met < _LEAST_MET * n_waiting:
            return None
        usual_s = sum(self._taken_s.values()) / n_over
        left_s = 0.0
        for sort, number in waiting.items():
            over = self._over[sort]
            left_s += number * (self._taken_s[sort] / over if over else usual_s)
        return left_s / min(self.processes, n_waiting)

    @property
    def share(self) -> float:
        """Share of the work that is over, 0 to 1; that of the jobs where nobody can say better."""
        n_over = sum(self._over.values())
        n_waiting = sum(number for number in self._waiting.values() if number > 0)
        left_s = self.left_s
        if left_s is None:
            return n_over / (n_over + n_waiting)
        spent_s = sum(self._taken_s.values()) / self.processes
        return spent_s / (spent_s + left_s) if spent_s + left_s > 0 else 1.0


def sort_by_name(path: str, n_files: int) -> str:
    """Return what sort of job a file or numbered sequence is, as far as names tell."""
    suffix = PurePosixPath(path).suffix.lower()
    return f"{suffix} in a row" if n_files > 1 else suffix
