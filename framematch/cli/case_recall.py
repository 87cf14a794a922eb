"""`framematch case recall`: what people decided about the same content in other cases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.render import counted, write, write_json, write_table
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.case_records import Finding
    from framematch.verdicts import Entry, OtherCase, Recalled

COLUMNS = ("File", "Machine", "Verdict", "Of", "When", "Case", "Entry", "Why")


def case_recall(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Folder of the case.")],
    others: Annotated[
        list[Path],
        typer.Option("--from", metavar="OTHER", help="Folder of another case; may be repeated."),
    ],
    who: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Who adopts it; not for --dry-run.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be adopted; write nothing.")
    ] = False,
    json_lines: Annotated[
        bool, typer.Option("--json", help="Write one JSON object per verdict.")
    ] = False,
) -> None:
    """Adopt what people decided about the same content in other cases.

    Only what says no: "not ours", and "not this show" where the machine names that show here too.
    Left alone is what anybody has decided here, what the other cases dispute, and what was adopted
    before. Each verdict is an entry of NAME's, whose reason says whose it was and where.
    """
    from framematch.triage import kept_case
    from framematch.verdicts import VerdictLog, acts_of, read_log

    if not (dry_run or who):
        raise ConfigError("nobody is named who adopts the verdicts; give --as NAME, or --dry-run")
    findings = {one.key: one for one in kept_case(case).findings}
    known = [_other(case, other) for other in others]
    adopted: dict[str, int] = {}
    if dry_run or who is None:
        recalled = _recalled(known, findings, read_log(case))
    else:
        with VerdictLog(case) as log:
            recalled = _recalled(known, findings, log.entries)
            for act in acts_of(recalled):
                entry = log.add(who, act)
                adopted |= dict.fromkeys((about.key for about in act.findings), entry.number)
    if json_lines:
        for one in recalled:
            write_json({**one.to_dict(), "adopted": adopted.get(one.about.key)})
        return
    _write(case, recalled, findings, dry_run=dry_run)


def _other(case: Path, other: Path) -> "OtherCase":
    from framematch.report import exported_head
    from framematch.verdicts import read_other

    if case.resolve() == other.resolve():
        raise ConfigError(
            f"{other}: is the case itself, in which its verdicts hold already; name another case"
        )
    return read_other(other, exported_head(other))


def _recalled(
    others: "list[OtherCase]", findings: "dict[str, Finding]", entries: "tuple[Entry, ...]"
) -> "tuple[Recalled, ...]":
    from framematch.verdicts import recallable, standing_of

    abouts = [finding.about() for finding in findings.values()]
    return recallable(others, abouts, standing_of(entries), entries)


def _write(
    case: Path,
    recalled: "tuple[Recalled, ...]",
    findings: "dict[str, Finding]",
    *,
    dry_run: bool,
) -> None:
    if recalled:
        rows = [
            (
                findings[one.about.key].attribution.file,
                one.about.show or one.about.verdict,
                one.judgement if one.show is None else f"{one.judgement} ({one.show})",
                one.who,
                one.when,
                one.case,
                str(one.number),
                one.why,
            )
            for one in recalled
        ]
        write_table(COLUMNS, rows)
        write("")
    done = "can be adopted" if dry_run else "adopted"
    write(f"{case}: {counted(len(recalled), 'verdict')} {done}")
    if recalled and not dry_run:
        write(f"write them into its files: framematch case report {case}")
