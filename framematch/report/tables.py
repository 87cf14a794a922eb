"""The tables of a case as CSV: a person opens them in a spreadsheet, a program reads them.

UTF-8 with a byte order mark, without which spreadsheets take Korean names for something else; lines
end in CR LF and cells are quoted as RFC 4180 says. One record is one line of text: white space
within a cell is a single space. Nothing is an empty cell, yes and no are ``true`` and ``false``,
several values of a cell are joined by `JOINT`, and a ``|`` within one of them stands as ``%7C``,
which it would stand for in a path anyway.

Names and texts of a dump are hostile, and a spreadsheet computes a cell that begins with ``=``. So
a cell of text that begins with one of `GUARDED` has an apostrophe before it. One that begins with
an apostrophe has too: a program that takes one apostrophe from the front of every cell that has
one, has the text. Numbers are never guarded.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from framematch.case_records import Case, Change, Entry, Finding, MetadataItem

#: Stands between several values of one cell.
JOINT = " | "
#: What a spreadsheet takes for the beginning of a formula, in full width as well; and the guard.
GUARDED = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
           "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}", "'")

FINDING_COLUMNS = (
    "key",
    "file",
    "paths",
    "n_paths",
    "part",
    "role",
    "media",
    "sha256",
    "verdict",
    "show",
    "confidence",
    "first_episode",
    "last_episode",
    "episodes_mass",
    "best_episode",
    "stage",
    "stage_confidence",
    "stage_flags",
    "stage_reasons",
    "candidates",
    "n_matches",
    "match_show",
    "match_episode",
    "match_reference",
    "match_reference_s",
    "match_query_s",
    "match_duration_s",
    "match_code",
    "match_distance",
    "match_score",
    "match_mirrored",
    "expected_false_matches",
    "release_relation",
    "release_basis",
    "release_frame_s",
    "release_psnr_db",
    "release_differing_share",
    "release_differs",
    "n_notes",
    "note_scripts",
    "note_text",
    "code_text",
    "code_show",
    "code_season",
    "code_episode",
    "code_scene",
    "code_shot",
    "code_version",
    "code_agrees",
    "siblings_group",
    "siblings_show",
    "siblings_n_show",
    "siblings_n_other",
    "siblings_n_none",
    "siblings_agree",
    "metadata_created",
    "metadata_software",
    "metadata",
    "version_shot",
    "version_number",
    "version_of",
    "version_ordered_by",
    "evidence_whole",
    "evidence_query",
    "evidence_reference",
    "first_run",
    "last_run",
    "gone",
    "error",
)
FILE_COLUMNS = ("path", "size", "sha256", "md5", "modified", "use", "reason", "findings")
CHANGE_COLUMNS = ("path", "moved", "sha256", "before")

Cell = str | int | float | bool | Iterable[str] | None

#: So many characters are handed on at once.
_PIECE = 1 << 16
#: Characters that end a line somewhere are a space; others that a terminal obeys are not shown.
_PLAIN = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160))} | dict.fromkeys(
    (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0x2028, 0x2029), " "
)


def findings_csv(case: Case) -> Iterator[bytes]:
    """Yield findings.csv in pieces: a line per finding, in their order."""
    rows = (finding_cells(finding, case.run) for finding in case.findings)
    yield from _table(FINDING_COLUMNS, (row.values() for row in rows))


def files_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield files.csv in pieces: a line per entry, in their order."""
    yield from _table(FILE_COLUMNS, (entry.to_dict().values() for entry in entries))


def changes_csv(changes: Iterable[Change]) -> Iterator[bytes]:
    """Yield changes.csv in pieces: a line per change, in their order."""
    yield from _table(CHANGE_COLUMNS, (change.to_dict().values() for change in changes))


def unguarded(cell: str) -> str:
    """Return the text of a cell without the apostrophe that guards it."""
    return cell.removeprefix("'")


def finding_cells(finding: Finding, run: int) -> dict[str, Cell]:
    """Return the line of a finding in a case whose last run is `run`, by names of columns."""
    answer = finding.attribution
    return {
        "key": finding.key,
        "file": answer.file,
        "paths": finding.paths,
        "n_paths": len(finding.paths),
        "part": finding.part,
        "role": finding.role,
        "media": answer.media,
        "sha256": answer.sha256,
        "verdict": answer.verdict,
        "show": answer.show,
        "confidence": round(answer.confidence, 4),
        **_episodes(finding),
        **_stage(finding),
        "candidates": [
            f"{candidate.show} {candidate.confidence:.4f}" for candidate in answer.candidates
        ],
        **_best_match(finding),
        "expected_false_matches": answer.to_dict()["expected_false_matches"],
        **_release(finding),
        **_notes(finding),
        **_code(finding),
        **_siblings(finding),
        **_metadata(finding.metadata),
        **_version(finding),
        **_evidence(finding),
        "first_run": finding.first_run,
        "last_run": finding.last_run,
        "gone": finding.last_run != run,
        "error": answer.error,
    }


