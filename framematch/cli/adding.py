"""One round of `index add`, and the rounds of `--watch`: plan, index, report.

Owns what a person is told of a round. Must not parse options.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.cli.compacting import compact_if_worth_it
from framematch.cli.inputs import find
from framematch.cli.progress import LOG_EVERY_S, Meter
from framematch.cli.render import complain, counted, note, write, write_json
from framematch.cli.standing import standing
from framematch.errors import IndexLockedError

if TYPE_CHECKING:
    from framematch.config import SamplingSettings
    from framematch.ingest import Executor, FoundFile, Given, IngestItem, IngestReport
    from framematch.records import ItemFailure

#: Exit code of its own; see docs/exit-codes.md.
EXIT_BULK_FAILURES = 6

#: Rows of a manifest named one by one; beyond it only their number is said.
_NAMED_AT_MOST = 10


class Plan:
    """What the paths, options and manifest of a command mean.

    Parameters
    ----------
    paths : tuple of Path
        As given; none where the manifest names the files.
    given : Given
        What the options say.
    manifest : Path or None
        The manifest.
    apart_from : Path
        The index itself, which is not walked.

    Raises
    ------
    ConfigError
        The manifest is wrong.
    """

    def __init__(
        self, paths: tuple[Path, ...], given: "Given", manifest: Path | None, *, apart_from: Path
    ) -> None:
        from framematch.ingest import Manifest

        self._given = given
        self._apart_from = apart_from
        self._manifest: Manifest | None = None if manifest is None else Manifest.load(manifest)
        self.paths = paths or (() if manifest is None else (manifest.parent,))
        # Without paths, what the manifest does not name is not meant.
        self._only_named = not paths
        self._has_told = False
        for remark in self._manifest.notes if self._manifest else ():
            note(f"warning: {remark}")

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders among the paths."""
        return tuple(path for path in self.paths if path.is_dir())

    def files(self) -> "tuple[FoundFile, ...]":
        """Return the files that are meant, after saying what is left out."""
        return self._named(find(self.paths, apart_from=self._apart_from))

    def files_now(self) -> "tuple[FoundFile, ...]":
        """Return the files that are meant, as far as they are there, without a word."""
        from framematch.ingest import walk

        there = [path for path in self.paths if path.exists()]
        return self._named(walk(there, apart_from=self._apart_from).files)

    def _named(self, files: "tuple[FoundFile, ...]") -> "tuple[FoundFile, ...]":
        if self._manifest is None or not self._only_named:
            return files
        return tuple(found for found in files if self._manifest.says(found.path) is not None)

    def made(self, files: "Sequence[FoundFile]") -> "tuple[list[IngestItem], list[ItemFailure]]":
        """Return what files would become, and those of which nobody can say it."""
        from framematch.ingest import plan_files

        return plan_files(files, self._given, self._manifest)

    def tell(self, failures: "Sequence[ItemFailure]") -> None:
        """Say what failed, and what of the manifest meant no file."""
        for failure in failures:
            complain(failure.reason)
        if self._manifest is None:
            return
        unused = () if self._has_told else self._manifest.unused()
        self._has_told = True
        for row in unused[:_NAMED_AT_MOST]:
            note(f"warning: {self._manifest.path}, {row.place}: {row.path} means no file here")
        if len(unused) > _NAMED_AT_MOST:
            more = counted(len(unused) - _NAMED_AT_MOST, "more row")
            note(f"warning: {self._manifest.path}: {more} that mean no file here")


