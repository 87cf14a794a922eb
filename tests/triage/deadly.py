"""Looking into files that take their process down, or never come to an end."""

import os
import signal
import time
from pathlib import Path

from framematch.triage import looking as looking_into
from framematch.triage.looking import Answer, Looking, Task
from framematch.triage.looking import look_into as look_into_it
from framematch.triage.steps import Tell


def look_into(looking: Looking, task: Task, tell: Tell) -> Answer:
    """Do what a file says, or what its name says is to become of a step after the attribution."""
    do(task.files[0].read_bytes()[3:7], task.files[0])
    step, _, what = task.files[0].stem.partition("-")
    name = {"notes": "notes_of", "release": "held_against_release", "about": "metadata_of"}.get(
        step
    )
    if name is None:
        return look_into_it(looking, task, tell)
    before = getattr(looking_into, name)
    setattr(looking_into, name, lambda *_, **__: do(what.encode(), task.files[0]))
    try:
        return look_into_it(looking, task, tell)
    finally:
        setattr(looking_into, name, before)


def do(what: bytes, file: Path) -> None:
    """Die, hang or raise."""
    if what == b"kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == b"hang":
        while True:
            time.sleep(1)  # until the limit ends it
    if what == b"fail":
        raise ZeroDivisionError(f"{file}: no such luck")
