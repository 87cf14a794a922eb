"""Progress on stderr for whatever takes longer than a second.

Owns when it is shown: on a terminal a bar, after a second, never between result lines on the same
terminal; elsewhere, for jobs that ask for it, a line now and then. Knows no command.
"""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from framematch.cli.render import note
from framematch.shown import guard_streams, printable, unguarded

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Seconds of work before a bar appears.
_PATIENCE_S = 1.0

#: Seconds between the lines of a log.
LOG_EVERY_S = 30.0


class Meter:
    """A bar that appears when the work takes longer than a second.

    Parameters
    ----------
    quiet : bool, default False
        Never show it, for instance where results stream to the same terminal.
    log_every_s : float, optional
        Where there is no terminal, write a line every so many seconds; none by default. What is
        worked on then says itself how long the rest takes.
    clock : callable
        Returns seconds.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        log_every_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._timer: threading.Timer | None = None
        self._wanted = not quiet and sys.stderr.isatty()
        self._says_left = log_every_s is not None
        self._log_every_s = None if quiet or self._wanted else log_every_s
        self._clock = clock
        self._started_s = self._logged_s = clock()

    def __enter__(self) -> Self:
        if self._wanted:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f}%"),
                *(() if self._says_left else (TimeRemainingColumn(),)),
                TextColumn("{task.description}", markup=False),
                console=Console(file=unguarded(sys.stderr)),
                transient=True,
                # Results belong on stdout, even while the bar is up.
                redirect_stdout=False,
            )
            self._task = self._bar.add_task("", total=None)
            self._timer = threading.Timer(_PATIENCE_S, _shown, (self._bar,))
            self._timer.daemon = True
            self._timer.start()
        return self

    @property
    def elapsed_s(self) -> float:
        """Seconds since it was made."""
        return self._clock() - self._started_s

    def update(self, what: str, done: float, total: float) -> None:
        """Say what is being worked on and how much of it is done, in any unit."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=printable(what), completed=done, total=total)
        elif self._log_every_s is not None and self._clock() - self._logged_s >= self._log_every_s:
            self._logged_s = self._clock()
            note(f"{done / total:.0%} {what}" if total else what)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None and self._bar is not None:
            self._timer.cancel()
            self._timer.join()
            self._bar.stop()


def _shown(bar: "Progress") -> None:
    """Show a bar; what others write to stderr meanwhile goes through it, guarded as before."""
    bar.start()
    guard_streams()
