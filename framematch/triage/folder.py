"""The case folder as the run uses it: whose it is, who writes to it, and its scratch space.

What a finished case holds is `framematch.report`'s. Everything here lies in ``run/``, the one part
that differs from run to run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from framematch.errors import CaseError, CaseLockedError, ConfigError
from framematch.locking import HeldError, lock_alone
from framematch.report.layout import DECLARATION
from framematch.triage.journal import NAME, Journal

#: What differs from run to run.
RUN = "run"
_LOCK = "lock"
_SCRATCH = "scratch"


@contextlib.contextmanager
def opened(folder: Path, dump: Path, *, moved: bool = False) -> Iterator[tuple[Journal, Path]]:
    """Open a case for a run, alone; give its journal and an empty folder for scratch files.

    Parameters
    ----------
    folder : Path
        The case; made where there is none.
    dump : Path
        What it is made of.
    moved : bool
        Whether the same dump may lie elsewhere than before.

    Raises
    ------
    ConfigError
        The folder holds something else, or a case of another dump.
    CaseLockedError
        Another run writes to it.
    CaseError
        It cannot be written, or its journal is damaged.
    """
    run = folder / RUN
    _check_apart(folder, dump)
    _check(folder, run)
    with _explained(folder):
        run.mkdir(parents=True, exist_ok=True)
        lock = _locked(folder, run / _LOCK)
    try:
        scratch = run / _SCRATCH
        with _explained(folder):
            _remove(scratch)  # what a killed run has left
            scratch.mkdir()
        try:
            with Journal(run / NAME) as journal:
                _check_kept(journal, folder)
                _check_source(journal, folder, dump, moved=moved)
                yield journal, scratch
        finally:
            _remove(scratch)
    finally:
        os.close(lock)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let no run write to the case meanwhile.

    Raises
    ------
    CaseLockedError
        One does.
    CaseError
        The lock cannot be taken.
    """
    with _explained(folder):
        lock = _locked(folder, folder / RUN / _LOCK)
    try:
        yield
    finally:
        os.close(lock)


def _check_apart(folder: Path, dump: Path) -> None:
    """Refuse a case that would be written over its own dump."""
    case, source = folder.resolve(), dump.resolve()
    if source == case or source.is_relative_to(case):
        raise ConfigError(
            f"{folder}: holds the dump {dump}, in which nothing may be written; name another folder"
            " for the case"
        )


def _check(folder: Path, run: Path) -> None:
    """Refuse a folder that holds something else."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder; name a new one, or that of a case")
    if not folder.is_dir() or (run / NAME).exists():
        return
    with _explained(folder):
        # A run that was stopped before its first write has left no more than these.
        others = {one.name for one in folder.iterdir()} - {RUN}
        if run.is_dir():
            others |= {one.name for one in run.iterdir()} - {_LOCK, _SCRATCH}
    if DECLARATION in others:
        raise CaseError(_without_journal(folder))
    if others:
        raise ConfigError(
            f"{folder}: is no case and not empty (it holds {sorted(others)[0]}); name a new folder,"
            " or that of a case"
        )


def _check_kept(journal: Journal, folder: Path) -> None:
    """Refuse a journal that knows nothing of a case that is there: its history would be lost."""
    if journal.said("source") is None and (folder / DECLARATION).exists():
        raise CaseError(_without_journal(folder))


def _without_journal(folder: Path) -> str:
    return (
        f"{folder}: is a case, but its journal {RUN}/{NAME} is missing or empty, and what earlier"
        " runs have found would be lost; put it back, or name a new folder"
    )


def _check_source(journal: Journal, folder: Path, dump: Path, *, moved: bool) -> None:
    source = os.fsencode(dump.resolve()).hex()
    before = journal.said("source")
    if before not in (None, source) and not moved:
        was = os.fsdecode(bytes.fromhex(before or ""))
        raise ConfigError(
            f"{folder}: is the case of {was}, not of {dump}; name another folder for the case,"
            " or say --moved if it is the same dump in another place"
        )
    if before != source:
        journal.say("source", source)


def _locked(folder: Path, path: Path) -> int:
    """Take the one-run lock, which the kernel releases however the process ends."""
    try:
        return lock_alone(path)
    except HeldError as error:
        raise CaseLockedError(
            f"{folder}: process {error} is writing to this case; wait until it is done, or stop"
            " it and run again"
        ) from error


def _remove(folder: Path) -> None:
    """Remove scratch files, those too that nobody may write to."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explained(folder, error) from error


def explained(folder: Path, error: OSError) -> CaseError:
    """Return what an error of the disk means for the case, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CaseError(
            f"{folder}: the disk is full; make room, then run the same command again: what is"
            " finished stays"
        )
    where = error.filename or folder
    return CaseError(
        f"{where}: cannot be used for the case ({error.strerror or error}); check the path and its"
        " permissions, then run the same command again"
    )
