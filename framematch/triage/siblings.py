"""What the other pictures of a folder, archive or document were attributed to.

Evidence of its own, beside the visual one and never mixed into it. Pure functions on findings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from framematch.case_records import Finding, Siblings
from framematch.triage.paths import folder_of


def with_siblings(findings: Sequence[Finding]) -> list[Siblings | None]:
    """Return for each finding what its siblings say; ``None`` where it lies alone.

    Siblings are what lies in the same folder or archive, folders below not counted. A file counts
    once however many layers it has, for what its whole was attributed to; a part of a document has
    the other parts for siblings. What could not be read is no sibling. Where a content lies in
    several folders, the first in which it has siblings tells.
    """
    folders: dict[str, dict[str, str | None]] = defaultdict(dict)
    documents: dict[str, dict[str, str | None]] = defaultdict(dict)
    for one in findings:
        if one.attribution.verdict == "unreadable":
            continue
        content = _content(one)
        if one.part is not None:
            documents[content][one.key] = one.attribution.show
        if one.part is None or content not in folders[folder_of(one.paths[0])]:
            for folder in {folder_of(path) for path in one.paths}:
                folders[folder][content] = one.attribution.show
    return [_siblings(one, folders, documents) for one in findings]


def _content(finding: Finding) -> str:
    """Return what a part is a part of; of a whole itself."""
    return finding.key.partition(":")[0]


def _siblings(
    one: Finding,
    folders: dict[str, dict[str, str | None]],
    documents: dict[str, dict[str, str | None]],
) -> Siblings | None:
    content = _content(one)
    if one.part is not None:
        others = {key: show for key, show in documents[content].items() if key != one.key}
        if others:
            return _said(one.paths[0], others.values(), one.attribution.show)
    for folder in sorted({folder_of(path) for path in one.paths}):
        others = {key: show for key, show in folders[folder].items() if key != content}
        if others:
            return _said(folder, others.values(), one.attribution.show)
    return None


def _said(group: str, shows: Iterable[str | None], own: str | None) -> Siblings:
    """Count what siblings were attributed to."""
    counts = Counter(shows)
    n_none = counts.pop(None, 0)
    ranked = counts.most_common(2)
    n_matched = sum(counts.values())
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return Siblings(group, None, 0, n_matched, n_none, None)
    show, n_show = ranked[0]
    agrees = None if own is None else own == show
    return Siblings(group, show, n_show, n_matched - n_show, n_none, agrees)
