"""`framematch triage`: a whole dump into a case folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.case_summary import failures_of, write_summary
from framematch.cli.decoders import note_missing_walls
from framematch.cli.exits import EXIT_BULK_FAILURES
from framematch.cli.progress import LOG_EVERY_S, Meter
from framematch.cli.render import clock, complain, counted, note
from framematch.cli.session import Session, session_of
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.triage import Report, Standing, Wanted


def triage(
    ctx: typer.Context,
    dump: Annotated[
        Path, typer.Argument(metavar="DIR", help="The dump; nothing in it is written.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="CASE",
            help="Folder of the case: a new one, or that of an earlier run over the same dump.",
        ),
    ],
    patterns: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Production codes in names, by show (YAML; docs/cases.md)."
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Confidence as fitted by framematch calibrate; else as shipped."
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", min=1, help="Files looked into at once; by default one per processor."
        ),
    ] = None,
    no_ocr: Annotated[
        bool, typer.Option("--no-ocr", help="Find the notes on drawings, but do not read them.")
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            help="Longest that one file may take; by default 600, and 2 more for each MiB.",
        ),
    ] = None,
    reread: Annotated[
        bool,
        typer.Option(
            "--reread",
            help="Read files too that look as they did last time, and try those again that failed "
            "for time or memory.",
        ),
    ] = False,
    moved: Annotated[
        bool, typer.Option("--moved", help="It is the same dump, in another place than before.")
    ] = False,
    emptied: Annotated[
        bool,
        typer.Option("--emptied", help="DIR is empty, and what it held before is really gone."),
    ] = False,
) -> None:
    """Look through a whole dump and write a case: whose files, which episodes, what stage, and why.

    Every file below DIR is accounted for. Interrupted, it goes on where it stopped when the same
    command is run again; run again on a dump that has changed, it does the new work only and says
    what moved.
    """
    from framematch.triage import Wanted

    session = session_of(ctx)
    wanted = Wanted(
        dump=dump,
        case=out,
        patterns=patterns,
        calibration=calibration,
        processes=processes,
        reads_notes=not no_ocr,
        time_limit_s=time_limit,
        reread=reread,
        moved=moved,
        emptied=emptied,
    )
    if not dump.is_dir():
        raise ConfigError(f"{dump}: is no folder; give the folder of the dump")
    report = run_triage(session, wanted)
    if not report.walked:
        note(f"{dump}: there is nothing in it; the case says so")
    write_summary(report, out)
    n_failed = len(failures_of(report.case))
    if n_failed:
        complain(f"{counted(n_failed, 'file')} could not be read or passed a limit; see files.csv")
        raise typer.Exit(EXIT_BULK_FAILURES)


def run_triage(session: Session, wanted: "Wanted") -> "Report":
    """Run it with progress on stderr; where it is interrupted, say how to go on."""
    from framematch.triage import Listener, triage

    note_missing_walls()
    with (
        session.open_filled_index() as index,
        Meter(log_every_s=LOG_EVERY_S) as meter,
    ):
        progress = _Progress(meter)
        listener = Listener(
            on_walk=progress.walked,
            on_read=progress.read,
            on_progress=progress.examined,
            on_remark=note,
            on_phase=progress.begin,
        )
        try:
            return triage(wanted, index, listener)
        except KeyboardInterrupt:
            note(
                f"{progress.said or 'stopped'}; nothing that is finished is lost, run the same"
                " command again to go on"
            )
            raise


#: Share of the bytes that must be read before it is said how long the rest takes.
_LEAST_READ = 0.02


class _Progress:
    """Where a run stands, in one line with the time left."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._began_s = 0.0
        self.said = ""

    def begin(self, phase: str) -> None:
        self._began_s = self._meter.elapsed_s
        if phase == "writing":
            self._tell("writing the case", 1.0)

    def walked(self, number: int) -> None:
        self._tell(f"walking: {counted(number, 'file')}", 0.0)

    def read(self, path: str, done: int, total: int) -> None:
        share = done / total if total else 1.0
        elapsed_s = self._meter.elapsed_s - self._began_s
        # Reading takes as long as there are bytes; of the first few nobody can tell.
        left_s = (1 - share) * elapsed_s / share if share > _LEAST_READ else None
        self._tell(f"reading, {_left(left_s)}{path}", share)

    def examined(self, at: "Standing") -> None:
        failed = f", {at.failed} failed" if at.failed else ""
        running = f": {', '.join(at.running)}" if at.running else ""
        self._tell(
            f"{at.done}/{at.total} examined{failed}, {_left(at.left_s)}".rstrip(", ") + running,
            at.share,
        )

    def _tell(self, what: str, share: float) -> None:
        self.said = what
        self._meter.update(what, share, 1.0)


def _left(seconds: float | None) -> str:
    """Return how long it still takes; nothing where nobody can say."""
    return "" if seconds is None else f"{clock(seconds).partition('.')[0]} left, "
