"""Which files were read before: size and times of change beside the digest of the content.

Owns `seen.jsonl` in the folder of the index: a hint that saves reading a whole library again, and
the record of which files were here, without which no reference is removed. No part of the index:
lost or damaged, it costs time, and references stay that could go. Opens no media.
"""

import contextlib
import json
import time
from dataclasses import asdict, dataclass, fields
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from framematch.index.lines import decode_line, encode_line
from framematch.ingest.absolute import absolute

NAME = "seen.jsonl"

#: A file that changed so shortly before it was read may change again without another time.
_TOO_FRESH_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written to or replaced.

    A false alarm costs a read; a tool that sets the time of change back is told by the other two.

    Attributes
    ----------
    size : int
        In bytes.
    modified_ns, changed_ns : int
        When its content changed, and when anything about it did, in nanoseconds since the epoch.
    inode : int
        Its number in its file system.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "Stamp | None":
        """Return the stamp of a file; ``None`` where it is not there."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    @property
    def is_settled(self) -> bool:
        """Whether a later change of the file would have another time."""
        return time.time_ns() - max(self.modified_ns, self.changed_ns) > _TOO_FRESH_NS


class Seen:
    """The files that were read before, kept while a job runs.

    Parameters
    ----------
    folder : Path
        Of the index, whose writer's lock is held.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        # Of each path every digest that it had, the latest last; no stamp where it was too fresh.
        self._known: dict[str, dict[str, Stamp | None]] = {}
        self._has_plain = False
        n_lines = self._read()
        if self._has_plain or n_lines > 2 * sum(map(len, self._known.values())) + 1000:
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
        known = self._known.get(str(absolute(path)))
        if not known:
            return None
        digest, stamp = next(reversed(known.items()))
        return digest if stamp is not None and stamp == Stamp.of(path) else None

    def was_here(self, path: Path, digest: str) -> bool:
        """Return whether a file of this content was read under this path, now or before."""
        return digest in self._known.get(str(absolute(path)), ())

    def add(self, path: Path, stamp: Stamp | None, digest: str) -> None:
        """Remember a file as it was when it was read.

        Where it has no stamp, or changed a moment ago, it was here and is read again next time.
        """
        name = str(absolute(path))
        settled = stamp if stamp is not None and stamp.is_settled else None
        known = self._known.get(name)
        if known and next(reversed(known.items())) == (digest, settled):
            return
        self._note(name, digest, settled)
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(_line(name, settled, digest))
                self._file.flush()

    def _note(self, name: str, digest: str, stamp: Stamp | None) -> None:
        known = self._known.setdefault(name, {})
        known.pop(digest, None)  # the latest stands last
        known[digest] = stamp

    def _read(self) -> int:
        """Read what is there; return the number of lines."""
        n_lines = 0
        with (
            contextlib.suppress(OSError),
            self._path.open("rb") as lines,
        ):
            for line in lines:
                n_lines += 1
                # Damage may be any value, infinity and a thousand brackets among them.
                with contextlib.suppress(
                    ValueError, KeyError, TypeError, OverflowError, RecursionError
                ):
                    # A release before wrote plain JSON, which does not tell what was changed in it.
                    is_plain = line.startswith(b"{")
                    self._has_plain |= is_plain
                    entry = json.loads(line) if is_plain else decode_line(line)
                    if entry is None:
                        continue
                    path, digest = str(entry["path"]), str(entry["sha256"])
                    self._note(path, digest, _stamp(entry))
        return n_lines

    def _rewrite(self) -> None:
        """Leave out the lines that later ones replace."""
        shorter = self._path.with_name(f"{NAME}.tmp")
        with contextlib.suppress(OSError):
            with shorter.open("w", encoding="ascii") as file:
                file.writelines(
                    _line(name, stamp, digest)
                    for name, known in self._known.items()
                    for digest, stamp in known.items()
                )
            shorter.replace(self._path)


def _stamp(entry: dict[str, Any]) -> Stamp | None:
    """Return the stamp of a line; ``None`` where it has none, or not all of it."""
    values = [entry.get(field.name) for field in fields(Stamp)]
    return None if None in values else Stamp(*(int(value) for value in values if value is not None))


def _line(name: str, stamp: Stamp | None, digest: str) -> str:
    entry = {"path": name, "sha256": digest, **({} if stamp is None else asdict(stamp))}
    return encode_line(entry).decode("ascii")