def _episodes(finding: Finding) -> dict[str, Cell]:
    known = finding.attribution.episodes
    best = None if known is None else known.best
    return {
        "first_episode": None if known is None else str(known.first),
        "last_episode": None if known is None else str(known.last),
        "episodes_mass": None if known is None else round(known.mass, 4),
        "best_episode": None if best is None else str(best),
    }


def _stage(finding: Finding) -> dict[str, Cell]:
    known = finding.attribution.stage
    return {
        "stage": None if known is None else known.label,
        "stage_confidence": None if known is None else round(known.confidence, 4),
        "stage_flags": None if known is None else known.flags,
        "stage_reasons": finding.stage_reasons,
    }


def _best_match(finding: Finding) -> dict[str, Cell]:
    matches = finding.attribution.matches
    first = matches[0].to_dict() if matches else {}
    return {
        "n_matches": len(matches),
        "match_show": first.get("show"),
        "match_episode": first.get("episode"),
        "match_reference": first.get("reference"),
        "match_reference_s": first.get("reference_s"),
        "match_query_s": first.get("query_s"),
        "match_duration_s": first.get("duration_s"),
        "match_code": first.get("code"),
        "match_distance": first.get("distance"),
        "match_score": first.get("score"),
        "match_mirrored": first.get("mirrored"),
    }


def _release(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.release is None else finding.release.to_dict()
    return {
        "release_relation": known.get("relation"),
        "release_basis": known.get("basis"),
        "release_frame_s": known.get("frame_s"),
        "release_psnr_db": known.get("psnr_db"),
        "release_differing_share": known.get("differing_share"),
        "release_differs": known.get("differs"),
    }


def _notes(finding: Finding) -> dict[str, Cell]:
    scripts = {script for note in finding.notes for script in note.scripts}
    return {
        "n_notes": len(finding.notes),
        "note_scripts": sorted(scripts),
        "note_text": [note.text for note in finding.notes if note.text is not None],
    }


def _code(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.code is None else finding.code.to_dict()
    return {
        "code_text": known.get("text"),
        "code_show": known.get("show"),
        "code_season": known.get("season"),
        "code_episode": known.get("episode"),
        "code_scene": known.get("scene"),
        "code_shot": known.get("shot"),
        "code_version": known.get("version"),
        "code_agrees": known.get("agrees"),
    }


def _siblings(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.siblings is None else finding.siblings.to_dict()
    return {
        "siblings_group": known.get("group"),
        "siblings_show": known.get("show"),
        "siblings_n_show": known.get("n_show"),
        "siblings_n_other": known.get("n_other"),
        "siblings_n_none": known.get("n_none"),
        "siblings_agree": known.get("agrees"),
    }


def _metadata(items: Sequence[MetadataItem]) -> dict[str, Cell]:
    return {
        "metadata_created": [item.value for item in items if item.field == "created"],
        "metadata_software": [item.value for item in items if item.field == "software"],
        "metadata": [f"{item.field}: {item.value} ({item.source})" for item in items],
    }


def _version(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.version is None else finding.version.to_dict()
    return {
        "version_shot": known.get("shot"),
        "version_number": known.get("number"),
        "version_of": known.get("of"),
        "version_ordered_by": known.get("ordered_by"),
    }


def _evidence(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.evidence is None else finding.evidence.to_dict()
    return {
        "evidence_whole": known.get("whole"),
        "evidence_query": known.get("query"),
        "evidence_reference": known.get("reference"),
    }


def _table(columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """Yield a table in pieces of some size."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    yield codecs.BOM_UTF8
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        if text.tell() >= _PIECE:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def _written(cell: Cell) -> str | int | float:
    """Return a cell as it is written: numbers as they are, text on one line and guarded."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return cell
    text = cell if isinstance(cell, str) else JOINT.join(value.replace("|", "%7C") for value in cell)
    text = text.translate(_PLAIN)
    return f"'{text}" if text.lstrip().startswith(GUARDED) else text
