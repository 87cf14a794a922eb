"""`framematch demo`: the quick start, on a studio that the project draws itself."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.progress import Meter
from framematch.cli.query import COLUMNS, row_of
from framematch.cli.render import counted, json_line, note, write, write_table
from framematch.cli.session import Session
from framematch.cli.triage import run_triage
from framematch.durable import write_durably

if TYPE_CHECKING:
    from framematch.demo import LeakFile, Truth
    from framematch.records import Attribution

SUMMARY_COLUMNS = ("Stage", "Files", "Right", "Missed", "Wrong", "Episode in range", "Stage right")


@dataclass(frozen=True, slots=True)
class _Judged:
    """An answer beside the truth.

    Attributes
    ----------
    answer : Attribution
        What FrameMatch says.
    truth : LeakFile
        What was drawn.
    outcome : str
        ``right``, ``missed`` (no show asserted although it is one of the library) or ``wrong``.
    """

    answer: "Attribution"
    truth: "LeakFile"
    outcome: str


def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where to put the studio, its index and the report.")
    ] = Path("demo"),
    seed: Annotated[int, typer.Option(metavar="NUMBER", min=0, help="Draws another studio.")] = 7,
) -> None:
    """Draw a small studio, index its shows, triage its leak, and compare with the truth.

    Everything goes into DIR: library/, leak/, truth.json, index/, case/ with the leak's case and
    its report.html, and report.jsonl, the answers as `query --json` writes them.
    """
    from framematch.demo import StudioSettings, generate

    with Meter() as meter:
        note(f"drawing a studio into {out}")
        truth = generate(out, StudioSettings(seed=seed), progress=meter.update)
        note("indexing its shows")
        _index_library(out, meter.update)
    note(f"looking through {counted(len(truth.leak), 'leaked file')}")
    judged = _triage_leak(out, truth)
    report = out / "report.jsonl"
    write_durably(
        report, ((json_line(one.answer.to_dict()) + "\n").encode("utf-8") for one in judged)
    )
    write_table(("Outcome", *COLUMNS), ((one.outcome, *row_of(one.answer)) for one in judged))
    write("")
    write_table(SUMMARY_COLUMNS, _summary(judged))
    write("")
    write(f"answers: {report}")
    write(f"report:  {out / 'case' / 'report.html'}")
    write(f"review:  {_program()} --index {out / 'index'} serve {out / 'case'} --open")
    write(f"more:    {_program()} --index {out / 'index'} query FILE")


def _index_library(out: Path, update: Callable[[str, float, float], None]) -> None:
    from framematch.ingest import LocalExecutor, add, plan

    items, _ = plan([out / "library"])
    add(
        out / "index",
        items,
        executor=LocalExecutor(),
        on_progress=lambda at: update(f"indexing {at.path.name}", at.share_of_bytes, 1.0),
    )


def _triage_leak(out: Path, truth: "Truth") -> list[_Judged]:
    """Make the case of the leak; return the answer for every file beside what was drawn."""
    from framematch.triage import Wanted

    session = Session(index=out / "index", debug=False)
    case = run_triage(session, Wanted(out / "leak", out / "case", moved=True)).case
    answers = {
        path: finding.attribution
        for finding in case.findings
        if finding.part is None and finding.last_run == case.run
        for path in finding.paths
    }
    judged: list[_Judged] = []
    for leaked in truth.leak:
        answer = answers[leaked.path.removeprefix("leak/")]
        named = replace(answer, file=str(out / leaked.path))
        judged.append(_Judged(named, leaked, _outcome(named, leaked.show)))
    return judged


def _outcome(answer: "Attribution", show: str | None) -> str:
    """Return how an answer stands to the true show, ``None`` for one outside the library."""
    if answer.verdict == "match":
        return "right" if answer.show == show else "wrong"
    return "right" if show is None else "missed"


def _summary(judged: Sequence[_Judged]) -> list[tuple[str, ...]]:
    """Return the cells of one line per stage and one for all."""
    stages = dict.fromkeys(one.truth.stage for one in judged)
    lines = [_tally(stage, [o for o in judged if o.truth.stage == stage]) for stage in stages]
    return [*lines, _tally("all", judged)]


def _tally(name: str, judged: Sequence[_Judged]) -> tuple[str, ...]:
    outcomes = [one.outcome for one in judged]
    found = [one for one in judged if one.outcome == "right" and one.truth.episodes]
    in_range = sum(_holds(one) for one in found)
    staged = sum(
        one.answer.stage is not None and one.answer.stage.label == one.truth.stage for one in judged
    )
    return (
        name,
        str(len(judged)),
        *(str(outcomes.count(outcome)) for outcome in ("right", "missed", "wrong")),
        f"{in_range} of {len(found)}" if found else "",
        f"{staged} of {len(judged)}",
    )


def _holds(one: _Judged) -> bool:
    """Return whether the episode range holds a true episode."""
    from framematch.records import EpisodeId

    span = one.answer.episodes
    return span is not None and any(
        span.first <= EpisodeId.parse(episode) <= span.last for episode in one.truth.episodes
    )


def _program() -> str:
    """Return how this program is called from here."""
    return "framematch" if shutil.which("framematch") else sys.argv[0]
