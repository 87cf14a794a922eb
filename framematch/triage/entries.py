"""What became of each file: the entries of a case, and which content lies where.

Pure: given what was found and what came of each content, it opens nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from framematch.case_records import Entry, Use
from framematch.triage.found import Found, OutcomeOf, members
from framematch.triage.outcome import Outcome
from framematch.triage.sequences import Numbered, numbered

#: What is said of a file that was not the same before and after.
CHANGED = "changed while it was looked at; run the same command again"


@dataclass(slots=True, eq=False)
class Laid:
    """A dump laid out.

    Attributes
    ----------
    entries : list of Entry
        One for each found thing and each member, in order of path.
    paths : dict of str to list of str
        Where each examined content or sequence lies, by its key.
    names : dict of str to str
        What a sequence is called, by its key.
    """

    entries: list[Entry] = field(default_factory=list)
    paths: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, str] = field(default_factory=dict)


def laid_out(
    found: Sequence[Found], outcome_of: OutcomeOf, max_depth: int, changed: frozenset[str]
) -> Laid:
    """Return the entries of a dump.

    Parameters
    ----------
    found : sequence of Found
        What the walk found.
    outcome_of : callable
        Gives what came of a content or sequence by its key.
    max_depth : int
        How many archives may lie inside one another.
    changed : frozenset of str
        Paths of files that changed while they were looked at.
    """
    laid = Laid()
    _lay(found, outcome_of, max_depth, changed, laid)
    for archive in found:
        for held in members(archive, outcome_of, max_depth):
            _lay(held, outcome_of, max_depth, changed, laid)
    laid.entries.sort(key=lambda entry: entry.path)
    for paths in laid.paths.values():
        paths.sort()
    return laid


def _lay(
    found: Iterable[Found],
    outcome_of: OutcomeOf,
    max_depth: int,
    changed: frozenset[str],
    laid: Laid,
) -> None:
    """Add what lies in one folder tree or archive."""
    at = {one.path: one for one in found}
    digests = {path: one.sha256 for path, one in at.items() if one.sha256 and one.size}
    in_sequence: set[str] = set()
    for group in numbered(digests):
        if not isinstance(group, Numbered):
            continue
        key = group.key(digests)
        outcome = outcome_of(key)
        if outcome is None or outcome.sort == "single":
            continue
        in_sequence.update(group.paths)
        laid.paths[key] += group.paths
        laid.names.setdefault(key, group.name)
        laid.entries += _of_sequence(key, group, outcome, at)
    for path, one in at.items():
        if path in in_sequence:
            continue
        outcome = outcome_of(one.sha256) if one.sha256 and one.size else None
        laid.entries.append(_of_file(one, outcome, max_depth, changed))
        if outcome is not None and outcome.looked and one.sha256:
            laid.paths[one.sha256].append(path)


def _of_sequence(
    key: str, group: Numbered, outcome: Outcome, at: dict[str, Found]
) -> Iterable[Entry]:
    broken = {int(held.name): held.reason for held in outcome.held}
    for position, path in enumerate(group.paths):
        reason = broken.get(position)
        use: Use = "sequence" if reason is None else "unreadable"
        yield _entry(at[path], use, reason, (key,))


def _of_file(one: Found, outcome: Outcome | None, max_depth: int, changed: frozenset[str]) -> Entry:
    if one.kind != "file":
        use: Use = one.kind  # type: ignore[assignment]  # the kinds that are no file are uses
        return _entry(one, use, one.reason)
    if one.sha256 is None:
        return _entry(one, "unreadable", one.reason)
    if not one.size:
        return _entry(one, "other", "is empty")
    if outcome is None:
        reason = CHANGED if one.path in changed else "was not looked at"
        return _entry(one, "unreadable", reason)
    if outcome.sort == "archive":
        if one.depth >= max_depth:
            reason = f"lies in {one.depth} archives; deeper ones are not unpacked"
            return _entry(one, "refused", reason)
        return _entry(one, "archive", outcome.reason)
    keys = tuple(key_of(one.sha256, looked.part) for looked in outcome.looked)
    if outcome.sort in ("other", "unreadable", "refused"):
        return _entry(one, outcome.sort, outcome.reason, keys)
    return _entry(one, "media", outcome.reason, keys)


def key_of(key: str, part: str | None) -> str:
    """Return the key of a finding: of a content, or of a part of one."""
    return key if part is None else f"{key}:{part}"


def _entry(one: Found, use: Use, reason: str | None, findings: tuple[str, ...] = ()) -> Entry:
    return Entry(one.path, one.size, one.sha256, one.md5, one.modified, use, reason, findings)
