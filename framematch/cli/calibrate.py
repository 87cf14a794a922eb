"""`framematch calibrate`: the confidence, fitted to the user's own library."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.decoders import note_missing_walls
from framematch.cli.progress import Meter
from framematch.cli.render import counted, note, write, write_json, write_table
from framematch.cli.session import session_of
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.calibration import (
        Figures,
        Refit,
        Reviewed,
        ReviewedFigures,
        ReviewedPart,
        Skipped,
    )

COLUMNS = (
    "Calibration",
    "AUC",
    "Calibration error",
    "Found at .8",
    "Strangers at .8",
    "Strangers at .9",
    "Log loss",
)

REVIEWED_COLUMNS = ("On reviewed files", "Calibration error", "Brier score", "Log loss")

#: Files that could not be used are named up to so many; of more, their number is said.
_NAMED_AT_MOST = 10


def calibrate(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write the calibration.")
    ] = Path("calibration.json"),
    frames: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, help="Frames of each show that are asked about.")
    ] = 12,
    seed: Annotated[int, typer.Option(metavar="NUMBER", min=0, help="Chooses other frames.")] = 0,
    verdicts: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="CASE",
            help="Fit to the findings of this case too that people have decided on; may be"
            " repeated.",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Write it even where it is worse than the shipped calibration."
        ),
    ] = False,
    json_report: Annotated[
        bool, typer.Option("--json", help="Write the figures as one JSON object.")
    ] = False,
) -> None:
    """Fit the confidence to the shows of the index, for query --calibration FILE.

    Frames of the indexed files, which must be where they were when they were added, are edited,
    made into line drawings and asked about, with their show in the index and without. Takes about
    four seconds of one processor for each frame, and needs three shows. The table compares the
    shipped calibration with the refit, each show judged by a fit that has not seen it.

    With --verdicts the files of reviewed cases, which must be where they were, are asked about as
    they are: those that people said are of a show of the index, and those that are not ours. Their
    figures stand apart. What people looked at is a choice, so they weigh a quarter at most.
    """
    from framematch.calibration import Settings, check_place, write_calibration
    from framematch.calibration import calibrate as fit_to_library

    check_place(out)
    session = session_of(ctx)
    index = session.open_filled_index()
    note_missing_walls()
    skips = _Skips()
    reviewed = _reviewed(verdicts or [], skips)
    try:
        with Meter() as meter:
            refit = fit_to_library(
                index,
                datetime.now(UTC).date().isoformat(),
                Settings(frames=frames, seed=seed),
                reviewed=reviewed,
                on_skip=skips.add,
                on_progress=meter.update,
            )
    finally:
        skips.finish()
    wanted = refit.better or force
    if wanted:
        write_calibration(out, refit.model)
    if json_report:
        skipped = [{"path": skip.path, "reason": skip.reason} for skip in skips.all]
        write_json({**refit.to_dict(), "skipped": skipped, "written": str(out) if wanted else None})
    else:
        _write_report(refit, out if wanted else None)
    if not refit.better:
        _complain_of(refit, out, written=wanted)
    elif refit.reviewed is not None and not refit.reviewed.better:
        note(
            "warning: on the reviewed files alone, the refit is worse than the shipped calibration"
            f" (log loss {refit.reviewed.refit.log_loss:.3f} against"
            f" {refit.reviewed.shipped.log_loss:.3f})"
        )


def _reviewed(cases: list[Path], skips: "_Skips") -> "list[Reviewed]":
    """Return the files of cases that people have decided on.

    Raises
    ------
    ConfigError
        Cases are given, and none of their files can be used.
    """
    if not cases:
        return []
    from framematch.triage import reviewed_files

    reviewed, skipped = reviewed_files(cases)
    for one in skipped:
        skips.add(one)
    if not reviewed:
        skips.finish()
        raise ConfigError(
            f"{', '.join(map(str, cases))}: holds no finding to calibrate with: none is decided to"
            " be of a show or not ours, of a file that is there; review more, or leave it out"
        )
    return reviewed


class _Skips:
    """Names the files that cannot be used as they come up, the first few of them."""

    def __init__(self) -> None:
        self.all: list[Skipped] = []

    def add(self, skipped: "Skipped") -> None:
        self.all.append(skipped)
        if len(self.all) <= _NAMED_AT_MOST:
            note(f"skipped {skipped.reason}")

    def finish(self) -> None:
        more = len(self.all) - _NAMED_AT_MOST
        if more > 0:
            note(f"skipped {counted(more, 'more file')}; --json names all of them")


def _write_report(refit: "Refit", out: Path | None) -> None:
    write_table(
        COLUMNS,
        (_row("shipped", refit.shipped), _row("refit, shows held out", refit.refit)),
    )
    write("")
    write(
        f"{counted(refit.queries, 'query')} of"
        f" {counted(refit.shows, 'show')}, each asked again without its show"
    )
    if refit.reviewed is not None:
        _write_reviewed(refit.reviewed)
    if out is not None:
        write(f"calibration: {out}")
        write(f"use it:      framematch query --calibration {out} FILE")


def _write_reviewed(part: "ReviewedPart") -> None:
    write(
        f"{counted(part.files, 'reviewed file')} beside them, {part.files - part.strangers} of"
        f" {counted(part.shows, 'show')}, {part.strangers} not ours; each once, as it is:"
    )
    write("")
    write_table(
        REVIEWED_COLUMNS,
        (
            _reviewed_row("shipped", part.shipped),
            _reviewed_row("refit, shows held out", part.refit),
        ),
    )
    write("")


def _reviewed_row(name: str, figures: "ReviewedFigures") -> tuple[str, ...]:
    return (
        name,
        f"{figures.calibration_error:.3f}",
        f"{figures.brier:.3f}",
        f"{figures.log_loss:.3f}",
    )


def _row(name: str, figures: "Figures") -> tuple[str, ...]:
    return (
        name,
        f"{figures.auc:.3f}",
        f"{figures.calibration_error:.3f}",
        f"{figures.found_at_80:.2f}",
        f"{figures.strangers_at_80:.2%}",
        f"{figures.strangers_at_90:.2%}",
        f"{figures.log_loss:.3f}",
    )


def _complain_of(refit: "Refit", out: Path, *, written: bool) -> None:
    """Say that the shipped calibration is the better one; refuse, unless it was written anyway."""
    worse = (
        "on shows held out, the refit is worse than the shipped calibration (log loss"
        f" {refit.refit.log_loss:.3f} against {refit.shipped.log_loss:.3f})"
    )
    if written:
        note(f"warning: {worse}")
        return
    raise ConfigError(
        f"{worse}: {out} was not written; query without --calibration, try more --frames, or"
        " write it all the same with --force"
    )
