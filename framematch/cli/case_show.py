"""`framematch case show`: a case in a few lines."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from framematch.cli.render import write, write_json, write_table
from framematch.errors import CaseError


def case_show(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Folder of the case.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
) -> None:
    """Say what a case holds: files by use, and findings by show, verdict and stage."""
    found = summary(case)
    if as_json:
        write_json(found)
        return
    write(f"run {found['run']}: {found['findings']} findings, {found['gone']} of them gone")
    write("")
    write_table(("Files", ""), [(use, str(n)) for use, n in found["files"].items()])
    write("")
    rows = [
        (name, str(sum(stages.values())), ", ".join(f"{n} {stage}" for stage, n in stages.items()))
        for name, stages in found["shows"].items()
    ]
    write_table(("Show", "Findings", "Stages"), rows)
    if found["people"]:
        write("")
        decided = [(label, str(n)) for label, n in found["people"].items()]
        write_table(("Decided by people", "Findings"), decided)


def summary(case: Path) -> dict[str, Any]:
    """Return the counts of a case, from its files alone.

    Raises
    ------
    CaseError
        It is none, or one of the files that are counted is not what its manifest says.
    """
    from framematch.report import altered
    from framematch.report.layout import FILES_CSV, FINDINGS_JSON, RUN_FOLDER

    try:
        # A flipped bit may well be another show.
        for name in (FILES_CSV, FINDINGS_JSON):
            (case / name).stat()
        for problem in altered(case, (FILES_CSV, FINDINGS_JSON)):
            raise CaseError(
                f"{case}: {problem.path} {problem.what}; framematch case verify says more, and"
                " framematch triage writes the case anew"
            )
        with (case / FILES_CSV).open(encoding="utf-8-sig", newline="") as table:
            uses = Counter(row["use"] for row in csv.DictReader(table))
        return _counted(list(_findings(case / FINDINGS_JSON)), uses, _run(case))
    except FileNotFoundError as error:
        if (case / RUN_FOLDER).is_dir():
            raise CaseError(
                f"{case}: its first run has not come to its end; run framematch triage again"
            ) from error
        raise CaseError(
            f"{case}: is no case; name a folder that framematch triage has written"
        ) from error
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        csv.Error,
    ) as error:
        raise CaseError(
            f"{case}: is no case that can be read ({error}); framematch case verify says more"
        ) from error


def _counted(findings: list[dict[str, Any]], uses: Counter[str], run: int | None) -> dict[str, Any]:
    run = run or max((one["last_run"] for one in findings), default=1)
    present = [one for one in findings if one["last_run"] == run]
    shows: dict[str, Counter[str]] = {}
    for one in present:
        name = one["show"] or f"({one['verdict']})"
        stage = one["stage"]["label"] if one["stage"] else "unknown"
        shows.setdefault(name, Counter())[stage] += 1
    return {
        "run": run,
        "files": dict(sorted(uses.items())),
        "findings": len(findings),
        "gone": len(findings) - len(present),
        "people": dict(
            sorted(Counter(_human(one["human"]) for one in findings if one["human"]).items())
        ),
        "shows": {name: dict(sorted(shows[name].items())) for name in sorted(shows)},
    }


def _human(said: dict[str, Any]) -> str:
    """Return what people decided about a finding, in a word."""
    if said["disputed"]:
        return "disputed"
    return said["judgement"] or ("unsure" if said["opinions"] else "only remarks")


def _run(case: Path) -> int | None:
    """Return the number of the last run, ``None`` where the run record was not handed over."""
    from framematch.report.layout import RUN_RECORD
    from framematch.report.run_record import decode_record

    try:
        return int(decode_record((case / RUN_RECORD).read_bytes())["run"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _findings(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
