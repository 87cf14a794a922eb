"""A case in a few lines: what was there, whose it is, what was left out and why.

Owns what a person is told at the end of `triage` and by `case show`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.cli.render import counted, write, write_table

if TYPE_CHECKING:
    from framematch.case_records import Case, Entry, Finding
    from framematch.triage import Report

#: Reasons that are told one by one.
_MOST_REASONS = 12

_VERDICTS = ("match", "inconclusive", "no-match", "unreadable")


def write_summary(report: "Report", folder: Path) -> None:
    """Write what a run has found to stdout."""
    case = report.case
    counts = report.counts
    n_inside = len(case.entries) - report.walked
    inside = f", {n_inside} more in archives" if n_inside else ""
    write(f"{report.walked} walked, {report.walked} accounted for{inside}")
    write(
        f"run {case.run}: {counts['unchanged']} unchanged, {counts['read']} read;"
        f" {counts['examined']} examined"
        + (f" ({counts['again']} of them again)" if counts["again"] else "")
        + f", {counts['reused']} reused"
    )
    write_case_summary(case.entries, [one for one in case.findings if one.last_run == case.run])
    if case.run > 1:
        moved = Counter(change.moved for change in case.changes)
        said = ", ".join(f"{number} {what}" for what, number in sorted(moved.items()))
        write("")
        write(f"since run {case.run - 1}: {said or 'nothing moved'}")
    write("")
    write(f"report: {folder / 'report.html'}")


def write_case_summary(entries: "Sequence[Entry]", findings: "Sequence[Finding]") -> None:
    """Write tables: files by use, findings by show and verdict, by stage, and what was left out."""
    write("")
    uses = Counter(entry.use for entry in entries)
    write_table(("Files", ""), [(use, str(number)) for use, number in sorted(uses.items())])
    write("")
    write_table(("Show", "Findings", "Stages"), _by_show(findings))
    left_out: Counter[tuple[str, str]] = Counter(
        (entry.use, entry.reason) for entry in entries if entry.reason and entry.use != "own"
    )
    if left_out:
        write("")
        write_table(("Left out, in full or in part", "Why", "Files"), _reasons(left_out))


def _by_show(findings: "Sequence[Finding]") -> list[tuple[str, str, str]]:
    """Return a line for each show and for each verdict that names none."""
    groups: dict[str, list[Finding]] = {}
    for one in findings:
        attribution = one.attribution
        groups.setdefault(attribution.show or f"({attribution.verdict})", []).append(one)
    names = sorted(groups, key=lambda name: (name.startswith("("), name))
    return [(name, str(len(groups[name])), _stages(groups[name])) for name in names]


def _stages(findings: "Sequence[Finding]") -> str:
    stages = Counter(
        one.attribution.stage.label for one in findings if one.attribution.stage is not None
    )
    return ", ".join(f"{number} {label}" for label, number in stages.most_common())


def _reasons(left_out: "Counter[tuple[str, str]]") -> list[tuple[str, str, str]]:
    ranked = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    rows = [(use, reason, str(number)) for (use, reason), number in ranked[:_MOST_REASONS]]
    rest = ranked[_MOST_REASONS:]
    if rest:
        number = sum(number for _, number in rest)
        rows.append(("", f"{counted(len(rest), 'other reason')}: see files.csv", str(number)))
    return rows


def failures_of(case: "Case") -> list["Entry"]:
    """Return the entries that could not be read, or were refused."""
    return [entry for entry in case.entries if entry.use in ("unreadable", "refused")]
