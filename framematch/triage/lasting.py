"""Findings of earlier runs whose files are all here, and have another finding now.

A sequence that has gained a frame is another content with another key, and so are pictures that
have become a sequence, or a sequence that has come apart; but nothing of what was found is gone.
Pure functions on findings and entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from framematch.case_records import Entry, Finding
from framematch.triage.sequences import Numbered, numbered


@dataclass(slots=True, eq=False)
class Lasting:
    """What of the earlier runs lives on under another key.

    Attributes
    ----------
    keys : set of str
        Findings whose files are all here as they were, in another finding.
    first_runs : dict of str to int
        By the key of that finding the first run that saw any of them.
    """

    keys: set[str] = field(default_factory=set)
    first_runs: dict[str, int] = field(default_factory=dict)


def lasting(earlier: Iterable[Finding], entries: Iterable[Entry]) -> Lasting:
    """Return which earlier findings live on.

    Parameters
    ----------
    earlier : iterable of Finding
        Those of all runs that came to their end, but those that are here under the same key.
    entries : iterable of Entry
        What this run found.
    """
    at: dict[str, Entry] = {}
    in_sequence: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.use in ("media", "sequence") and entry.sha256 is not None:
            at[entry.path] = entry
            if entry.use == "sequence":
                in_sequence.setdefault(entry.sha256, []).append(entry)
    found = Lasting()
    for one in earlier:
        if one.part is not None:
            continue
        now = in_sequence.get(one.key) or _still_here(one, at)
        if now:
            found.keys.add(one.key)
            for key in {key for entry in now for key in entry.findings}:
                known = found.first_runs.get(key, one.first_run)
                found.first_runs[key] = min(known, one.first_run)
    return found


def _still_here(one: Finding, at: dict[str, Entry]) -> list[Entry]:
    """Return the entries of a sequence that lies where it lay, byte for byte; else nothing."""
    if len(one.paths) < 2:
        return []
    for group in numbered(one.paths):
        if isinstance(group, Numbered) and all(path in at for path in group.paths):
            digests = {path: at[path].sha256 or "" for path in group.paths}
            if group.key(digests) == one.key:
                return [at[path] for path in group.paths]
    return []
