"""What the other pictures of a folder, archive or document were attributed to.

Evidence of its own, beside the visual one and never mixed into it. Pure functions on findings.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from framematch.case_records import Finding, Siblings
from framematch.triage.paths import folder_of


@dataclass(slots=True, eq=False)
class _Group:
    """What lies beside each other: the show of each, and how often each show is among them."""

    shows: dict[str, str | None] = field(default_factory=dict)
    counts: Counter[str | None] = field(default_factory=Counter)

    def add(self, key: str, show: str | None) -> None:
        if key in self.shows:
            self.counts[self.shows[key]] -= 1
        self.shows[key] = show
        self.counts[show] += 1

    def beside(self, key: str) -> Counter[str | None]:
        """Return how often each show is among the others: their number does not make it slow."""
        others = self.counts.copy()
        if key in self.shows:
            others[self.shows[key]] -= 1
        return +others


def with_siblings(findings: Sequence[Finding]) -> list[Siblings | None]:
    """Return for each finding what its siblings say; ``None`` where it lies alone.

    Siblings are what lies in the same folder or archive, folders below not counted. A file counts
    once however many layers it has, for what its whole was attributed to; a part of a document has
    the other parts for siblings. What could not be read is no sibling. Where a content lies in
    several folders, the first in which it has siblings tells.
    """
    folders: dict[str, _Group] = defaultdict(_Group)
    documents: dict[str, _Group] = defaultdict(_Group)
    for one in findings:
        if one.attribution.verdict == "unreadable":
            continue
        content, show = _content(one), one.attribution.show
        if one.part is not None:
            documents[content].add(one.key, show)
        for folder in {folder_of(path) for path in one.paths}:
            if one.part is None or content not in folders[folder].shows:
                folders[folder].add(content, show)
    return [_siblings(one, folders, documents) for one in findings]


def _content(finding: Finding) -> str:
    """Return what a part is a part of; of a whole itself."""
    return finding.key.partition(":")[0]


def _siblings(
    one: Finding, folders: dict[str, _Group], documents: dict[str, _Group]
) -> Siblings | None:
    content = _content(one)
    if one.part is not None:
        others = documents[content].beside(one.key)
        if others:
            return _said(one.paths[0], others, one.attribution.show)
    for folder in sorted({folder_of(path) for path in one.paths}):
        others = folders[folder].beside(content)
        if others:
            return _said(folder, others, one.attribution.show)
    return None


def _said(group: str, counts: Counter[str | None], own: str | None) -> Siblings:
    """Say what siblings were attributed to."""
    n_none = counts.pop(None, 0)
    ranked = counts.most_common(2)
    n_matched = sum(counts.values())
    # A show that as many others speak against is nobody's word.
    if not ranked or 2 * ranked[0][1] <= n_matched:
        return Siblings(group, None, 0, n_matched, n_none, None)
    show, n_show = ranked[0]
    agrees = None if own is None else own == show
    return Siblings(group, show, n_show, n_matched - n_show, n_none, agrees)
