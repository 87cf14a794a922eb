"""Which findings are versions of one shot, and their order.

By the numbers in their names where these have any; else by the place that they were matched to, in
order of how finished they are. Pure functions on findings.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from framematch.case_records import Finding, Version
from framematch.triage.paths import name_of

#: Stages in the order in which a shot goes through them; others stand where nothing is known.
ORDER = ("storyboard", "rough", "line-art", "flat-colour", "final")

#: Places of a reference that lie no further apart show the same shot.
_SAME_PLACE_S = 1.0

_VERSION = re.compile(
    r"(?P<before>.+?)[ _.-]*(?<![a-z0-9])v(?:er|ersion)?[ _-]?(?P<number>\d{1,4})(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)


def with_versions(
    findings: Sequence[Finding], modified: Mapping[str, str | None]
) -> list[Version | None]:
    """Return for each finding which version it is; ``None`` where there is one only.

    Parameters
    ----------
    findings : sequence of Finding
        Wholes are looked at; a layer is no version of its drawing.
    modified : mapping of str to (str or None)
        When a path was changed last, for pictures that are equally finished.
    """
    answers: list[Version | None] = [None] * len(findings)
    wholes = [at for at, one in enumerate(findings) if one.part is None]
    by_name: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at in wholes:
        named = named_version(findings[at].paths[0])
        if named is not None:
            by_name[named[0]][named[1]].append(at)
    for shot, numbers in by_name.items():
        if len(numbers) > 1:
            _number(answers, shot, [numbers[number] for number in sorted(numbers)], "name")
    unnamed = [at for at in wholes if answers[at] is None]
    for shot, group in _by_place(findings, unnamed):
        ordered = sorted(group, key=lambda at: _how_finished(findings[at], modified))
        _number(answers, shot, [[at] for at in ordered], "content")
    return answers


def named_version(path: str) -> tuple[str, int] | None:
    """Return what a name has without its version, and the version.

    >>> named_version("drop/INV_305_sc045_v03.psd")
    ('INV_305_sc045', 3)
    """
    found = _VERSION.match(PurePosixPath(name_of(path)).stem[:200])
    return None if found is None else (found["before"], int(found["number"]))


def _number(
    answers: list[Version | None],
    shot: str,
    turns: Sequence[Sequence[int]],
    by: Literal["name", "content"],
) -> None:
    for turn, group in enumerate(turns, 1):
        for at in group:
            answers[at] = Version(shot, turn, len(turns), by)


def _by_place(
    findings: Sequence[Finding], wanted: Iterable[int]
) -> Iterable[tuple[str, list[int]]]:
    """Yield the findings that lie at one place of one reference, stills only, and its name."""
    by_reference: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for at in wanted:
        attribution = findings[at].attribution
        if attribution.verdict == "match" and attribution.media == "image" and attribution.matches:
            best = attribution.matches[0]
            by_reference[best.reference].append((best.reference_s, at))
    for _, found in sorted(by_reference.items()):
        for group in _near(sorted(found)):
            if len(group) > 1:
                yield _place(findings[group[0]]), group


def _near(found: Sequence[tuple[float, int]]) -> Iterable[list[int]]:
    """Yield runs of places that lie no further than `_SAME_PLACE_S` from their first."""
    run: list[int] = []
    first_s = 0.0
    for time_s, at in found:
        if run and time_s - first_s > _SAME_PLACE_S:
            yield run
            run = []
        if not run:
            first_s = time_s
        run.append(at)
    if run:
        yield run


def _place(finding: Finding) -> str:
    """Return what a place in a show is called."""
    best = finding.attribution.matches[0]
    minutes, seconds = divmod(best.reference_s, 60)
    episode = "" if best.episode is None else f" {best.episode}"
    return f"{best.show}{episode} {int(minutes)}:{seconds:04.1f}"


def _how_finished(finding: Finding, modified: Mapping[str, str | None]) -> tuple[int, str, str]:
    """Return what versions are ordered by: stage, then time of change, then name."""
    stage = finding.attribution.stage
    turn = ORDER.index(stage.label) if stage is not None and stage.label in ORDER else len(ORDER)
    path = finding.paths[0]
    return turn, modified.get(path) or "", path
