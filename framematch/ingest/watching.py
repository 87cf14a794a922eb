"""Which files of a folder that grows are new, and written to their end.

Owns the judgement, from one look to the next; looking and waiting are the caller's. Opens no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from framematch.ingest.walk import FoundFile


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What changes when a file is written to."""

    size: int
    modified_ns: int


class Watch:
    """Remembers files from one look to the next.

    A file is handed out once it looked the same twice in a row, and again when it has changed. On
    the first look, files that were not written to for `quiet_s` are handed out at once.

    Parameters
    ----------
    quiet_s : float
        Seconds without a change after which a file counts as finished, on the first look.
    """

    def __init__(self, quiet_s: float) -> None:
        self._quiet_ns = int(quiet_s * 1e9)
        self._last: dict[str, _Stamp] | None = None
        self._handed_out: dict[str, _Stamp] = {}

    def ready(self, files: Iterable[FoundFile], now_ns: int) -> tuple[list[FoundFile], int]:
        """Return the files to take now, and how many are still being written.

        Parameters
        ----------
        files : iterable of FoundFile
            All that are there, at this look.
        now_ns : int
            Nanoseconds since the epoch, as in modification times.
        """
        seen: dict[str, _Stamp] = {}
        ready: list[FoundFile] = []
        waiting = 0
        for found in files:
            name = str(found.path)
            stamp = _stamp(found)
            if stamp is None:
                continue
            seen[name] = stamp
            if self._handed_out.get(name) == stamp:
                continue
            if self._is_quiet(name, stamp, now_ns):
                ready.append(found)
            else:
                waiting += 1
        self._last = seen
        return ready, waiting

    def took(self, files: Iterable[FoundFile]) -> None:
        """Note that files were dealt with, as they were at the last look."""
        for found in files:
            stamp = (self._last or {}).get(str(found.path))
            if stamp is not None:
                self._handed_out[str(found.path)] = stamp

    def _is_quiet(self, name: str, stamp: _Stamp, now_ns: int) -> bool:
        if self._last is None:
            return 0 <= self._quiet_ns <= now_ns - stamp.modified_ns
        return self._last.get(name) == stamp


def _stamp(found: FoundFile) -> _Stamp | None:
    """Return the stamp of a file, ``None`` where it went away in the meantime."""
    try:
        status = found.path.stat()
    except OSError:
        return None
    return _Stamp(status.st_size, status.st_mtime_ns)
