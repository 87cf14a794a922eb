"""How often something may be asked for: a bucket of tokens that fills evenly."""

import threading
import time
from collections.abc import Callable

from framematch.web.problems import Refusal


class Bucket:
    """Lets so many pass in a minute, all of them at once after a quiet minute.

    Parameters
    ----------
    per_minute : int
        How many.
    what : str
        What passes, for the message.
    clock : callable, optional
        Seconds that only go forward.
    """

    def __init__(
        self, per_minute: int, what: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute, self._what, self._clock = per_minute, what, clock
        self._left, self._at = float(per_minute), clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Let one pass.

        Raises
        ------
        Refusal
            With status 429: too many have passed already; it says when the next may.
        """
        rate = self._per_minute / 60
        with self._lock:
            now = self._clock()
            self._left = min(self._per_minute, self._left + (now - self._at) * rate)
            self._at = now
            if self._left >= 1:
                self._left -= 1
                return
            wait_s = int((1 - self._left) / rate) + 1
        raise Refusal(
            429,
            "too-many",
            f"more than {self._per_minute} {self._what} in a minute; try again in {wait_s} s",
            {"Retry-After": str(wait_s)},
        )
