"""One round of `index add`: plan, index, report.

Owns what a person is told of a round. Must not parse options.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.cli.compacting import compact_if_worth_it
from framematch.cli.planning import Plan
from framematch.cli.progress import LOG_EVERY_S, Meter
from framematch.cli.render import counted, note, write, write_json
from framematch.cli.standing import standing

if TYPE_CHECKING:
    from framematch.config import SamplingSettings
    from framematch.ingest import Executor, FoundFile, IngestItem, IngestReport
    from framematch.records import ItemFailure


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
    told : set of str
        Remarks that were made in an earlier round.
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

    told: set[str] = field(default_factory=set)

    def once(self) -> bool:
        """Index what is there; return whether any file failed."""
        from framematch.ingest import InProcessExecutor

        files = self.plan.files()
        alone = len(files) == 1 and self.processes is None and self.time_limit_s is None
        # A single file is not worth starting a process for.
        executor = InProcessExecutor() if alone and self.elsewhere is None else None
        return bool(self.round(files, files, executor=executor))

    def round(
        self,
        files: "Sequence[FoundFile]",
        wanted: "Sequence[FoundFile]",
        *,
        executor: "Executor | None" = None,
        puts_off_removal: bool = False,
    ) -> frozenset[str]:
        """Index files once, and report; return the paths of those that failed.

        Parameters
        ----------
        files : sequence of FoundFile
            The whole library: shows of one name are told apart among all of them.
        wanted : sequence of FoundFile
            Those of it that are indexed.
        executor : Executor, optional
            Who codes; by default nodes elsewhere, or processes of this machine.
        puts_off_removal : bool
            Whether nothing is removed this time, whatever is missing.
        """
        from framematch.ingest import LocalExecutor, add

        items, failures = self._planned(files, wanted)
        with Meter(log_every_s=LOG_EVERY_S) as meter:
            report = add(
                self.index,
                items,
                self.sampling,
                on_progress=lambda at: meter.update(
                    standing(at, meter.elapsed_s), at.share_of_bytes, 1.0
                ),
                executor=executor or self.elsewhere or LocalExecutor(self.processes),
                time_limit_s=self.time_limit_s,
                remove_missing=(
                    self.plan.folders if self.remove_missing and not puts_off_removal else ()
                ),
                reread=self.reread,
            )
            elapsed_s = meter.elapsed_s
        for warning in report.warnings:
            self._tell_once(f"warning: {warning.path}: {warning.reason}")
        for remark in report.kept:
            self._tell_once(f"warning: {remark}")
        self.plan.tell([*failures, *report.failures])
        self._write(report, failures, elapsed_s)
        if report.added:
            self._tell_of_decoders()
        if report.added or report.removed:
            compact_if_worth_it(self.index)
        return frozenset(failure.path for failure in (*failures, *report.failures))

    def _tell_of_decoders(self) -> None:
        """Say so where rows of the index were made with unequal versions of the decoders."""
        from framematch.index import decoders_of

        if len(decoders_of(self.index)) > 1:
            self._tell_once(
                f"{self.index}: its rows were made with more than one version of the decoders,"
                " whose codes may differ by a few bits; framematch index show says which"
            )

    def _planned(
        self, files: "Sequence[FoundFile]", wanted: "Sequence[FoundFile]"
    ) -> "tuple[list[IngestItem], list[ItemFailure]]":
        names = {str(found.path) for found in wanted}
        items, failures = self.plan.made(files)
        return (
            [item for item in items if str(item.path) in names],
            [failure for failure in failures if failure.path in names],
        )

    def _tell_once(self, remark: str) -> None:
        """Say what has not been said in an earlier round."""
        if remark not in self.told:
            self.told.add(remark)
            note(remark)

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
