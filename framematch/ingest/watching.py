"""Which files of a folder that grows are written to their end, and whether anything is new.

Owns the judgement, from one look to the next; looking and waiting are the caller's. Opens no file.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from framematch.ingest.seen import Stamp
from framematch.ingest.walk import FoundFile


@dataclass(frozen=True, slots=True)
class Sight:
    """What there was at one look.

    Attributes
    ----------
    ready : tuple of FoundFile
        All files that are not being written, but for those that failed and are as they were then.
    waiting : int
        Files that are still being written.
    has_news : bool
        Whether anything came, changed or went since files were last dealt with.
    """

    ready: tuple[FoundFile, ...]
    waiting: int
    has_news: bool


class Watch:
    """Remembers files from one look to the next.

    A file counts as written to its end once it looked the same twice in a row; on the first look,
    where it was not written to for `quiet_s`.

    Parameters
    ----------
    quiet_s : float
        Seconds without a change after which a file counts as finished, on the first look.
    """

    def __init__(self, quiet_s: float) -> None:
        self._quiet_ns = int(quiet_s * 1e9)
        self._last: dict[str, Stamp] | None = None
        self._dealt: dict[str, Stamp] = {}
        self._failed: frozenset[str] = frozenset()

    def look(self, files: Iterable[FoundFile], now_ns: int) -> Sight:
        """Return what there is to take.

        Parameters
        ----------
        files : iterable of FoundFile
            All that are there, at this look.
        now_ns : int
            Nanoseconds since the epoch, as in modification times.
        """
        seen: dict[str, Stamp] = {}
        ready: list[FoundFile] = []
        waiting = 0
        has_news = False
        for found in files:
            name = str(found.path)
            stamp = Stamp.of(found.path)
            if stamp is None:
                continue
            # Some network disks number a file anew at every look: it would never be finished.
            stamp = replace(stamp, inode=0)
            seen[name] = stamp
            if self._dealt.get(name) == stamp:
                if name not in self._failed:
                    ready.append(found)
            elif self._is_quiet(name, stamp, now_ns):
                ready.append(found)
                has_news = True
            else:
                waiting += 1
        self._last = seen
        return Sight(tuple(ready), waiting, has_news or bool(self._dealt.keys() - seen.keys()))

    def took(self, sight: Sight, failed: Collection[str] = ()) -> None:
        """Note that the files of the last look were dealt with, and which of them failed."""
        taken = {str(found.path) for found in sight.ready}
        self._failed = self._failed - taken | taken.intersection(failed)
        self._dealt = {
            name: stamp
            for name, stamp in (self._last or {}).items()
            if name in taken or (name in self._failed and self._dealt.get(name) == stamp)
        }

    def forget(self) -> None:
        """Take everything for new, because what files mean has changed."""
        self._dealt = {}
        self._failed = frozenset()

    def _is_quiet(self, name: str, stamp: Stamp, now_ns: int) -> bool:
        if self._last is None:
            return 0 <= self._quiet_ns <= now_ns - stamp.modified_ns
        return self._last.get(name) == stamp
