"""What the scripts of report.html work on: a short row for each finding, and its details apart.

The rows are read when the page opens; the rest of a finding is read when it is looked at.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from framematch.case_records import Case, Change, Entry, Evidence, Finding
from framematch.report import words
from framematch.report.inert import visible
from framematch.report.methods import matched
from framematch.report.tallies import episode, progress_of, stage_of
from framematch.verdicts import Standing


class PictureNames(Protocol):
    """What a page calls its pictures."""

    def __getitem__(self, name: str) -> int | str:
        """Return what the picture of this name in `Evidence` is called."""


class PictureNumbers:
    """Numbers for the pictures of a page, in the order in which they are first asked for.

    Attributes
    ----------
    names : list of str
        The pictures' names, by number.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        return number


def page_data(case: Case) -> dict[str, Any]:
    """Return what the page needs besides the findings: words, references, what was skipped."""
    return {
        "run": case.run,
        "words": words.for_scripts(),
        "references": {
            reference.sha256: [
                visible(reference.path),
                visible(reference.show),
                None if reference.episode is None else str(reference.episode),
                round(reference.duration_s, 3),
            ]
            for reference in matched(case)
        },
        "skipped": [
            [visible(entry.path), entry.use, visible(entry.reason or ""), entry.size]
            for entry in case.entries
            if entry.reason is not None or entry.use not in ("media", "sequence", "archive")
        ],
        "changes": [
            [visible(change.path), change.moved, visible(change.before or "")]
            for change in case.changes
        ],
    }


def row(
    finding: Finding,
    moved: Mapping[str, Change],
    pictures: PictureNames,
    standing: Standing | None = None,
) -> dict[str, Any]:
    """Return what the list shows, sorts and filters of a finding.

    Parameters
    ----------
    finding : Finding
        One of a case.
    moved : mapping of str to Change
        What moved, by path.
    pictures : PictureNames
        Gets the picture of the list.
    standing : Standing, optional
        What people decided about it.
    """
    answer = finding.attribution
    at = answer.episodes
    first = answer.candidates[0].show if answer.candidates else None
    return {
        "key": finding.key,
        "file": visible(answer.file),
        "paths": [visible(path) for path in finding.paths],
        "verdict": answer.verdict,
        "show": None if answer.show is None else visible(answer.show),
        "nearest": None if answer.show or first is None else visible(first),
        "episode": None if answer.show is None else episode(at),
        "range": None if at is None else [str(at.first), str(at.last)],
        "stage": stage_of(finding),
        "progress": progress_of(finding),
        "flags": [] if answer.stage is None else list(answer.stage.flags),
        "confidence": round(answer.confidence, 4),
        "media": answer.media,
        "part": finding.part,
        "relation": None if finding.release is None else finding.release.relation,
        "scripts": sorted({script for note in finding.notes for script in note.scripts}),
        "notes": [visible(note.text) for note in finding.notes if note.text],
        "has_notes": bool(finding.notes),
        "code": None if finding.code is None else visible(finding.code.text),
        "shot": None if finding.version is None else visible(finding.version.shot),
        "turn": None if finding.version is None else finding.version.number,
        "moved": sorted({moved[path].moved for path in finding.paths if path in moved}),
        "last_run": finding.last_run,
        "human": "open" if standing is None else standing.label,
        "picture": None if finding.evidence is None else pictures[finding.evidence.whole],
    }


def detail(
    finding: Finding,
    entries: Mapping[str, Entry],
    moved: Mapping[str, Change],
    pictures: PictureNames,
    standing: Standing | None = None,
) -> dict[str, Any]:
    """Return all else that is said of a finding, for the view of it alone."""
    record = _all_visible(finding.to_dict())
    kept = (
        "episodes", "stage", "candidates", "matches", "expected_false_matches", "error",
        "stage_reasons", "release", "notes", "code", "siblings", "metadata", "version",
        "first_run",
    )  # fmt: skip
    return {
        **{name: record[name] for name in kept},
        "evidence": None if finding.evidence is None else _evidence(finding.evidence, pictures),
        "files": [_file(path, entries.get(path)) for path in finding.paths],
        "human": None if standing is None else _all_visible(standing.to_dict()),
        "moves": [_all_visible(moved[path].to_dict()) for path in finding.paths if path in moved],
    }


def _evidence(evidence: Evidence, pictures: PictureNames) -> dict[str, Any]:
    return {
        "whole": pictures[evidence.whole],
        "query": None if evidence.query is None else pictures[evidence.query],
        "reference": None if evidence.reference is None else pictures[evidence.reference],
        "query_s": round(evidence.query_s, 3),
        "reference_s": None if evidence.reference_s is None else round(evidence.reference_s, 3),
    }


def _file(path: str, entry: Entry | None) -> dict[str, Any]:
    """Return a file as the view lists it; one that is gone is known by its path only."""
    if entry is None:
        return {"path": visible(path), "size": None, "sha256": None, "md5": None, "modified": None}
    return {
        "path": visible(path),
        "size": entry.size,
        "sha256": entry.sha256,
        "md5": entry.md5,
        "modified": entry.modified,
    }


def _all_visible(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return JSON with all text in it made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {name: _all_visible(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_all_visible(part) for part in value]
    return value