@dataclass(frozen=True, slots=True)
class Adding:
    """A job as a command asks for it.

    Attributes
    ----------
    index : Path
        Folder of the index.
    plan : Plan
        What is meant.
    sampling : SamplingSettings
        How closely videos are looked at.
    processes, time_limit_s
        As in `index add`, ``None`` for the defaults.
    elsewhere : Executor or None
        Who codes, where that is not this machine.
    remove_missing : bool
        Whether references go whose file is gone.
    reread : bool
        Whether files are read that look as they did.
    json_report : bool
        Whether the report is for a program.
    """

    index: Path
    plan: Plan
    sampling: "SamplingSettings"
    processes: int | None
    elsewhere: "Executor | None"
    time_limit_s: float | None
    remove_missing: bool
    reread: bool
    json_report: bool

    def once(self) -> bool:
        """Index what is there; return whether any file failed."""
        return self._round(self.plan.files())

    def follow(self, every_s: float) -> bool:
        """Index what is there and what comes, until interrupted."""
        from framematch.ingest import Watch

        watch = Watch(every_s)
        note(f"watching {', '.join(map(str, self.plan.paths))}; Ctrl-C ends it")
        waited = 0
        lost: set[Path] = set()
        while True:
            lost = self._tell_lost(lost)
            files = self.plan.files_now()
            ready, waiting = watch.ready(files, time.time_ns())
            if waiting and waiting != waited:
                note(f"{counted(waiting, 'file')} still being written: waiting")
            waited = waiting
            if ready or self._has_missing(files):
                try:
                    self._round(ready)
                    watch.took(ready)
                except IndexLockedError as error:
                    note(f"{error}; trying again")
            time.sleep(every_s)

    def _tell_lost(self, lost: set[Path]) -> set[Path]:
        """Say once that a path is out of reach, and once that it is back."""
        now = {path for path in self.plan.paths if not path.exists()}
        for path in sorted(now - lost):
            note(f"{path}: not there; waiting for it")
        for path in sorted(lost - now):
            note(f"{path}: there again")
        return now

    def _has_missing(self, files: "Sequence[FoundFile]") -> bool:
        """Return whether a round would remove anything."""
        from framematch.errors import IndexNotFoundError
        from framematch.index import Index
        from framematch.ingest import missing_below

        if not self.remove_missing or not files:
            return False
        try:
            with Index.open(self.index) as index:
                return bool(missing_below(self.plan.folders, index.references())[0])
        except IndexNotFoundError:
            return False

    def _round(self, files: "Sequence[FoundFile]") -> bool:
        from framematch.ingest import add

        items, failures = self.plan.made(files)
        with Meter(log_every_s=LOG_EVERY_S) as meter:
            report = add(
                self.index,
                items,
                self.sampling,
                on_progress=lambda at: meter.update(
                    standing(at, meter.elapsed_s), at.share_of_bytes, 1.0
                ),
                executor=self._executor(items),
                time_limit_s=self.time_limit_s,
                remove_missing=self.plan.folders if self.remove_missing else (),
                reread=self.reread,
            )
            elapsed_s = meter.elapsed_s
        for warning in report.warnings:
            note(f"warning: {warning.path}: {warning.reason}")
        for remark in report.kept:
            note(f"warning: {remark}")
        self.plan.tell([*failures, *report.failures])
        self._write(report, failures, elapsed_s)
        if report.added or report.removed:
            compact_if_worth_it(self.index)
        return bool(failures or report.failures)

    def _executor(self, items: "Sequence[IngestItem]") -> "Executor":
        """Return who codes: a single file is not worth starting a process for."""
        from framematch.ingest import InProcessExecutor, LocalExecutor

        if self.elsewhere is not None:
            return self.elsewhere
        if len(items) == 1 and self.processes is None and self.time_limit_s is None:
            return InProcessExecutor()
        return LocalExecutor(self.processes)

    def _write(
        self, report: "IngestReport", failures: "Sequence[ItemFailure]", elapsed_s: float
    ) -> None:
        """Write the report to stdout; how fast it went is for stderr."""
        for reference in report.removed:
            named = f"{reference.show} {reference.episode or ''}".strip()
            note(f"removed {named}: {reference.path}")
        if report.media_s and elapsed_s > 0:
            note(
                f"{report.media_s / elapsed_s:.1f}x real time,"
                f" {report.processor_s / report.media_s:.3f} s of a processor per second of video"
            )
        if self.json_report:
            planned = [failure.to_dict() for failure in failures]
            content = report.to_dict()
            write_json({**content, "failures": [*planned, *content["failures"]]})
            return
        removed = f", {len(report.removed)} removed" if report.removed else ""
        write(
            f"{counted(len(report.added), 'file')} added ({counted(report.frames, 'frame')}),"
            f" {len(report.unchanged)} unchanged{removed},"
            f" {len(failures) + len(report.failures)} failed"
        )
