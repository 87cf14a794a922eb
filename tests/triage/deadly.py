"""Looking into files that take their process down, or never come to an end."""

import os
import signal
import time

from framematch.triage.looking import Answer, Looking, Task
from framematch.triage.looking import look_into as look_into_it


def look_into(looking: Looking, task: Task) -> Answer:
    """Do what a file says."""
    said = task.files[0].read_bytes()[:8]
    if said == b"P6 kill ":
        os.kill(os.getpid(), signal.SIGKILL)
    if said == b"P6 hang ":
        while True:
            time.sleep(1)  # until the limit ends it
    if said == b"P6 fail ":
        raise ZeroDivisionError(f"{task.files[0]}: no such luck")
    return look_into_it(looking, task)
