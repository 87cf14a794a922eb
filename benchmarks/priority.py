"""Encoding AV1 without taking the machine.

SVT-AV1, run by root, gives the thread that opens it the highest real-time priority and leaves it
so. All that the process does afterwards, and every process that it starts, then runs before
everything else on the machine.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_priority() -> Iterator[None]:
    """Give this thread back the scheduling that it had, whatever an encoder made of it."""
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, param)
