"""A progress bar on stderr for whatever takes longer than a second.

Owns when a bar is shown: only on a terminal, only after a second, never between result lines on the
same terminal. Knows no command.
"""

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from framematch.cli.render import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Seconds of work before a bar appears.
_PATIENCE_S = 1.0


class Meter:
    """A bar that appears when the work takes longer than a second.

    Parameters
    ----------
    quiet : bool, default False
        Never show it, for instance where results stream to the same terminal.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._timer: threading.Timer | None = None
        self._wanted = not quiet and sys.stderr.isatty()

    def __enter__(self) -> Self:
        if self._wanted:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeRemainingColumn(),
                TextColumn("{task.description}", markup=False),
                console=Console(file=sys.stderr),
                transient=True,
                # Results belong on stdout, even while the bar is up.
                redirect_stdout=False,
            )
            self._task = self._bar.add_task("", total=None)
            self._timer = threading.Timer(_PATIENCE_S, self._bar.start)
            self._timer.daemon = True
            self._timer.start()
        return self

    def update(self, what: str, done: float, total: float) -> None:
        """Say what is being worked on and how much of it is done, in any unit."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=printable(what), completed=done, total=total)

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
