"""The rounds of `index add --watch`, until it is interrupted.

Owns when a round is worth it, and that nothing which a disk or a file does ends the watch. Must not
parse options.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from framematch.cli.adding import Adding
from framematch.cli.render import counted, note
from framematch.errors import IndexLockedError, WorkerError

if TYPE_CHECKING:
    from framematch.ingest import FoundFile, Sight, Watch


def follow(adding: Adding, every_s: float) -> NoReturn:
    """Index what is there and what comes, until interrupted.

    Parameters
    ----------
    adding : Adding
        The job.
    every_s : float
        Seconds from a look to the next.
    """
    from framematch.ingest import Watch

    note(f"watching {', '.join(map(str, adding.plan.paths))}; Ctrl-C ends it")
    following = Following(adding, Watch(every_s))
    while True:
        following.look()
        time.sleep(every_s)


class Following:
    """What is remembered from one look to the next.

    Parameters
    ----------
    adding : Adding
        The job.
    watch : Watch
        Knows which files are written to their end.
    """

    def __init__(self, adding: Adding, watch: "Watch") -> None:
        self._adding = adding
        self._watch = watch
        self._waited = 0
        self._lost: set[Path] = set()
        self._trouble: str | None = None
        self._owes_removal = False

    def look(self) -> None:
        """Look once, and make a round where there is something new."""
        try:
            if self._adding.plan.refresh():
                self._watch.forget()
            self._tell_lost()
            files = self._adding.plan.files_now()
            sight = self._watch.look(files, time.time_ns())
        except OSError as error:  # of a network disk, mostly: it may come back
            self._tell_trouble(f"{error.filename or 'the folder'}: {error.strerror or error}")
            return
        self._trouble = None
        if sight.waiting and sight.waiting != self._waited:
            note(f"{counted(sight.waiting, 'file')} still being written: waiting")
        self._waited = sight.waiting
        is_due = sight.has_news or (self._owes_removal and not sight.waiting)
        if sight.ready and is_due:
            self._round(files, sight)

    def _round(self, files: "tuple[FoundFile, ...]", sight: "Sight") -> None:
        """Index all that is ready: what has not changed is hardly looked at.

        While a file is being written nothing is removed: it may be what a missing one is called
        now, and would be decoded again.
        """
        try:
            failed = self._adding.round(files, sight.ready, puts_off_removal=sight.waiting > 0)
        except (IndexLockedError, WorkerError) as error:
            note(f"{error}; trying again")
            return
        self._watch.took(sight, failed)
        self._owes_removal = sight.waiting > 0
        # Once is enough: from now on, what has changed is read anyway.
        self._adding = replace(self._adding, reread=False)

    def _tell_lost(self) -> None:
        """Say once that a path is out of reach, and once that it is back."""
        now = self._adding.plan.lost()
        for path in sorted(now - self._lost):
            note(f"{path}: not there; waiting for it")
        for path in sorted(self._lost - now):
            note(f"{path}: there again")
        self._lost = now

    def _tell_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            note(f"{trouble}; trying again")
        self._trouble = trouble
