"""What the methods page says: what made the findings, how often it errs, what it does not say."""

import json
from dataclasses import dataclass
from typing import Any

from framematch.case_records import Case
from framematch.records import Reference
from framematch.report import words
from framematch.report.shell import asset


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index holds of a show: files, episodes told apart, and their length in seconds."""

    show: str
    references: int
    episodes: int
    duration_s: float


def methods_values(case: Case) -> dict[str, Any]:
    """Return what the template of the methods page shows."""
    return {
        "case": case,
        "methods": case.methods,
        "accuracy": json.loads(asset("accuracy.json")),
        "words": words,
        "indexed": indexed(case),
        "matched": matched(case),
    }


def indexed(case: Case) -> tuple[Indexed, ...]:
    """Return what the index holds, by show."""
    shows: dict[str, list[Reference]] = {}
    for reference in case.references:
        shows.setdefault(reference.show, []).append(reference)
    return tuple(
        Indexed(
            show,
            len(shows[show]),
            len({reference.episode for reference in shows[show]} - {None}),
            sum(reference.duration_s for reference in shows[show]),
        )
        for show in sorted(shows)
    )


def matched(case: Case) -> tuple[Reference, ...]:
    """Return the references that at least one finding matches, in the case's order.

    An index may hold a hundred thousand files; a page names those that it speaks of.
    """
    named = {m.reference for finding in case.findings for m in finding.attribution.matches}
    return tuple(reference for reference in case.references if reference.sha256 in named)
