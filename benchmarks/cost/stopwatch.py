"""Where the time of one call goes, by wrapping the functions that it passes through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Seconds by some clock.
Clock = Callable[[], float]


class Stopwatch:
    """Seconds spent in each of some sections; time inside a section counts for the innermost one.

    Parameters
    ----------
    clock : callable
        What measures: wall time by default.

    Attributes
    ----------
    seconds : dict of str to float
        What was spent, by section, since the last `reset`.
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._open: list[str] = []
        self._closed: set[str] = set()
        self._since = 0.0

    def reset(self) -> None:
        """Forget what was measured."""
        self.seconds.clear()

    @contextmanager
    def section(self, name: str, *, whole: bool = False) -> Iterator[None]:
        """Measure a block; with `whole`, sections inside it count for it."""
        if self._closed:
            yield
            return
        self._turn()
        self._open.append(name)
        if whole:
            self._closed.add(name)
        try:
            yield
        finally:
            self._closed.discard(name)
            self._turn()
            self._open.pop()

    def wrapped(self, name: str, function: Callable[..., Any], *, whole: bool = False) -> Any:  # noqa: ANN401
        """Return a function whose calls are a section."""

        def measured(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            with self.section(name, whole=whole):
                return function(*given, **named)

        return measured

    def _turn(self) -> None:
        """Charge the time since the last turn to the section that is open."""
        now = self._clock()
        if self._open:
            name = self._open[-1]
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now
