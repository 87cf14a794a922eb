"""Findings of a run from what came of each content: the second phase, which looks into no file.

Everything here is decided by the journal, the walk and the patterns, so that it comes out the same
however the results were got.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from framematch.case_records import Finding
from framematch.errors import ConfigError
from framematch.triage.codes import ShowPattern, code_of
from framematch.triage.entries import Laid, key_of
from framematch.triage.found import OutcomeOf
from framematch.triage.journal import Journal
from framematch.triage.lasting import Lasting, lasting
from framematch.triage.outcome import Looked, Outcome
from framematch.triage.patterns import in_time
from framematch.triage.siblings import with_siblings
from framematch.triage.versions import with_versions


@dataclass(frozen=True, slots=True)
class Assembly:
    """What findings are made of.

    Attributes
    ----------
    journal : Journal
        What earlier runs have found.
    run : int
        Number of this one.
    patterns : tuple of ShowPattern
        A user's patterns of names.
    """

    journal: Journal
    run: int
    patterns: tuple[ShowPattern, ...]


def findings_of(assembly: Assembly, laid: Laid, outcome_of: OutcomeOf) -> tuple[Finding, ...]:
    """Return the findings of a dump, in order of first path and part; the gone ones behind.

    Raises
    ------
    ConfigError
        A pattern takes too long to read a name.
    """
    keys = sorted((paths[0], key) for key, paths in laid.paths.items())
    seen = {key for entry in laid.entries for key in entry.findings}
    living = lasting(assembly.journal.earlier_findings(seen), laid.entries)
    found: list[Finding] = []
    for _, key in keys:
        outcome = outcome_of(key)
        if outcome is not None:
            found += [
                _finding(assembly, laid, living, key, outcome, looked) for looked in outcome.looked
            ]
    modified = {entry.path: entry.modified for entry in laid.entries}
    siblings, versions = with_siblings(found), with_versions(found, modified)
    present = [
        replace(one, siblings=beside, version=version)
        for one, beside, version in zip(found, siblings, versions, strict=True)
    ]
    gone = [
        _shown(assembly.journal, one)
        for one in assembly.journal.earlier_findings(seen | living.keys)
        # A content that is here and has other findings now has those instead.
        if one.key.partition(":")[0] not in laid.paths
    ]
    gone.sort(key=lambda one: (one.paths[0], one.part or "", one.key))
    return (*present, *gone)


def _shown(journal: Journal, finding: Finding) -> Finding:
    """Return a finding that is gone, without its pictures where others have taken their place."""
    shown = finding.evidence
    if shown is None or journal.has_picture(shown.whole):
        return finding
    return replace(finding, evidence=None)


def _finding(
    assembly: Assembly, laid: Laid, living: Lasting, key: str, outcome: Outcome, looked: Looked
) -> Finding:
    paths = laid.paths[key]
    name = laid.names.get(key, paths[0])
    finding_key = key_of(key, looked.part)
    file = name if looked.part is None else f"{name}#{looked.part}"
    attribution = replace(looked.attribution, file=file)
    try:
        with in_time():
            code = code_of(paths, assembly.patterns, attribution)
    except TimeoutError as error:
        raise ConfigError(
            f"{name}: a pattern takes too long to read this name; a repeat inside a repeat, such as"
            " (a+)+, does that: mend the file of patterns and run again, what is finished stays"
        ) from error
    first_runs = (
        assembly.run,
        assembly.journal.first_run(finding_key),
        living.first_runs.get(finding_key),
    )
    return Finding(
        key=finding_key,
        paths=tuple(paths),
        part=looked.part,
        role=looked.role,
        attribution=attribution,
        stage_reasons=looked.stage_reasons,
        evidence=looked.evidence,
        release=looked.release,
        notes=looked.notes,
        code=code,
        siblings=None,
        metadata=outcome.metadata,
        version=None,
        first_run=min(run for run in first_runs if run is not None),
        last_run=assembly.run,
    )
