"""`review/verdicts.jsonl`: what people decided about a case, a line each, never changed.

Every line names the SHA-256 of the line before it, so that none can be changed, taken out or put in
without all that follow being other ones. What is cut off at the end leaves no trace in the file:
the exports of a case name the last entry that they knew, and `read_log` is told of it.

A line counts from its line feed on. A process that was killed while it wrote leaves a piece without
one, which readers pass over and the next writer takes away.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from framematch.durable import flush_folder
from framematch.errors import CaseError, CaseLockedError, ConfigError
from framematch.locking import HeldError, lock_alone
from framematch.verdicts.records import START, Act, Entry, checked_name

#: Folder of a case in which the log lies, and its name there.
FOLDER = "review"
LOG = f"{FOLDER}/verdicts.jsonl"
_LOCK = f"{FOLDER}/lock"


def read_log(case: Path, known: str | None = None) -> tuple[Entry, ...]:
    """Return the entries of a case, none where nobody has decided anything.

    Parameters
    ----------
    case : Path
        Folder of the case.
    known : str, optional
        SHA-256 of an entry that must be there, or `START`: what an export of the case was made of.

    Raises
    ------
    CaseError
        A line is not what was written, or the known entry is missing.
    """
    entries, _ = _read(case)
    if known is not None and known not in heads(entries):
        raise CaseError(
            f"{case / LOG}: ends before an entry that the case was written with ({known[:64]}):"
            " lines are missing; put back the file as it was"
        )
    return entries


def heads(entries: Sequence[Entry]) -> list[str]:
    """Return what the log ended in before the first entry and after each."""
    return [START, *(entry.sha256 for entry in entries)]


class VerdictLog:
    """The log of a case, open for adding; one at a time.

    Parameters
    ----------
    case : Path
        Folder of the case.
    clock : callable, optional
        Returns the time, in UTC.

    Raises
    ------
    CaseLockedError
        Another process has it open.
    CaseError
        It is damaged, or cannot be read or written.
    """

    def __init__(
        self, case: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = case / LOG
        self._clock = clock
        with _explained(case):
            self._path.parent.mkdir(exist_ok=True)
            try:
                self._lock = lock_alone(case / _LOCK)
            except HeldError as error:
                raise CaseLockedError(
                    f"{case}: process {error} has the verdicts of this case open; stop it first"
                ) from error
        try:
            with _explained(case):
                entries, self._size = _read(case)
                self._entries = list(entries)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except BaseException:
            os.close(self._lock)
            raise
        try:
            with _explained(case):
                os.ftruncate(self._file, self._size)
                os.fsync(self._file)
                flush_folder(self._path.parent)
                flush_folder(case)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> VerdictLog:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that was decided, in order."""
        return tuple(self._entries)

    def add(self, who: str, act: Act) -> Entry:
        """Add an act; when this returns, it is on the disk.

        Parameters
        ----------
        who : str
            Name of the person.
        act : Act
            What was done.

        Raises
        ------
        ConfigError
            Nobody is named, or the act takes back what is not theirs to take back or is already.
        CaseError
            It could not be written: the log is as it was before.
        """
        name = checked_name(who)
        if act.undoes is not None:
            self._check_undone(name, act.undoes)
        previous = self._entries[-1].sha256 if self._entries else START
        when = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = Entry(len(self._entries) + 1, when, name, act, previous)
        line = entry.line()
        with _explained(self._path):
            try:
                _write_at(self._file, line, self._size)
                os.fsync(self._file)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, self._size)
                raise
        self._size += len(line)
        self._entries.append(entry)
        return entry

    def close(self) -> None:
        """Let others write."""
        os.close(self._file)
        os.close(self._lock)

    def _check_undone(self, who: str, number: int) -> None:
        if not 1 <= number <= len(self._entries):
            raise ConfigError(f"there is no entry {number} to take back")
        entry = self._entries[number - 1]
        if entry.who != who:
            raise ConfigError(
                f"entry {number} is {entry.who}'s; only they take it back: say what you think by a"
                " verdict of your own"
            )
        if any(other.act.undoes == number for other in self._entries):
            raise ConfigError(f"entry {number} is taken back already")


def _read(case: Path) -> tuple[tuple[Entry, ...], int]:
    """Return the entries, and the bytes that they take."""
    path = case / LOG
    entries: list[Entry] = []
    previous, size = START, 0
    try:
        for line in _lines(path):
            entry = Entry.of_line(line)
            if (entry.number, entry.previous) != (len(entries) + 1, previous):
                raise ValueError("does not follow the entry before it")  # noqa: TRY301
            entries.append(entry)
            previous, size = entry.sha256, size + len(line)
    except ValueError as error:
        raise CaseError(
            f"{path}: line {len(entries) + 1} {error}: the verdicts were changed or damaged; put"
            " back the file as it was"
        ) from error
    except OSError as error:
        raise CaseError(
            f"{path}: cannot be read ({error.strerror or error}); check its permissions"
        ) from error
    return tuple(entries), size


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a file, none where it is not there."""
    try:
        with path.open("rb") as stream:
            for line in stream:
                if line.endswith(b"\n"):
                    yield line
    except FileNotFoundError:
        return


def _write_at(file: int, content: bytes, place: int) -> None:
    """Write all of `content`."""
    done = 0
    while done < len(content):
        done += os.pwrite(file, content[done:], place + done)


@contextlib.contextmanager
def _explained(where: Path) -> Iterator[None]:
    try:
        yield
    except CaseError:
        raise
    except OSError as error:
        raise CaseError(
            f"{error.filename or where}: the verdict could not be kept"
            f" ({error.strerror or error}); make room or check the permissions, and decide again"
        ) from error
