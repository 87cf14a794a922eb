"""Which files were read before: size and time of last change beside the digest of the content.

Owns `seen.jsonl` in the folder of the index: a hint that saves reading a whole library again, no
part of the index. Lost or damaged, it costs time only. Opens no media.
"""

import contextlib
import json
import time
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from framematch.ingest.absolute import absolute

NAME = "seen.jsonl"

#: A file that changed so shortly before it was read may change again without another time.
_TOO_FRESH_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size in bytes of a file and its time of last change, in nanoseconds since the epoch."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "Stamp | None":
        """Return the stamp of a file; ``None`` where it is not there."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_size, status.st_mtime_ns)

    @property
    def is_settled(self) -> bool:
        """Whether a later change of the file would have another time."""
        return time.time_ns() - self.modified_ns > _TOO_FRESH_NS


class Seen:
    """The files that were read before, kept while a job runs.

    Parameters
    ----------
    folder : Path
        Of the index, whose writer's lock is held.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._known: dict[str, tuple[Stamp, str]] = {}
        n_lines = self._read()
        if n_lines > 2 * len(self._known) + 1000:
            self._rewrite()
        self._file: TextIOWrapper | None = None

    def __enter__(self) -> Self:
        # Without it, the job only takes longer next time.
        with contextlib.suppress(OSError):
            self._file = self._path.open("a", encoding="ascii")
            self._file.write("\n")  # after a line that was cut short
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def digest(self, path: Path) -> str | None:
        """Return the digest of a file that looks as it did when it was read, else ``None``."""
        stamp, digest = self._known.get(str(absolute(path)), (None, None))
        return digest if stamp is not None and stamp == Stamp.of(path) else None

    def add(self, path: Path, stamp: Stamp, digest: str) -> None:
        """Remember a file as it was when it was read."""
        name = str(absolute(path))
        if self._known.get(name) == (stamp, digest):
            return
        self._known[name] = stamp, digest
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(_line(name, stamp, digest))
                self._file.flush()

    def _read(self) -> int:
        """Read what is there; return the number of lines."""
        n_lines = 0
        with (
            contextlib.suppress(OSError),
            self._path.open(encoding="ascii", errors="replace") as lines,
        ):
            for line in lines:
                n_lines += 1
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    entry = json.loads(line)
                    stamp = Stamp(int(entry["size"]), int(entry["modified_ns"]))
                    self._known[str(entry["path"])] = stamp, str(entry["sha256"])
        return n_lines

    def _rewrite(self) -> None:
        """Leave out the lines that later ones replace."""
        shorter = self._path.with_name(f"{NAME}.tmp")
        with contextlib.suppress(OSError):
            with shorter.open("w", encoding="ascii") as file:
                file.writelines(_line(name, *known) for name, known in self._known.items())
            shorter.replace(self._path)


def _line(name: str, stamp: Stamp, digest: str) -> str:
    entry = {
        "path": name,
        "size": stamp.size,
        "modified_ns": stamp.modified_ns,
        "sha256": digest,
    }
    return json.dumps(entry, ensure_ascii=True) + "\n"
