"""What the processes of the tests do; they find it by name."""

import itertools
import os
import signal
import time
from collections.abc import Callable


def square(number: int) -> int:
    """Answer, unless the number asks for trouble."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4:
        time.sleep(1000)
    if number == 5:
        raise ValueError("five is right out")
    return number * number


def pid(number: int) -> int:
    """Return the process that this runs in."""
    return os.getpid()


def told(number: int, tell: Callable[[object], None]) -> int:
    """Say twice the number, then answer."""
    tell(2 * number)
    return number


def unsendable(number: int) -> int:
    """Raise an error that no pipe carries."""

    class LocalError(Exception):
        pass

    raise LocalError(f"at {number}")


def busy(number: int, tell: Callable[[object], None]) -> int:
    """Say which process this is, and never come back from a call that keeps Python to itself."""
    tell(os.getpid())
    return sum(itertools.repeat(number))
